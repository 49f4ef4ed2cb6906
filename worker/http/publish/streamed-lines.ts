import { MAX_BODY_BYTES } from "../../../protocol/limits.ts";
import { Problem } from "../../../protocol/problem.ts";
import { discardRest } from "../discard-body.ts";
import { LineBuffer } from "./line-buffer.ts";
import { within } from "./read-body.ts";
import { type Sender, SLOW_AFTER_MS, WaitingBody } from "./waiting-bodies.ts";

/** What of a stream is taken at once: so much, or what has come in so long. */
export const PART_BYTES = 64 * 1024;
export const PART_EVERY_MS = 1_000;
/** For so long nothing may come of a stream; longer, proxies cut it anyway. */
export const MAX_STREAM_PAUSE_MS = 60_000;
export const MAX_STREAM_MS = 60 * 60_000;

/** Some whole lines of a stream; the last line of the last part may have no end. */
export interface Part {
  bytes: Uint8Array;
  /** The number of its first line in the stream, from 1. */
  firstLine: number;
  /** That of the line after its last. */
  nextLine: number;
  /** It is all of the body. */
  isWhole: boolean;
}

/** In how much time a stream comes, and from whom. */
interface StreamBounds {
  sender?: Sender | undefined;
  streamMs?: number;
  pauseMs?: number;
  everyMs?: number;
}

/**
 * A body as it comes, in parts: a part once {@link PART_BYTES} wait, or a second after the last one. While a part is looked at nothing more
 * is read. So what it holds is bounded, and its sender waits.
 * @throws Problem `body-too-slow`, `body-too-large` (one line), `too-many-requests`, `body-encoding` (it is cut short)
 */
export async function* partsOf(
  stream: ReadableStream<Uint8Array>,
  { sender, streamMs = MAX_STREAM_MS, pauseMs = MAX_STREAM_PAUSE_MS, everyMs = PART_EVERY_MS }: StreamBounds = {},
): AsyncGenerator<Part> {
  const reader = stream.getReader();
  const buffer = new LineBuffer();
  const startedMs = Date.now();
  let [heardMs, takenMs, line] = [startedMs, startedMs, 1];
  let isDone = false;
  const own = new WaitingBody(sender, startedMs + pauseMs);
  const part = (bytes: Uint8Array, isWhole = false): Part => {
    const firstLine = line;
    for (const byte of bytes) if (byte === 10) line++;
    return { bytes, firstLine, nextLine: line, isWhole };
  };
  try {
    let reading: ReturnType<typeof reader.read> | undefined;
    for (;;) {
      const nowMs = Date.now();
      const endMs = Math.min(startedMs + streamMs, heardMs + pauseMs);
      if (buffer.hasLines && (buffer.length >= PART_BYTES || nowMs >= Math.min(takenMs + everyMs, endMs))) {
        const taken = part(buffer.takeLines(PART_BYTES));
        own.hold(buffer.length, nowMs);
        yield taken;
        // To look at it took time that is not its sender's.
        heardMs += Date.now() - nowMs;
        takenMs = Date.now();
        continue;
      }
      if (nowMs >= endMs) throw tooSlow(streamMs, pauseMs);
      if (!own.isSlow && nowMs >= startedMs + SLOW_AFTER_MS) own.becomeSlow(nowMs);
      const lookMs = Math.min(
        endMs,
        buffer.hasLines ? takenMs + everyMs : endMs,
        own.isSlow ? endMs : startedMs + SLOW_AFTER_MS,
      );
      reading ??= reader.read();
      const read = await within(lookMs - nowMs, reading);
      if (read === "late") continue;
      reading = undefined;
      isDone = read.done;
      if (read.done) break;
      heardMs = Date.now();
      own.untilMs = heardMs + pauseMs;
      buffer.add(read.value);
      own.hold(buffer.length, heardMs);
      if (buffer.openBytes > MAX_BODY_BYTES) throw tooLong();
    }
    const isWhole = line === 1 && buffer.length <= PART_BYTES;
    while (buffer.length > PART_BYTES && buffer.hasLines) yield part(buffer.takeLines(PART_BYTES));
    if (buffer.length > 0) yield part(buffer.takeRest(), isWhole);
  } catch (error) {
    if (error instanceof Problem) throw error;
    isDone = true;
    throw new Problem("body-encoding", "The body is cut short.");
  } finally {
    own.end();
    if (!isDone) await discardRest(reader);
  }
}

function tooLong(): Problem {
  return new Problem("body-too-large", `A line has ${MAX_BODY_BYTES} bytes at most.`);
}

function tooSlow(streamMs: number, pauseMs: number): Problem {
  return new Problem(
    "body-too-slow",
    `Lines come without a pause of ${pauseMs / 1000} s, for which an empty one is enough, and for ${streamMs / 60_000} minutes at most. Begin another request.`,
  );
}
