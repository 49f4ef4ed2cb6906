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
const refused: ConnectionState = { phase: "refused", reason: "token" };
const STATES = { connecting: connecting(NOW, 3), live, probing, waiting, offline, refused };
const EVENTS: ConnectionEvent[] = [
  "heard",
  "held",
  "caught-up",
  "closed",
  "due",
  "retry",
  "online",
  "offline",
  "visible",
];
const REFUSALS: ConnectionEvent[] = ["token", "right"];

/** Every transition there is: the phase it leads to, and what is done about it. */
const TABLE: Record<keyof typeof STATES, Record<ConnectionEvent, string>> = {
  connecting: {
    heard: "connecting none",
    held: "connecting none",
    "caught-up": "live none",
    closed: "waiting none",
    token: "refused none",
    right: "refused none",
    due: "waiting leave",
    retry: "connecting none",
    online: "connecting open",
    offline: "offline leave",
    visible: "connecting none",
  },
  live: {
    heard: "live none",
    held: "live none",
    "caught-up": "live none",
    closed: "waiting none",
    token: "refused none",
    right: "refused none",
    due: "probing ping",
    retry: "live none",
    online: "probing ping",
    offline: "offline leave",
    visible: "probing ping",
  },
  probing: {
    heard: "live none",
    held: "probing none",
    "caught-up": "live none",
    closed: "waiting none",
    token: "refused none",
    right: "refused none",
    due: "waiting leave",
    retry: "probing none",
    online: "probing none",
    offline: "offline leave",
    visible: "probing none",
  },
  waiting: {
    heard: "waiting none",
    held: "waiting none",
    "caught-up": "waiting none",
    closed: "waiting none",
    token: "refused none",
    right: "refused none",
    due: "connecting open",
    retry: "connecting open",
    online: "connecting open",
    offline: "offline none",
    visible: "connecting open",
  },
  offline: {
    heard: "offline none",
    held: "offline none",
    "caught-up": "offline none",
    closed: "offline none",
    token: "refused none",
    right: "refused none",
    due: "connecting open",
    retry: "connecting open",
    online: "connecting open",
    offline: "offline none",
    visible: "connecting open",
  },
  refused: {
    heard: "refused none",
    held: "refused none",
    "caught-up": "refused none",
    closed: "refused none",
    token: "refused none",
    right: "refused none",
    due: "refused none",
    retry: "connecting open",
    online: "refused none",
    offline: "refused none",
    visible: "refused none",
  },
};

for (const phase of Object.keys(STATES) as (keyof typeof STATES)[]) {
  for (const event of [...EVENTS, ...REFUSALS]) {
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

test("[VC1e] who was told when to come again waits until then and the usual time, a wait that has begun, too", () => {
  const held = (state: ConnectionState): ConnectionState =>
    transition(state, "held", NOW, 0.5, BASE_DELAY_MS, NOW + 30_000).state;
  assert.deepEqual(held({ phase: "waiting", attempt: 1, retryAtMs: NOW + 100 }), {
    phase: "waiting",
    attempt: 1,
    retryAtMs: NOW + 30_250,
  });
  assert.deepEqual(held(held(waiting)), { phase: "waiting", attempt: 3, retryAtMs: NOW + 31_000 });
  const closed = transition(connecting(NOW, 2), "closed", NOW, 0.5, BASE_DELAY_MS, NOW + 30_000).state;
  assert.deepEqual(closed, { phase: "waiting", attempt: 3, retryAtMs: NOW + 31_000 });
  const late = transition(connecting(NOW), "closed", NOW, 0.5, BASE_DELAY_MS, NOW - 1).state;
  assert.equal(dueAtMs(late), NOW + 250, "it is over");
  for (const event of ["retry", "online", "visible"] as const)
    assert.equal(transition(held(waiting), event, NOW, 0.5, BASE_DELAY_MS, NOW + 30_000).action, "open", event);
});

test("[PG4] a connection that was live begins its waits anew; a network that comes back too", () => {
  const dropped = transition(live, "closed", NOW, 0.5).state;
  assert.deepEqual(dropped, { phase: "waiting", attempt: 1, retryAtMs: NOW + 250 });
  const back = transition(offline, "online", NOW, 0.5).state;
  assert.deepEqual(back, connecting(NOW, 0, true));
});

test("[AC10a] what the Channel ended for good stays so, whatever happens, until the user or a new token opens another", () => {
  for (const reason of ["token", "right"] as const) {
    const { state } = transition(live, reason, NOW, 0.5);
    assert.deepEqual(state, { phase: "refused", reason });
    assert.equal(dueAtMs(state), Infinity);
    for (const event of EVENTS.filter((each) => each !== "retry")) {
      assert.deepEqual(transition(state, event, NOW, 0.5), { state, action: "none" });
    }
    assert.deepEqual(transition(state, "retry", NOW, 0.5), { state: connecting(NOW), action: "open" });
  }
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
