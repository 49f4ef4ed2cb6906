import assert from "node:assert/strict";
import { test } from "node:test";
import { MovingValue } from "../../../../../page/lazy/room/moving-value.ts";
import { SentCommands } from "../../../../../page/lazy/room/sent-commands.ts";
import type { CommandState } from "../../../../../protocol/room/command.ts";
import type { ControlValue } from "../../../../../protocol/room/control.ts";
import type { RoomClientMessage } from "../../../../../protocol/room/room-message.ts";
import { WriteLimits } from "../../../../../worker/room/write-limits.ts";

function slider() {
  const sent: [ControlValue, boolean][] = [];
  const clock = { nowMs: 0, timer: undefined as { atMs: number; run: () => void } | undefined, isAnswered: false };
  const value = new MovingValue({
    send: (value, isPassing) => sent.push([value, isPassing]),
    isAnswered: () => clock.isAnswered,
    nowMs: () => clock.nowMs,
    after(ms, run) {
      clock.timer = { atMs: clock.nowMs + ms, run };
      return () => {
        clock.timer = undefined;
      };
    },
  });
  const pass = (toMs: number): void => {
    clock.nowMs = toMs;
    const { timer } = clock;
    if (timer === undefined || timer.atMs > toMs) return;
    clock.timer = undefined;
    timer.run();
  };
  return { sent, clock, value, pass };
}

test("[PG95d] unanswered, the newest value of a slider is sent 50 ms after the last", () => {
  const { sent, value, pass } = slider();
  for (const each of [1, 2, 3]) value.move(each);
  assert.deepEqual(sent, [[1, true]]);
  pass(49);
  assert.equal(sent.length, 1);
  pass(50);
  assert.deepEqual(sent.at(-1), [3, true]);
  pass(200);
  assert.equal(sent.length, 2);
});

test("[PG95d] an answer lets the next one go, 40 ms after the last at the earliest", () => {
  const { sent, clock, value, pass } = slider();
  value.move(1);
  value.move(2);
  clock.nowMs = 10;
  clock.isAnswered = true;
  value.answered();
  assert.equal(sent.length, 1);
  pass(39);
  assert.equal(sent.length, 1);
  pass(40);
  assert.deepEqual(sent.at(-1), [2, true]);
});

test("[PG95d] [BW9d] however long it is moved, the room takes each of its values", () => {
  const { sent, clock, value, pass } = slider();
  clock.isAnswered = true;
  const writes = new WriteLimits();
  let taken = 0;
  for (let ms = 0; ms < 60_000; ms += 5) {
    pass(ms);
    value.move(ms);
    while (taken < sent.length) {
      assert.ok(writes.take("address", "command", ms), `refused after ${ms} ms`);
      taken++;
    }
  }
  assert.ok(taken > 1_000);
});

test("[PG95d] where it comes to rest it is sent at once, and nothing follows", () => {
  const { sent, value, pass } = slider();
  value.move(1);
  value.move(2);
  value.rest(3);
  pass(500);
  assert.deepEqual(sent, [
    [1, true],
    [3, false],
  ]);
});

function commands() {
  const said: RoomClientMessage[] = [];
  const state = { isConnected: true, nowMs: 0, ids: 0 };
  const sent = new SentCommands({
    say(message) {
      if (state.isConnected) said.push(message);
      return state.isConnected;
    },
    newId: () => `id-${++state.ids}`,
    nowMs: () => state.nowMs,
  });
  const told = (id: string, stage: CommandState["stage"]) =>
    sent.told({ id, action: "set", control: "gain", value: 1, stage, by: "Ada", atMs: 0 });
  return { said, state, sent, told };
}

test("[PG95f] after a break a command without an outcome is said once more, by its id, and one with an outcome is not", () => {
  const { said, sent, told } = commands();
  sent.set("gain", 1, false);
  sent.sayAgain();
  assert.deepEqual(
    said.map((message) => "id" in message && message.id),
    ["id-1", "id-1"],
  );
  told("id-1", "confirmed");
  // What comes late does not undo it.
  told("id-1", "accepted");
  assert.equal(sent.of("gain")?.command?.stage, "confirmed");
  sent.sayAgain();
  assert.equal(said.length, 2);
});

test("[PG95f] what was set without a connection is said within 30 s, a call within 5 s", () => {
  const { said, state, sent } = commands();
  state.isConnected = false;
  sent.set("gain", 1, false);
  sent.call("stop");
  [state.isConnected, state.nowMs] = [true, 5_000];
  sent.sayAgain();
  assert.deepEqual(
    said.map(({ type }) => type),
    ["set", "call"],
  );
  state.nowMs = 5_001;
  sent.sayAgain();
  assert.deepEqual([sent.of("stop")?.isLost, sent.of("gain")?.isLost], [true, false]);
  state.nowMs = 30_001;
  sent.sayAgain();
  assert.equal(sent.of("gain")?.isLost, true);
});
