/** A room with sockets of a test: bounds, expiry, and what becomes an event of the log. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Capability } from "../../../../protocol/access/capability.ts";
import { MAX_PARTICIPANTS, RESERVED_PARTICIPANTS } from "../../../../protocol/limits.ts";
import type { RoomClientMessage } from "../../../../protocol/room/room-message.ts";
import type { Grant } from "../../../../worker/auth/grant.ts";
import { Controls } from "../../../../worker/room/controls.ts";
import { Notes } from "../../../../worker/room/notes.ts";
import { Room } from "../../../../worker/room/room.ts";
import type { RoomRequest } from "../../../../worker/room/room-request.ts";

const A = "00000000000000aa";
const B = "00000000000000bb";

class FakeRoomSocket {
  readyState = 1;
  bufferedAmount = 0;
  readonly sent: string[] = [];
  closed: { code: number; reason: string } | undefined;
  #attachment: unknown;
  send(text: string): void {
    this.sent.push(text);
  }
  close(code: number, reason: string): void {
    this.closed = { code, reason };
    this.readyState = 2;
  }
  serializeAttachment(attachment: unknown): void {
    this.#attachment = structuredClone(attachment);
  }
  deserializeAttachment(): unknown {
    return this.#attachment;
  }
}

class RoomOfTest {
  nowMs = 1_000_000;
  isPrivate = false;
  /** Whether anything was ever published. */
  readonly isStored: boolean;
  readonly events: string[] = [];
  readonly sockets: FakeRoomSocket[] = [];
  room: Room<FakeRoomSocket>;
  readonly #stored = {
    controls: new Controls({
      read: () => ({ controls: [], commands: [] }),
      writeControl: () => undefined,
      deleteControl: () => undefined,
      writeCommand: () => undefined,
      deleteCommand: () => undefined,
    }),
    notes: new Notes({ read: () => [], write: () => undefined, delete: () => undefined, clear: () => undefined }),
  };

  constructor(isStored = true) {
    this.isStored = isStored;
    this.room = this.#made();
  }

  #made(): Room<FakeRoomSocket> {
    const parts = {
      stored: () => (this.isStored ? this.#stored : undefined),
      storedNow: () => this.#stored,
      log: (series: string, _x: number, text: string) => `1:${this.events.push(`${series}: ${text}`)}`,
      rewrite: () => undefined,
      wallMs: () => this.nowMs,
      isPrivate: this.isPrivate,
    };
    return new Room(parts, this.sockets, this.nowMs);
  }

  evict(): void {
    this.room = this.#made();
  }

  join(more: Partial<RoomRequest> = {}): FakeRoomSocket {
    const socket = new FakeRoomSocket();
    this.sockets.push(socket);
    const may: Capability[] = ["control"];
    const share = { who: "address", most: null };
    const request = { publisher: "", sender: "ada", person: "p1", may, sees: true, grant: undefined, share, ...more };
    this.room.join(socket, request, this.nowMs);
    return socket;
  }

  say(socket: FakeRoomSocket, message: RoomClientMessage): void {
    this.room.receive(socket, JSON.stringify(message), this.nowMs);
  }
}

function grantUntil(expiresAtMs: number): Grant {
  return { principal: "jwt:ada", tokenId: null, expiresAtMs, hasHistory: true };
}

test("[BW9c] some places are left to publishers and tokens, and there are no more than there are", () => {
  const { room, join } = withJoin();
  for (let i = 0; i < MAX_PARTICIPANTS - RESERVED_PARTICIPANTS; i++) join({ person: `p${i}` });
  const share = { who: "address", most: null };
  assert.equal(room.entryFor({ share, publisher: "", grant: undefined }), "full");
  assert.equal(room.entryFor({ share, publisher: A, grant: undefined }), "room");
  assert.equal(room.entryFor({ share: { who: "address", most: 10 }, publisher: A, grant: undefined }), "quota");
  for (let i = 0; i < RESERVED_PARTICIPANTS; i++) join({ grant: grantUntil(9e12) });
  assert.equal(room.entryFor({ share, publisher: A, grant: grantUntil(9e12) }), "full");
});

function withJoin() {
  const ofTest = new RoomOfTest();
  return { room: ofTest.room, join: (more: Partial<RoomRequest>) => ofTest.join(more) };
}

test("[BW9c] whoever reads nothing is closed with 4408", () => {
  const ofTest = new RoomOfTest();
  const [slow, other] = [ofTest.join(), ofTest.join({ publisher: A })];
  slow.bufferedAmount = 256 * 1024 + 1;
  ofTest.say(other, { type: "announce", id: "a", text: "hello" });
  assert.equal(slow.closed?.code, 4408);
  assert.equal(ofTest.room.count, 1);
});

test("[BW1g] a connection ends with its token, by an alarm, after an eviction too", () => {
  const ofTest = new RoomOfTest();
  const socket = ofTest.join({ grant: grantUntil(1_060_000) });
  assert.equal(ofTest.room.expiryInMs, 60_000);
  ofTest.evict();
  assert.equal(ofTest.room.dueInMs(ofTest.nowMs) !== undefined, true);
  ofTest.nowMs = 1_060_000;
  ofTest.room.alarm(ofTest.nowMs);
  assert.equal(socket.closed?.code, 4401);
});

for (const [what, happens] of [
  ["somebody comes", (ofTest: RoomOfTest) => void ofTest.join({ person: "p2" })],
  ["somebody leaves", (ofTest: RoomOfTest, other: FakeRoomSocket) => ofTest.room.leave(other, ofTest.nowMs)],
  ["the channel is emptied", (ofTest: RoomOfTest) => ofTest.room.emptied(ofTest.nowMs)],
  [
    "a publisher speaks by POST",
    (ofTest: RoomOfTest) => {
      const share = { who: "address", most: null };
      const request = { publisher: A, sender: "a", person: "p3", may: [], sees: true, grant: undefined, share };
      ofTest.room.exchange(request, [{ type: "announce", id: "1", text: "hello" }], ofTest.nowMs);
    },
  ],
] as const) {
  test(`[AC10a] [BW1g] whose token has expired is told nothing more, before any alarm: ${what}`, () => {
    const ofTest = new RoomOfTest();
    const other = ofTest.join({ person: "p4" });
    ofTest.say(other, { type: "note", id: "n", text: "x" });
    const socket = ofTest.join({ grant: grantUntil(1_060_000), may: ["presence"] });
    ofTest.nowMs = 1_060_000;
    const told = socket.sent.length;
    happens(ofTest, other);
    assert.equal(socket.sent.length, told);
    assert.equal(socket.closed?.code, 4401);
  });
}

test("[AC3b] [BW1e] a publisher that may not watch hears what is for it, and nothing of notes, people, looks and announcements", () => {
  const ofTest = new RoomOfTest();
  const ada = ofTest.join({ may: ["control", "note", "presence"] });
  ofTest.say(ada, { type: "note", id: "n", text: "seen by viewers" });
  ofTest.say(ada, { type: "name", name: "Ada" });
  const publisher = { publisher: A, sender: "a", person: "p2", may: ["presence"] } as const;
  const blind = ofTest.join({ ...publisher, sees: false });
  const other = ofTest.join({ ...publisher, publisher: B, person: "p3", sees: true });
  ofTest.evict();
  ofTest.say(ada, { type: "note", id: "m", text: "seen by viewers" });
  ofTest.say(other, { type: "announce", id: "a", text: "seen by viewers" });
  ofTest.say(ada, { type: "look", x: 77 });
  ofTest.nowMs += 2000;
  ofTest.say(ada, { type: "name", name: "Ada Two" });
  const said = (socket: FakeRoomSocket): string => socket.sent.join("\n");
  for (const part of [/seen by viewers/, /Ada/, /"look"/]) {
    assert.doesNotMatch(said(blind), part);
    assert.match(said(other), part);
  }
  ofTest.say(blind, { type: "declare", controls: { gain: { value: 0 } } });
  ofTest.say(ada, { type: "set", id: "s", control: "gain", value: 1 });
  ofTest.say(blind, { type: "note", id: "o", text: "its own" });
  for (const part of [/"deliver"/, /its own/]) assert.match(said(blind), part);
});

test("[BW2i] while a slider is moved its values are one event a second, and the last one", () => {
  const ofTest = new RoomOfTest();
  const [ada, program] = [ofTest.join(), ofTest.join({ publisher: A, sender: "a", person: "p2", may: [] })];
  ofTest.say(program, { type: "declare", controls: { gain: { value: 0, unit: "V" } } });
  for (let i = 1; i <= 30; i++) {
    ofTest.say(ada, { type: "set", id: `s${i}`, control: "gain", value: i, isPassing: i < 30 });
    ofTest.say(program, { type: "outcome", id: `s${i}`, outcome: "confirmed" });
    ofTest.nowMs += 50;
  }
  assert.deepEqual(ofTest.events, [
    "plotcast.controls: gain 1 V (somebody)",
    "plotcast.controls: gain 21 V (somebody)",
    "plotcast.controls: gain 30 V (somebody)",
  ]);
  ofTest.say(ada, { type: "set", id: "t1", control: "gain", value: 40, isPassing: true });
  ofTest.say(program, { type: "outcome", id: "t1", outcome: "confirmed" });
  assert.equal(ofTest.events.length, 3);
  ofTest.room.leave(ada, ofTest.nowMs);
  assert.deepEqual(ofTest.events.slice(3), ["plotcast.controls: gain 40 V (somebody)"]);
});

test("[BW2i] what a program refuses, and what expires, is an event that says so", () => {
  const ofTest = new RoomOfTest();
  const [ada, program] = [ofTest.join(), ofTest.join({ publisher: A, sender: "a", person: "p2", may: [] })];
  ofTest.say(program, { type: "declare", controls: { gain: { value: 0 }, stop: {} } });
  ofTest.say(ada, { type: "set", id: "s1", control: "gain", value: 1 });
  ofTest.say(program, { type: "outcome", id: "s1", outcome: "refused", detail: "too hot" });
  ofTest.say(ada, { type: "call", id: "s2", control: "stop" });
  ofTest.nowMs += 5000;
  ofTest.room.alarm(ofTest.nowMs);
  assert.deepEqual(ofTest.events, [
    "plotcast.controls: gain 1 refused: too hot (somebody)",
    "plotcast.controls: stop expired (somebody)",
  ]);
});

test("[BW9a] a publisher answers what several send at once, and says after a reconnect what it kept", () => {
  const ofTest = new RoomOfTest();
  const [program, viewer] = [ofTest.join({ publisher: A }), ofTest.join({ person: "p2" })];
  // 1,000 that a bridge kept, its controls, and two answers to each of 25 commands a second of 5 senders.
  for (let i = 0; i < 1_001; i++) ofTest.say(program, { type: "announce", id: `a${i}`, text: "a" });
  for (let second = 0; second < 10; second++) {
    for (let i = 0; i < 250; i++) ofTest.say(program, { type: "delivered", id: `s${i}` });
    ofTest.nowMs += 1_000;
  }
  assert.equal(program.closed, undefined);
  for (let i = 0; i <= 100; i++) ofTest.say(viewer, { type: "look", x: i });
  assert.equal(viewer.closed?.code, 4429);
});

test("[BW8c] an announcement has its characters, of whatever script, and no half of one", () => {
  const ofTest = new RoomOfTest();
  const [program, viewer] = [ofTest.join({ publisher: A }), ofTest.join({ person: "p2" })];
  for (const [text, said] of [
    ["停".repeat(280), "停".repeat(280)],
    ["😀".repeat(300), "😀".repeat(280)],
    ["one\n\u0007two", "one two"],
  ] as const) {
    ofTest.say(program, { type: "announce", id: "a", text });
    assert.equal(JSON.parse(viewer.sent.at(-1) ?? "").text, said);
  }
});

test("[BW6c] [BW2a] whoever asks once for a publisher takes no command away from its bridge", () => {
  const ofTest = new RoomOfTest();
  const [bridge, viewer] = [ofTest.join({ publisher: A }), ofTest.join({ person: "p2" })];
  ofTest.say(bridge, { type: "declare", controls: { gain: 1, stop: {} } });
  const visitor = ofTest.join({ publisher: A, isVisit: true });
  ofTest.say(viewer, { type: "set", id: "s1", control: "gain", value: 2 });
  assert.match(bridge.sent.join(), /"type":"deliver","id":"s1"/);
  assert.doesNotMatch(visitor.sent.join(), /"type":"deliver"/);
  ofTest.room.leave(bridge, ofTest.nowMs);
  ofTest.say(viewer, { type: "call", id: "c1", control: "stop" });
  assert.match(viewer.sent.join(), /"publisher-away"/);
});

test("[BW9a] what is nested so deeply that nobody could write it again closes whoever said it, and harms nobody else", () => {
  const deep = `${"[".repeat(8_000)}${"]".repeat(8_000)}`;
  for (const text of [
    `{"type":"emit","id":"e","to":"all","name":"a","data":${deep}}`,
    `{"type":"ack","ack":"a.b","data":${deep}}`,
    `{"type":"declare","controls":{"a":${deep}}}`,
  ]) {
    const ofTest = new RoomOfTest();
    const [hostile, other] = [ofTest.join({ publisher: A }), ofTest.join({ person: "p2" })];
    ofTest.room.receive(hostile, text, ofTest.nowMs);
    assert.equal(hostile.closed?.code, 4400, text.slice(0, 20));
    assert.equal(other.closed, undefined);
  }
});

test("[BW9d] of one address so much is written down, over all its connections", () => {
  const ofTest = new RoomOfTest();
  const may: Capability[] = ["note", "control"];
  const [ada, ben] = [ofTest.join({ may }), ofTest.join({ may, sender: "ben", person: "p9" })];
  for (let i = 0; i < 15; i++) {
    ofTest.say(ada, { type: "note", id: `a${i}`, text: "a" });
    ofTest.say(ben, { type: "note", id: `b${i}`, text: "b" });
  }
  assert.equal(ofTest.events.length, 20);
  assert.match(ben.sent.at(-1) ?? "", /"code":"too-many-notes"/);
  ofTest.nowMs += 2000;
  ofTest.say(ben, { type: "note", id: "later", text: "c" });
  assert.equal(ofTest.events.length, 21);
  for (let i = 0; i < 60; i++) {
    ofTest.say(ada, { type: "set", id: `x${i}`, control: "none", value: 1 });
    ofTest.say(ben, { type: "set", id: `y${i}`, control: "none", value: 1 });
  }
  assert.match(ben.sent.at(-1) ?? "", /too-many-commands/);
});

test("[BW9d] a repeat of a command is answered with how far it has come, however much was written", () => {
  const ofTest = new RoomOfTest();
  const program = ofTest.join({ publisher: "00000000000000aa" });
  ofTest.say(program, { type: "declare", controls: { gain: 1 } });
  const ada = ofTest.join({ may: ["control"] });
  ofTest.say(ada, { type: "set", id: "first", control: "gain", value: 1 });
  ofTest.say(program, { type: "outcome", id: "first", outcome: "confirmed" });
  ofTest.nowMs += 10;
  for (let i = 0; i < 110; i++) {
    ofTest.nowMs += 20;
    ofTest.say(ada, { type: "set", id: `x${i}`, control: "none", value: 1 });
    if (i % 2 === 0)
      ofTest.say(ofTest.join({ may: ["control"] }), { type: "set", id: `y${i}`, control: "none", value: 1 });
  }
  ofTest.say(ada, { type: "set", id: "one-more", control: "none", value: 1 });
  assert.match(ada.sent.at(-1) ?? "", /too-many-commands/);
  ofTest.say(ada, { type: "set", id: "first", control: "gain", value: 1 });
  assert.match(ada.sent.at(-1) ?? "", /"id":"first".*"stage":"confirmed"/);
});

test("[BW11b] once a channel is private, whoever was let in without a token is closed when it wakes", () => {
  const ofTest = new RoomOfTest();
  const [anonymous, known] = [ofTest.join(), ofTest.join({ grant: grantUntil(9e12) })];
  ofTest.isPrivate = true;
  ofTest.evict();
  assert.deepEqual([anonymous.closed?.code, known.closed], [4401, undefined]);
  assert.equal(ofTest.room.count, 1);
});

test("[BW10a] of one token so much is taken by POST, over all requests", () => {
  const ofTest = new RoomOfTest();
  const post = (count: number) => {
    const messages = Array.from({ length: count }, (_, i) => ({ type: "look", x: i }) as const);
    const share = { who: "token", most: null };
    const request = { publisher: A, sender: "a", person: "p", may: [], sees: true, grant: undefined, share };
    return JSON.stringify(ofTest.room.exchange(request, messages, ofTest.nowMs));
  };
  assert.deepEqual([post(1000), post(1000)], ["[]", "[]"]);
  assert.match(post(1), /too-many-messages/);
  ofTest.nowMs += 1000;
  assert.equal(post(500), "[]");
});

test("[BW7a] a wake alone tells nobody who is there, and asks for no alarm; whoever comes after it does", () => {
  const ofTest = new RoomOfTest();
  const may: Capability[] = ["presence"];
  const [ada] = [ofTest.join({ may }), ofTest.join({ may, person: "p2" })];
  ofTest.say(ada, { type: "name", name: "Ada" });
  ofTest.nowMs += 60_000;
  ofTest.room.alarm(ofTest.nowMs);
  ofTest.evict();
  const before = ada.sent.length;
  ofTest.nowMs += 60_000;
  ofTest.say(ada, { type: "look", x: 1 });
  assert.deepEqual([ada.sent.length, ofTest.room.dueInMs(ofTest.nowMs)], [before, undefined]);
  ofTest.join({ may, person: "p3" });
  assert.match(
    ada.sent.at(-1) ?? "",
    /"type":"people","count":3,"joined":\[{"id":"p1","name":"Ada"}\],"left":\[\],"isWhole":true/,
  );
});

test("[BW7a] where nothing was ever published who leaves has 30 s to come back, too, and is then told of", () => {
  const ofTest = new RoomOfTest(false);
  const may: Capability[] = ["presence"];
  const [ada, ben] = [ofTest.join({ may }), ofTest.join({ may, person: "p2" })];
  ofTest.say(ben, { type: "name", name: "Ben" });
  ofTest.room.leave(ben, ofTest.nowMs);
  assert.match(ada.sent.at(-1) ?? "", /"type":"people","count":1,"joined":\[\],"left":\[\]/);
  assert.equal(ofTest.room.peopleDueInMs(ofTest.nowMs), 30_000);
  ofTest.nowMs += 30_000;
  ofTest.room.alarm(ofTest.nowMs);
  assert.match(ada.sent.at(-1) ?? "", /"type":"people","count":1,"joined":\[\],"left":\["p2"\]/);
  assert.equal(ofTest.room.peopleDueInMs(ofTest.nowMs), undefined);
});
