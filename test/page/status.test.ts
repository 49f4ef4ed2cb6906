import assert from "node:assert/strict";
import { test } from "node:test";
import { type ConnectionState, connecting } from "../../worker/page/connect/connection-state.ts";
import { Pulse } from "../../worker/page/connect/pulse.ts";
import { clockText } from "../../worker/page/say/format.ts";
import { type Circumstances, figuresText, statusOf, statusText } from "../../worker/page/say/status.ts";

const NOW = new Date(2026, 10, 20, 14, 30, 0).getTime();
const QUIET: Circumstances = { nowMs: NOW, staleSinceMs: undefined, goneSinceMs: undefined, isHeld: false };
const words = (connection: ConnectionState, circumstances: Partial<Circumstances> = {}): string =>
  statusText(statusOf(connection, { ...QUIET, ...circumstances }), NOW).join("");
const live = { phase: "live", pingAtMs: NOW } as const;

test("[PG3] every state has its words", () => {
  assert.equal(words(connecting(NOW)), "Connecting…");
  assert.equal(words(connecting(NOW, 1)), "Reconnecting…");
  assert.equal(words(live), "Live");
  assert.equal(words({ phase: "probing", deadlineMs: NOW }), "Live");
  assert.equal(words(live, { isHeld: true }), "Paused");
  assert.equal(words(live, { staleSinceMs: NOW - 60_000 }), "Stale since 14:29:00");
  const gone = { staleSinceMs: NOW - 50_000, goneSinceMs: NOW - 60_000 };
  assert.equal(words(live, gone), "Publisher gone since 14:29:00");
  assert.equal(words(live, { ...gone, isHeld: true }), "Paused");
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
  assert.equal(figuresText({ ...nothing, lostPoints: { points: 0, unknown: true } }), "points missing");
  const clocks = { publisherAheadMs: 12_000, oursAheadMs: -180_000 };
  assert.equal(
    figuresText({ ...nothing, clocks }),
    "the publisher’s clock is 12 s ahead · this device’s clock is 3 min behind",
  );
});

/** A feed of `points` every `everyMs`, for `count` times, ending at NOW. */
function feed(everyMs: number, points: number, count: number, stored = false, lagMs = 0): Pulse {
  const pulse = new Pulse();
  for (let i = count - 1; i >= 0; i--) {
    const nowMs = NOW - i * everyMs;
    pulse.note({ nowMs: stored ? NOW : nowMs, points, newestMs: nowMs - lagMs, stored });
  }
  return pulse;
}

test("[PG3] a feed is stale after 5 s, or ten times its usual interval", () => {
  const fast = feed(100, 1, 50);
  assert.equal(fast.staleSinceMs(NOW + 5_000), undefined);
  assert.equal(clockText(fast.staleSinceMs(NOW + 5_001) ?? 0), "14:30:00");
  const slow = feed(2_000, 1, 50);
  assert.equal(slow.staleSinceMs(NOW + 20_000), undefined);
  assert.equal(slow.staleSinceMs(NOW + 20_001), NOW);
  assert.equal(new Pulse().staleSinceMs(NOW), undefined);
});

test("[PG3] a stored tail that ended long ago is stale at once, since its own last point", () => {
  assert.equal(feed(100, 1, 50, true, 60_000).staleSinceMs(NOW), NOW - 60_000);
});

test("the rate is that of the last seconds, steady for a steady feed, and falls when nothing comes", () => {
  assert.equal(feed(100, 1, 100).rate(NOW), 10);
  assert.equal(feed(100, 1, 100).rate(NOW + 60), 10);
  assert.equal(feed(50, 500, 200).rate(NOW), 10_000);
  assert.equal(feed(20_000, 1, 20).rate(NOW + 10_000), 0.05);
  assert.equal(feed(100, 1, 100).rate(NOW + 60_000), 0);
  assert.equal(new Pulse().rate(NOW), undefined);
});
