import assert from "node:assert/strict";
import { it } from "node:test";
import {
  type HandshakeRules,
  HandshakeWatch,
  handshakeRules,
} from "../../../../../../bridge/sources/zeromq/guard/handshake.ts";
import {
  command,
  FLAG,
  frame,
  greeting,
  greeting2,
  longHeader,
  plainHello,
  ready,
} from "../../../../../support/zmtp.ts";

const SUB = handshakeRules({ type: "sub", security: { mechanism: "none" } });
const PULL = handshakeRules({ type: "pull", security: { mechanism: "none" } });
const PLAIN = handshakeRules({ type: "sub", security: { mechanism: "plain-server", users: new Map() } });
const CURVE: HandshakeRules = { ...PLAIN, mechanism: "CURVE" };
const CURVE_CLIENT: HandshakeRules = { ...CURVE, isServer: false };
const plain = greeting({ mechanism: "PLAIN" });
const curve = greeting({ mechanism: "CURVE" });
const NONE = Buffer.alloc(0);

/** What a watch finds, in whatever pieces both sides send: undefined, it does not know yet. */
function found(rules: HandshakeRules, peer: Buffer, own: Buffer = NONE): boolean | undefined {
  const all = [1, 7, 64, 100_000].map((size) => {
    const watch = new HandshakeWatch(rules);
    for (let at = 0; at < own.length; at += size) watch.takeOwn(own.subarray(at, at + size));
    for (let at = 0; at < peer.length; at += size) watch.takePeer(peer.subarray(at, at + size));
    return watch.isOver ? watch.isReady : undefined;
  });
  assert.equal(new Set(all).size, 1);
  return all[0];
}

for (const [what, rules, peer, own, expected] of [
  ["a PUB", SUB, [greeting(), ready()], [], true],
  ["an XPUB, with messages behind it", SUB, [greeting(), ready("XPUB"), frame("a")], [], true],
  ["a PUSH", PULL, [greeting(), ready("PUSH")], [], true],
  ["a PUSH, where there is no PULL", SUB, [greeting(), ready("PUSH")], [], false],
  ["a PUB, where there is a PULL", PULL, [greeting(), ready("PUB")], [], false],
  [
    "a READY in a long frame",
    SUB,
    [greeting(), longHeader(ready().length - 2, FLAG.command), ready().subarray(2)],
    [],
    true,
  ],
  ["a READY without a type", SUB, [greeting(), command("READY")], [], true],
  ["other commands first", SUB, [greeting(), command("X", "y".repeat(300)), ready()], [], true],
  ["half a READY", SUB, [greeting(), ready().subarray(0, -1)], [], undefined],
  ["half a greeting", SUB, [greeting().subarray(0, 63)], [], undefined],
  ["a signature", SUB, [greeting().subarray(0, 10)], [], undefined],
  ["nothing", SUB, [], [], undefined],
  ["a message first", SUB, [greeting(), frame("a"), ready()], [], false],
  ["an ERROR", SUB, [greeting(), command("ERROR", "\u0001a")], [], false],
  ["another mechanism", SUB, [plain, ready()], [], false],
  [
    "a READY that is too long to look at",
    SUB,
    [greeting(), longHeader(60_000, FLAG.command), command("READY").subarray(2), Buffer.alloc(60_000)],
    [],
    true,
  ],
  [
    "a command that is too long",
    SUB,
    [greeting(), longHeader(60_000, FLAG.command), command("OTHER").subarray(2), Buffer.alloc(60_000)],
    [],
    false,
  ],
  ["ZMTP 2.0", SUB, [greeting2(1)], [], true],
  ["ZMTP 2.0, XPUB", SUB, [greeting2(9)], [], true],
  ["ZMTP 2.0, PUSH to PULL", PULL, [greeting2(8)], [], true],
  ["ZMTP 2.0, SUB", SUB, [greeting2(2)], [], false],
  ["ZMTP 2.0 where it is not taken", { ...SUB, takesOld: false }, [greeting2(1)], [], false],
  ["ZMTP 2.0 with PLAIN", PLAIN, [greeting2(1)], [], false],
  ["PLAIN that waits", PLAIN, [plain, plainHello("a", "b")], [plain], undefined],
  ["PLAIN that is let in", PLAIN, [plain, plainHello("a", "b")], [plain, command("WELCOME"), command("READY")], true],
  ["PLAIN that is refused", PLAIN, [plain, plainHello("a", "b")], [plain, command("ERROR", "\u0001a")], false],
  ["PLAIN that says READY itself", PLAIN, [plain, ready()], [plain], undefined],
  [
    "CURVE that is let in",
    CURVE,
    [curve],
    [curve, command("WELCOME", "x".repeat(160)), command("READY", "x".repeat(90))],
    true,
  ],
  [
    "a server of CURVE",
    CURVE_CLIENT,
    [curve, command("WELCOME", "x".repeat(160)), command("READY", "x".repeat(90))],
    [],
    true,
  ],
] as const) {
  it(`[BR18k] of the bytes of a handshake it is known who is a publisher: ${what}`, () => {
    assert.equal(found(rules, Buffer.concat(peer), Buffer.concat(own)), expected);
  });
}
