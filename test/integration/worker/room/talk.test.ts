/** Notes, names, events and announcements of a room, on the real Worker. */
import assert from "node:assert/strict";
import { after, test } from "node:test";
import { ANONYMOUS } from "../../../../protocol/frame/header.ts";
import { FRAME_TYPE } from "../../../../protocol/limits.ts";
import { CHANNEL_ITSELF } from "../../../../protocol/room/channel-itself.ts";
import { startEdge } from "../../../support/edge.ts";
import { ADMIN, bearer, makeToken } from "../../../support/named-tokens.ts";
import { frameOf, newChannel, post, publishHeaders, publishJson } from "../../../support/publish.ts";
import { Guest } from "../../../support/room.ts";
import { waitFor } from "../../../support/wait.ts";

const edge = await startEdge({ vars: { PUBLIC_RIGHTS: "**=control+note+presence" } });
after(() => edge.close());

const A = "00000000000000aa";
const token = edge.token ?? undefined;
const KEY = "a-key-of-sixteen-or-more";

function nameOf(url: URL): string {
  return url.pathname.slice("/c/".length);
}

async function storedLines(url: URL): Promise<string> {
  const response = await fetch(url, { headers: { Accept: "application/x-ndjson" } });
  return await response.text();
}

test("[BW6a] [BW6b] a note is an event of the log; its author changes and deletes it, and nobody else does", async (t) => {
  const url = edge.channelUrl(newChannel());
  await publishJson(edge, nameOf(url), { x: 1_700_000_000, y: 1 });
  const [ada, ben] = [await Guest.in(t, url, { key: KEY }), await Guest.in(t, url)];
  ada.say({ type: "name", name: "Ada" });
  ada.say({ type: "note", id: "n1", text: "valve\nopened", x: 1_700_000_001 });
  const { note, re } = await ben.hears("note");
  assert.deepEqual([note.text, note.x, note.by, re], ["valve opened", 1_700_000_001, "Ada", undefined]);
  assert.deepEqual(await ada.hears("note"), { type: "note", note, re: "n1" });
  assert.match(await storedLines(url), /"series":"plotcast.notes",.*"text":"valve opened"/);
  ben.say({ type: "edit-note", id: "n2", note: note.id, text: "mine now" });
  assert.equal((await ben.hears("refused")).code, "not-permitted");
  ada.leave();
  await edge.evict(nameOf(url));
  const again = await Guest.in(t, url, { key: KEY });
  assert.deepEqual(
    again.welcome.notes.map(({ text }) => text),
    ["valve opened"],
  );
  again.say({ type: "edit-note", id: "n3", note: note.id, text: "valve closed" });
  assert.equal((await ben.hears("note")).note.text, "valve closed");
  const edited = await storedLines(url);
  assert.match(edited, /"text":"valve closed"/);
  assert.doesNotMatch(edited, /opened/);
  again.say({ type: "edit-note", id: "n4", note: note.id, text: "" });
  assert.equal((await ben.hears("note")).note.text, "");
  assert.doesNotMatch(await storedLines(url), /valve/);
});

test("[BW6c] curl and a publisher leave notes; one without a text is refused", async (t) => {
  const url = edge.channelUrl(newChannel());
  const ada = await Guest.in(t, url);
  const left = await fetch(`${url}?note&x=5`, { method: "POST", body: "from curl" });
  assert.equal(left.status, 201);
  assert.deepEqual((await ada.hears("note")).note.text, "from curl");
  const empty = await fetch(`${url}?note`, { method: "POST", body: " " });
  assert.equal(empty.status, 409);
  const program = await Guest.in(t, url, { token, publisher: A });
  program.say({ type: "note", id: "p", text: "from the program" });
  assert.equal((await ada.hears("note")).note.text, "from the program");
});

test("[BW6d] a note is no sign of life of a publisher, and goes when the channel is emptied", async (t) => {
  const url = edge.channelUrl(newChannel());
  const ada = await Guest.in(t, url);
  ada.say({ type: "note", id: "n1", text: "first of all" });
  await ada.hears("note");
  await edge.evict(nameOf(url));
  const { default: latest } = { default: await fetch(url, { headers: { Accept: "text/plain; version=0.0.4" } }) };
  assert.equal(latest.status, 200);
  const deleted = await fetch(url, { method: "DELETE", headers: publishHeaders(edge, "application/json") });
  assert.equal(deleted.status, 204);
  const { note } = await ada.hears("note");
  assert.equal(note.text, "");
  const later = await Guest.in(t, url);
  assert.deepEqual(later.welcome.notes, []);
});

test("[BW7a] names: a taken one gets a number, and who comes back within 30 s never left", async (t) => {
  const url = edge.channelUrl(newChannel());
  const watcher = await Guest.in(t, url);
  const [ada, other] = [await Guest.in(t, url, { key: KEY }), await Guest.in(t, url)];
  ada.say({ type: "name", name: " Ada  Lovelace " });
  other.say({ type: "name", name: "ada lovelace" });
  assert.equal((await ada.hears("named")).name, "Ada Lovelace");
  assert.equal((await other.hears("named")).name, "ada lovelace 2");
  const names = new Map<string, string>();
  const heard = async (count: number): Promise<string[]> => {
    while (names.size < count) for (const { id, name } of (await watcher.hears("people")).joined) names.set(id, name);
    return [...names.values()].toSorted();
  };
  assert.deepEqual(await heard(2), ["Ada Lovelace", "ada lovelace 2"].toSorted());
  ada.leave();
  const back = await Guest.in(t, url, { key: KEY });
  assert.equal(back.welcome.name, "Ada Lovelace");
  assert.ok(watcher.heard.every((message) => message.type !== "people" || message.left.length === 0));
});

test("[BW7a] who left is told of after 30 s, though nothing was published and nothing else happens", {
  timeout: 90_000,
}, async (t) => {
  const url = edge.channelUrl(newChannel());
  const [watcher, ada] = [await Guest.in(t, url), await Guest.in(t, url)];
  ada.say({ type: "name", name: "Ada" });
  await watcher.hears("people", ({ joined }) => joined.some(({ name }) => name === "Ada"));
  ada.leave();
  const { count, left } = await watcher.hears("people", (message) => message.left.length > 0, 60_000);
  assert.deepEqual([count, left], [1, [ada.welcome.person]]);
});

test("[BW7b] where somebody looks is told to others who may know it", async (t) => {
  const url = edge.channelUrl(newChannel());
  const [ada, ben] = [await Guest.in(t, url), await Guest.in(t, url)];
  ada.say({ type: "look", x: 42 });
  assert.deepEqual(await ben.hears("look"), { type: "look", person: ada.welcome.person, x: 42 });
});

test("[BW8a] an event goes to viewers, publishers or all, and an answer to whoever emitted it", async (t) => {
  const url = edge.channelUrl(newChannel());
  const program = await Guest.in(t, url, { token, publisher: A });
  const [ada, ben] = [await Guest.in(t, url), await Guest.in(t, url)];
  ada.say({ type: "emit", id: "e1", to: "publishers", name: "calibrate", data: { deep: [1, null] }, ack: true });
  const { count } = await ada.hears("emitted");
  assert.equal(count, 1);
  const event = await program.hears("event");
  assert.deepEqual([event.name, event.data, event.from.kind], ["calibrate", { deep: [1, null] }, "viewer"]);
  program.say({ type: "ack", ack: event.ack ?? "", data: "done" });
  const answer = await ada.hears("ack");
  assert.deepEqual([answer.ack, answer.data, answer.from.kind], ["e1", "done", "publisher"]);
  program.say({ type: "emit", id: "e2", to: "viewers", name: "hot", data: null });
  assert.equal((await program.hears("emitted")).count, 2);
  assert.equal((await ben.hears("event")).name, "hot");
  assert.ok(ben.heard.every(({ type }) => type !== "event" && type !== "ack"));
});

test("[BW8b] [BW8c] an announcement of whoever may reaches everybody", async (t) => {
  const url = edge.channelUrl(newChannel());
  const [owner, ada] = [await Guest.in(t, url, { token }), await Guest.in(t, url)];
  ada.say({ type: "announce", id: "a1", text: "hello" });
  assert.equal((await ada.hears("refused")).code, "not-permitted");
  owner.say({ type: "announce", id: "a2", text: "Stopping at noon" });
  const { text, re } = await ada.hears("announcement");
  assert.deepEqual([text, re], ["Stopping at noon", undefined]);
  assert.equal((await owner.hears("announcement")).re, "a2");
});

test("[BW9a] whoever floods a room is closed with 4429, and what is no message with 4400", async (t) => {
  const url = edge.channelUrl(newChannel());
  const [flood, odd] = [await Guest.in(t, url), await Guest.in(t, url)];
  for (let i = 0; i < 200; i++) flood.say({ type: "look", x: i });
  assert.equal((await flood.closed).code, 4429);
  odd.sayRaw('{"type":"set","id":"x"}');
  const { code, reason } = await odd.closed;
  assert.deepEqual([code, reason], [4400, '"control" is missing, or wrong.']);
});

test("[BW9b] nobody publishes as the channel itself", async () => {
  const channel = newChannel();
  const answer = await post(edge, channel, frameOf(CHANNEL_ITSELF, 1, [1]), { "Content-Type": FRAME_TYPE });
  assert.equal(answer.status, 400);
  assert.match(await answer.text(), /publisher-reserved/);
  for (const publisher of [CHANNEL_ITSELF, ANONYMOUS, "zz"]) {
    const url = new URL(`?publisher=${publisher}`, edge.channelUrl(channel));
    const guest = new Guest(url, { token });
    await guest.closed;
  }
});

test("[BW10a] a publisher talks by POST where no WebSocket gets through", async (t) => {
  const url = edge.channelUrl(newChannel());
  const exchange = async (...messages: unknown[]): Promise<string> => {
    const headers = publishHeaders(edge, "application/vnd.plotcast.room+json");
    const at = new URL(`?publisher=${A}`, url);
    const response = await fetch(at, { method: "POST", headers, body: JSON.stringify({ messages }) });
    assert.equal(response.status, 200);
    return await response.text();
  };
  await exchange({ type: "declare", controls: { gain: { value: 1 }, stop: {} } });
  const ada = await Guest.in(t, url);
  assert.deepEqual(
    ada.welcome.controls.map(({ name, isHere }) => [name, isHere]),
    [
      ["gain", true],
      ["stop", true],
    ],
  );
  ada.say({ type: "set", id: "g1", control: "gain", value: 2 });
  await ada.hears("command");
  assert.match(await exchange(), /"type":"deliver","id":"g1"/);
  assert.doesNotMatch(await exchange({ type: "outcome", id: "g1", outcome: "confirmed" }), /deliver/);
  await ada.hears("command", ({ command }) => command.stage === "confirmed");
});

test("[BW11a] a token that is revoked ends its connections in the room, after an eviction too", async (t) => {
  const owner = await startEdge({ vars: { ADMIN_TOKEN: "an-admin-token-of-a-test" } });
  t.after(() => owner.close());
  const headers = { Authorization: "Bearer an-admin-token-of-a-test", "Content-Type": "application/json" };
  const body = JSON.stringify({ name: "knob", rights: { "**": ["watch", "control"] }, expiresAtMs: null });
  const made: unknown = await (await fetch(new URL("/tokens", owner.url), { method: "POST", headers, body })).json();
  const knob = typeof made === "object" && made !== null && "token" in made ? String(made.token) : "";
  const url = owner.channelUrl(newChannel());
  const other = await Guest.in(t, url);
  const guest = await Guest.in(t, url, { token: knob });
  assert.deepEqual(guest.welcome.may, ["watch", "control"]);
  await other.hears("people", ({ count }) => count === 2);
  await owner.evict(nameOf(url));
  const gone = await fetch(new URL("/tokens/knob", owner.url), { method: "DELETE", headers });
  assert.equal(gone.status, 204);
  // (Its own client is told at once, and says so once the line is closed, which takes a while.)
  await other.hears("people", ({ count }) => count === 1);
  await waitFor("that the token counts nowhere", async () => {
    const later = new Guest(url, { token: knob });
    const may = await later.hears("welcome").then(({ may }) => may);
    later.leave();
    return may.length === 0;
  });
});

test("[AC3b] [BW1e] a token that only publishes learns by no way what is said in a private channel's room", async (t) => {
  const vars = { WATCH: "lab/**=token", PUBLIC_RIGHTS: "**=note+presence", ADMIN_TOKEN: ADMIN };
  await using own = await startEdge({ vars });
  const url = own.channelUrl("lab/a");
  assert.equal((await fetch(`${url}?note`, { method: "POST", headers: bearer(ADMIN), body: "private" })).status, 201);
  const ada = await Guest.in(t, url, { token: ADMIN });
  assert.equal(ada.welcome.notes.length, 1);
  ada.say({ type: "name", name: "Ada" });
  await ada.hears("people", ({ joined }) => joined.length > 0);
  const publisher = await Guest.in(t, url, { token: own.token ?? "", publisher: A });
  assert.deepEqual([publisher.welcome.notes, publisher.welcome.people], [[], []]);
  const both = await makeToken(own, "both", { "lab/**": ["publish", "watch"] });
  const seeing = await Guest.in(t, url, { token: both.token, publisher: "00000000000000bb" });
  assert.equal(seeing.welcome.notes.length, 1);
});
