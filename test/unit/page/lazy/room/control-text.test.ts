import assert from "node:assert/strict";
import { test } from "node:test";
import { isEmergency, shownOf, stepOf, stepped } from "../../../../../page/lazy/room/control-text.ts";
import type { SentCommand } from "../../../../../page/lazy/room/sent-commands.ts";
import type { CommandState } from "../../../../../protocol/room/command.ts";
import type { ControlState } from "../../../../../protocol/room/room-contents.ts";

const command = (fields: Partial<CommandState> = {}): CommandState => ({
  id: "c1",
  action: "set",
  control: "setpoint",
  value: 200,
  stage: "accepted",
  by: "Ada",
  atMs: 1000,
  ...fields,
});
const control = (fields: Partial<ControlState> = {}): ControlState => ({
  name: "setpoint",
  kind: "number",
  value: 180,
  unit: "°C",
  revision: 1,
  isHere: true,
  desired: null,
  ...fields,
});
const sent = (fields: Partial<SentCommand> = {}): SentCommand => ({
  message: { type: "set", id: "c1", control: "setpoint", value: 200 },
  atMs: 0,
  isOut: true,
  command: undefined,
  isLost: false,
  ...fields,
});

test("[PG95c] each stage is said in words, and what the program has apart from what was asked for", () => {
  const said = (stage: CommandState["stage"], fields: Partial<CommandState> = {}) =>
    shownOf(control({ value: fields.effective ?? 180, desired: command({ stage, ...fields }) }), undefined);
  assert.deepEqual(shownOf(control(), undefined), { value: 180, status: "", tone: "quiet" });
  assert.deepEqual(shownOf(control(), sent()), { value: 200, status: "sent…", tone: "busy" });
  assert.deepEqual(said("accepted"), {
    value: 200,
    status: "200 °C waiting for the program, program has 180 °C · by Ada",
    tone: "busy",
  });
  assert.equal(said("delivered").status, "200 °C with the program, program has 180 °C · by Ada");
  assert.equal(said("confirmed", { effective: 200 }).status, "confirmed · by Ada");
  assert.equal(said("confirmed", { effective: 195 }).status, "confirmed as 195 °C, asked for 200 °C · by Ada");
  assert.deepEqual(said("refused", { detail: "too hot" }), {
    value: 180,
    status: "refused: too hot · by Ada",
    tone: "bad",
  });
  assert.equal(said("expired").value, 180);
  // It was started anew, say.
  const changed = control({ value: 180, desired: command({ stage: "confirmed", effective: 200 }) });
  assert.deepEqual(shownOf(changed, undefined), { value: 180, status: "", tone: "quiet" });
});

test("[PG95f] of a program that is away that is said, and of what could not be sent", () => {
  assert.equal(shownOf(control({ isHere: false }), undefined).status, "Its program is away.");
  assert.equal(
    shownOf(control({ isHere: false, desired: command() }), undefined).status,
    "200 °C Its program is away: kept for when it returns, program has 180 °C · by Ada",
  );
  assert.equal(shownOf(control(), sent({ isOut: false })).status, "not connected: sent as soon as it is");
  assert.deepEqual(shownOf(control(), sent({ isOut: false, isLost: true })), {
    value: 180,
    status: "not sent: there was no connection",
    tone: "bad",
  });
});

test("[PG95c] what somebody else set since is shown in place of ours, and ours that was refused before it was theirs", () => {
  const theirs = command({ id: "c2", value: 150, by: "Grace", atMs: 2000 });
  const overtaken = sent({ command: command({ stage: "refused", reason: "superseded", detail: "" }) });
  assert.match(shownOf(control({ desired: theirs }), overtaken).status, /^150 °C .* by Grace$/);
  const refused = sent({ command: command({ stage: "refused", reason: "not-permitted", detail: "no", atMs: 3000 }) });
  assert.equal(shownOf(control({ desired: theirs }), refused).status, "refused: no · by Ada");
  // Of one command two messages come, in any order.
  const further = sent({ command: command({ stage: "confirmed" }) });
  assert.equal(shownOf(control({ desired: command() }), further).status, "confirmed · by Ada");
});

test("[PG95g] a step is the program's, 1 of whole numbers, else a fine part of the range, and stays within it", () => {
  assert.equal(stepOf(control({ step: 5 })), 5);
  assert.equal(stepOf(control({ kind: "integer", min: 0, max: 1e6 })), 1);
  assert.equal(stepOf(control({ min: 0, max: 1 })), 0.01);
  assert.equal(stepOf(control()), 1);
  assert.equal(stepped(control({ step: 0.1 }), 0.2, 1), 0.3);
  assert.equal(stepped(control({ min: 0, max: 10, step: 4 }), 9, 1), 10);
});

test("[PG95g] what is done in a hurry is known by its name or label", () => {
  assert.ok(isEmergency({ name: "Emergency" }) && isEmergency({ name: "e1", label: "STOP now" }));
  assert.ok(!isEmergency({ name: "reset" }));
});
