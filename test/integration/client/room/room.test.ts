/** The room of the client library, on the real Worker: what is said over a line that breaks is done once, and has one end. */
import assert from "node:assert/strict";
import { after, describe, type TestContext, test } from "node:test";
import { connect } from "../../../../client/connect/connect.ts";
import { openRoom, type RoomOptions } from "../../../../client/room/open-room.ts";
import type { Room } from "../../../../client/room/room.ts";
import { RoomError } from "../../../../client/room/room-error.ts";
import { startEdge } from "../../../support/edge.ts";
import { Line } from "../../../support/proxy.ts";
import { newChannel } from "../../../support/publish.ts";
import { Guest } from "../../../support/room.ts";
import { waitFor, withDeadline } from "../../../support/wait.ts";

const OWNER = "an-admin-token-of-a-test";
const edge = await startEdge({
  vars: { PUBLIC_RIGHTS: "**=control+note+presence", WATCH: "private/**=token", ADMIN_TOKEN: OWNER },
});
after(() => edge.close());
const token = edge.token ?? undefined;

const codeOf = (promise: Promise<unknown>): Promise<string> =>
  promise.then(
    () => "",
    (error) => (error instanceof RoomError ? error.code : String(error)),
  );

for (const isShared of [false, true]) {
  describe(isShared ? "by a connection that others may share" : "by a connection of its own", () => {
    async function enter(t: TestContext, url: URL, options: RoomOptions = {}): Promise<Room> {
      const room = await withDeadline(
        "a room",
        openRoom(url, isShared ? { ...options, connection: connect(url) } : options),
      );
      t.after(() => room.close());
      return room;
    }

    /** A program with a knob and a button, and a room over a line that can be cut. */
    async function stage(t: TestContext, options: RoomOptions = {}) {
      const channel = newChannel();
      const program = await Guest.in(t, edge.channelUrl(channel), { token, publisher: "00000000000000aa" });
      program.say({ type: "declare", controls: { setpoint: { value: 180, min: 20, max: 250, unit: "°C" }, stop: {} } });
      await program.hears("controls");
      const line = await Line.to(edge.url);
      t.after(() => line.close());
      const room = await enter(t, new URL(edge.channelUrl(channel).pathname, line.url), options);
      return { channel, program, line, room };
    }

    test("[CL10b] [CL10g] a set is confirmed with the value that the program has, or refused with a reason", async (t) => {
      const { program, room } = await stage(t, { name: "Ada" });
      assert.deepEqual([room.name, room.controls.get("setpoint")?.value], ["Ada", 180]);
      const set = room.set("setpoint", 200);
      const { id, value, by } = await program.hears("deliver");
      assert.deepEqual([value, by], [200, "Ada"]);
      program.say({ type: "outcome", id, outcome: "confirmed", value: 199 });
      assert.equal((await set).effective, 199);
      await waitFor("the value in the map", () => room.controls.get("setpoint")?.value === 199);
      await assert.rejects(room.set("setpoint", 999), { code: "value-invalid", message: /20 to 250 °C/ });
      assert.equal(await codeOf(room.set("setpoin", 1)), "unknown-control");
      const call = codeOf(room.call("stop"));
      program.say({ type: "outcome", id: (await program.hears("deliver")).id, outcome: "refused", detail: "Too hot." });
      assert.equal(await call, "program-refused");
      assert.equal(await codeOf(room.call("stop", { expiresInMs: 50 })), "expired");
    });

    test("[CL10c] what is said before a cut is done once, and its outcome comes over the next connection, after an eviction too", async (t) => {
      const { channel, program, line, room } = await stage(t);
      const set = room.set("setpoint", 200);
      const delivered = await program.hears("deliver");
      line.cut();
      program.say({ type: "outcome", id: delivered.id, outcome: "confirmed", value: 201 });
      assert.equal((await set).effective, 201);
      const call = room.call("stop", { expiresInMs: 20_000 });
      const { id } = await program.hears("deliver");
      await edge.evict(channel);
      // It may be back in less time than there is between two looks.
      const states: string[] = [];
      room.when("state", ({ state }) => states.push(state));
      line.cut();
      await waitFor("it is away", () => states.length > 0);
      const later = room.set("setpoint", 210);
      program.say({ type: "outcome", id, outcome: "confirmed" });
      assert.equal((await call).stage, "confirmed");
      // The channel delivers again what it does not know to be with a program.
      const next = await program.hears("deliver", ({ value }) => value === 210);
      program.say({ type: "outcome", id: next.id, outcome: "confirmed" });
      assert.equal((await later).effective, 210);
      assert.deepEqual(
        program.heard.filter((message) => message.type === "deliver" && message.id === delivered.id),
        [],
      );
    });

    test("[CL10f] [CL10g] [CL10h] two talk: names, events with answers, notes, announcements, where they look", async (t) => {
      const url = edge.channelUrl(newChannel());
      const key = "a-key-of-sixteen-or-more";
      const ada = await enter(t, url, { name: "Ada", key });
      const ben = await enter(t, url, { name: "ada", token: OWNER });
      assert.equal(ben.name, "ada 2");
      await waitFor("Ada knows both", () => ada.people.length === 2 && ada.count === 2);
      ben.on("ready?", (data, from, reply) => reply([data, from.name]));
      const { count, answers } = await ada.emit("ready?", { deep: [1] }, { ack: true });
      assert.deepEqual([count, answers.map(({ data }) => data)], [1, [[{ deep: [1] }, "Ada"]]]);
      assert.equal((await ada.emit("nobody hears this", null, { to: "publishers" })).count, 0);
      const note = await ada.note("valve\nopened", 1_700_000_000);
      assert.equal(note.text, "valve opened");
      await waitFor("Ben has the note", () => ben.notes[0]?.text === "valve opened");
      await ada.editNote(note.id, "valve closed");
      await waitFor("Ben has it as it is", () => ben.notes[0]?.text === "valve closed");
      const said: unknown[] = [];
      ada.when("announcement", ({ text, by }) => said.push(text, by));
      ada.when("look", ({ person, x }) => said.push(person, x));
      assert.equal((await ben.announce("Lunch")).text, "Lunch");
      ben.look(42);
      await waitFor("Ada hears both", () => said.length === 4);
      assert.deepEqual(said, ["Lunch", "ada 2", ben.person, 42]);
      assert.equal(await codeOf(ada.announce("Lunch")), "not-permitted");
      // By its key she is the same person, who may change her note.
      ada.close();
      const again = await enter(t, url, { key });
      assert.equal(again.name, "Ada");
      await again.editNote(note.id, "");
      await waitFor("the note is gone", () => ben.notes.length === 0);
    });

    test("[CL10i] of a private channel it is refused with the Worker's words; with a token it comes in", async (t) => {
      const url = edge.channelUrl(`private/${newChannel()}`);
      await assert.rejects(openRoom(url), (error) => error instanceof RoomError && /token/.test(error.detail));
      const room = await enter(t, url, { token: async () => OWNER });
      assert.equal(room.state.state, "live");
    });

    test("[CL10e] a flood of events arrives whole and in order, and nobody is closed", async (t) => {
      const url = edge.channelUrl(newChannel());
      const [ada, ben] = [await enter(t, url), await enter(t, url)];
      const heard: unknown[] = [];
      const states: string[] = [];
      ben.on("n", (data) => heard.push(data));
      ada.when("state", ({ state }) => states.push(state));
      const all = Array.from({ length: 200 }, (_, i) => ada.emit("n", i, { timeoutMs: 30_000 }));
      await Promise.all(all);
      await waitFor("all of them", () => heard.length === 200);
      assert.deepEqual(
        heard,
        Array.from({ length: 200 }, (_, i) => i),
      );
      assert.deepEqual(states, []);
    });
  });
}
