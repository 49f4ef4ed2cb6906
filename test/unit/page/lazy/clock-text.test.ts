import assert from "node:assert/strict";
import { test } from "node:test";
import { clocksText, offsetText } from "../../../../page/lazy/clock-text.ts";

test("[PG27a] a difference of clocks is said in hours and quarters where it looks like a zone", () => {
  assert.equal(offsetText(19_800_000), "5 h 30 min behind (time zone?)");
  assert.equal(offsetText(-3_600_000 - 44_000), "1 h ahead (time zone?)");
  assert.equal(offsetText(-3_600_000 - 46_000), "61 min ahead");
  assert.equal(offsetText(45 * 60_000), "45 min behind (time zone?)");
  assert.equal(offsetText(30_000), "30 s behind");
  assert.equal(offsetText(15 * 3_600_000), "15 h behind (time zone?)");
  assert.equal(offsetText(24 * 3_600_000), "24 h behind");
});

test("of clocks that are off it says whose, and by how much; of others nothing", () => {
  const right = { publisherAheadMs: undefined, oursAheadMs: undefined };
  assert.equal(clocksText(right), undefined);
  assert.equal(
    clocksText({ publisherAheadMs: 12_000, oursAheadMs: -180_000 }),
    "the publisher’s clock is 12 s ahead · this device’s clock is 3 min behind",
  );
});
