/** The table of who did how much in the last second. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { QuotaBuckets } from "../../../../../worker/auth/bounds/quota-buckets.ts";

/** Takes so much if that may be. @returns for how long it may not */
function take(buckets: QuotaBuckets, key: string, count: number, nowMs: number): number {
  const waitMs = buckets.waitMs(key, count, nowMs);
  if (waitMs === 0) buckets.spend(key, count, nowMs);
  return waitMs;
}

test("[AC13d] a second's worth may come at once, and the next when it has come back", () => {
  const buckets = new QuotaBuckets(1000);
  assert.equal(take(buckets, "a", 1000, 5000), 0);
  assert.equal(take(buckets, "a", 1, 5000), 1);
  assert.equal(take(buckets, "a", 500, 5000), 500);
  assert.equal(take(buckets, "a", 500, 5499), 1);
  assert.equal(take(buckets, "a", 500, 5500), 0);
  assert.equal(take(buckets, "a", 1000, 6500), 0);
});

test("[AC13d] more than a second's worth passes when nothing was taken, and is paid off", () => {
  const buckets = new QuotaBuckets(1000);
  assert.equal(take(buckets, "a", 10_000, 0), 0);
  assert.equal(take(buckets, "a", 1, 9_000), 1);
  assert.equal(take(buckets, "a", 10_000, 9_001), 999);
  assert.equal(take(buckets, "a", 10_000, 10_000), 0);
});

test("[AC13f] ten seconds' worth of reads may come at once", () => {
  const buckets = new QuotaBuckets(2, 10);
  for (let i = 1; i <= 20; i++) assert.equal(take(buckets, "a", 1, 0), 0, `number ${i}`);
  assert.equal(take(buckets, "a", 1, 0), 500);
  assert.equal(take(buckets, "a", 1, 500), 0);
});

test("[AC13j] what one did is none of another's", () => {
  const buckets = new QuotaBuckets(1);
  assert.equal(take(buckets, "a", 100, 0), 0);
  assert.equal(take(buckets, "a", 1, 0), 100_000);
  assert.equal(take(buckets, "b", 1, 0), 0);
});

test("[AC13j] 100,000 invented addresses make it no larger than 8,192, and do not make it forget who is refused", () => {
  const buckets = new QuotaBuckets(1);
  take(buckets, "a", 100, 0);
  assert.ok(take(buckets, "a", 1, 0) > 0);
  for (let i = 0; i < 100_000; i++) assert.equal(take(buckets, `other ${i}`, 1, 1), 0);
  assert.ok(take(buckets, "a", 1, 2) > 90_000);
  assert.ok(buckets.size <= 8_192, String(buckets.size));
});

test("[AC13j] 100,000 addresses that are refused themselves do not refuse one that did nothing", () => {
  const buckets = new QuotaBuckets(1);
  for (let i = 0; i < 100_000; i++) {
    take(buckets, `bad ${i}`, 100, 0);
    take(buckets, `bad ${i}`, 1, 0);
  }
  assert.ok(buckets.size <= 8_192, String(buckets.size));
  assert.equal(take(buckets, "good", 1, 0), 0);
});

test("[AC13j] who was refused is forgotten once its bucket is full", () => {
  const buckets = new QuotaBuckets(1);
  take(buckets, "a", 10, 10_000);
  take(buckets, "a", 1, 10_000);
  assert.equal(buckets.size, 1);
  take(buckets, "b", 1, 19_000);
  assert.equal(buckets.size, 2, "9 of 11 are back");
  take(buckets, "b", 1, 30_000);
  assert.equal(buckets.size, 1);
});

test("[AC13j] a clock that is set back refuses nobody for longer than it owes", () => {
  const buckets = new QuotaBuckets(1);
  take(buckets, "a", 10, 10_000_000);
  assert.equal(take(buckets, "a", 1, 1_000_000), 10_000);
  assert.equal(take(buckets, "a", 1, 1_010_000), 0);
});
