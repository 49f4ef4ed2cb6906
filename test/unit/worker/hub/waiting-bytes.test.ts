import assert from "node:assert/strict";
import { test } from "node:test";
import { MAX_WAITING_BYTES, WaitingBytes } from "../../../../worker/hub/waiting-bytes.ts";
import { HubOnRing } from "../../../support/hub-viewers.ts";
import { bulkyFrame } from "../../../support/publish.ts";

const A = "00000000000000aa";

test("[RL5a] where too much waits for all viewers together, only those for whom nothing waits get more", async () => {
  const on = new HubOnRing();
  const readers = await Promise.all(Array.from({ length: 3 }, () => on.join("frames")));
  const stuck = await Promise.all(Array.from({ length: 400 }, () => on.join("frames")));
  for (const socket of stuck) socket.reads = false;
  for (let n = 1; n <= 40; n++) {
    on.nowMs += 200;
    await on.publish(bulkyFrame(A, n, 500));
  }
  const frameBytes = bulkyFrame(A, 1, 500).byteLength;
  const waiting = stuck.reduce((sum, { bufferedAmount }) => sum + bufferedAmount, 0);
  assert.ok(stuck.length * 200 * 1024 > 2 * MAX_WAITING_BYTES, "each has room for more");
  // It is looked at between publishes: one more went to each before.
  assert.ok(waiting < MAX_WAITING_BYTES + stuck.length * (frameBytes + 1024), `${waiting} bytes wait`);
  assert.ok(on.hub.waiting.overflows > 0);
  for (const socket of readers) {
    assert.equal(socket.sent.filter((message) => typeof message !== "string").length, 40, "who reads gets all");
  }
  // Once they have read they go on.
  for (const socket of stuck) socket.drain();
  on.nowMs += 200;
  await on.alarm();
  assert.equal(on.hub.waiting.total, 0);
});

test("[RL5a] it is added up ten times a second at most, and again when a clock was set back", () => {
  let looks = 0;
  const session = {
    get waitingBytes() {
      looks++;
      return 1;
    },
  };
  const waiting = new WaitingBytes();
  for (const [atMs, expected] of [
    [0, 1],
    [99, 1],
    [100, 2],
    [50, 3],
  ] as const) {
    waiting.look([session], atMs);
    assert.equal(looks, expected, `at ${atMs}`);
  }
});
