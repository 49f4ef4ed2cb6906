/** The shell of a subscription, with transports that a test speaks for. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { setImmediate as turn } from "node:timers/promises";
import { Subscription, type SubscriptionEvent } from "../../../../client/subscribe/subscription.ts";
import type { OpenRequest, Transport, TransportEvents, TransportName } from "../../../../client/subscribe/transport.ts";
import type { TokenSource } from "../../../../client/token-source.ts";
import { framesOf } from "../../../../protocol/frame/frame-builder.ts";
import { numberFrame } from "../../../../protocol/frame/header.ts";
import { SeriesFilter } from "../../../../protocol/series-filter.ts";
import { JumpingClock } from "../../../support/jumping-clock.ts";
import { bulkyFrame, rowOf } from "../../../support/publish.ts";
import { waitFor } from "../../../support/wait.ts";

interface Opened {
  name: TransportName;
  request: OpenRequest;
  events: TransportEvents;
  isClosed: boolean;
}

function start(names: readonly TransportName[], token?: TokenSource, picks: readonly string[] = [""]) {
  const clock = new JumpingClock();
  const opened: Opened[] = [];
  const transports = names.map(
    (name): Transport => ({
      name,
      open(request, events) {
        const each: Opened = { name, request, events, isClosed: false };
        opened.push(each);
        return {
          ping: () => undefined,
          close: () => {
            each.isClosed = true;
          },
        };
      },
    }),
  );
  const subscription = new Subscription({
    url: new URL("https://board.example/c/lab"),
    tail: { points: "3" },
    cursor: undefined,
    filter: new SeriesFilter([]),
    picks,
    token,
    transports,
    environment: clock,
  });
  subscription.open();
  /** The connection that is opened as number `n`, from 1. */
  const connection = async (n: number): Promise<Opened> => await waitFor(`connection ${n}`, () => opened[n - 1]);
  return { subscription, opened, connection, clock };
}

async function take(subscription: Subscription, count: number): Promise<string[]> {
  const texts: string[] = [];
  for (let i = 0; i < count; i++) texts.push(textOf(await subscription.next()));
  return texts;
}

function textOf(event: SubscriptionEvent | undefined): string {
  switch (event?.kind) {
    case undefined:
      return "end";
    case "state":
      return [
        event.state,
        event.transport,
        event.problem?.code,
        event.kind === "state" && "note" in event ? event.note : undefined,
      ]
        .filter(Boolean)
        .join(" ");
    case "frame":
      return `frame ${event.cursor}`;
    case "gap":
      return `gap ${event.reason} ${event.points} ${event.cursor}`;
  }
}

/** A frame of the points numbered `from` to `to`. */
function frame(from: number, to: number, epoch = 1): Uint8Array {
  const rows = Array.from({ length: to - from + 1 }, (_, i) => rowOf(from + i, { y: from + i }));
  const [bytes] = framesOf(rows, "00000000000000aa", from);
  assert.ok(bytes);
  numberFrame(bytes, epoch, to);
  return bytes;
}

const PROBLEM = { code: "viewers-full", detail: "Come later." };
const EXPIRED = { kind: "refused", problem: { code: "token-expired", detail: "Bring another." } } as const;

test("[CL1b] what overlaps is dropped, a gap counts once something follows, and another connection begins at the cursor", async () => {
  const { subscription, connection } = start(["websocket"]);
  const first = await connection(1);
  assert.deepEqual(first.request.query, { points: "3" });
  first.events.frames(frame(1, 3));
  first.events.live({ epoch: 1, seq: 3 });
  first.events.gap({ reason: "trimmed", points: 5, epoch: 1, seq: 8 });
  first.events.ended({ kind: "closed" });
  const second = await connection(2);
  assert.deepEqual(second.request.query, { cursor: "1:3" });
  first.events.frames(frame(4, 5));
  second.events.frames(frame(2, 3));
  second.events.gap({ reason: "trimmed", points: 6, epoch: 1, seq: 9 });
  second.events.frames(frame(10, 12));
  second.events.live({ epoch: 1, seq: 14 });
  assert.deepEqual(await take(subscription, 9), [
    "connecting websocket",
    "frame 1:3",
    "live websocket",
    "waiting websocket",
    "connecting websocket",
    "gap trimmed 6 1:9",
    "frame 1:12",
    "gap hole 2 1:14",
    "live websocket",
  ]);
  subscription.close();
});

test("[CL2e] the old is closed before the better one is opened, which begins where that was", async () => {
  const { subscription, connection, clock, opened } = start(["websocket", "poll"]);
  (await connection(1)).events.ended({ kind: "closed" });
  const poll = await connection(2);
  poll.events.frames(frame(1, 3));
  poll.events.live({ epoch: 1, seq: 3 });
  for (let i = 0; i < 3; i++) {
    clock.jump(10_000);
    poll.events.heard();
  }
  const trial = await connection(3);
  poll.events.frames(frame(4, 6));
  trial.events.frames(frame(4, 5));
  const better = await connection(4);
  assert.deepEqual([trial.request.query, better.request.query], [{ cursor: "1:3" }, { cursor: "1:6" }]);
  assert.deepEqual(opened.map(({ name, isClosed }) => `${name} ${isClosed}`).slice(1), [
    "poll true",
    "websocket true",
    "websocket false",
  ]);
  assert.deepEqual(await take(subscription, 6), [
    "connecting websocket",
    "connecting poll",
    "frame 1:3",
    "live poll",
    "frame 1:6",
    "connecting websocket",
  ]);
  subscription.close();
});

test("[CL4c] who has no room says when to come again", async () => {
  const { subscription, connection, clock, opened } = start(["websocket", "events"]);
  (await connection(1)).events.ended({ kind: "come-later", afterMs: 60_000, problem: PROBLEM });
  clock.jump(59_000);
  await turn();
  assert.equal(opened.length, 1);
  clock.jump(2_000);
  assert.equal((await connection(2)).name, "websocket");
  assert.deepEqual(await take(subscription, 3), [
    "connecting websocket",
    "waiting websocket viewers-full",
    "connecting websocket",
  ]);
  subscription.close();
});

test("[CL4d] a function gives each connection its token; what has expired is asked for once more", async () => {
  let asked = 0;
  const { subscription, connection } = start(["websocket"], async () => `token ${++asked}`);
  const first = await connection(1);
  first.events.live({ epoch: 1, seq: 0 });
  first.events.ended(EXPIRED);
  const second = await connection(2);
  assert.deepEqual([first.request.token, second.request.token], ["token 1", "token 2"]);
  second.events.live({ epoch: 1, seq: 0 });
  second.events.ended(EXPIRED);
  const third = await connection(3);
  third.events.ended(EXPIRED);
  assert.deepEqual((await take(subscription, 9)).slice(-2), ["refused websocket token-expired", "end"]);
});

test("[CL4d] a token that is a text is not asked again", async () => {
  const { subscription, connection } = start(["websocket"], "token");
  (await connection(1)).events.ended(EXPIRED);
  assert.deepEqual(await take(subscription, 3), ["connecting websocket", "refused websocket token-expired", "end"]);
});

test("[CL5a] what is not read waits: from 128 KiB on nothing more is asked for, beyond 1 MiB the connection is closed until all is read", async () => {
  const { subscription, connection, opened, clock } = start(["websocket"]);
  const first = await connection(1);
  let hasRoom = false;
  await first.request.room();
  for (let n = 1; n <= 11; n++) {
    const bytes = bulkyFrame("00000000000000aa", n, 6_000);
    numberFrame(bytes, 1, 6_000 * n);
    first.events.frames(bytes);
    if (n === 2) void first.request.room().then(() => (hasRoom = true));
    await turn();
    assert.deepEqual([first.isClosed, hasRoom], n === 11 ? [true, true] : [false, false], `${n}`);
  }
  clock.jump(3_600_000);
  await turn();
  assert.equal(opened.length, 1);
  const read = await take(subscription, 13);
  assert.equal(read.at(-2), "frame 1:66000");
  assert.equal(read.at(-1), "waiting websocket");
  const next = subscription.next();
  assert.deepEqual((await connection(2)).request.query, { cursor: "1:66000" });
  assert.equal(textOf(await next), "connecting websocket");
  subscription.close();
});

test("[CL5a] a transport is not blamed for the silence of what it was not asked for", async () => {
  const { subscription, connection, clock, opened } = start(["events", "poll"]);
  const first = await connection(1);
  for (let n = 1; n <= 2; n++) {
    const bytes = bulkyFrame("00000000000000aa", n, 6_000);
    numberFrame(bytes, 1, 6_000 * n);
    first.events.frames(bytes);
  }
  void first.request.room();
  for (let i = 0; i < 10; i++) clock.jump(8_000);
  await turn();
  assert.deepEqual([opened.length, first.isClosed], [1, false]);
  subscription.close();
});

test("[CL1e] nothing comes of what is closed, and what was opened is left", async () => {
  const { subscription, connection } = start(["websocket"]);
  const first = await connection(1);
  first.events.live({ epoch: 1, seq: 0 });
  subscription.close();
  first.events.frames(frame(1, 3));
  assert.equal(await subscription.next(), undefined);
  assert.equal(first.isClosed, true);
});

test("[CL1d] an older Worker, that refuses to pick what it does not know, is asked for less, and the best transport is taken first again", async () => {
  const picks = ["series=a&max_rate=10", "series=a", ""];
  const { subscription, connection } = start(["websocket", "events", "poll"], undefined, picks);
  const first = await connection(1);
  // It could not be opened, and nobody says why.
  first.events.ended({ kind: "closed" });
  const second = await connection(2);
  assert.deepEqual([second.name, second.request.picks], ["events", picks[0]]);
  second.events.ended({ kind: "refused", problem: { code: "query-invalid", detail: "" } });
  const third = await connection(3);
  assert.deepEqual([third.name, third.request.picks], ["websocket", picks[1]]);
  third.events.ended({ kind: "refused", problem: { code: "query-invalid", detail: "" } });
  const fourth = await connection(4);
  assert.deepEqual([fourth.name, fourth.request.picks], ["websocket", ""]);
  fourth.events.ended({ kind: "refused", problem: { code: "query-invalid", detail: "" } });
  assert.deepEqual(await take(subscription, 4), [
    "connecting websocket",
    "connecting events",
    "connecting websocket",
    "refused websocket query-invalid",
  ]);
});

test("[CL1c] what the Worker picks has no holes, and what is missing of it is told", async () => {
  const { subscription, connection } = start(["websocket"], undefined, ["series=y", ""]);
  const { events } = await connection(1);
  events.note("This channel never had a series called y.");
  events.frames(frame(3, 4));
  events.frames(frame(7, 8));
  events.lost({ reason: "bridge-full", points: 2, series: "y", epoch: 1, seq: 20 });
  events.live({ epoch: 1, seq: 30 });
  assert.deepEqual(await take(subscription, 5), [
    "connecting websocket",
    "frame 1:4",
    "frame 1:8",
    "gap bridge-full 2 1:20",
    "live websocket This channel never had a series called y.",
  ]);
  subscription.close();
});
