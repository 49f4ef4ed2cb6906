import { timeout } from "../timeout.ts";

/** How a body may be compressed. */
export type Encoding = "gzip" | "deflate";

/** Deflate makes 1,032 bytes of one at most (zlib, "Technical Details"): so of a piece 1 MiB, which is what a body may have. */
const PIECE_BYTES = 1_024;

/**
 * What a compressed body becomes, as far as somebody reads. A `DecompressionStream` of workerd has no backpressure: of what it is given it
 * inflates all at once, 64 KiB to 64 MiB, before anybody can look how much that is. So it gets small pieces, and each only after
 * everything of the last one was taken.
 */
export function inflated(body: ReadableStream<Uint8Array>, encoding: Encoding): ReadableStream<Uint8Array> {
  const { readable, writable } = new DecompressionStream(encoding);
  const [source, input, output] = [body.getReader(), writable.getWriter(), readable.getReader()];
  let rest: Uint8Array = new Uint8Array(0);
  let isWhole = false;
  /** It goes on while more is given. */
  let reading: ReturnType<typeof output.read> | undefined;

  async function giveMore(): Promise<void> {
    if (rest.byteLength === 0) {
      const part = await source.read();
      if (part.done) {
        isWhole = true;
        // It resolves once everything is taken. What is wrong at the end the reads say, too.
        input.close().catch(ignore);
        return;
      }
      rest = part.value;
    }
    const piece = rest.subarray(0, PIECE_BYTES);
    rest = rest.subarray(PIECE_BYTES);
    await input.write(piece);
  }

  function end(): void {
    // Not awaited: they would wait for what is still to come.
    for (const ending of [source.cancel(), input.abort(), output.cancel()]) ending.catch(ignore);
  }

  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        try {
          for (;;) {
            if (reading === undefined) {
              reading = output.read();
              reading.catch(ignore);
            }
            const part = isWhole ? await reading : await nowOrLate(reading);
            if (part === "late") {
              await giveMore();
              continue;
            }
            reading = undefined;
            if (part.done) controller.close();
            else controller.enqueue(part.value);
            return;
          }
        } catch (error) {
          end();
          throw error;
        }
      },
      cancel: end,
    },
    // Nothing is inflated ahead.
    { highWaterMark: 0 },
  );
}

/** What a read gives that need not wait: what is there already comes within a turn of the event loop. */
async function nowOrLate<T>(reading: Promise<T>): Promise<T | "late"> {
  const late = timeout(0);
  try {
    return await Promise.race([reading, late.passed]);
  } finally {
    late.cancel();
  }
}

function ignore(): void {}
