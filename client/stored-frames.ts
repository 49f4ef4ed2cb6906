import { FrameError, HEADER_BYTES, readHeader } from "../protocol/frame/header.ts";
import { FRAME_TYPE } from "../protocol/limits.ts";

/**
 * Reads what a channel has stored, as SPEC.md's “Reading” says.
 * @param query which of it: `from=…&to=…`
 * @param signal ends it; so does leaving off to read
 * @returns frames in pieces, cut anywhere: for {@link framesIn}
 * @throws Error if the Channel refuses, TypeError if it cannot be reached
 */
export async function readStored(
  channelUrl: URL,
  query: string,
  signal: AbortSignal,
): Promise<AsyncIterable<Uint8Array>> {
  const url = new URL(channelUrl);
  url.search = query;
  const response = await fetch(url, { headers: { Accept: FRAME_TYPE }, signal });
  if (!response.ok) throw new Error(`The stored points were refused: ${response.status}.`);
  return piecesOf(response.body);
}

/** Not every browser lets a body be iterated over. */
async function* piecesOf(body: ReadableStream<Uint8Array> | null): AsyncGenerator<Uint8Array> {
  const reader = body?.getReader();
  try {
    for (;;) {
      const { value } = (await reader?.read()) ?? {};
      if (value === undefined) return;
      yield value;
    }
  } finally {
    await reader?.cancel();
  }
}

/**
 * Whole frames out of pieces.
 * @throws FrameError if these are no frames, or if they end within one
 */
export async function* framesIn(pieces: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let rest = new Uint8Array();
  for await (const piece of pieces) {
    const bytes = new Uint8Array(rest.length + piece.length);
    bytes.set(rest);
    bytes.set(piece, rest.length);
    let end = 0;
    for (let next = frameEnd(bytes, 0); next !== undefined; next = frameEnd(bytes, end)) {
      yield bytes.subarray(end, next);
      end = next;
    }
    rest = bytes.slice(end);
  }
  if (rest.length > 0) readHeader(rest);
}

/** Where the frame ends that begins at `offset`; undefined if it is not whole. */
function frameEnd(bytes: Uint8Array, offset: number): number | undefined {
  try {
    return offset + HEADER_BYTES + readHeader(bytes, offset).bodyBytes;
  } catch (error) {
    if (error instanceof FrameError && error.code === "frame-truncated") return undefined;
    throw error;
  }
}
