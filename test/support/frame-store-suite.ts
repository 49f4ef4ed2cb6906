/**
 * What every store of outboxes does, and every kind of lock. It runs in a browser, too, so it needs nothing of Node: a case
 * that fails throws.
 */
import { newPublisherId } from "../../client/publish/collect/held-frame.ts";
import type { FrameStore, OutboxChanges, OutboxLocks } from "../../client/publish/keep/frame-store.ts";
import { FrameBuilder } from "../../protocol/frame/frame-builder.ts";

const CHANNEL = "https://board.example/c/lab";
const PUBLISHER = "00000000000000aa";

/** A frame as a collector holds it, with so many points. */
function held(seq: number, points: number, losses: OutboxChanges["unreported"] = []): OutboxChanges["frames"][number] {
  const builder = new FrameBuilder();
  for (let i = 0; i < points; i++) builder.add({ x: i, arrival: false, names: ["y"], values: [seq + i] });
  const bytes = builder.encode(PUBLISHER, seq);
  return { seq, points, size: bytes.length, sinceMs: 1000 + seq, losses, bytes, isKept: false };
}

function changes(more: Partial<OutboxChanges>): OutboxChanges {
  const identity = { publisher: PUBLISHER, base: 0 };
  return { identity, frames: [], losses: [], gone: [], goneUpTo: 0, sentSeq: 0, nextSeq: 1, unreported: [], ...more };
}

const GAP = { kind: "gap", reason: "publisher-full", points: 3, fromX: 1, toX: null, series: "" } as const;

function assertSame(what: string, actual: unknown, expected: unknown): void {
  const [a, b] = [JSON.stringify(actual), JSON.stringify(expected)];
  if (a !== b) throw new Error(`${what}: ${a}, not ${b}`);
}

/** What is to be kept of frames. */
function shown(frames: OutboxChanges["frames"] | undefined): unknown[] | undefined {
  return frames?.map(({ bytes, isKept: _, ...frame }) => ({ ...frame, bytes: [...(bytes ?? [])] }));
}

function sorted(value: unknown): unknown {
  return Object.entries(value ?? {}).sort();
}

export const STORE_CASES: Readonly<Record<string, (store: FrameStore) => Promise<void>>> = {
  "there is nothing of an outbox that was never written": async (store) => {
    const id = newPublisherId();
    assertSame("it is listed", (await store.list(CHANNEL)).includes(id), false);
    assertSame("it is read", await store.read(id), undefined);
    await store.remove(id);
  },
  "what was written is read, frames in their order": async (store) => {
    const id = newPublisherId();
    const [first, second] = [held(1, 2), held(2, 1, [GAP])];
    await store.write(
      { id, channel: CHANNEL },
      changes({ frames: [second, first], sentSeq: 1, nextSeq: 3, unreported: [GAP] }),
    );
    const { frames, ...state } = (await store.read(id)) ?? { frames: undefined };
    assertSame("what follows", Object.entries(state).sort(), [
      ["base", 0],
      ["gaps", [GAP]],
      ["nextSeq", 3],
      ["publisher", PUBLISHER],
      ["sentSeq", 1],
    ]);
    assertSame("frames", shown(frames)?.map(sorted), shown([first, second])?.map(sorted));
    assertSame(
      "they are kept",
      frames?.every(({ isKept }) => isKept),
      true,
    );
    await store.remove(id);
  },
  "a frame is replaced by its later state, and by one with other losses": async (store) => {
    const id = newPublisherId();
    await store.write({ id, channel: CHANNEL }, changes({ frames: [held(1, 1), held(2, 1)] }));
    await store.write({ id, channel: CHANNEL }, changes({ frames: [held(2, 5)], losses: [held(1, 1, [GAP])] }));
    const state = await store.read(id);
    assertSame(
      "frames",
      state?.frames.map(({ seq, points, losses }) => [seq, points, losses.length]),
      [
        [1, 1, 1],
        [2, 5, 0],
      ],
    );
    await store.remove(id);
  },
  "what is gone is gone, one by one and up to a number, and numbers go on above": async (store) => {
    const id = newPublisherId();
    await store.write({ id, channel: CHANNEL }, changes({ frames: [1, 2, 3, 4, 5].map((seq) => held(seq, 1)) }));
    await store.write({ id, channel: CHANNEL }, changes({ gone: [4], goneUpTo: 2, nextSeq: 2 }));
    const state = await store.read(id);
    assertSame(
      "frames",
      state?.frames.map(({ seq }) => seq),
      [3, 5],
    );
    assertSame("next", state?.nextSeq, 6);
    await store.write({ id, channel: CHANNEL }, changes({ goneUpTo: 5, nextSeq: 9 }));
    const empty = await store.read(id);
    assertSame("empty", [empty?.frames.length, empty?.nextSeq], [0, 9]);
    await store.remove(id);
  },
  "outboxes are listed by their channel, and removing one leaves the others": async (store) => {
    const [a, b, c] = [newPublisherId(), newPublisherId(), newPublisherId()];
    for (const id of [a, b]) await store.write({ id, channel: CHANNEL }, changes({ frames: [held(1, 1)] }));
    await store.write({ id: c, channel: `${CHANNEL}/other` }, changes({ frames: [held(1, 1)] }));
    assertSame("listed", (await store.list(CHANNEL)).sort(), [a, b].sort());
    await store.remove(a);
    assertSame("listed", await store.list(CHANNEL), [b]);
    assertSame("removed", await store.read(a), undefined);
    assertSame("the other", (await store.read(b))?.frames.length, 1);
    for (const id of [b, c]) await store.remove(id);
  },
};

export const LOCK_CASES: Readonly<Record<string, (locks: OutboxLocks) => Promise<void>>> = {
  "one owner at a time, and who waits is the next": async (locks) => {
    const id = newPublisherId();
    const first = await locks.tryTake(id);
    assertSame("taken", first !== undefined, true);
    assertSame("a second", await locks.tryTake(id), undefined);
    const order: string[] = [];
    const signal = new AbortController().signal;
    const [second, third] = ["second", "third"].map((name) =>
      locks.take(id, signal).then((release) => {
        order.push(name);
        return release;
      }),
    );
    first?.();
    (await second)?.();
    (await third)?.();
    assertSame("order", order, ["second", "third"]);
    const again = await locks.take(id, signal);
    assertSame("free again", again !== undefined, true);
    again?.();
  },
  "who leaves off waiting gets nothing, and is in nobody's way": async (locks) => {
    const id = newPublisherId();
    const first = await locks.tryTake(id);
    const leaving = new AbortController();
    const waiting = locks.take(id, leaving.signal);
    leaving.abort();
    assertSame("left off", await waiting, undefined);
    first?.();
    const next = await locks.take(id, new AbortController().signal);
    assertSame("next", next !== undefined, true);
    next?.();
  },
};
