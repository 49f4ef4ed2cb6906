import { FrameError, HEADER_BYTES, readHeader } from "../protocol/frame/header.ts";
import { isObject } from "../protocol/json/json.ts";
import { FRAME_TYPE } from "../protocol/limits.ts";
import { isString } from "../protocol/messages/guards.ts";

/** The Channel refused to say what is stored. */
export class ReadRefused extends Error {
  readonly status: number;
  /** The problem's code (SPEC.md, “Refusals”); undefined where something on the way answered. */
  readonly code: string | undefined;

  constructor(status: number, code: string | undefined) {
    super(`The stored points were refused: ${code ?? status}.`);
    this.name = "ReadRefused";
    this.status = status;
    this.code = code;
  }
}

/** Whether a read was refused because its token has no right `history`: it would be refused again. */
export function isNotPermitted(error: unknown): boolean {
  return error instanceof ReadRefused && error.code === "not-permitted";
}

/**
 * Reads what a channel has stored, as SPEC.md's “Reading” says.
 * @param query which of it: `from=…&to=…`
 * @param signal ends it; so does leaving off to read
 * @param access the header that says who asks, for a private channel: `{ Authorization: "Bearer …" }`
 * @returns frames in pieces, cut anywhere: for {@link framesIn}
 * @throws ReadRefused if the Channel refuses, TypeError if it cannot be reached
 */
export async function readStored(
  channelUrl: URL,
  query: string,
  signal: AbortSignal,
  access?: Readonly<Record<string, string>>,
): Promise<AsyncIterable<Uint8Array>> {
  const url = new URL(channelUrl);
  url.search = query;
  const headers = { ...access, Accept: FRAME_TYPE };
  const response = await fetch(url, { headers, signal });
  if (!response.ok) throw new ReadRefused(response.status, codeOf(await response.json().catch(() => undefined)));
  return piecesOf(response.body);
}

function codeOf(problem: unknown): string | undefined {
  const code = isObject(problem) ? problem.code : undefined;
  return isString(code) ? code : undefined;
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
