/** What keeps rows and alarms few, whoever asks. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { NewestBytes } from "../../../../worker/channel/log/tail.ts";
import { AlarmPace } from "../../../../worker/hub/alarm-pace.ts";

/** Frames of one point each, of so many bytes, that count how many are looked at. */
class Rows {
  looked = 0;
  sizes: number[] = [];
  firstSeq = 1;

  get bytes(): number {
    return this.sizes.reduce((sum, size) => sum + size, 0);
  }

  get keptAfter(): number {
    return this.firstSeq - 1;
  }

  *scan(_columns: string, after: number) {
    for (const [i, bytes] of this.sizes.entries()) {
      const seq = this.firstSeq + i;
      if (seq <= after) continue;
      this.looked++;
      yield { seq, bytes };
    }
  }
}

test("[VW1] the newest bytes are as many frames as fit, and each is looked at once", () => {
  const rows = new Rows();
  const newest = new NewestBytes(rows, 100, 0);
  for (let n = 1; n <= 1000; n++) {
    const size = 1 + ((7 * n) % 40);
    rows.sizes.push(size);
    newest.add(size);
    if (n % 90 === 0) {
      rows.sizes.splice(0, 60);
      rows.firstSeq += 60;
    }
    let [expected, bytes] = [rows.firstSeq - 1 + rows.sizes.length, 0];
    for (const each of rows.sizes.toReversed()) {
      bytes += each;
      if (bytes > 100) break;
      expected--;
    }
    for (let i = 0; i < 3; i++) assert.equal(newest.start(rows.keptAfter, rows.bytes), expected, `after ${n}`);
  }
  assert.ok(rows.looked <= 1000, `${rows.looked} looked at`);
});

test("[RD6] 256 alarms come every 5 ms, then 16 a second; where nobody reads they back off to 8 s, and hurry again", () => {
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

test("[RD6] a look that took 20 ms is followed by a pause of 80 ms, one of 2 ms by 8 ms, and by 62.5 ms after 256 of them", () => {
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
