/** What docs/SOCKET-IO.md says of everyday calls, as their user would write them; the others are in room.test.ts. */
import assert from "node:assert/strict";
import { after, type TestContext, test } from "node:test";
import { openRoom, type RoomOptions } from "../../../../client/room/open-room.ts";
import type { Room } from "../../../../client/room/room.ts";
import { startEdge } from "../../../support/edge.ts";
import { Line } from "../../../support/proxy.ts";
import { waitFor } from "../../../support/wait.ts";

const OWNER = "an-admin-token-of-a-test";
const vars = { PUBLIC_RIGHTS: "chat/**=presence", WATCH: "admin/**=token", ADMIN_TOKEN: OWNER };
const edge = await startEdge({ vars });
after(() => edge.close());

async function enter(t: TestContext, channel: string, options: RoomOptions = {}): Promise<Room> {
  const room = await openRoom(edge.channelUrl(channel), options);
  t.after(() => room.close());
  return room;
}

/** What a room hears by a name. */
function hearing(room: Room, name: string): unknown[] {
  const heard: unknown[] = [];
  room.on(name, (data) => heard.push(data));
  return heard;
}

test("[CL10f] rooms: what is said in one is heard by everybody there but its sender, and nowhere else", async (t) => {
  const [ada, ben, cleo] = await Promise.all([
    enter(t, "chat/kitchen"),
    enter(t, "chat/kitchen"),
    enter(t, "chat/garden"),
  ]);
  const [own, kitchen, garden] = [ada, ben, cleo].map((room) => hearing(room, "hello"));
  assert.equal((await ada.emit("hello", 1)).count, 1);
  await cleo.emit("hello", "nobody is here");
  await waitFor("it is heard", () => kitchen?.length === 1);
  assert.deepEqual([own, kitchen, garden], [[], [1], []]);
});

test("[CL10i] a namespace has rights of its own", async (t) => {
  await assert.rejects(openRoom(edge.channelUrl("admin/lab")), { code: "not-found" });
  const room = await enter(t, "admin/lab", { token: OWNER });
  assert.ok(room.may.includes("admin"));
  const visitor = await enter(t, "chat/lab");
  assert.deepEqual(visitor.may.includes("admin"), false);
});

test("[CL10f] off ends a listener, volatile is said now, a timeout leaves fewer answers than there are listeners", async (t) => {
  const [ada, ben, cleo] = await Promise.all([enter(t, "chat/x"), enter(t, "chat/x"), enter(t, "chat/x")]);
  const heard: unknown[] = [];
  const off = ben.on("n", (data) => heard.push(data));
  await ada.emit("n", 1);
  assert.equal((await ada.emit("n", 2, { volatile: true })).count, 2);
  await waitFor("both are heard", () => heard.length === 2);
  off();
  ben.on("hello", (data, _from, reply) => reply(`${data} yourself`));
  hearing(cleo, "hello");
  const { count, answers } = await ada.emit("hello", "hi", { ack: true, timeoutMs: 500 });
  assert.deepEqual([count, answers.map(({ data }) => data)], [2, ["hi yourself"]]);
  await ada.emit("n", 3);
  assert.deepEqual(heard, [1, 2]);
});

test("[CL10g] [CL10h] connect and disconnect, who comes and goes, and the same person after a reconnect", async (t) => {
  const line = await Line.to(edge.url);
  t.after(() => line.close());
  const ben = await enter(t, "chat/y", { name: "Ben" });
  const came: string[] = [];
  ben.when("people", ({ joined }) => came.push(...joined.map(({ name }) => name)));
  const ada = await openRoom(new URL("/c/chat/y", line.url), { name: "Ada" });
  t.after(() => ada.close());
  await waitFor("Ben knows that Ada came", () => came.includes("Ada"));
  assert.equal(await ada.rename("Ada L."), "Ada L.");
  const [states, { person }]: [string[], Room] = [[], ada];
  ada.when("state", ({ state }) => states.push(state));
  line.cut();
  await waitFor("Ada is back", () => states.at(-1) === "live");
  assert.deepEqual([ada.person, ada.name, ada.state.state], [person, "Ada L.", "live"]);
  assert.equal(states[0], "waiting");
});
