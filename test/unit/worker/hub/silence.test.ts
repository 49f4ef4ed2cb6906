/** Viewers that are gone without a word, as where a cable was pulled. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { isGone, SilenceWatch } from "../../../../worker/hub/silence.ts";
import { ViewerSession } from "../../../../worker/hub/viewer-session.ts";
import { FakeSocket, HubOnRing } from "../../../support/hub-viewers.ts";
import { frameOf } from "../../../support/publish.ts";

const MIN_MS = 60_000;
const HOUR_MS = 60 * MIN_MS;

function sessionOf(socket: FakeSocket, joinedAtMs: number): ViewerSession {
  const record = {
    id: "v",
    format: "json",
    sinceEpoch: 1,
    joinedAtMs,
    state: { kind: "live" },
    told: undefined,
    who: "",
    grant: undefined,
    isWarned: false,
  } as const;
  return new ViewerSession(socket, record, joinedAtMs);
}

test("[VW9a] what waits for 5 minutes is not read; it is forgotten when nothing waited in between", () => {
  const socket = new FakeSocket();
  const session = sessionOf(socket, 1000);
  assert.equal(session.stuckForMs(2000), 0);
  socket.bufferedAmount = 10;
  assert.equal(session.stuckForMs(62_000), 60_000);
  assert.equal(session.stuckForMs(122_000), 120_000);
  socket.bufferedAmount = 0;
  session.room;
  socket.bufferedAmount = 10;
  assert.equal(session.stuckForMs(182_000), 0);
  assert.equal(session.stuckForMs(242_000), 60_000);
  const heard = { pingedAtMs: undefined, takenAtMs: null };
  assert.equal(isGone(session, heard, 182_000 + 300_000), false);
  assert.equal(isGone(session, heard, 182_000 + 300_001), true);
});

for (const [what, heard, lastAtMs, maxMs] of [
  [
    "a viewer that pinged, 5 minutes after its last ping",
    { pingedAtMs: HOUR_MS, takenAtMs: 9 * HOUR_MS },
    HOUR_MS,
    300_000,
  ],
  ["a viewer that never did, an hour after it joined", { pingedAtMs: undefined, takenAtMs: null }, 1000, 3_600_000],
  [
    "a viewer that never did, an hour after a frame was taken",
    { pingedAtMs: undefined, takenAtMs: HOUR_MS },
    HOUR_MS,
    3_600_000,
  ],
] as const) {
  test(`[VW9a] [VW9c] ${what} is gone`, () => {
    const session = sessionOf(new FakeSocket(), 1000);
    assert.equal(isGone(session, heard, lastAtMs + maxMs), false);
    assert.equal(isGone(session, heard, lastAtMs + maxMs + 1), true);
  });
}

test("[VW9d] where nothing happens alarms come 5, 10, 20, 40 and 80 minutes after it, and then each hour", () => {
  const watch = new SilenceWatch();
  watch.joined(0);
  const atMin: number[] = [];
  for (let nowMs = 0; atMin.length < 7; ) {
    // As after an eviction: what is known is in attachments and in the log.
    const again = new SilenceWatch();
    again.joined(0);
    nowMs += again.dueInMs(null, nowMs);
    atMin.push(nowMs / MIN_MS);
  }
  assert.deepEqual(atMin, [5, 10, 20, 40, 80, 140, 200]);
  assert.equal(watch.dueInMs(10 * HOUR_MS, 10 * HOUR_MS), 5 * MIN_MS);
});

test("[VW9b] viewers are looked at once a minute at most", () => {
  const watch = new SilenceWatch();
  assert.deepEqual(
    [60_000, 119_999, 120_000].map((nowMs) => watch.isTime(nowMs)),
    [true, false, true],
  );
});

test("[VW9] a viewer that is gone is closed with 4408 and not counted, and the others stay", async () => {
  const ring = new HubOnRing();
  const [gone, pings, stays] = [await ring.join("json"), await ring.join("json"), await ring.join("frames")];
  await ring.publish(frameOf("00000000000000aa", 1, [1]));
  ring.log.takenAtMs = ring.nowMs;
  ring.nowMs += HOUR_MS + 1;
  const pingedAtMs = (socket: FakeSocket): number | undefined => (socket === gone ? undefined : ring.nowMs - 300_000);
  ring.hub.sweep(ring.nowMs, pingedAtMs);
  assert.deepEqual(
    [gone, pings, stays].map(({ closed }) => closed?.code),
    [4408, undefined, undefined],
  );
  assert.equal(ring.hub.count, 2);
  // Not again within the minute.
  ring.nowMs += 59_999;
  ring.hub.sweep(ring.nowMs, () => undefined);
  assert.equal(ring.hub.count, 2);
  ring.nowMs += 1;
  ring.hub.sweep(ring.nowMs, () => undefined);
  assert.equal(ring.hub.count, 0);
});
