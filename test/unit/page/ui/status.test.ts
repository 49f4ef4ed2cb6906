import assert from "node:assert/strict";
import { test } from "node:test";
import { type ConnectionState, connecting } from "../../../../client/connection-state.ts";
import { type FeedConditions, figuresText, statusOf, statusText } from "../../../../page/ui/status.ts";

const NOW = new Date(2026, 10, 20, 14, 30, 0).getTime();
const QUIET: FeedConditions = {
  nowMs: NOW,
  takenMs: NOW,
  staleSinceMs: undefined,
  goneSinceMs: undefined,
  offlineSinceMs: NOW - 5_000,
  wasGone: false,
  isPaused: false,
};
const words = (connection: ConnectionState, circumstances: Partial<FeedConditions> = {}): string =>
  statusText(statusOf(connection, { ...QUIET, ...circumstances }), NOW).join("");
const live = { phase: "live", pingAtMs: NOW } as const;

test("[PG3a] every state has its words", () => {
  assert.equal(words(connecting(NOW)), "Connecting…");
  assert.equal(words(connecting(NOW, 1)), "Reconnecting…");
  assert.equal(words(live), "Live");
  assert.equal(words({ phase: "probing", deadlineMs: NOW }), "Live");
  assert.equal(words(live, { isPaused: true }), "Paused");
  assert.equal(words(live, { staleSinceMs: NOW - 60_000 }), "Stale since 14:29:00");
  const gone = { goneSinceMs: NOW - 60_000 };
  assert.equal(words(live, gone), "Publisher gone since 14:30:00");
  assert.equal(words(live, { ...gone, isPaused: true }), "Paused · gone since 14:30:00");
  assert.equal(words(live, { staleSinceMs: NOW - 60_000, isPaused: true }), "Paused · stale since 14:29:00");
  const back = { staleSinceMs: NOW - 60_000, wasGone: true };
  assert.equal(words(live, back), "Waiting for data");
  assert.equal(words(live, { ...back, isPaused: true }), "Paused · waiting");
  assert.equal(words(live, { ...back, goneSinceMs: NOW - 60_000 }), "Publisher gone since 14:30:00");
  assert.equal(words(live, { ...back, staleSinceMs: undefined }), "Live");
  const waiting = { phase: "waiting", attempt: 1, retryAtMs: NOW + 2_100 } as const;
  assert.equal(words(waiting, { ...gone, isPaused: true }), "Reconnecting in 3 s");
  const refusal = "Too many viewers";
  assert.equal(words(waiting, { refusal }), "Too many viewers; next try in 3 s");
  assert.equal(words(connecting(NOW, 1), { refusal }), "Too many viewers…");
  assert.equal(words(connecting(NOW), { refusal }), "Connecting…");
  assert.equal(words(live, { refusal }), "Live");
  assert.equal(words({ phase: "offline", attempt: 1, retryAtMs: NOW }), "Offline since 14:29:55");
  assert.equal(words(connecting(NOW, 1, false)), "Offline since 14:29:55");
  assert.equal(statusText({ kind: "snapshot", about: () => "" }, NOW).join(""), "Snapshot");
  assert.equal(statusText({ kind: "unsupported" }, NOW).join(""), "No WebSocket");
  assert.equal(statusText({ kind: "private" }, NOW).join(""), "Private");
  assert.equal(statusText({ kind: "ended" }, NOW).join(""), "Access ended");
});

test("[PG71a] where nothing was published it says so, and not that it is live", () => {
  assert.equal(words(live, { takenMs: undefined }), "Nothing published yet");
  assert.equal(words(live, { takenMs: undefined, isPaused: true }), "Paused · empty");
});

test("[PG17a] a publisher's end has one time, that of its last data: before it is given up, and after", () => {
  const ended = { takenMs: NOW - 170_000, staleSinceMs: NOW - 170_000 };
  assert.equal(words(live, ended), "Stale since 14:27:10");
  // It was last heard of later, when it said that it is here.
  assert.equal(words(live, { ...ended, goneSinceMs: NOW - 150_000 }), "Publisher gone since 14:27:10");
  // Who was silent for long, and then went, has gone then.
  assert.equal(words(live, { ...ended, goneSinceMs: NOW - 20_001 }), "Publisher gone since 14:27:10");
  assert.equal(words(live, { ...ended, goneSinceMs: NOW - 20_000 }), "Publisher gone since 14:29:40");
  const never = { takenMs: undefined, goneSinceMs: NOW - 60_000 };
  assert.equal(words(live, never), "Publisher gone since 14:29:00");
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
    clocks: undefined,
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
  assert.equal(figuresText({ ...nothing, lostPoints: { points: 12, unknown: true } }), "at least 12 points missing");
  assert.equal(figuresText({ ...nothing, lostPoints: { points: 0, unknown: true } }), "data may be missing");
  assert.equal(
    figuresText({ ...nothing, lagMs: 3_600_000, lagHint: " (time zone?)", clocks: "a clock is off", viewers: 1 }),
    "lag 60 min (time zone?) · a clock is off · 1 viewer",
  );
});
