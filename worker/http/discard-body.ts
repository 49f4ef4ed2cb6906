import { MAX_BODY_BYTES } from "../../protocol/limits.ts";
import { timeout } from "./timeout.ts";

/** What all refusals together may read: so much at once, as much again in four seconds; of how many at once, and for how long. */
const MAX_BYTES = 16 * MAX_BODY_BYTES;
const BYTES_PER_SECOND = 4 * MAX_BODY_BYTES;
const MAX_AT_ONCE = 64;
const MAX_MS = 1_000;

let leftBytes = MAX_BYTES;
let filledAtMs = 0;
let atOnce = 0;

/**
 * GD5. Reads what is left of a refused request's body, so that its connection can be used again, and so that a client that still sends gets the
 * answer: where a body is cancelled, workerd closes the connection, and a client that is sending more than a megabyte sees that (EPIPE) in
 * place of the answer; `wrangler dev` then answers 500 (seen with miniflare 5.20261117, wrangler 4.164). But refusals cost next to nothing,
 * whoever sends how many: beyond these bounds bodies are cancelled.
 */
export async function discardBody({ body, bodyUsed }: Request): Promise<void> {
  if (body === null || bodyUsed || body.locked) return;
  await discardRest(body.getReader());
}

/** The same of a body that somebody began to read. */
export async function discardRest(reader: ReadableStreamDefaultReader<Uint8Array>): Promise<void> {
  if (atOnce < MAX_AT_ONCE) await readOn(reader);
  // Not awaited: it would wait for what is still to come.
  reader.cancel().catch(() => {});
}

async function readOn(reader: ReadableStreamDefaultReader<Uint8Array>): Promise<void> {
  atOnce++;
  const late = timeout(MAX_MS);
  try {
    while (isLeft()) {
      // Its sender may hang up meanwhile: then there is nothing left to read.
      const part = await Promise.race([late.passed, reader.read().catch(() => undefined)]);
      if (part === undefined || part === "late" || part.done) return;
      leftBytes -= part.value.byteLength;
    }
  } finally {
    late.cancel();
    atOnce--;
  }
}

function isLeft(): boolean {
  const nowMs = Date.now();
  const passedMs = Math.max(0, nowMs - filledAtMs);
  leftBytes = Math.min(MAX_BYTES, leftBytes + (passedMs / 1000) * BYTES_PER_SECOND);
  filledAtMs = nowMs;
  return leftBytes > 0;
}
