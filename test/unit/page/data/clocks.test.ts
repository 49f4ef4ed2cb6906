import assert from "node:assert/strict";
import { test } from "node:test";
import { Clocks } from "../../../../page/data/clocks.ts";

const NOW = 1.7e12;
const NOTHING = { publisherAheadMs: undefined, oursAheadMs: undefined };

test("[PG17] the lag is how old the newest point is; where x is no time nobody knows", () => {
  const clocks = new Clocks();
  assert.equal(clocks.lagMs, undefined);
  clocks.noteChannelClock(NOW, NOW - 30);
  clocks.noteFrame(NOW, NOW - 72);
  assert.equal(clocks.lagMs, 42);
  clocks.noteFrame(NOW, undefined);
  assert.equal(clocks.lagMs, undefined);
  assert.deepEqual(clocks.remarks, NOTHING);
});

test("[PG17] a wrong clock here is said, and is no lag", () => {
  for (const wrongMs of [-180_000, 7_200_000]) {
    const clocks = new Clocks();
    const ours = NOW + wrongMs;
    clocks.noteChannelClock(ours, NOW);
    clocks.noteFrame(ours, NOW - 42);
    assert.equal(clocks.lagMs, 42);
    assert.deepEqual(clocks.remarks, { ...NOTHING, oursAheadMs: wrongMs });
  }
});

test("[PG17] points from the future are of a publisher whose clock is ahead, and that is no lag", () => {
  const clocks = new Clocks();
  clocks.noteChannelClock(NOW, NOW);
  clocks.noteFrame(NOW, NOW + 12_000);
  assert.equal(clocks.lagMs, undefined);
  assert.deepEqual(clocks.remarks, { ...NOTHING, publisherAheadMs: 12_000 });
  clocks.noteFrame(NOW + 100, NOW + 60);
  assert.equal(clocks.lagMs, 40, "a clock that is set right is believed at once");
  assert.deepEqual(clocks.remarks, NOTHING);
});

test("[PG17] what a message was under way is not taken for a difference of clocks", () => {
  const clocks = new Clocks();
  for (const underWayMs of [900, 4_000, 20, 2_500]) clocks.noteChannelClock(NOW + underWayMs, NOW);
  clocks.noteFrame(NOW, NOW - 50);
  assert.equal(clocks.lagMs, 30);
  assert.deepEqual(clocks.remarks, NOTHING);
});

test("[PG17] a lag does not tremble with each frame", () => {
  const clocks = new Clocks();
  for (let i = 0; i < 100; i++) clocks.noteFrame(NOW + i, NOW + i - (i % 2 === 0 ? 30 : 50));
  assert.ok(Math.abs((clocks.lagMs ?? 0) - 40) < 3, `${clocks.lagMs}`);
});

test("[PG17] each publisher has a clock of its own: the one that is wrong is said, the others' lag is the slowest's", () => {
  const clocks = new Clocks();
  clocks.noteChannelClock(NOW, NOW);
  for (let i = 0; i < 10; i++) {
    clocks.noteFrame(NOW + i, NOW + i - 40, "a");
    clocks.noteFrame(NOW + i, NOW + i + 3_600_000, "b");
    clocks.noteFrame(NOW + i, NOW + i - 700, "c");
    if (i === 0) continue;
    assert.equal(clocks.lagMs, 700);
    assert.deepEqual(clocks.remarks, { ...NOTHING, publisherAheadMs: 3_600_000, aheadName: "b" });
  }
  // What is not heard any more is not said any more.
  for (const laterMs of [5_000, 11_000]) clocks.noteFrame(NOW + laterMs, NOW + laterMs - 40, "a");
  assert.equal(clocks.lagMs, 40);
  assert.deepEqual(clocks.remarks, NOTHING);
});

test("[PG27a] who is more than a minute later than another has a clock of its own, also where two write one series", () => {
  for (const [lateMs, isOdd] of [
    [60_000, false],
    [60_100, true],
    [19_800_000, true],
  ] as const) {
    for (const name of ["zone", "right"]) {
      const clocks = new Clocks();
      clocks.noteChannelClock(NOW, NOW);
      for (let i = 0; i < 10; i++) {
        clocks.noteFrame(NOW + i, NOW + i - 50, "right");
        clocks.noteFrame(NOW + i, NOW + i - lateMs, name);
      }
      if (!isOdd) continue;
      assert.equal(clocks.lagMs, 50);
      assert.deepEqual(clocks.remarks.behind, { name, lateMs, count: 1 });
    }
  }
  const alone = new Clocks();
  alone.noteFrame(NOW, NOW - 19_800_000, "zone");
  assert.deepEqual([alone.lagMs, alone.remarks.behind], [19_800_000, undefined]);
});

test("[PG17] a clock that is set while the page is open is noticed with the next message", () => {
  const clocks = new Clocks();
  for (let i = 0; i < 16; i++) clocks.noteChannelClock(NOW + i, NOW + i);
  for (const wrongMs of [3_600_000, -3_600_000, 0]) {
    clocks.noteChannelClock(NOW + wrongMs, NOW);
    assert.deepEqual(clocks.remarks, { ...NOTHING, oursAheadMs: wrongMs === 0 ? undefined : wrongMs });
  }
});
