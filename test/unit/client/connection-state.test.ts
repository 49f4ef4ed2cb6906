import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import {
  BASE_DELAY_MS,
  type ConnectionEvent,
  type ConnectionState,
  connecting,
  dueAtMs,
  MAX_DELAY_MS,
  PING_EVERY_MS,
  SILENCE_MS,
  transition,
} from "../../../client/connection-state.ts";

const NOW = 1_000_000;
const live: ConnectionState = { phase: "live", pingAtMs: NOW + PING_EVERY_MS };
const probing: ConnectionState = { phase: "probing", deadlineMs: NOW + SILENCE_MS };
const waiting: ConnectionState = { phase: "waiting", attempt: 3, retryAtMs: NOW + 2_000 };
const offline: ConnectionState = { phase: "offline", attempt: 3, retryAtMs: NOW + 2_000 };
const STATES = { connecting: connecting(NOW, 3), live, probing, waiting, offline };
const EVENTS: ConnectionEvent[] = ["heard", "caught-up", "closed", "due", "retry", "online", "offline", "visible"];

/** Every transition there is: the phase it leads to, and what is done about it. */
const TABLE: Record<keyof typeof STATES, Record<ConnectionEvent, string>> = {
  connecting: {
    heard: "connecting none",
    "caught-up": "live none",
    closed: "waiting none",
    due: "waiting leave",
    retry: "connecting none",
    online: "connecting open",
    offline: "offline leave",
    visible: "connecting none",
  },
  live: {
    heard: "live none",
    "caught-up": "live none",
    closed: "waiting none",
    due: "probing ping",
    retry: "live none",
    online: "probing ping",
    offline: "offline leave",
    visible: "probing ping",
  },
  probing: {
    heard: "live none",
    "caught-up": "live none",
    closed: "waiting none",
    due: "waiting leave",
    retry: "probing none",
    online: "probing none",
    offline: "offline leave",
    visible: "probing none",
  },
  waiting: {
    heard: "waiting none",
    "caught-up": "waiting none",
    closed: "waiting none",
    due: "connecting open",
    retry: "connecting open",
    online: "connecting open",
    offline: "offline none",
    visible: "connecting open",
  },
  offline: {
    heard: "offline none",
    "caught-up": "offline none",
    closed: "offline none",
    due: "connecting open",
    retry: "connecting open",
    online: "connecting open",
    offline: "offline none",
    visible: "connecting open",
  },
};

for (const phase of Object.keys(STATES) as (keyof typeof STATES)[]) {
  for (const event of EVENTS) {
    test(`[PG4] ${phase}, ${event} → ${TABLE[phase][event]}`, () => {
      const { state, action } = transition(STATES[phase], event, NOW, 0.5);
      assert.equal(`${state.phase} ${action}`, TABLE[phase][event]);
    });
  }
}

test("[PG4] [VC1b] the wait is full jitter: up to 500 ms at first, doubling to 3 s", () => {
  const ceilings = [];
  let state: ConnectionState = connecting(NOW);
  for (let i = 0; i < 8; i++) {
    state = transition(state, "closed", NOW, 0.999_999).state;
    ceilings.push(Math.round(dueAtMs(state) - NOW));
    state = transition(state, "due", NOW, 0).state;
  }
  assert.deepEqual(ceilings, [500, 1000, 2000, 3000, 3000, 3000, 3000, 3000]);
  assert.equal(dueAtMs(transition(connecting(NOW, 5), "closed", NOW, 0).state), NOW);
  assert.equal(BASE_DELAY_MS, 500);
  assert.equal(MAX_DELAY_MS, 3000);
});

test("[PG4] a connection that was live begins its waits anew; a network that comes back too", () => {
  const dropped = transition(live, "closed", NOW, 0.5).state;
  assert.deepEqual(dropped, { phase: "waiting", attempt: 1, retryAtMs: NOW + 250 });
  const back = transition(offline, "online", NOW, 0.5).state;
  assert.deepEqual(back, connecting(NOW, 0, true));
});

test("[PG3] attempts made while offline stay offline when they fail", () => {
  const attempt = transition(offline, "due", NOW, 0.5).state;
  assert.equal(attempt.phase === "connecting" && attempt.online, false);
  assert.equal(transition(attempt, "closed", NOW, 0.5).state.phase, "offline");
  assert.equal(transition(attempt, "caught-up", NOW, 0.5).state.phase, "live");
});

test("[PG4] whatever happens, something is due within 20 s, and the wait is never over 3 s", () => {
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.constantFrom(...EVENTS), fc.nat(30_000), fc.double({ min: 0, max: 0.999, noNaN: true }))),
      (steps) => {
        let nowMs = NOW;
        let state = connecting(nowMs);
        for (const [event, laterMs, random] of steps) {
          nowMs += laterMs;
          const before = state;
          state = transition(state, event, nowMs, random).state;
          if (state === before) continue;
          assert.ok(dueAtMs(state) >= nowMs && dueAtMs(state) <= nowMs + PING_EVERY_MS);
        }
      },
    ),
  );
});
