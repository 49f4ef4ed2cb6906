import { FRAME_TYPE } from "../../../protocol/limits.ts";
import { MAX_READ_PAUSE_MS } from "../../channel/log/read-limits.ts";
import type { ReadChannel } from "../../channel/log/slice.ts";
import { pause } from "../../channel/read-turns.ts";
import type { Representation } from "../negotiate.ts";
import { directionOf, startOf } from "./last-points.ts";
import type { ReadQuery } from "./read-query.ts";
import { cutText, textPieces } from "./read-text.ts";
import { ReadCut, StoredRead } from "./stored-read.ts";

/** Reading what is stored: frames as they are, or points as text, while they come from the Channel. */

type Stored = Exclude<Representation, "text/html">;

/** How every frame begins: alone it is a frame that is cut short. */
const FRAME_BEGIN = new TextEncoder().encode("PLCT");

/** How long what says that a read was cut has to be on its way. */
const LAST_WORDS_MS = 100;

/** What is stored, in the order of its numbers, in the representation asked for; read as fast as it is taken. */
export async function storedPoints(
  channel: ReadChannel,
  query: ReadQuery,
  type: Stored,
  address: string,
): Promise<{ body: ReadableStream<Uint8Array>; epoch: number }> {
  const { fromX, toX, after, through, points } = query;
  const direction = type === FRAME_TYPE ? "forward" : directionOf(query);
  // Frames come whole, with all their series.
  const series = type === FRAME_TYPE ? [] : [...query.series];
  const range = { fromX, toX };
  const read = await StoredRead.open(channel, { address, direction, after, through, points, range, series });
  return { body: streamOf(pieces(read, query, type), read), epoch: read.epoch };
}

/** The whole answer. One that was cut ends in what is no part of it, and then fails. */
async function* pieces(read: StoredRead, query: ReadQuery, type: Stored): AsyncGenerator<string | Uint8Array> {
  try {
    if (type !== FRAME_TYPE) return yield* textPieces(read, await startOf(read, query), query, type);
    // Whole frames that reach into the range of x and hold any of the last so many points of the channel.
    const after = query.points === undefined ? query.after : Math.max(query.after, read.end - query.points);
    for await (const { frames } of read.forward(after)) if (frames.byteLength > 0) yield frames;
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
 */
export function streamOf(
  parts: AsyncGenerator<string | Uint8Array>,
  read: Pick<StoredRead, "awaited" | "expire" | "close">,
  maxPauseMs = MAX_READ_PAUSE_MS,
): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder();
  const wait = () => setTimeout(() => void read.expire(), maxPauseMs);
  let timer = wait();
  return new ReadableStream(
    {
      async pull(controller) {
        clearTimeout(timer);
        read.awaited();
        try {
          const { done, value } = await parts.next();
          if (!done) {
            controller.enqueue(typeof value === "string" ? encoder.encode(value) : value);
            timer = wait();
            return;
          }
          controller.close();
        } catch (error) {
          controller.error(error);
        }
        await read.close();
      },
      async cancel() {
        clearTimeout(timer);
        await read.close();
        await parts.return(undefined);
      },
    },
    // Nothing is made in advance: what a client does not read takes no more than one piece.
    { highWaterMark: 0 },
  );
}
