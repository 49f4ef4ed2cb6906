/** Controls on the real Worker: declared by a publisher, set by viewers, and each command to exactly one outcome. */
import assert from "node:assert/strict";
import { after, test } from "node:test";
import type { RoomServerMessage } from "../../../../protocol/room/room-message.ts";
import { startEdge } from "../../../support/edge.ts";
import { newChannel } from "../../../support/publish.ts";
import { Guest } from "../../../support/room.ts";
import { startStoredEdge } from "../../../support/stored-edge.ts";
import { waitFor } from "../../../support/wait.ts";

const edge = await startEdge({ vars: { PUBLIC_RIGHTS: "**=control+note+presence" } });
after(() => edge.close());

const A = "00000000000000aa";
const CONTROLS = {
  setpoint: { value: 180, min: 20, max: 250, unit: "°C" },
  heater: { value: false },
  stop: {},
};
const token = edge.token ?? undefined;

/** What a program was told to do, and did not take yet. */
function deliveriesTo({ heard }: Guest): RoomServerMessage[] {
  return heard.filter(({ type }) => type === "deliver");
}

test("[BW1a] [BW1e] [BW2a] [BW2b] [BW2h] [BW2i] a control is declared, set, delivered and confirmed, and everybody sees it", async (t) => {
  const url = edge.channelUrl(newChannel());
  const program = await Guest.in(t, url, { token, publisher: A });
  program.say({ type: "declare", controls: CONTROLS });
  const [ada, ben] = [await Guest.in(t, url), await Guest.in(t, url)];
  const of = (guest: typeof ada) =>
    guest.welcome.controls.map(({ name, kind, value, isHere }) => ({ name, kind, value, isHere }));
  const all = [
    { name: "setpoint", kind: "number", value: 180, isHere: true },
    { name: "heater", kind: "toggle", value: false, isHere: true },
    { name: "stop", kind: "button", value: null, isHere: true },
  ];
  assert.deepEqual(of(ada), all);
  ada.say({ type: "name", name: "Ada" });
  await ben.hears("people", ({ joined }) => joined.some(({ name }) => name === "Ada"));
  ada.say({ type: "set", id: "s1", control: "setpoint", value: 200 });
  assert.equal((await ada.hears("command")).command.stage, "accepted");
  const delivery = await program.hears("deliver");
  assert.deepEqual(delivery, {
    type: "deliver",
    id: "s1",
    action: "set",
    control: "setpoint",
    value: 200,
    by: "Ada",
    expiresInMs: null,
  });
  program.say({ type: "delivered", id: "s1" });
  assert.equal((await ada.hears("command")).command.stage, "delivered");
  program.say({ type: "outcome", id: "s1", outcome: "confirmed", value: 199.5 });
  const { command } = await ada.hears("command");
  assert.deepEqual([command.stage, command.value, command.effective], ["confirmed", 200, 199.5]);
  const seen = await ben.hears("controls", ({ controls }) => controls[0]?.desired?.stage === "confirmed");
  assert.deepEqual(
    [seen.controls[0]?.value, seen.controls[0]?.revision, seen.controls[0]?.desired?.by],
    [199.5, 1, "Ada"],
  );
  const stored = await fetch(url, { headers: { Accept: "application/x-ndjson" } });
  assert.match(await stored.text(), /"series":"plotcast.controls",.*"text":"setpoint 199.5 °C \(Ada\)"/);
});

test("[BW2c] a value out of range is refused with the range, and never moved", async (t) => {
  const url = edge.channelUrl(newChannel());
  const program = await Guest.in(t, url, { token, publisher: A });
  program.say({ type: "declare", controls: CONTROLS });
  const ada = await Guest.in(t, url);
  for (const [control, value, reason, detail] of [
    ["setpoint", 300, "value-invalid", "setpoint takes 20 to 250 °C; not 300."],
    ["setpoint", "hot", "value-invalid", "setpoint takes a number."],
    ["heater", 1, "value-invalid", "heater takes true or false."],
    ["stop", 1, "not-settable", "stop is a button: it is called, and takes no value."],
    ["setpiont", 1, "unknown-control", "This channel has no control of that name; perhaps setpoint was meant."],
  ] as const) {
    ada.say({ type: "set", id: `r-${control}-${String(value)}`, control, value });
    const { command } = await ada.hears("command");
    assert.deepEqual([command.stage, command.reason], ["refused", reason], command.detail);
    if (reason !== "unknown-control") assert.equal(command.detail, detail);
    else assert.match(command.detail ?? "", /setpoint/);
  }
  assert.deepEqual(deliveriesTo(program), [], "nothing of it came to the program");
});

test("[BW2d] what was set while the program is away is delivered when it returns, the newest alone", async (t) => {
  const url = edge.channelUrl(newChannel());
  const program = await Guest.in(t, url, { token, publisher: A });
  program.say({ type: "declare", controls: CONTROLS });
  const ada = await Guest.in(t, url);
  program.leave();
  await ada.hears("controls", ({ controls }) => controls.every(({ isHere }) => !isHere));
  ada.say({ type: "set", id: "a1", control: "setpoint", value: 100 });
  ada.say({ type: "set", id: "a2", control: "setpoint", value: 110 });
  ada.say({ type: "call", id: "a3", control: "stop" });
  const superseded = await ada.hears("command", ({ command }) => command.id === "a1" && command.stage === "refused");
  assert.deepEqual(
    [superseded.command.reason, superseded.command.detail],
    ["superseded", "somebody has set it to 110 since."],
  );
  const away = await ada.hears("command", ({ command }) => command.id === "a3");
  assert.deepEqual([away.command.stage, away.command.reason], ["refused", "publisher-away"]);
  await edge.evict(url.pathname.slice("/c/".length));
  const back = await Guest.in(t, url, { token, publisher: A });
  assert.equal((await back.hears("deliver")).id, "a2");
  back.say({ type: "outcome", id: "a2", outcome: "confirmed" });
  const { command } = await ada.hears("command", ({ command }) => command.stage === "confirmed");
  assert.deepEqual([command.id, command.effective], ["a2", 110]);
  assert.deepEqual(deliveriesTo(back), []);
});

test("[BW2e] a call that nobody answers expires, and an answer that comes later counts for nothing", async (t) => {
  const url = edge.channelUrl(newChannel());
  const program = await Guest.in(t, url, { token, publisher: A });
  program.say({ type: "declare", controls: CONTROLS });
  const ada = await Guest.in(t, url);
  ada.say({ type: "call", id: "c1", control: "stop", expiresInMs: 200 });
  assert.equal((await ada.hears("command")).command.stage, "accepted");
  await program.hears("deliver");
  const { command } = await ada.hears("command", ({ command }) => command.stage === "expired");
  assert.equal(command.detail, "It could not be delivered in time, and will not be.");
  program.say({ type: "outcome", id: "c1", outcome: "confirmed" });
  ada.say({ type: "call", id: "c1", control: "stop" });
  const again = await ada.hears("command");
  assert.deepEqual([again.command.id, again.command.stage], ["c1", "expired"]);
  assert.deepEqual(deliveriesTo(program), []);
});

test("[BW2f] a repeat of a command is answered with how far it has come, and done once", async (t) => {
  const url = edge.channelUrl(newChannel());
  const program = await Guest.in(t, url, { token, publisher: A });
  program.say({ type: "declare", controls: CONTROLS });
  const ada = await Guest.in(t, url, { key: "a-key-of-16-letters" });
  ada.say({ type: "call", id: "once", control: "stop" });
  await program.hears("deliver");
  program.say({ type: "outcome", id: "once", outcome: "confirmed" });
  await ada.hears("command", ({ command }) => command.stage === "confirmed");
  ada.leave();
  const again = await Guest.in(t, url, { key: "a-key-of-16-letters" });
  again.say({ type: "call", id: "once", control: "stop" });
  assert.equal((await again.hears("command")).command.stage, "confirmed");
  const other = await Guest.in(t, url);
  other.say({ type: "call", id: "once", control: "stop" });
  assert.deepEqual((await other.hears("command")).command.reason, "id-taken");
  assert.deepEqual(deliveriesTo(program), []);
});

test("[BW2g] of two people at one knob the last one wins, and whoever built on an older revision is refused", async (t) => {
  const url = edge.channelUrl(newChannel());
  const program = await Guest.in(t, url, { token, publisher: A });
  program.say({ type: "declare", controls: CONTROLS });
  const [ada, ben] = [await Guest.in(t, url), await Guest.in(t, url)];
  ada.say({ type: "set", id: "x1", control: "setpoint", value: 100, baseRevision: 0 });
  await ada.hears("command");
  ben.say({ type: "set", id: "x2", control: "setpoint", value: 120, baseRevision: 0 });
  const { command } = await ben.hears("command");
  assert.deepEqual([command.stage, command.reason], ["refused", "stale-revision"]);
  assert.equal(command.detail, "Somebody has set it since: its revision is 1 now.");
});

test("[BW3a] [BW3b] with curl: set waits for the outcome, and refusals are problems", async (t) => {
  const url = edge.channelUrl(newChannel());
  const program = await Guest.in(t, url, { token, publisher: A });
  program.say({ type: "declare", controls: CONTROLS });
  await waitFor("the controls", async () => {
    const room = await (await fetch(`${url}?room`, { headers: { Accept: "application/json" } })).json();
    return JSON.stringify(room).includes("setpoint");
  });
  const setting = fetch(`${url}?set=setpoint`, { method: "POST", body: "150" });
  const { id } = await program.hears("deliver");
  program.say({ type: "outcome", id, outcome: "confirmed", value: 150 });
  const answer = await setting;
  assert.equal(answer.status, 200);
  const text = JSON.stringify(await answer.json());
  assert.match(text, /"stage":"confirmed","by":"somebody"|"stage":"confirmed"/);
  const refused = await fetch(`${url}?set=setpoint`, { method: "POST", body: "300" });
  assert.deepEqual([refused.status, refused.headers.get("Content-Type")], [422, "application/problem+json"]);
  assert.match(await refused.text(), /takes 20 to 250 °C; not 300/);
  const late = await fetch(`${url}?set=setpoint&wait=0`, { method: "POST", body: "160" });
  assert.equal(late.status, 202);
});

test("[BW4a] whoever has no right to it turns nothing", async (t) => {
  const strict = await startEdge();
  t.after(() => strict.close());
  const url = strict.channelUrl(newChannel());
  const program = await Guest.in(t, url, { token: strict.token ?? undefined, publisher: A });
  program.say({ type: "declare", controls: CONTROLS });
  const ada = await Guest.in(t, url);
  assert.deepEqual(ada.welcome.may, []);
  ada.say({ type: "set", id: "s1", control: "setpoint", value: 100 });
  const { command } = await ada.hears("command");
  assert.deepEqual([command.stage, command.reason], ["refused", "not-permitted"]);
  ada.say({ type: "declare", controls: {} });
  assert.equal((await ada.hears("refused")).code, "not-permitted");
  const answer = await fetch(`${url}?set=setpoint`, { method: "POST", body: "150" });
  assert.equal(answer.status, 403);
  const owner = await Guest.in(t, url, { token: strict.token ?? undefined });
  assert.deepEqual(owner.welcome.may, ["publish", "control", "note", "presence", "admin"]);
});

test("[BW5a] ten thousand controls are refused with a sentence", async (t) => {
  const url = edge.channelUrl(newChannel());
  const program = await Guest.in(t, url, { token, publisher: A });
  program.say({
    type: "declare",
    controls: Object.fromEntries(Array.from({ length: 10_000 }, (_, i) => [`c${i}`, 1])),
  });
  const { re, code, detail } = await program.hears("refused");
  assert.deepEqual([re, code], ["declare", "controls-invalid"]);
  assert.equal(detail, "There are 10000 controls; a channel has 256 at most.");
});

test("[BW1d] controls stay in the order in which they were declared, also after an eviction", async (t) => {
  const channel = newChannel();
  const url = edge.channelUrl(channel);
  const program = await Guest.in(t, url, { token, publisher: A });
  const declare = {
    type: "declare",
    controls: { setpoint: { value: 1 }, gain: { value: 1 }, zoom: { value: 1 }, alarm: {} },
  } as const;
  program.say(declare);
  await program.hears("controls");
  const ada = await Guest.in(t, url);
  ada.say({ type: "set", id: "s1", control: "gain", value: 2 });
  await program.hears("deliver");
  await edge.evict(channel);
  program.say(declare);
  const ben = await Guest.in(t, url);
  assert.deepEqual(
    ben.welcome.controls.map(({ name }) => name),
    ["setpoint", "gain", "zoom", "alarm"],
  );
});

test("[BW2e] a call expires though the runtime has lost the channel's alarm", async (t) => {
  await using stored = await startStoredEdge({ vars: { PUBLIC_RIGHTS: "**=control" } });
  const url = stored.edge.channelUrl("lost-alarm");
  const program = await Guest.in(t, url, { token, publisher: A });
  program.say({ type: "declare", controls: CONTROLS });
  await program.hears("controls");
  await stored.loseAlarm(Date.now() - 60_000);
  await Guest.in(t, url, { token, publisher: A });
  const ada = await Guest.in(t, url);
  ada.say({ type: "call", id: "c1", control: "stop", expiresInMs: 300 });
  const { command } = await ada.hears("command", ({ command }) => command.stage === "expired");
  assert.match(command.detail ?? "", /could not be delivered in time/);
});
