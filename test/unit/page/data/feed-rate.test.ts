import assert from "node:assert/strict";
import { test } from "node:test";
import { FeedRate } from "../../../../page/data/feed-rate.ts";

const NOW = 1.7e12;

/** What a hello says of the feed: `takenForMs` ago the Channel took its newest frame, the one numbered 100. */
function hello(takenForMs: number | null, takenEveryMs: number | null = null): Parameters<FeedRate["noteStatus"]>[1] {
  return { type: "hello", seq: 100, goneForMs: null, takenForMs, takenEveryMs };
}

/** A page that is opened at NOW, and gets so many stored frames. */
function opened(takenForMs: number | null, takenEveryMs: number | null = null, storedFrames = 50): FeedRate {
  const feedRate = new FeedRate();
  feedRate.noteStatus(NOW, hello(takenForMs, takenEveryMs));
  for (let seq = 101 - storedFrames; seq <= 100; seq++)
    feedRate.noteFrame({ nowMs: NOW + 40, points: 1, seq, stored: true });
  return feedRate;
}

/** A feed of `points` every `everyMs`, for `count` times, ending at NOW. */
function feed(everyMs: number, points: number, count: number, feedRate = new FeedRate()): FeedRate {
  for (let i = count - 1; i >= 0; i--) {
    feedRate.noteFrame({ nowMs: NOW - i * everyMs, points, seq: 100 + points * (count - i), stored: false });
  }
  return feedRate;
}

test("[PG3d] a feed is stale after 5 s, or ten times its usual pause", () => {
  const fast = feed(100, 1, 50);
  assert.equal(fast.staleSinceMs(NOW + 5_000), undefined);
  assert.equal(fast.staleSinceMs(NOW + 5_001), NOW);
  const slow = feed(2_000, 1, 50);
  assert.equal(slow.staleSinceMs(NOW + 20_000), undefined);
  assert.equal(slow.staleSinceMs(NOW + 20_001), NOW);
  assert.equal(new FeedRate().staleSinceMs(NOW), undefined);
});

test("[PG3e] a feed that is dead when the page is opened is stale at once, since its last frame was taken", () => {
  const feedRate = opened(60_000);
  assert.equal(feedRate.staleSinceMs(NOW + 40), NOW - 60_000);
  assert.equal(feedRate.rate(NOW + 40), undefined);
  feedRate.noteFrame({ nowMs: NOW + 1_000, points: 1, seq: 101, stored: false });
  assert.equal(feedRate.staleSinceMs(NOW + 1_000), undefined);
  assert.equal(opened(null, null, 0).staleSinceMs(NOW + 60_000), undefined);
});

test("[PG3] many stored points of one moment teach no pace and no rate: then nothing, and it is stale after 5 s", () => {
  const feedRate = opened(1_000);
  assert.equal(feedRate.staleSinceMs(NOW + 4_000), undefined);
  assert.equal(feedRate.staleSinceMs(NOW + 4_001), NOW - 1_000);
  assert.equal(feedRate.rate(NOW + 100), undefined);
});

test("[PG3d] the patience is told by the Channel until three frames came live", () => {
  const slow = opened(50_000, 60_000);
  assert.equal(slow.staleSinceMs(NOW + 540_000), undefined);
  assert.equal(slow.staleSinceMs(NOW + 550_001), NOW - 50_000);
  for (let i = 0; i < 3; i++) {
    assert.equal(slow.staleSinceMs(NOW + 100 * i + 5_001), undefined);
    slow.noteFrame({ nowMs: NOW + 100 * i, points: 1, seq: 101 + i, stored: false });
  }
  assert.equal(slow.staleSinceMs(NOW + 200 + 5_001), NOW + 200);
});

test("[PG3] what was taken while the page caught up is not stale; with a status, and a new connection, it is as told", () => {
  const feedRate = opened(0);
  feedRate.noteFrame({ nowMs: NOW + 9_000, points: 1, seq: 101, stored: true });
  assert.equal(feedRate.staleSinceMs(NOW + 9_100), undefined);
  assert.equal(feedRate.rate(NOW + 9_100), undefined);
  const status = { type: "status", viewers: 1, behind: 0, retryWithinMs: 500, nowMs: NOW, goneForMs: null } as const;
  feedRate.noteStatus(NOW + 9_200, { ...status, takenForMs: 5_500 });
  assert.equal(feedRate.staleSinceMs(NOW + 9_200), NOW + 3_700);
  const again = feed(100, 1, 50);
  again.noteStatus(NOW + 1_000, hello(700));
  assert.equal(again.rate(NOW + 1_000), undefined);
  assert.equal(again.staleSinceMs(NOW + 5_301), NOW + 300);
});

test("[PG17a] the time of the last frame does not tremble with each status, and follows one that is another's", () => {
  const feedRate = opened(60_000);
  const status = { type: "status", viewers: 1, behind: 0, retryWithinMs: 500, nowMs: NOW, goneForMs: null } as const;
  for (const [atMs, takenForMs] of [
    [1_000, 60_010],
    [2_000, 62_900],
    [3_000, 61_001],
  ] as const) {
    feedRate.noteStatus(NOW + atMs, { ...status, takenForMs });
    assert.equal(feedRate.takenMs, NOW - 60_000);
  }
  feedRate.noteStatus(NOW + 4_000, { ...status, takenForMs: 62_000 });
  assert.equal(feedRate.takenMs, NOW - 60_000);
  feedRate.noteStatus(NOW + 4_000, { ...status, takenForMs: 61_999 });
  assert.equal(feedRate.takenMs, NOW - 57_999);
  feedRate.noteStatus(NOW + 5_000, { ...status, takenForMs: 1_000 });
  assert.equal(feedRate.takenMs, NOW + 4_000);
  feedRate.noteStatus(NOW + 6_000, { ...status, takenForMs: null });
  assert.equal(feedRate.takenMs, undefined);
});

test("[PG3] that every publisher was gone is known until the next frame is taken", () => {
  const feedRate = opened(60_000);
  const status = { type: "status", viewers: 1, behind: 0, retryWithinMs: 500, nowMs: NOW, takenForMs: 60_000 } as const;
  assert.equal(feedRate.wasGone, false);
  feedRate.noteStatus(NOW, { ...status, goneForMs: 1_000 });
  feedRate.noteStatus(NOW, { ...status, goneForMs: null });
  assert.equal(feedRate.wasGone, true);
  // Older than what the Channel had taken when this connection began.
  feedRate.noteFrame({ nowMs: NOW, points: 1, seq: 100, stored: true });
  assert.equal(feedRate.wasGone, true);
  feedRate.noteFrame({ nowMs: NOW, points: 1, seq: 101, stored: false });
  assert.equal(feedRate.wasGone, false);
});

test("[PG17] a clock that is set back while the page is open begins anew", () => {
  const feedRate = feed(100, 1, 50);
  const backMs = NOW - 3_600_000;
  for (let i = 0; i < 50; i++) feedRate.noteFrame({ nowMs: backMs + 100 * i, points: 1, seq: 200 + i, stored: false });
  assert.equal(feedRate.rate(backMs + 4_900), 10);
  assert.equal(feedRate.staleSinceMs(backMs + 4_900 + 5_001), backMs + 4_900);
});

test("[PG17] the rate is that of the last seconds, steady for a steady feed, and falls when nothing comes", () => {
  assert.equal(feed(100, 1, 100).rate(NOW), 10);
  assert.equal(feed(100, 1, 100).rate(NOW + 60), 10);
  assert.equal(feed(50, 500, 200).rate(NOW), 10_000);
  assert.equal(feed(20_000, 1, 20).rate(NOW + 10_000), 0.05);
  assert.equal(feed(100, 1, 100).rate(NOW + 60_000), 0);
  assert.equal(new FeedRate().rate(NOW), undefined);
});

/** Frames of these many points, one every so many milliseconds, the last of them at NOW. */
function arriving(everyMs: number, ...points: number[]): FeedRate {
  const feedRate = new FeedRate();
  for (const [i, count] of points.entries()) {
    const nowMs = NOW - (points.length - 1 - i) * everyMs;
    feedRate.noteFrame({ nowMs, points: count, seq: i + 1, stored: false });
  }
  return feedRate;
}

test("[PG17c] a rate is that of the last 5 s, no more and no fewer", () => {
  // At -6 s, -5 s, …: that at the edge is out. What comes with the first has taken no time.
  assert.equal(arriving(1_000, 9_000, 9_000, 9_000, 300, 100, 100, 100).rate(NOW), 150);
  assert.equal(arriving(1_000, 9_000, 9_000, 9_000, 100, 100, 100, 100).rate(NOW), 100);
});

test("[PG17c] of a slow feed it is that of three usual pauses", () => {
  assert.equal(arriving(10_000, 9_000, 9_000, 9_000, 200, 100).rate(NOW), 15);
});

test("[PG17c] of frames that come all the time enough are remembered for it", () => {
  // One every 50 ms, for 10 s: twenty points each, and none in the last second's.
  const points = Array.from({ length: 200 }, (_, i) => (i < 180 ? 20 : 0));
  const rate = arriving(50, ...points).rate(NOW) ?? Number.NaN;
  assert.ok(Math.abs(rate - 320) < 8, `${rate}`);
});
