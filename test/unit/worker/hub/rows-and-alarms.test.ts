/** What keeps rows and alarms few, whoever asks. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { AlarmPace } from "../../../../worker/hub/alarm-pace.ts";

test("[RD6e] [RD6f] 256 alarms come every 5 ms, then 16 a second; where nobody reads they back off to 8 s, and hurry again", () => {
  const pace = new AlarmPace(0);
  for (let i = 0; i < 256; i++) {
    assert.equal(pace.intervalMs, 5);
    pace.alarmed(0, 0);
  }
  assert.equal(pace.intervalMs, 5);
  pace.alarmed(0, 0);
  assert.equal(pace.intervalMs, 62.5);
  pace.someoneReads = false;
  const intervals = Array.from({ length: 5 }, () => {
    const { intervalMs } = pace;
    pace.alarmed(0, 0);
    return intervalMs;
  });
  assert.deepEqual(intervals, [1000, 2000, 4000, 8000, 8000]);
  pace.someoneReads = true;
  pace.alarmed(16_000, 0);
  assert.equal(pace.intervalMs, 5);
});

test("[VW4e] a look that took 20 ms is followed by a pause of 80 ms, one of 2 ms by 8 ms, and by 62.5 ms after 256 of them", () => {
  const pace = new AlarmPace(0);
  for (const [tookMs, intervalMs] of [
    [20, 80],
    [2, 8],
    [0, 5],
  ] as const) {
    pace.alarmed(0, tookMs);
    assert.equal(pace.intervalMs, intervalMs);
  }
  for (let i = 0; i < 256; i++) pace.alarmed(0, 2);
  assert.equal(pace.intervalMs, 62.5);
});
