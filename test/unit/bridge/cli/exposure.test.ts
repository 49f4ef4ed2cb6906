import assert from "node:assert/strict";
import { it } from "node:test";
import { exposureLines } from "../../../../bridge/cli/exposure.ts";
import type { SecurityConfig } from "../../../../bridge/config/config.ts";
import { DEFAULT_BIND } from "../../../../bridge/config/defaults.ts";
import { defaultSocket } from "../../../support/default-socket.ts";

const PLAIN: SecurityConfig = { mechanism: "plain-server", users: new Map([["lab", "secret-word"]]) };
const CURVE: SecurityConfig = { mechanism: "curve-server", publicKey: "", secretKey: "", allow: undefined };
const THIS_MACHINE = /^Only programs on this machine .* --bind "tcp:\/\/\*:5000", best with CURVE keys/;
const ANYBODY = /^Whoever can reach tcp:\S+ can publish: there are no CURVE keys/;
const CLEAR_TEXT = /^Users and passwords go to tcp:\S+ as clear text/;

for (const [bind, security, expected] of [
  [DEFAULT_BIND, undefined, THIS_MACHINE],
  ["tcp://127.1.2.3:5000", PLAIN, THIS_MACHINE],
  ["tcp://127.0.0.1:*", undefined, THIS_MACHINE],
  ["tcp://127.0.0.1:0", undefined, THIS_MACHINE],
  ["tcp://localhost:5000", undefined, THIS_MACHINE],
  ["tcp://[::1]:5000", undefined, THIS_MACHINE],
  ["tcp://*:5000", undefined, ANYBODY],
  ["tcp://0.0.0.0:5000", undefined, ANYBODY],
  ["tcp://eth0:5000", undefined, ANYBODY],
  ["tcp://[::]:5000", undefined, ANYBODY],
  ["tcp://10.0.0.7:5000", undefined, ANYBODY],
  ["tcp://10.0.0.7:5000", PLAIN, CLEAR_TEXT],
  ["tcp://10.0.0.7:5000", CURVE, undefined],
  ["ipc:///run/plotcast.sock", undefined, undefined],
] as const) {
  it(`[BR1f] the start says who can connect to ${bind} with ${security?.mechanism ?? "no security"}`, () => {
    const lines = exposureLines(defaultSocket({ bind: [bind], ...(security === undefined ? {} : { security }) }));
    assert.equal(lines.length, expected === undefined ? 0 : 1);
    if (expected !== undefined) assert.match(lines[0] ?? "", expected);
  });
}

it("[BR1f] a source that only connects says nothing of who can", () => {
  assert.deepEqual(exposureLines(defaultSocket({ connect: ["tcp://10.0.0.7:5000"] })), []);
});
