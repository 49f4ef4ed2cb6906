/** How a bridge talks to a room: by WebSocket, or by POST where none gets through. */
import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { RoomLink } from "../../../../bridge/downlink/room-link.ts";
import { createLog } from "../../../../bridge/observability/log.ts";
import type { RoomClientMessage, RoomServerMessage } from "../../../../protocol/room/room-message.ts";

const WELCOME: RoomServerMessage = {
  type: "welcome",
  version: 1,
  id: "a",
  person: "p",
  name: "",
  may: [],
  nowMs: 0,
  controls: [],
  notes: [],
  people: [],
  count: 1,
};

class FakeWebSocket extends EventTarget {
  static readonly OPEN = 1;
  static readonly all: FakeWebSocket[] = [];
  readyState = 1;
  readonly sent: string[] = [];
  constructor() {
    super();
    FakeWebSocket.all.push(this);
  }
  send(text: string): void {
    this.sent.push(text);
  }
  close(): void {
    this.readyState = 3;
  }
}

/** A line without a WebSocket, whose POSTs a test answers. */
async function byPost(t: TestContext) {
  let nowMs = 0;
  t.mock.timers.enable({ apis: ["setInterval", "setTimeout"] });
  t.mock.method(performance, "now", () => nowMs);
  const before = globalThis.WebSocket;
  Object.assign(globalThis, { WebSocket: FakeWebSocket });
  const posts: { messages: readonly RoomClientMessage[]; end: PromiseWithResolvers<RoomServerMessage[]> }[] = [];
  const link = new RoomLink({
    to: new URL("https://board.example/c/lab"),
    token: "token",
    publisher: () => "00000000000000aa",
    log: createLog("text", "info", () => undefined),
    onWelcome: () => void link.say({ type: "declare", controls: { gain: 3 } }),
    onMessage: () => undefined,
    exchange(messages) {
      const end = Promise.withResolvers<RoomServerMessage[]>();
      posts.push({ messages, end });
      return end.promise;
    },
  });
  t.after(() => {
    link.close();
    Object.assign(globalThis, { WebSocket: before });
  });
  nowMs = 11_000;
  t.mock.timers.tick(200);
  posts[0]?.end.resolve([]);
  await settled();
  return { link, posts };
}

async function settled(): Promise<void> {
  for (let i = 0; i < 10; i++) await Promise.resolve();
}

function report(gain: number): RoomClientMessage {
  return { type: "report", values: { gain } };
}

test("[DL3b] what waits for a POST when a WebSocket gets through is said by that, and what the program has now is said last", async (t) => {
  const { link, posts } = await byPost(t);
  posts[1]?.end.resolve([]);
  await settled();
  link.say(report(1));
  link.say(report(2));
  const socket = FakeWebSocket.all.at(-1);
  socket?.dispatchEvent(new MessageEvent("message", { data: JSON.stringify(WELCOME) }));
  const declared = { type: "declare", controls: { gain: 3 } };
  const said = (): unknown[] =>
    (socket?.sent ?? []).filter((text) => text.startsWith("{")).map((text) => JSON.parse(text));
  assert.deepEqual(said(), [report(2), declared]);
  posts.at(-1)?.end.reject(new Error("cut"));
  await settled();
  assert.deepEqual(said(), [report(2), declared, report(1), declared]);
});

test("[DL3b] a POST has no more than a room takes", async (t) => {
  const { link, posts } = await byPost(t);
  for (let i = 0; i < 500; i++) link.say({ type: "note", id: `n${i}`, text: "a".repeat(1_000) });
  posts[1]?.end.resolve([]);
  await settled();
  const bytes = JSON.stringify(posts[2]?.messages).length;
  assert.ok(bytes > 100_000 && bytes < 256 * 1024, `${bytes} bytes`);
});
