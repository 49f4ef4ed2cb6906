import { FRAME_TYPE } from "../../../protocol/limits.ts";
import { MAX_READ_PAUSE_MS } from "../../channel/log/read-limits.ts";
import type { ReadChannel } from "../../channel/log/slice.ts";
import { pause } from "../../channel/read-turns.ts";
import type { StoredType } from "../negotiate.ts";
import { directionOf } from "./last-points.ts";
import { noteOf } from "./read-note.ts";
import type { ReadQuery } from "./read-query.ts";
import { cutText, storedLines, textOf } from "./read-text.ts";
import { ReadCut, StoredRead } from "./stored-read.ts";

/** Reading what is stored: frames as they are, or points as text, while they come from the Channel. */

/** What a read answers. */
export interface Stored {
  body: ReadableStream<Uint8Array>;
  epoch: number;
  /** Why there is nothing in the body, if that is known before it begins. */
  note: string | undefined;
}

/** How every frame begins: alone it is a frame that is cut short. */
export const FRAME_BEGIN = new TextEncoder().encode("PLCT");

/** How long what says that a read was cut has to be on its way. */
export const LAST_WORDS_MS = 100;

/**
 * What is stored, in the order of its numbers, in the representation asked for; read as fast as it is taken.
 * @param mayGoOn whether what let the read in still counts; asked again and again while it lasts
 */
export async function storedPoints(
  channel: ReadChannel,
  query: ReadQuery,
  type: StoredType,
  address: string,
  mayGoOn?: () => Promise<boolean>,
): Promise<Stored> {
  const { fromX, toX, after, through, points } = query;
  const direction = type === FRAME_TYPE ? "forward" : directionOf(query);
  // Frames come whole, with all their series.
  const series = type === FRAME_TYPE ? [] : query.series.wanted;
  const range = { fromX, toX };
  const request = { address, direction, after, through, points, range, series };
  const read = await StoredRead.open(channel, request, mayGoOn);
  const { parts, isEmpty } = await partsOf(read, query, type);
  const note = isEmpty ? noteOf(read.nothing, query, Date.now()) : undefined;
  return { body: streamOf(untilCut(parts, query, type), read), epoch: read.epoch, note };
}

/** The answer in parts, and whether it is known already that there is nothing in it. */
async function partsOf(
  read: StoredRead,
  query: ReadQuery,
  type: StoredType,
): Promise<{ parts: AsyncGenerator<string | Uint8Array>; isEmpty: boolean }> {
  if (type === FRAME_TYPE) return { parts: storedFrames(read, query), isEmpty: read.hasNoFrames };
  const lines = storedLines(read, query, type);
  if (!read.isWhole) return { parts: textOf(lines, query, type), isEmpty: false };
  const { isEmpty, values } = await withFirst(lines);
  return { parts: textOf(values, query, type), isEmpty };
}

/** Whole frames that reach into the range of x and hold any of the last so many points of the channel. */
async function* storedFrames(read: StoredRead, query: ReadQuery): AsyncGenerator<Uint8Array> {
  const after = query.points === undefined ? query.after : Math.max(query.after, read.end - query.points);
  for await (const { frames } of read.forward(after)) if (frames.byteLength > 0) yield frames;
}

/** The same values; the first was waited for. What it failed with comes in its place. */
async function withFirst<T>(values: AsyncGenerator<T>): Promise<{ isEmpty: boolean; values: AsyncGenerator<T> }> {
  const [first] = await Promise.allSettled([values.next()]);
  async function* all(): AsyncGenerator<T> {
    try {
      if (first.status === "rejected") throw first.reason;
      if (first.value.done !== true) yield first.value.value;
      yield* values;
    } finally {
      await values.return(undefined);
    }
  }
  return { isEmpty: first.status === "fulfilled" && first.value.done === true, values: all() };
}

/** The whole answer. One that was cut ends in what is no part of it, and then fails. */
async function* untilCut(
  parts: AsyncGenerator<string | Uint8Array>,
  query: ReadQuery,
  type: StoredType,
): AsyncGenerator<string | Uint8Array> {
  try {
    yield* parts;
  } catch (error) {
    const last = error instanceof ReadCut && (type === FRAME_TYPE ? FRAME_BEGIN : cutText(error, query, type));
    if (last) {
      yield last;
      // The runtime drops what is on its way when a stream fails.
      await pause(LAST_WORDS_MS);
    }
    throw error;
  }
}

/**
 * A body that is made as it is taken. If it fails, the transfer ends without its end, which HTTP clients report.
 * @param maxPauseMs for how long nothing may be taken of it
 * @param endsThen whether it fails then; else it does when it is taken on
 */
export function streamOf(
  parts: AsyncGenerator<string | Uint8Array>,
  read: Pick<StoredRead, "awaited" | "expire" | "close">,
  maxPauseMs = MAX_READ_PAUSE_MS,
  endsThen = false,
): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder();
  let timer: ReturnType<typeof setTimeout> | undefined;
  const taken = (): void => {
    if (timer !== undefined) clearTimeout(timer);
  };
  const wait = (controller: ReadableStreamDefaultController<Uint8Array>): void => {
    timer = setTimeout(() => {
      void read.expire();
      if (endsThen) controller.error(new ReadCut("too-slow"));
    }, maxPauseMs);
  };
  return new ReadableStream(
    {
      start: wait,
      async pull(controller) {
        taken();
        read.awaited();
        try {
          const { done, value } = await parts.next();
          if (!done) {
            controller.enqueue(typeof value === "string" ? encoder.encode(value) : value);
            wait(controller);
            return;
          }
          controller.close();
        } catch (error) {
          controller.error(error);
        }
        await read.close();
      },
      async cancel() {
        taken();
        await read.close();
        await parts.return(undefined);
      },
    },
    // Nothing is made in advance: what a client does not read takes no more than one piece.
    { highWaterMark: 0 },
  );
}
