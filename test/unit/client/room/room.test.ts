/** What is said in a room ends once, is done once, and what the room says is known. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { setImmediate as turn } from "node:timers/promises";
import { MAX_ASKS } from "../../../../client/room/asks.ts";
import { codeOf, command, only, RoomWorld, SETPOINT, WELCOME } from "./room-world.ts";

test("[CL10b] a set resolves once it is confirmed, with the value that the program has", async () => {
  const world = new RoomWorld();
  const room = await world.room();
  const set = room.set("setpoint", 200, { isPassing: true, baseRevision: 3 });
  const { id, ...said } = only(world.said(), "set");
  assert.deepEqual(said, { type: "set", control: "setpoint", value: 200, isPassing: true, baseRevision: 3 });
  for (const stage of ["accepted", "delivered"] as const) world.say(command(id, { stage }));
  world.say(command(id, { stage: "confirmed", effective: 199 }));
  assert.equal((await set).effective, 199);
  // A second outcome is nobody's.
  world.say(command(id, { stage: "refused", reason: "program-refused", detail: "No." }));
});

test("[CL10b] what is refused, and what expired, is an Error with its code and a sentence", async () => {
  const world = new RoomWorld();
  const room = await world.room();
  const outcomes = [
    { stage: "refused", reason: "value-invalid", detail: "setpoint takes 20 to 250 °C; not 999." },
    { stage: "expired", detail: "The program has it, and did not answer in time." },
  ] as const;
  for (const outcome of outcomes) {
    const code = codeOf(room.set("setpoint", 999));
    world.say(command(only(world.said(), "set").id, outcome));
    assert.equal(await code, outcome.stage === "refused" ? outcome.reason : "expired");
  }
});

test("[CL10c] a command without an outcome is said again after a reconnect, with the same id, and a repeat of its outcome counts once", async () => {
  const world = new RoomWorld();
  const room = await world.room();
  const call = room.call("stop", { expiresInMs: 20_000, timeoutMs: 60_000 });
  const first = only(world.said(), "call");
  assert.equal(first.expiresInMs, 20_000);
  world.pass(1_000);
  await world.comeBack();
  const again = only(world.said(), "call");
  assert.deepEqual([again.id, again.expiresInMs], [first.id, 16_000]);
  world.pass(17_000);
  // Nothing is left of its time: from now on it only asks.
  await world.comeBack();
  assert.equal(only(world.said(), "call").expiresInMs, 0);
  world.say(command(first.id, { action: "call", control: "stop", value: null, stage: "confirmed" }));
  assert.equal((await call).stage, "confirmed");
  await world.comeBack();
  assert.deepEqual(world.said(), []);
});

test("[CL10d] without an outcome in time it is said whether it may still be done", async () => {
  const world = new RoomWorld();
  const room = await world.room();
  const late = codeOf(room.set("setpoint", 200, { timeoutMs: 5_000 }));
  world.pass(5_000);
  assert.equal(await late, "timeout");
  world.said();
  world.socket.events.closed(1006);
  const unsaid = codeOf(room.set("setpoint", 210, { timeoutMs: 2_000 }));
  world.pass(2_000);
  assert.equal(await unsaid, "not-connected");
  world.say(WELCOME);
  assert.deepEqual(world.said(), []);
});

test("[CL10d] what the channel cannot know again is in doubt when the line breaks after it was said, and waits when it broke before", async () => {
  const world = new RoomWorld();
  const room = await world.room();
  const doubtful = [room.note("valve opened"), room.emit("hi"), room.announce("Stop")].map(codeOf);
  assert.equal(world.said().length, 3);
  world.socket.events.closed(1006);
  assert.deepEqual(await Promise.all(doubtful), ["in-doubt", "in-doubt", "in-doubt"]);
  const waits = room.note("valve closed", 5);
  world.pass(3_000);
  world.say(WELCOME);
  const { id, text, x } = only(world.said(), "note");
  assert.deepEqual([text, x], ["valve closed", 5]);
  const note = { id: "1:1", x: 5, text, by: "Ada", atMs: 1, editedAtMs: null };
  world.say({ type: "note", note: { ...note, id: "1:0", text: "another's" } });
  world.say({ type: "note", note, re: id });
  assert.deepEqual(await waits, note);
  assert.deepEqual(
    room.notes.map((each) => each.text),
    ["another's", "valve closed"],
  );
});

test("[CL10e] it says no more than a room takes, and of what waits to be set the newest", async () => {
  const world = new RoomWorld();
  const room = await world.room();
  const codes = Array.from({ length: 81 }, (_, i) => codeOf(room.set("setpoint", i)));
  assert.equal(world.said().length, 80);
  const last = codeOf(room.set("setpoint", 1000));
  assert.equal(await codes[80], "superseded");
  world.pass(49);
  assert.deepEqual(world.said(), []);
  // What is no command need not wait for those.
  void room.emit("e").catch(() => undefined);
  only(world.said(), "emit");
  world.pass(1);
  const { id, value } = only(world.said(), "set");
  assert.equal(value, 1000);
  world.say(command(id, { stage: "confirmed" }));
  assert.equal(await last, "");
  room.close();
  assert.deepEqual(new Set(await Promise.all(codes.slice(0, 80))), new Set(["closed"]));
});

test("[CL10e] what was said once is not superseded while it waits to be said again: it may have been done", async () => {
  const world = new RoomWorld();
  const room = await world.room();
  const first = room.set("setpoint", 1);
  const { id } = only(world.said(), "set");
  world.socket.events.closed(1006);
  const second = room.set("setpoint", 2);
  world.pass(3_000);
  world.say(WELCOME);
  const said = world.said();
  assert.deepEqual(
    said.map((message) => message.type === "set" && message.value),
    [1, 2],
  );
  world.say(command(id, { stage: "confirmed", effective: 1 }));
  assert.equal((await first).effective, 1);
  world.say(command(String(said[1] && "id" in said[1] && said[1].id), { stage: "confirmed", effective: 2 }));
  assert.equal((await second).effective, 2);
});

test("[CL10e] what would end the connection is refused here, and so is one that is too much", async () => {
  const world = new RoomWorld();
  const room = await world.room();
  assert.equal(await codeOf(room.set("setpoint", Number.NaN)), "value-invalid");
  assert.equal(await codeOf(room.emit("big", "x".repeat(20_000))), "too-large");
  assert.equal(await codeOf(room.note("here", Number.POSITIVE_INFINITY)), "x-invalid");
  assert.deepEqual(world.said(), []);
  const all = Array.from({ length: MAX_ASKS }, () => codeOf(room.emit("e")));
  assert.equal(await codeOf(room.emit("e")), "too-many-waiting");
  room.close();
  await Promise.all(all);
});

test("[CL10f] an event resolves with how many got it and what they answered, each once; with those that came in time", async () => {
  const world = new RoomWorld();
  const room = await world.room();
  const from = { id: "c2", name: "Ben", kind: "viewer" } as const;
  const asked = room.emit("ready?", { deep: [1, null] }, { ack: true, to: "viewers", timeoutMs: 1_000 });
  const { id, ...said } = only(world.said(), "emit");
  assert.deepEqual(said, { type: "emit", to: "viewers", name: "ready?", data: { deep: [1, null] }, ack: true });
  world.say({ type: "emitted", id, count: 2 });
  world.say({ type: "ack", ack: id, from, data: 1 });
  world.say({ type: "ack", ack: id, from, data: 2 });
  world.say({ type: "ack", ack: id, from: { ...from, id: "c3" }, data: 3 });
  const { count, answers } = await asked;
  assert.deepEqual([count, answers.map(({ data }) => data)], [2, [1, 3]]);
  const partly = room.emit("ready?", null, { ack: true, timeoutMs: 1_000 });
  const second = only(world.said(), "emit").id;
  world.say({ type: "emitted", id: second, count: 2 });
  world.say({ type: "ack", ack: second, from, data: "in time" });
  world.pass(1_000);
  assert.deepEqual((await partly).answers, [{ from, data: "in time" }]);
  const nobody = room.emit("ready?", null, { ack: true });
  world.say({ type: "emitted", id: only(world.said(), "emit").id, count: 0 });
  assert.deepEqual(await nobody, { count: 0, answers: [] });
});

test("[CL10f] who listens hears events by name, whatever the name is, and answers once", async () => {
  const world = new RoomWorld();
  const room = await world.room();
  const from = { id: "c2", name: "Ben", kind: "viewer" } as const;
  const heard: unknown[] = [];
  const off = room.on("__proto__", (data, { name }, reply) => {
    heard.push(data, name);
    reply("first");
    reply("second");
  });
  for (const name of ["__proto__", "constructor", "other"])
    world.say({ type: "event", from, name, data: name, ack: "c2.e1" });
  assert.deepEqual(heard, ["__proto__", "Ben"]);
  assert.deepEqual(world.said(), [{ type: "ack", ack: "c2.e1", data: "first" }]);
  world.say({ type: "event", from, name: "__proto__", data: "no answer is wanted" });
  assert.deepEqual(world.said(), []);
  off();
  world.say({ type: "event", from, name: "__proto__", data: "later" });
  assert.equal(heard.length, 4);
});

test("[CL10f] what is volatile is said now or never", async () => {
  const world = new RoomWorld();
  const room = await world.room();
  void room.emit("at", 1, { volatile: true }).catch(() => undefined);
  assert.equal(world.said().length, 1);
  world.socket.events.closed(1006);
  assert.deepEqual(await room.emit("at", 2, { volatile: true }), { count: 0, answers: [] });
  world.pass(3_000);
  world.say(WELCOME);
  assert.deepEqual(world.said(), []);
});

test("[CL10g] controls, notes and people are as the room has them, also after a time away; each change is told", async () => {
  const world = new RoomWorld();
  const note = { id: "1:1", x: 5, text: "first", by: "Ada", atMs: 1, editedAtMs: null };
  const ben = { id: "p2", name: "Ben" };
  const room = await world.room({}, { controls: [SETPOINT], notes: [note], people: [ben], count: 3 });
  assert.deepEqual([...room.controls.values()], [SETPOINT]);
  assert.deepEqual([room.notes, room.people, room.count, room.may[1]], [[note], [ben], 3, "control"]);
  const told: unknown[] = [];
  room.when("controls", ({ changed, gone }) =>
    told.push(
      changed.map(({ value }) => value),
      gone,
    ),
  );
  room.when("note", ({ id, text }) => told.push(`${id} ${text}`));
  room.when("people", ({ joined, left, count }) => told.push(joined, left, count));
  room.when("announcement", (said) => told.push(said));
  room.when("look", (look) => told.push(look));
  const take = (): unknown[] => told.splice(0);
  world.say({ type: "controls", controls: [{ ...SETPOINT, value: 190 }], gone: [] });
  world.say({ type: "note", note: { ...note, text: "edited", editedAtMs: 2 } });
  world.say({ type: "people", count: 2, joined: [], left: ["p2"], isWhole: false });
  world.say({ type: "announcement", text: "Lunch", by: "Ada", atMs: 4 });
  world.say({ type: "look", person: "p2", x: 7 });
  assert.deepEqual(take(), [
    ...[[190], [], "1:1 edited", [], [ben], 2],
    ...[
      { text: "Lunch", by: "Ada", atMs: 4 },
      { person: "p2", x: 7 },
    ],
  ]);
  assert.equal(room.controls.get("setpoint")?.value, 190);
  const second = { ...note, id: "1:2", text: "second" };
  await world.comeBack({ notes: [second], people: [{ id: "p3", name: "Cleo" }], count: 5 });
  assert.deepEqual(take(), [[], ["setpoint"], "1:2 second", "1:1 ", [{ id: "p3", name: "Cleo" }], [], 5]);
  assert.deepEqual([room.controls.size, room.notes, room.people.length], [0, [second], 1]);
});

test("[CL10h] it has the name that the room gave, takes it again when that has forgotten it, and not where it may not", async () => {
  const world = new RoomWorld();
  const opening = world.open({ name: "Ada", key: "a-key-of-sixteen-or-more" });
  assert.equal(world.socket.url, "wss://board.example/c/lab?key=a-key-of-sixteen-or-more");
  world.say(WELCOME);
  await turn();
  assert.equal(only(world.said(), "name").name, "Ada");
  world.say({ type: "named", name: "Ada 2" });
  const room = await opening;
  assert.equal(room.name, "Ada 2");
  await world.comeBack({ name: "Ada 2" });
  assert.deepEqual(world.said(), []);
  await world.comeBack({ name: "" });
  assert.equal(only(world.said(), "name").name, "Ada");
  world.say({ type: "refused", re: "name", code: "not-permitted", detail: "You have no right to that." });
  await turn();
  const other = codeOf(room.rename("Bob"));
  await turn();
  world.say({ type: "refused", re: "name", code: "not-permitted", detail: "You have no right to that." });
  assert.equal(await other, "not-permitted");
  assert.equal(room.name, "");
});

test("[CL10i] refused it says why, and tries no more; with no room just now it waits for as long as the Worker says", async () => {
  const world = new RoomWorld();
  const problem = { code: "room-full", detail: "This channel's room is full." };
  world.why = { kind: "come-later", afterMs: 30_000, problem };
  const opening = world.open();
  world.socket.events.closed(1006);
  await turn();
  world.pass(29_000);
  assert.equal(world.sockets.length, 1);
  world.pass(4_000);
  assert.equal(world.sockets.length, 2);
  world.why = { kind: "refused", problem: { code: "token-missing", detail: "This channel needs a token." } };
  world.socket.events.closed(1006);
  assert.equal(await codeOf(opening), "token-missing");
  world.pass(600_000);
  assert.deepEqual([world.sockets.length, world.asked], [2, 2]);
});

test("[CL10i] a token that is a function is asked before each connection; one that counts no more is asked for again, once", async () => {
  const world = new RoomWorld();
  let number = 0;
  const room = await world.room({ token: async () => `token-${++number}` });
  assert.equal(world.socket.subprotocols.length, 2);
  const states: string[] = [];
  room.when("state", ({ state }) => states.push(state));
  const set = codeOf(room.set("setpoint", 1));
  world.socket.events.closed(4401);
  await turn();
  assert.equal(number, 2);
  assert.notDeepEqual(world.sockets[0]?.subprotocols, world.socket.subprotocols);
  world.say(WELCOME);
  assert.deepEqual(states, ["waiting", "connecting", "live"]);
  world.socket.events.closed(4401);
  await turn();
  world.socket.events.closed(4401);
  assert.equal(await set, "token-expired");
  assert.equal(room.state.state, "refused");
});

test("[CL10i] a token that is a text is refused at once when it counts no more; a signal ends it", async () => {
  const world = new RoomWorld();
  const room = await world.room({ token: "secret" });
  world.socket.events.closed(4403);
  assert.deepEqual([room.state.state, world.sockets.length], ["refused", 1]);
  const ending = new AbortController();
  const other = await world.room({ signal: ending.signal });
  ending.abort();
  assert.deepEqual([other.state.state, world.socket.isLeft], ["closed", true]);
  assert.equal(await codeOf(other.call("stop")), "closed");
  assert.equal(await codeOf(world.open({ signal: AbortSignal.abort() })), "closed");
  await assert.rejects(world.open({ key: "short" }), TypeError);
});
