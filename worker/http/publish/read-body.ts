import { concat } from "../../../protocol/bytes.ts";
import { MAX_BODY_BYTES } from "../../../protocol/limits.ts";
import { Problem } from "../../../protocol/problem.ts";
import { HttpProblem } from "../problem-response.ts";
import { timeout } from "../timeout.ts";

/** How long a body may take in all (a bridge itself gives up after as long), and without a byte. */
export const MAX_BODY_MS = 60_000;
export const MAX_PAUSE_MS = 10_000;
/** What bodies that are not whole yet may take in memory, all together (an isolate has 128 MB). */
export const MAX_WAITING_BYTES = 32 * MAX_BODY_BYTES;

/** Bodies that are being read. */
const waiting = new Set<{ bytes: number; readonly untilMs: number }>();
let waitingBytes = 0;

/**
 * GD4, GD11: the body, decompressed, of which no more than so many bytes are ever read, nor for longer than a minute.
 * @throws Problem if it is too large, too slow, or not what its headers say
 */
export async function readBody(request: Request, maxBytes: number): Promise<Uint8Array> {
  if (Number(request.headers.get("Content-Length") ?? 0) > maxBytes) throw tooLarge(maxBytes);
  if (request.body === null) return new Uint8Array(0);
  const encoding = (request.headers.get("Content-Encoding") ?? "identity").trim().toLowerCase();
  if (encoding !== "identity" && encoding !== "gzip" && encoding !== "deflate") {
    throw new HttpProblem(
      "content-encoding-unsupported",
      `Send the body as it is, or as gzip or deflate; not ${encoding}.`,
      {
        "Accept-Encoding": "gzip, deflate, identity",
      },
    );
  }
  try {
    const { body } = request;
    return await readUpTo(
      maxBytes,
      encoding === "identity" ? body : body.pipeThrough(new DecompressionStream(encoding)),
    );
  } catch (error) {
    if (error instanceof Problem) throw error;
    // Its sender hung up in the middle, or it is not what its header says.
    throw new Problem(
      "body-encoding",
      encoding === "identity" ? "The body is cut short." : `The body is not ${encoding}, or is cut short.`,
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
  { bodyMs = MAX_BODY_MS, pauseMs = MAX_PAUSE_MS } = {},
): Promise<Uint8Array> {
  const reader = stream.getReader();
  const chunks: Uint8Array[] = [];
  const startedMs = Date.now();
  const own = { bytes: 0, untilMs: startedMs + bodyMs };
  waiting.add(own);
  try {
    for (;;) {
      const leftMs = startedMs + bodyMs - Date.now();
      const part = leftMs <= 0 ? "late" : await within(Math.min(pauseMs, leftMs), reader.read());
      if (part === "late") throw tooSlow(bodyMs, pauseMs);
      if (part.done) return concat(chunks);
      own.bytes += part.value.byteLength;
      waitingBytes += part.value.byteLength;
      if (own.bytes > maxBytes) throw tooLarge(maxBytes);
      if (waitingBytes > MAX_WAITING_BYTES && bytesWaiting(Date.now()) > MAX_WAITING_BYTES) throw tooMany();
      chunks.push(part.value);
    }
  } catch (error) {
    // Not awaited: it would wait for what is still to come.
    reader.cancel().catch(() => {});
    throw error;
  } finally {
    forget(own);
  }
}

/** What bodies take that have not come to their end. Where a client hangs up, the runtime may never go on with its request: those go by time. */
function bytesWaiting(nowMs: number): number {
  for (const one of waiting) if (one.untilMs + MAX_PAUSE_MS < nowMs) forget(one);
  return waitingBytes;
}

function forget(one: { bytes: number; readonly untilMs: number }): void {
  if (waiting.delete(one)) waitingBytes -= one.bytes;
}

async function within<T>(ms: number, promise: Promise<T>): Promise<T | "late"> {
  const late = timeout(ms);
  try {
    return await Promise.race([promise, late.passed]);
  } finally {
    late.cancel();
  }
}

function tooLarge(maxBytes: number): Problem {
  const advice = maxBytes === MAX_BODY_BYTES ? " Publish in several requests." : "";
  return new Problem("body-too-large", `This body has ${maxBytes} bytes at most, decompressed.${advice}`);
}

function tooMany(): Problem {
  return new HttpProblem(
    "too-many-requests",
    "Too many bodies are on their way at once. Send this one again in a second.",
    {
      "Retry-After": "1",
    },
  );
}

function tooSlow(bodyMs: number, pauseMs: number): Problem {
  return new Problem(
    "body-too-slow",
    `A body comes within ${bodyMs / 1000} s, and without a pause of ${pauseMs / 1000} s. Send smaller ones.`,
  );
}
