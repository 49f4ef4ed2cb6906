import assert from "node:assert/strict";
import { test } from "node:test";
import { type ConnectionState, connecting } from "../../../../client/connection-state.ts";
import { Pulse } from "../../../../page/data/feed-rate.ts";
import { clockText } from "../../../../page/ui/format.ts";
import { type FeedConditions, figuresText, statusOf, statusText } from "../../../../page/ui/status.ts";

const NOW = new Date(2026, 10, 20, 14, 30, 0).getTime();
const QUIET: FeedConditions = {
  nowMs: NOW,
  staleSinceMs: undefined,
  goneSinceMs: undefined,
  wasGone: false,
  isHeld: false,
};
const words = (connection: ConnectionState, circumstances: Partial<FeedConditions> = {}): string =>
  statusText(statusOf(connection, { ...QUIET, ...circumstances }), NOW).join("");
const live = { phase: "live", pingAtMs: NOW } as const;

test("[PG3a] every state has its words", () => {
  assert.equal(words(connecting(NOW)), "Connecting…");
  assert.equal(words(connecting(NOW, 1)), "Reconnecting…");
  assert.equal(words(live), "Live");
  assert.equal(words({ phase: "probing", deadlineMs: NOW }), "Live");
  assert.equal(words(live, { isHeld: true }), "Paused");
  assert.equal(words(live, { staleSinceMs: NOW - 60_000 }), "Stale since 14:29:00");
  const gone = { staleSinceMs: NOW - 50_000, goneSinceMs: NOW - 60_000 };
  assert.equal(words(live, gone), "Publisher gone since 14:29:00");
  assert.equal(words(live, { ...gone, isHeld: true }), "Paused · gone since 14:29:00");
  assert.equal(words(live, { staleSinceMs: NOW - 60_000, isHeld: true }), "Paused · stale since 14:29:00");
  const back = { staleSinceMs: NOW - 60_000, wasGone: true };
  assert.equal(words(live, back), "Waiting for data");
  assert.equal(words(live, { ...back, isHeld: true }), "Paused · waiting");
  assert.equal(words(live, { ...back, goneSinceMs: NOW - 60_000 }), "Publisher gone since 14:29:00");
  assert.equal(words(live, { ...back, staleSinceMs: undefined }), "Live");
  const waiting = { phase: "waiting", attempt: 1, retryAtMs: NOW + 2_100 } as const;
  assert.equal(words(waiting, { ...gone, isHeld: true }), "Reconnecting in 3 s");
  assert.equal(words({ phase: "offline", attempt: 1, retryAtMs: NOW }), "Offline");
  assert.equal(words(connecting(NOW, 1, false)), "Offline");
  assert.equal(statusText({ kind: "snapshot" }, NOW).join(""), "Snapshot");
  assert.equal(statusText({ kind: "unsupported" }, NOW).join(""), "No WebSocket");
});

test("[PG3] what went stale on another day says which", () => {
  assert.match(words(live, { staleSinceMs: NOW - 86_400_000 }), /^Stale since .*19.* 14:30:00$/);
});

test("the quiet line says what is known, and nothing else", () => {
  const nothing = {
    rate: undefined,
    series: 0,
    refusedSeries: 0,
    lagMs: undefined,
    clocks: { publisherAheadMs: undefined, oursAheadMs: undefined },
    lostPoints: { points: 0, unknown: false },
    viewers: undefined,
  };
  assert.equal(figuresText(nothing), "");
  assert.equal(
    figuresText({ ...nothing, rate: 10, series: 3, lagMs: 42, viewers: 2 }),
    "10 pts/s · 3 series · lag 42 ms · 2 viewers",
  );
  assert.equal(figuresText({ ...nothing, refusedSeries: 4 }), "4 series more than can be shown");
  assert.equal(figuresText({ ...nothing, lostPoints: { points: 1, unknown: false } }), "1 point missing");
  assert.equal(figuresText({ ...nothing, lostPoints: { points: 12, unknown: true } }), "over 12 points missing");
  assert.equal(figuresText({ ...nothing, lostPoints: { points: 0, unknown: true } }), "points may be missing");
  const clocks = { publisherAheadMs: 12_000, oursAheadMs: -180_000 };
  assert.equal(
    figuresText({ ...nothing, clocks }),
    "the publisher’s clock is 12 s ahead · this device’s clock is 3 min behind",
  );
});

/** What a hello says of the feed: `takenForMs` ago the Channel took its newest frame, the one numbered 100. */
function hello(takenForMs: number | null, takenEveryMs: number | null = null): Parameters<Pulse["told"]>[1] {
  const [viewer, channel, series] = ["v", "c", []];
  const counts = { epoch: 1, seq: 100, viewers: 1, retryWithinMs: 500, nowMs: NOW };
  return { type: "hello", version: 1, viewer, channel, series, ...counts, goneForMs: null, takenForMs, takenEveryMs };
}

/** A page that is opened at NOW, and gets so many stored frames. */
function opened(takenForMs: number | null, takenEveryMs: number | null = null, storedFrames = 50): Pulse {
  const pulse = new Pulse();
  pulse.told(NOW, hello(takenForMs, takenEveryMs));
  for (let seq = 101 - storedFrames; seq <= 100; seq++) pulse.note({ nowMs: NOW + 40, points: 1, seq, stored: true });
  return pulse;
}

/** A feed of `points` every `everyMs`, for `count` times, ending at NOW. */
function feed(everyMs: number, points: number, count: number, pulse = new Pulse()): Pulse {
  for (let i = count - 1; i >= 0; i--) {
    pulse.note({ nowMs: NOW - i * everyMs, points, seq: 100 + points * (count - i), stored: false });
  }
  return pulse;
}

test("[PG3d] a feed is stale after 5 s, or ten times its usual pause", () => {
  const fast = feed(100, 1, 50);
  assert.equal(fast.staleSinceMs(NOW + 5_000), undefined);
  assert.equal(clockText(fast.staleSinceMs(NOW + 5_001) ?? 0), "14:30:00");
  const slow = feed(2_000, 1, 50);
  assert.equal(slow.staleSinceMs(NOW + 20_000), undefined);
  assert.equal(slow.staleSinceMs(NOW + 20_001), NOW);
  assert.equal(new Pulse().staleSinceMs(NOW), undefined);
});

test("[PG3e] a feed that is dead when the page is opened is stale at once, since its last frame was taken", () => {
  const pulse = opened(60_000);
  assert.equal(pulse.staleSinceMs(NOW + 40), NOW - 60_000);
  assert.equal(pulse.rate(NOW + 40), undefined);
  pulse.note({ nowMs: NOW + 1_000, points: 1, seq: 101, stored: false });
  assert.equal(pulse.staleSinceMs(NOW + 1_000), undefined);
  assert.equal(opened(null, null, 0).staleSinceMs(NOW + 60_000), undefined);
});

test("[PG3] many stored points of one moment teach no pace and no rate: then nothing, and it is stale after 5 s", () => {
  const pulse = opened(1_000);
  assert.equal(pulse.staleSinceMs(NOW + 4_000), undefined);
  assert.equal(pulse.staleSinceMs(NOW + 4_001), NOW - 1_000);
  assert.equal(pulse.rate(NOW + 100), undefined);
});

test("[PG3d] the patience is told by the Channel until three frames came live", () => {
  const slow = opened(50_000, 60_000);
  assert.equal(slow.staleSinceMs(NOW + 540_000), undefined);
  assert.equal(slow.staleSinceMs(NOW + 550_001), NOW - 50_000);
  for (let i = 0; i < 3; i++) {
    assert.equal(slow.staleSinceMs(NOW + 100 * i + 5_001), undefined);
    slow.note({ nowMs: NOW + 100 * i, points: 1, seq: 101 + i, stored: false });
  }
  assert.equal(slow.staleSinceMs(NOW + 200 + 5_001), NOW + 200);
});

test("[PG3] what was taken while the page caught up is not stale; with a status, and a new connection, it is as told", () => {
  const pulse = opened(0);
  pulse.note({ nowMs: NOW + 9_000, points: 1, seq: 101, stored: true });
  assert.equal(pulse.staleSinceMs(NOW + 9_100), undefined);
  assert.equal(pulse.rate(NOW + 9_100), undefined);
  const status = { type: "status", viewers: 1, behind: 0, retryWithinMs: 500, nowMs: NOW, goneForMs: null } as const;
  pulse.told(NOW + 9_200, { ...status, takenForMs: 5_500 });
  assert.equal(pulse.staleSinceMs(NOW + 9_200), NOW + 3_700);
  const again = feed(100, 1, 50);
  again.told(NOW + 1_000, hello(700));
  assert.equal(again.rate(NOW + 1_000), undefined);
  assert.equal(again.staleSinceMs(NOW + 5_301), NOW + 300);
});

test("[PG3] that every publisher was gone is known until the next frame is taken", () => {
  const pulse = opened(60_000);
  const status = { type: "status", viewers: 1, behind: 0, retryWithinMs: 500, nowMs: NOW, takenForMs: 60_000 } as const;
  assert.equal(pulse.wasGone, false);
  pulse.told(NOW, { ...status, goneForMs: 1_000 });
  pulse.told(NOW, { ...status, goneForMs: null });
  assert.equal(pulse.wasGone, true);
  // Older than what the Channel had taken when this connection began.
  pulse.note({ nowMs: NOW, points: 1, seq: 100, stored: true });
  assert.equal(pulse.wasGone, true);
  pulse.note({ nowMs: NOW, points: 1, seq: 101, stored: false });
  assert.equal(pulse.wasGone, false);
});

test("[PG17] a clock that is set back while the page is open begins anew", () => {
  const pulse = feed(100, 1, 50);
  const backMs = NOW - 3_600_000;
  for (let i = 0; i < 50; i++) pulse.note({ nowMs: backMs + 100 * i, points: 1, seq: 200 + i, stored: false });
  assert.equal(pulse.rate(backMs + 4_900), 10);
  assert.equal(pulse.staleSinceMs(backMs + 4_900 + 5_001), backMs + 4_900);
});

test("[PG17] the rate is that of the last seconds, steady for a steady feed, and falls when nothing comes", () => {
  assert.equal(feed(100, 1, 100).rate(NOW), 10);
  assert.equal(feed(100, 1, 100).rate(NOW + 60), 10);
  assert.equal(feed(50, 500, 200).rate(NOW), 10_000);
  assert.equal(feed(20_000, 1, 20).rate(NOW + 10_000), 0.05);
  assert.equal(feed(100, 1, 100).rate(NOW + 60_000), 0);
  assert.equal(new Pulse().rate(NOW), undefined);
});
