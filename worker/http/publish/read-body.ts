import { concat } from "../../../protocol/bytes.ts";
import { MAX_BODY_BYTES } from "../../../protocol/limits.ts";
import { Problem } from "../../../protocol/problem.ts";
import { clientAddress } from "../access/client-address.ts";
import { mustStillCount, whoAsked } from "../access/guard.ts";
import { HttpProblem } from "../problem-response.ts";
import { timeout } from "../timeout.ts";
import { type Encoding, inflated } from "./inflate.ts";
import { type Sender, SLOW_AFTER_MS, WaitingBody } from "./waiting-bodies.ts";

/** How long a body may take in all (a bridge itself gives up after as long), and without a byte. */
export const MAX_BODY_MS = 60_000;
export const MAX_PAUSE_MS = 10_000;

/**
 * GD4, GD11: the body, decompressed, of which no more than so many bytes are ever read, nor for longer than a minute.
 * @param encodings those in which it may come; as it is it always may
 * @throws Problem if it is too large, too slow, or not what its headers say; or if its token ended before it did
 */
export async function readBody(
  request: Request,
  maxBytes: number,
  encodings: readonly Encoding[] = [],
): Promise<Uint8Array> {
  const body = await readWhole(request, maxBytes, encodings);
  await mustStillCount(request);
  return body;
}

async function readWhole(request: Request, maxBytes: number, encodings: readonly Encoding[]): Promise<Uint8Array> {
  if (Number(request.headers.get("Content-Length") ?? 0) > maxBytes) throw tooLarge(maxBytes);
  if (request.body === null) return new Uint8Array(0);
  const said = (request.headers.get("Content-Encoding") ?? "identity").trim().toLowerCase();
  const encoding = encodings.find((each) => each === said);
  if (encoding === undefined && said !== "identity") throw unsupported(said, encodings);
  try {
    const { body } = request;
    return await readUpTo(maxBytes, encoding === undefined ? body : inflated(body, encoding), {
      sender: senderOf(request),
    });
  } catch (error) {
    if (error instanceof Problem) throw error;
    // Its sender hung up in the middle, or it is not what its header says.
    throw new Problem(
      "body-encoding",
      encoding === undefined ? "The body is cut short." : `The body is not ${encoding}, or is cut short.`,
    );
  }
}

/**
 * Reads a stream to its end, within bounds.
 * @throws Problem `body-too-large`, `body-too-slow`, `too-many-requests`; the stream is then cancelled
 */
export async function readUpTo(
  maxBytes: number,
  stream: ReadableStream<Uint8Array>,
  { bodyMs = MAX_BODY_MS, pauseMs = MAX_PAUSE_MS, sender }: ReadBounds = {},
): Promise<Uint8Array> {
  const reader = stream.getReader();
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  const startedMs = Date.now();
  let heardMs = startedMs;
  const own = new WaitingBody(sender, startedMs + bodyMs);
  try {
    for (let reading = reader.read(); ; ) {
      const endMs = Math.min(startedMs + bodyMs, heardMs + pauseMs);
      const lookMs = own.isSlow ? endMs : Math.min(endMs, startedMs + SLOW_AFTER_MS);
      const leftMs = lookMs - Date.now();
      const part = leftMs <= 0 ? "late" : await within(leftMs, reading);
      const nowMs = Date.now();
      if (part === "late") {
        if (nowMs >= endMs) throw tooSlow(bodyMs, pauseMs);
        if (!own.isSlow && nowMs >= startedMs + SLOW_AFTER_MS) own.becomeSlow(nowMs);
        continue;
      }
      if (part.done) return concat(chunks);
      heardMs = nowMs;
      bytes += part.value.byteLength;
      if (bytes > maxBytes) throw tooLarge(maxBytes);
      own.hold(bytes, nowMs);
      chunks.push(part.value);
      reading = reader.read();
    }
  } catch (error) {
    // Not awaited: it would wait for what is still to come.
    reader.cancel().catch(() => {});
    throw error;
  } finally {
    own.end();
  }
}

/** In how much time a body comes, and from whom. */
interface ReadBounds {
  bodyMs?: number;
  pauseMs?: number;
  sender?: Sender | undefined;
}

/** Who sends the body of a request. */
export function senderOf(request: Request): Sender {
  return { address: clientAddress(request), token: whoAsked(request).id };
}

/** What a promise resolves to; "late" if that takes longer. */
export async function within<T>(ms: number, promise: Promise<T>): Promise<T | "late"> {
  const late = timeout(ms);
  try {
    return await Promise.race([promise, late.passed]);
  } finally {
    late.cancel();
  }
}

function unsupported(said: string, encodings: readonly Encoding[]): Problem {
  const instead = encodings.length === 0 ? "" : `, or as ${encodings.join(" or ")}`;
  return new HttpProblem("content-encoding-unsupported", `Send this body as it is${instead}; not ${said}.`, {
    "Accept-Encoding": [...encodings, "identity"].join(", "),
  });
}

function tooLarge(maxBytes: number): Problem {
  const advice = maxBytes === MAX_BODY_BYTES ? " Publish in several requests." : "";
  return new Problem("body-too-large", `This body has ${maxBytes} bytes at most, decompressed.${advice}`);
}

function tooSlow(bodyMs: number, pauseMs: number): Problem {
  return new Problem(
    "body-too-slow",
    `A body comes within ${bodyMs / 1000} s, and without a pause of ${pauseMs / 1000} s. Send smaller ones, or lines of JSON as application/x-ndjson, which are taken as they come.`,
  );
}
