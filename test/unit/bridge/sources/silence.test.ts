import assert from "node:assert/strict";
import { test } from "node:test";
import { createLog } from "../../../../bridge/observability/log.ts";
import { Silence } from "../../../../bridge/sources/silence.ts";

/** A source whose clock is moved by hand. */
function listening() {
  let nowMs = 0;
  const told = { stale: 0 };
  const silence = new Silence({
    log: createLog("text", "silent"),
    isConnected: () => true,
    reopen: () => {},
    onStale: () => told.stale++,
    nowMs: () => nowMs,
  });
  const pass = (seconds: number): void => {
    for (let i = 0; i < seconds; i++) {
      nowMs += 1000;
      silence.check();
    }
  };
  /** So many messages, each followed by a pause. */
  const hear = (messages: number, pauseS: number): void => {
    for (let i = 0; i < messages; i++) {
      silence.heard();
      pass(pauseS);
    }
  };
  return { silence, told, pass, hear };
}

test("[BR15d] a learnt pause is forgotten by half in ten minutes", () => {
  const { silence, told, pass, hear } = listening();
  hear(10, 40);
  hear(600, 1);
  silence.heard();
  // It was 40 s, and is 20 s now: three times that, less what is forgotten while nothing comes.
  pass(53);
  assert.equal(told.stale, 0);
  pass(7);
  assert.equal(told.stale, 1);
});

test("[BR15d] a silence that was reported teaches no more patience than it took to report it", () => {
  const { silence, told, pass, hear } = listening();
  hear(20, 4);
  // Three times 4 s were too long, and less is forgotten: what is learnt of a minute is some 11 s.
  silence.heard();
  pass(60);
  assert.equal(told.stale, 1);
  silence.heard();
  pass(30);
  assert.equal(told.stale, 1);
  pass(5);
  assert.equal(told.stale, 2);
});

test("[BR15d] nine messages are no cadence, ten are, and no learnt silence is shorter than 5 s", () => {
  const { silence, told, pass, hear } = listening();
  hear(8, 1);
  silence.heard();
  pass(60);
  assert.equal(told.stale, 0);
  const fast = listening();
  fast.hear(9, 1);
  fast.silence.heard();
  fast.pass(4);
  assert.equal(fast.told.stale, 0);
  fast.pass(1);
  assert.equal(fast.told.stale, 1);
});
