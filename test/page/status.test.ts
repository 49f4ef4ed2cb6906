import assert from "node:assert/strict";
import { test } from "node:test";
import { connecting } from "../../worker/page/connection-state.ts";
import { clockText } from "../../worker/page/format.ts";
import { Pulse } from "../../worker/page/pulse.ts";
import { figuresText, statusOf, statusText } from "../../worker/page/status.ts";

const NOW = new Date(2026, 10, 20, 14, 30, 0).getTime();
const words = (...args: Parameters<typeof statusOf>): string => statusText(statusOf(...args), NOW).join("");

test("[PG3] every state has its words", () => {
  const live = { phase: "live", pingAtMs: NOW } as const;
  assert.equal(words(connecting(NOW), undefined, NOW), "Connecting…");
  assert.equal(words(live, undefined, NOW), "Live");
  assert.equal(words({ phase: "probing", deadlineMs: NOW }, undefined, NOW), "Live");
  assert.equal(words(live, NOW - 60_000, NOW), "Stale since 14:29:00");
  assert.equal(
    words({ phase: "waiting", attempt: 1, retryAtMs: NOW + 2_100 }, NOW - 60_000, NOW),
    "Reconnecting in 3 s",
  );
  assert.equal(words({ phase: "offline", attempt: 1, retryAtMs: NOW }, undefined, NOW), "Offline");
  assert.equal(words(connecting(NOW, 1, false), undefined, NOW), "Offline");
});

test("[PG3] what went stale on another day says which", () => {
  const text = words({ phase: "live", pingAtMs: NOW }, NOW - 86_400_000, NOW);
  assert.match(text, /^Stale since .*19.* 14:30:00$/);
});

test("the quiet line says what is known, and nothing else", () => {
  const nothing = {
    paused: false,
    rate: undefined,
    series: 0,
    refusedSeries: 0,
    lagMs: undefined,
    lostPoints: { points: 0, unknown: false },
    viewers: undefined,
  };
  assert.equal(figuresText(nothing), "");
  assert.equal(
    figuresText({ ...nothing, rate: 10, series: 3, lagMs: 42, viewers: 2 }),
    "10 pts/s · 3 series · lag 42 ms · 2 viewers",
  );
  assert.equal(figuresText({ ...nothing, paused: true, refusedSeries: 4 }), "paused · 4 series more than can be shown");
  assert.equal(figuresText({ ...nothing, lostPoints: { points: 1, unknown: false } }), "1 point missing");
  assert.equal(figuresText({ ...nothing, lostPoints: { points: 12, unknown: true } }), "over 12 points missing");
  assert.equal(figuresText({ ...nothing, lostPoints: { points: 0, unknown: true } }), "points missing");
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

test("a lag is shown where x is a time and can be true", () => {
  assert.equal(Math.round(feed(100, 1, 50, false, 42).lagMs ?? 0), 42);
  assert.equal(feed(100, 1, 50, false, 3_600_000).lagMs, undefined);
  assert.equal(feed(100, 1, 50, true, 42).lagMs, undefined);
  const pulse = new Pulse();
  pulse.note({ nowMs: NOW, points: 1, newestMs: undefined, stored: false });
  assert.equal(pulse.lagMs, undefined);
});
