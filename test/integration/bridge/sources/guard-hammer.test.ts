import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { it } from "node:test";
import { connectPublisher } from "../../../support/publisher.ts";
import { receiving } from "../../../support/receiving.ts";
import { waitFor } from "../../../support/wait.ts";
import { command, FLAG, frame, greeting, greeting2, longHeader, ping, rawPeer, ready } from "../../../support/zmtp.ts";

//     a thousand connections that begin, say anything and end in any way ─tcp→ guard → libzmq

const ROUNDS = 1000;
const AT_ONCE = 25;

/** A small generator of numbers from 0 to 1, the same at each run: mulberry32. */
function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

it("[BR31] whatever connects, says anything and ends anyhow leaves nothing behind", { timeout: 120_000 }, async (t) => {
  const { address, messages, receiver, lines } = await receiving(t, {
    bind: ["tcp://127.0.0.1:*"],
    maxMessageBytes: 5000,
  });
  const publisher = await connectPublisher(address);
  t.after(() => publisher.close());
  const openFiles = (): number => (process.platform === "linux" ? readdirSync("/proc/self/fd").length : 0);
  const before = openFiles();
  const random = randomFrom(7);
  const pick = <T>(all: readonly T[]): T => all[Math.floor(random() * all.length)] ?? assert.fail("nothing to pick");
  const noise = (size: number): Buffer => Buffer.from(Array.from({ length: size }, () => Math.floor(random() * 256)));
  const begun = Buffer.concat([greeting(), ready()]);
  const sayings = (): Buffer[] => [
    Buffer.alloc(0),
    noise(1 + Math.floor(random() * 200)),
    Buffer.from("GET / HTTP/1.1\r\n\r\n"),
    greeting().subarray(0, Math.floor(random() * 64)),
    greeting({ mechanism: "CURVE" }),
    greeting({ major: 4, minor: 2 }),
    begun,
    Buffer.concat([greeting2(), frame("[1]")]),
    Buffer.concat([begun, frame("[1]"), frame("half", FLAG.more)]),
    Buffer.concat([begun, longHeader(4000), noise(100)]),
    Buffer.concat([begun, longHeader(6000)]),
    Buffer.concat([begun, ping(1), ping(0, "x".repeat(16)), noise(20)]),
    Buffer.concat([begun, command("ERROR", "\u0003bad")]),
    Buffer.concat([begun, command("SUBSCRIBE", "x"), frame("[2]")]),
    Buffer.concat([greeting(), ready("SUB")]),
    Buffer.concat([greeting(), command("READY", noise(30))]),
  ];
  const once = async (): Promise<void> => {
    const peer = await rawPeer(address);
    const bytes = pick(sayings());
    const cut = Math.floor(random() * bytes.length);
    if (random() < 0.5) {
      await peer.send(bytes.subarray(0, cut));
      await peer.send(bytes.subarray(cut));
    } else peer.socket.write(bytes);
    pick([
      () => peer.socket.destroy(),
      () => peer.socket.resetAndDestroy(),
      () => peer.socket.end(),
      () => peer.socket.pause().destroySoon(),
    ])();
    await peer.closed();
  };
  for (let i = 0; i < ROUNDS / AT_ONCE; i++) await Promise.all(Array.from({ length: AT_ONCE }, once));
  await publisher.send("still here");
  await waitFor("the publisher's message", () => messages.includes("still here"));
  assert.equal(receiver.counters.accepts, ROUNDS + 1);
  await waitFor("that all is closed", () => openFiles() <= before + 4, { deadlineMs: 40_000 });
  assert.ok(lines.length < 50, "the log is not filled");
});
