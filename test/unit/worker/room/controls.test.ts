/** How far commands have come: each to one outcome, whatever happens on the way. */
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { parseControls } from "../../../../protocol/room/control.ts";
import { isOutcome, type StoredCommand } from "../../../../worker/room/command.ts";
import { type ControlRows, parseStoredControl, type StoredControl } from "../../../../worker/room/control-rows.ts";
import {
  Controls,
  type Effects,
  MAX_COMMANDS,
  MAX_OPEN_COMMANDS,
  type Submission,
} from "../../../../worker/room/controls.ts";

const A = "00000000000000aa";
const B = "00000000000000bb";

/** Rows in memory, as SQLite would give them back. */
class MemoryRows implements ControlRows {
  readonly controls = new Map<string, StoredControl>();
  readonly commands = new Map<string, StoredCommand>();
  writes = 0;

  read() {
    return structuredClone({
      controls: [...this.controls.values()],
      commands: [...this.commands.values()].toSorted((a, b) => a.number - b.number),
    });
  }
  writeControl(stored: StoredControl): void {
    this.writes++;
    this.controls.set(stored.control.name, stored);
  }
  deleteControl(name: string): void {
    this.controls.delete(name);
  }
  writeCommand(command: StoredCommand): void {
    this.writes++;
    this.commands.set(command.state.id, command);
  }
  deleteCommand(id: string): void {
    this.commands.delete(id);
  }
}

function declare(controls: Controls, publisher: string, received: unknown): Effects {
  const parsed = parseControls(received);
  assert.ok("controls" in parsed);
  controls.reach(publisher, true);
  return controls.declare(publisher, parsed.controls, controls.namesOf(publisher));
}

function set(id: string, value: number, more: Partial<Submission> = {}): Submission {
  return { id, action: "set", control: "gain", value, sender: "ada", by: "Ada", ...more };
}

test("[BW2e] a call without any time left only asks how far it has come", () => {
  const controls = new Controls(new MemoryRows());
  declare(controls, A, { stop: {} });
  const call = { id: "c", action: "call", control: "stop", value: null, sender: "ada", by: "Ada" } as const;
  const unknown = controls.submit({ ...call, expiresInMs: 0 }, 1000);
  assert.deepEqual([unknown.answer.stage, unknown.commands], ["expired", []]);
  assert.deepEqual(controls.undelivered(A, 1000), []);
  controls.submit({ ...call, expiresInMs: 5000 }, 1000);
  controls.outcome(A, "c", { kind: "confirmed", value: undefined });
  assert.equal(controls.submit({ ...call, expiresInMs: 0 }, 9000).answer.stage, "confirmed");
});

test("[BW1d] a control goes to whoever declared it last, with what was set and not delivered", () => {
  const controls = new Controls(new MemoryRows());
  declare(controls, A, { gain: { value: 1 }, other: 2 });
  controls.submit(set("s1", 5), 0);
  declare(controls, B, { gain: { value: 1, max: 10 } });
  assert.equal(controls.publisherOf("gain"), B);
  assert.deepEqual(controls.undelivered(A, 0), []);
  assert.deepEqual(
    controls.undelivered(B, 0).map(({ state }) => state.id),
    ["s1"],
  );
  const { gone, commands } = declare(controls, B, {});
  assert.deepEqual(gone, ["gain"]);
  assert.deepEqual(
    commands.map(({ state }) => [state.id, state.stage, state.reason]),
    [["s1", "refused", "control-gone"]],
  );
  assert.deepEqual(
    controls.states.map(({ name }) => name),
    ["other"],
  );
});

test("[BW2c] [BW2d] what was set for a program that is away is refused if it comes back with another range", () => {
  const controls = new Controls(new MemoryRows());
  declare(controls, A, { gain: { value: 1, max: 250 }, other: { value: 1, max: 250 } });
  controls.reach(A, false);
  controls.submit(set("s1", 200), 0);
  controls.submit(set("s2", 50, { control: "other" }), 0);
  const { commands } = declare(controls, A, { gain: { value: 1, max: 100 }, other: { value: 1, max: 100 } });
  assert.deepEqual(
    commands.map(({ state }) => [state.id, state.reason, state.detail]),
    [["s1", "value-invalid", "gain takes 100 at most; not 200."]],
  );
  assert.deepEqual(
    controls.undelivered(A, 0).map(({ state }) => state.id),
    ["s2"],
  );
});

test("[BW1d] a program that starts anew, and says the same, writes nothing", () => {
  const rows = new MemoryRows();
  const controls = new Controls(rows);
  declare(controls, A, { gain: { value: 1 } });
  const { writes } = rows;
  assert.deepEqual(declare(controls, A, { gain: { value: 1 } }), { commands: [], controls: [], gone: [] });
  assert.equal(rows.writes, writes);
});

test("[BW2h] what a program reports is the value, and of what is not its own nothing is taken", () => {
  const controls = new Controls(new MemoryRows());
  declare(controls, A, { gain: { value: 1 } });
  assert.deepEqual(controls.report(A, { gain: 3, unknown: 1 }).controls, ["gain"]);
  assert.deepEqual(controls.report(B, { gain: 9 }).controls, []);
  assert.deepEqual([controls.state("gain")?.value, controls.state("gain")?.isHere], [3, true]);
  assert.deepEqual(controls.reach(A, false).controls, ["gain"]);
  assert.equal(controls.state("gain")?.isHere, false);
});

test("[BW2b] [BW2e] a set that was delivered and not answered expires; before that it is delivered again after a restart", () => {
  const rows = new MemoryRows();
  const controls = new Controls(rows);
  declare(controls, A, { gain: { value: 1 } });
  controls.submit(set("s1", 5), 1000);
  assert.equal(controls.dueInMs(1000), undefined, "it waits for its publisher for as long as it takes");
  controls.delivered(A, "s1", 2000);
  assert.equal(controls.dueInMs(2000), 30_000);
  const restarted = new Controls(rows);
  assert.deepEqual(
    restarted.undelivered(A, 2000).map(({ state }) => state.id),
    ["s1"],
  );
  assert.deepEqual(controls.expire(31_999).commands, []);
  const { commands } = controls.expire(32_000);
  assert.equal(commands[0]?.state.detail, "The program has it, and did not answer in time.");
  assert.deepEqual(controls.outcome(A, "s1", { kind: "confirmed", value: 5 }).commands, []);
});

test("[BW2e] a set that was delivered and not answered expires after an eviction from memory, too", () => {
  const rows = new MemoryRows();
  const controls = new Controls(rows);
  declare(controls, A, { gain: { value: 1 } });
  controls.submit(set("s1", 5), 1000);
  controls.delivered(A, "s1", 2000);
  const woken = new Controls(rows);
  assert.equal(woken.dueInMs(2000), 30_000);
  assert.deepEqual(
    woken.expire(32_000).commands.map(({ state }) => [state.id, state.stage]),
    [["s1", "expired"]],
  );
});

test("[BW1d] a control whose program has a value of another kind is there after an eviction, with that value", () => {
  const rows = new MemoryRows();
  const controls = new Controls(rows);
  declare(controls, A, { gain: { value: 1, kind: "integer", max: 9 }, stop: {} });
  controls.report(A, { gain: "fast", stop: true });
  const stored = [...rows.controls.values()];
  assert.deepEqual(
    stored.map((each) => parseStoredControl(JSON.parse(JSON.stringify(each)))),
    stored,
  );
  assert.deepEqual(
    stored.map(({ control }) => control.value),
    ["fast", true],
  );
});

test("[BW2e] an outcome of another publisher, and a second one, count for nothing", () => {
  const controls = new Controls(new MemoryRows());
  declare(controls, A, { gain: { value: 1 } });
  controls.submit(set("s1", 5), 0);
  assert.deepEqual(controls.outcome(B, "s1", { kind: "confirmed", value: 5 }).commands, []);
  assert.equal(controls.outcome(A, "s1", { kind: "confirmed", value: 4 }).commands.length, 1);
  assert.deepEqual(controls.outcome(A, "s1", { kind: "refused", reason: "program-refused", detail: "" }).commands, []);
  assert.equal(controls.state("gain")?.value, 4);
});

test("[BW5a] declarations take so much of a channel, however many there are", () => {
  const controls = new Controls(new MemoryRows());
  const faultOf = (name: string, letters: number): string | undefined => {
    const choices = Array.from({ length: 60 }, (_, i) => `${i}`.padEnd(letters, "a"));
    const parsed = parseControls({ [name]: { choices } });
    assert.ok("controls" in parsed);
    const fault = controls.roomFault(parsed.controls);
    if (fault === undefined) controls.declare(A, parsed.controls);
    return fault;
  };
  assert.equal(faultOf("a", 1_000), undefined);
  assert.match(faultOf("b", 1_000) ?? "", /more than 64 KiB, all together/);
  assert.equal(faultOf("a", 500), undefined, "it takes the place of the one before");
  assert.equal(faultOf("b", 500), undefined);
});

test("[BW5a] so many commands wait at most, and so many are known", () => {
  const rows = new MemoryRows();
  const controls = new Controls(rows);
  declare(controls, A, { stop: {} });
  const call = (id: string) => controls.submit({ ...set(id, 0), action: "call", control: "stop", value: null }, 0);
  for (let i = 0; i < MAX_OPEN_COMMANDS; i++) assert.equal(call(`c${i}`).answer.stage, "accepted");
  assert.equal(call("one more").answer.reason, "too-many-commands");
  for (let i = 0; i < MAX_OPEN_COMMANDS; i++) controls.outcome(A, `c${i}`, { kind: "confirmed", value: undefined });
  for (let i = 0; i < MAX_COMMANDS; i++) {
    call(`d${i}`);
    controls.outcome(A, `d${i}`, { kind: "confirmed", value: undefined });
  }
  assert.equal(rows.commands.size, MAX_COMMANDS);
});

test("[BW2] whatever happens, in whatever order, each command has one outcome at most, and a restart changes none", () => {
  const step = fc.oneof(
    fc.record({ do: fc.constant("set" as const), n: fc.nat(8), value: fc.nat(3) }),
    fc.record({ do: fc.constant("call" as const), n: fc.nat(8) }),
    fc.record({ do: fc.constant("delivered" as const), n: fc.nat(8), isOther: fc.boolean() }),
    fc.record({ do: fc.constant("outcome" as const), n: fc.nat(8), isOther: fc.boolean(), isGood: fc.boolean() }),
    fc.record({ do: fc.constant("later" as const), ms: fc.nat(40_000) }),
    fc.record({ do: fc.constant("restart" as const) }),
    fc.record({ do: fc.constant("away" as const), isHere: fc.boolean() }),
    fc.record({ do: fc.constant("declare" as const), byOther: fc.boolean() }),
  );
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const rows = new MemoryRows();
      let controls = new Controls(rows);
      declare(controls, A, { gain: { value: 1 }, stop: {} });
      const outcomes = new Map<string, string>();
      let nowMs = 0;
      const note = ({ commands }: Effects): void => {
        for (const { state } of commands) {
          if (!isOutcome(state.stage)) continue;
          assert.ok(!outcomes.has(state.id), `${state.id} has a second outcome`);
          outcomes.set(state.id, state.stage);
        }
      };
      for (const each of steps) {
        switch (each.do) {
          case "set":
          case "call": {
            const id = `${each.do}${each.n}`;
            const what: Partial<Submission> =
              each.do === "call" ? { action: "call", control: "stop", value: null } : {};
            const { answer, ...effects } = controls.submit(
              { ...set(id, each.do === "set" ? each.value : 0), ...what },
              nowMs,
            );
            note(effects);
            // A repeat is told what became of it.
            if (outcomes.has(id) && answer.reason !== "id-taken") assert.equal(answer.stage, outcomes.get(id));
            break;
          }
          case "delivered":
            note(controls.delivered(each.isOther ? B : A, `set${each.n}`, nowMs));
            break;
          case "outcome": {
            const kind = each.isGood
              ? ({ kind: "confirmed", value: 7 } as const)
              : ({ kind: "refused", reason: "program-refused", detail: "no" } as const);
            note(controls.outcome(each.isOther ? B : A, `${each.n % 2 ? "set" : "call"}${each.n}`, kind));
            break;
          }
          case "later":
            nowMs += each.ms;
            note(controls.expire(nowMs));
            break;
          case "restart":
            controls = new Controls(rows);
            break;
          case "away":
            note(controls.reach(A, each.isHere));
            break;
          case "declare":
            note(
              declare(controls, each.byOther ? B : A, { gain: { value: 1 }, ...(each.byOther ? {} : { stop: {} }) }),
            );
            break;
        }
      }
      const open = [...rows.commands.values()].filter(({ state }) => !isOutcome(state.stage));
      for (const { state } of open) assert.ok(!outcomes.has(state.id));
    }),
    { numRuns: 300 },
  );
});
