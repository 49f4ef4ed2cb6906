/** What a channel sends, for one client by HTTP: in order, bounded, and across sockets that end. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { ChannelSocketEvents } from "../../../../../worker/http/channel-socket.ts";
import { type LiveEnvironment, LiveSource } from "../../../../../worker/http/live/live-source.ts";
import type { EndReason, Part } from "../../../../../worker/http/live/part-queue.ts";

const LATER_MS = 60_000;

/** A channel whose sockets the test speaks by. */
class FakeChannel {
  readonly joins: (string | undefined)[] = [];
  readonly said: string[] = [];
  readonly pauses: number[] = [];
  closed = 0;
  refuses: EndReason | undefined;
  fails = false;
  longPause: Promise<void> = Promise.resolve();
  mayGoOn = true;
  retryAfterMs: number | undefined;
  #events: ChannelSocketEvents | undefined;
  readonly source: LiveSource;

  constructor(saysAll = false) {
    this.source = new LiveSource(this.#environment(), true, saysAll);
  }

  #environment(): LiveEnvironment {
    return {
      join: async (cursor, events) => {
        if (this.fails) throw new Error("away");
        if (this.refuses !== undefined) return this.refuses;
        this.joins.push(cursor && `${cursor.epoch}:${cursor.seq}`);
        this.#events = events;
        return { send: (text) => this.said.push(text), close: () => this.closed++ };
      },
      mayGoOn: async () => this.mayGoOn,
      retryAfterMs: () => this.retryAfterMs,
      pause: async (ms) => {
        this.pauses.push(ms);
        if (ms >= 30_000) await this.longPause;
      },
      random: () => 0.5,
    };
  }

  tell(message: unknown): void {
    this.#events?.message(JSON.stringify(message));
  }

  chunk(seq: number, text: string): void {
    const bytes = new Uint8Array(16 + text.length);
    const view = new DataView(bytes.buffer);
    view.setFloat64(0, 1, true);
    view.setFloat64(8, seq, true);
    bytes.set(new TextEncoder().encode(text), 16);
    this.#events?.message(bytes.buffer);
  }

  close(code: number): void {
    this.#events?.closed(code);
  }
}

async function opened(saysAll = false): Promise<FakeChannel> {
  const channel = new FakeChannel(saysAll);
  await channel.source.open();
  return channel;
}

async function next(channel: FakeChannel): Promise<string> {
  return shown(await channel.source.next(LATER_MS));
}

function shown(part: Part): string {
  switch (part.kind) {
    case "points":
      return `${Buffer.from(part.bytes).toString()}@${part.cursor.seq}`;
    case "gap":
      return `${part.gap.reason} ${part.gap.points}@${part.cursor.seq}`;
    case "live":
      return `live@${part.cursor.seq}`;
    case "said":
      return `said ${part.type}${part.cursor === undefined ? "" : `@${part.cursor.seq}`}`;
    case "ended":
      return part.why;
    default:
      return part.kind;
  }
}

test("[TR2] a gap counts once something follows it, and comes before that", async () => {
  const channel = await opened();
  channel.tell({ type: "gap", reason: "trimmed", points: 3, epoch: 1, seq: 3 });
  assert.equal((await channel.source.next(1)).kind, "nothing");
  channel.chunk(5, "a");
  channel.tell({ type: "live", epoch: 1, seq: 5 });
  assert.deepEqual([await next(channel), await next(channel), await next(channel)], ["trimmed 3@3", "a@5", "live@5"]);
});

test("[TR2k] where everything is said each message comes as the channel sent it, in order, and a gap once something follows it", async () => {
  const channel = await opened(true);
  const moment = { nowMs: 1, goneForMs: null, takenForMs: null };
  const messages = [
    { type: "layout", series: ["a"], scales: [1], arrangement: "" },
    { type: "earlier", after: 1, epoch: 1, seq: 3 },
    { type: "gap", reason: "trimmed", points: 3, epoch: 1, seq: 3 },
    { type: "status", viewers: 1, behind: 0, retryWithinMs: 500, ...moment },
    { type: "live", epoch: 1, seq: 3 },
    { type: "expiring", inMs: 7 },
  ];
  for (const message of messages) channel.tell(message);
  const parts = [];
  for (const _ of messages) parts.push(await channel.source.next(LATER_MS));
  assert.deepEqual(parts.map(shown), [
    "said layout",
    "said earlier",
    "said status",
    "said gap@3",
    "said live@3",
    "said expiring",
  ]);
  const [layout] = parts;
  assert.equal(layout?.kind === "said" && layout.text, JSON.stringify(messages[0]));
  channel.close(1006);
  assert.equal((await channel.source.next(1)).kind, "nothing");
  assert.deepEqual(channel.joins, [undefined, "1:3"]);
});

test("[TR7a] texts of messages count as what waits", async () => {
  const channel = await opened(true);
  const arrangement = "x".repeat(64 * 1024);
  for (let i = 0; i < 3; i++) channel.tell({ type: "layout", series: [], scales: [], arrangement });
  assert.equal(channel.closed, 0);
  channel.tell({ type: "layout", series: [], scales: [], arrangement });
  assert.equal(channel.closed, 1);
  channel.source.close();
});

test("[TR7] the channel is asked on when what it sent is read, and not before", async () => {
  const channel = await opened();
  channel.chunk(5, "a");
  channel.tell({ type: "behind", epoch: 1, seq: 5 });
  assert.equal(await next(channel), "a@5");
  assert.deepEqual(channel.said, []);
  assert.equal((await channel.source.next(1)).kind, "nothing");
  assert.deepEqual(channel.said, ['{"type":"continue","epoch":1,"seq":5}']);
});

test("[TR7] beyond 256 KiB that wait the socket is let go; once all is read it is joined where that ended", async () => {
  const channel = await opened();
  const text = "x".repeat(64 * 1024);
  for (let seq = 1; seq <= 3; seq++) channel.chunk(seq, text);
  channel.chunk(4, "x".repeat(60 * 1024));
  assert.equal(channel.closed, 0);
  channel.chunk(5, "y".repeat(4 * 1024));
  assert.equal(channel.closed, 1);
  channel.chunk(6, "of a socket that was let go");
  for (let seq = 1; seq <= 4; seq++) assert.match(await next(channel), new RegExp(`^x+@${seq}$`));
  assert.deepEqual(channel.joins, [undefined]);
  assert.match(await next(channel), /^y+@5$/);
  const waiting = next(channel);
  await new Promise(setImmediate);
  assert.deepEqual(channel.joins, [undefined, "1:5"]);
  channel.chunk(6, "z");
  assert.equal(await waiting, "z@6");
});

test("[TR7] a slow client has the channel joined once a second at most", async () => {
  const channel = await opened();
  channel.close(1006);
  assert.equal((await channel.source.next(1)).kind, "nothing");
  assert.deepEqual(channel.pauses, [1000]);
});

test("[TR7] a channel that is lost is joined again where it was, and what it had said of a gap is said again by it", async () => {
  const channel = await opened();
  channel.chunk(5, "a");
  channel.tell({ type: "gap", reason: "epoch", points: null, epoch: 2, seq: 0 });
  channel.close(1012);
  assert.equal(await next(channel), "a@5");
  const waiting = next(channel);
  await new Promise(setImmediate);
  assert.deepEqual(channel.joins, [undefined, "1:5"]);
  channel.tell({ type: "gap", reason: "epoch", points: null, epoch: 2, seq: 0 });
  channel.tell({ type: "live", epoch: 2, seq: 0 });
  assert.equal(await waiting, "epoch null@0");
  assert.equal(await next(channel), "live@0");
});

test("[TR7] a channel that stays away is given up, and one whose token is refused at once", async () => {
  const away = await opened();
  away.fails = true;
  away.close(1006);
  // Each failure is one attempt of five.
  assert.equal(await next(away), "unavailable");
  assert.equal(away.pauses.length, 5);
  const refused = await opened();
  refused.refuses = "access-ended";
  refused.close(1006);
  assert.equal(await next(refused), "access-ended");
});

for (const code of [4401, 4403]) {
  test(`[TR6] ${code} ends it, and what still waits is not given`, async () => {
    const channel = await opened();
    channel.chunk(5, "a");
    channel.close(code);
    assert.deepEqual(await channel.source.next(LATER_MS), { kind: "ended", why: "access-ended", closeCode: code });
    assert.deepEqual(channel.joins, [undefined]);
  });
}

test("[AC10j] [TR6] what waits of a socket that was let go is not given once its token counts no more", async () => {
  const channel = await opened();
  for (let seq = 1; seq <= 5; seq++) channel.chunk(seq, "x".repeat(64 * 1024));
  assert.equal(channel.closed, 1, "nobody tells it any more that its token ends");
  assert.match(await next(channel), /^x+@1$/);
  channel.mayGoOn = false;
  assert.equal(await next(channel), "access-ended");
  assert.deepEqual(channel.joins, [undefined]);
});

test("[TR7] a refusal that says when to come again is no end: it comes then", async () => {
  const channel = await opened();
  channel.chunk(5, "a");
  assert.equal(await next(channel), "a@5");
  let pass = (): void => {};
  channel.longPause = new Promise((resolve) => {
    pass = resolve;
  });
  [channel.fails, channel.retryAfterMs] = [true, 30_000];
  channel.close(1006);
  assert.equal((await channel.source.next(1)).kind, "nothing");
  assert.deepEqual([channel.pauses, channel.joins], [[1000, 30_000], [undefined]]);
  channel.fails = false;
  pass();
  assert.equal((await channel.source.next(1)).kind, "nothing");
  assert.deepEqual(channel.joins, [undefined, "1:5"]);
});

test("[TR7a] small parts count with what they take beside their bytes", async () => {
  const channel = await opened();
  for (let seq = 1; seq <= 500; seq++) channel.chunk(seq, "x");
  assert.equal(channel.closed, 0);
  for (let seq = 501; seq <= 512; seq++) channel.chunk(seq, "x");
  assert.equal(channel.closed, 1);
  channel.source.close();
});

test("[TR7] after five sockets in a row on which nothing came it is given up", async () => {
  const channel = await opened();
  for (let i = 0; i < 5; i++) {
    channel.close(1006);
    assert.equal((await channel.source.next(1)).kind, "nothing");
  }
  channel.close(1006);
  assert.equal(await next(channel), "unavailable");
});

test("[TR7] whose client has gone lets its socket go", async () => {
  const channel = await opened();
  channel.chunk(1, "a");
  channel.source.close();
  assert.equal(channel.closed, 1);
});
