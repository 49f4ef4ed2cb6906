import { createReadStream } from "node:fs";
import { open, stat } from "node:fs/promises";
import { constants, crc32, createGunzip } from "node:zlib";
import {
  HEAD_BYTES,
  MAX_ENTRY_BODY_BYTES,
  MAX_INFO_BYTES,
  RECORD_BYTES,
  RECORDING_MAGIC,
  type RecordingEntry,
  RecordingError,
  type RecordingInfo,
  readEntryBody,
  readInfo,
  VERSION,
} from "./recording.ts";

/** How a recording ends. Bytes are those of the recording itself, before any gzip. */
export type Ending =
  | { kind: "whole" }
  /** The file ends without an end: the recorder was killed, or the disk was full. */
  | { kind: "cut-off"; atByte: number }
  /** Bytes that are no record; what follows them is not read. */
  | { kind: "damaged"; atByte: number };

export interface OpenRecording {
  info: RecordingInfo;
  /** Some records at a time, in order. What it holds of the file is bounded by the largest message. */
  batches: AsyncGenerator<RecordingEntry[], Ending, void>;
}

const CHUNK_BYTES = 256 * 1024;

/**
 * Opens a recording, gzipped or not.
 * @throws RecordingError if it is none; the system's error if it cannot be read
 */
export async function openRecording(file: string): Promise<OpenRecording> {
  const chunks = chunksOf(file, await isGzipped(file));
  const held = new Held(chunks);
  try {
    const info = await readHead(held, file);
    return { info, batches: batchesOf(held, chunks) };
  } catch (error) {
    await chunks.return(undefined);
    throw error;
  }
}

/** @throws RecordingError if it is no file: a pipe or a device could not be read twice */
async function isGzipped(file: string): Promise<boolean> {
  if (!(await stat(file)).isFile()) throw new RecordingError(`${file} is no recording: it is no file.`);
  const handle = await open(file);
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(2), 0, 2, 0);
    return bytesRead === 2 && buffer[0] === 0x1f && buffer[1] === 0x8b;
  } finally {
    await handle.close();
  }
}

async function* chunksOf(file: string, isGzip: boolean): AsyncGenerator<Buffer, void, void> {
  const stream = createReadStream(file, { highWaterMark: CHUNK_BYTES });
  // Z_SYNC_FLUSH at the end: a file that was cut off gives what it holds instead of an error (nodejs.org/api/zlib.html,
  // "Compressing HTTP requests and responses").
  const source = isGzip
    ? stream.pipe(createGunzip({ chunkSize: CHUNK_BYTES, finishFlush: constants.Z_SYNC_FLUSH }))
    : stream;
  // pipe() hands no errors on.
  if (source !== stream) stream.once("error", (error) => source.destroy(error));
  try {
    for await (const chunk of source) if (Buffer.isBuffer(chunk)) yield chunk;
  } catch (error) {
    // Damaged gzip is the end of what can be read; that the recording has no end is then told.
    if (!isZlibError(error)) throw error;
  } finally {
    stream.destroy();
    source.destroy();
  }
}

function isZlibError(error: unknown): boolean {
  return error instanceof Error && "code" in error && typeof error.code === "string" && error.code.startsWith("Z_");
}

/** What has been read and not taken yet: joined only when that much is asked for, so that large records are copied once. */
class Held {
  readonly #chunks: AsyncGenerator<Buffer, void, void>;
  #parts: Buffer[] = [];
  #bytes = 0;
  /** Taken so far. */
  offset = 0;

  constructor(chunks: AsyncGenerator<Buffer, void, void>) {
    this.#chunks = chunks;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** Reads on until so many bytes are held. @returns false if the file ends before */
  async fill(bytes: number): Promise<boolean> {
    while (this.#bytes < bytes) {
      const { value } = await this.#chunks.next();
      if (value === undefined) return false;
      this.#parts.push(value);
      this.#bytes += value.length;
    }
    return true;
  }

  /** @returns the next bytes, or undefined if fewer are held */
  peek(bytes: number): Buffer | undefined {
    if (this.#bytes < bytes) return undefined;
    if ((this.#parts[0]?.length ?? 0) < bytes) this.#parts = [Buffer.concat(this.#parts)];
    return this.#parts[0]?.subarray(0, bytes);
  }

  skip(bytes: number): void {
    this.offset += bytes;
    this.#bytes -= bytes;
    for (let left = bytes; left > 0; ) {
      const first = this.#parts[0];
      if (first === undefined) return;
      if (first.length > left) this.#parts[0] = first.subarray(left);
      else this.#parts.shift();
      left -= first.length;
    }
  }
}

async function readHead(held: Held, file: string): Promise<RecordingInfo> {
  await held.fill(HEAD_BYTES);
  const head = held.peek(HEAD_BYTES);
  const magic = held.peek(Math.min(held.bytes, RECORDING_MAGIC.length));
  if (magic === undefined || !RECORDING_MAGIC.subarray(0, magic.length).equals(magic) || magic.length === 0) {
    throw new RecordingError(`${file} is no recording: it does not begin as one that plotcast record wrote.`);
  }
  if (head === undefined) throw new RecordingError(`${file} ends within its head: nothing was recorded.`);
  const version = head.readUInt32LE(8);
  if (version !== VERSION) {
    throw new RecordingError(`${file} is a recording of version ${version}; this Plotcast reads version ${VERSION}.`);
  }
  const bytes = head.readUInt32LE(12);
  const sum = head.readUInt32LE(16);
  const isThere = bytes <= MAX_INFO_BYTES && (await held.fill(HEAD_BYTES + bytes));
  const json = isThere ? held.peek(HEAD_BYTES + bytes)?.subarray(HEAD_BYTES) : undefined;
  const info = json === undefined || crc32(json) !== sum ? undefined : readInfo(json);
  if (info === undefined) throw new RecordingError(`${file} is a recording whose head is damaged: it cannot be read.`);
  held.skip(HEAD_BYTES + bytes);
  return info;
}

async function* batchesOf(
  held: Held,
  chunks: AsyncGenerator<Buffer, void, void>,
): AsyncGenerator<RecordingEntry[], Ending, void> {
  let batch: RecordingEntry[] = [];
  let isEnded = false;
  try {
    for (;;) {
      const bytes = held.peek(RECORD_BYTES)?.readUInt32LE(0);
      const record = bytes === undefined || bytes > MAX_ENTRY_BODY_BYTES ? undefined : held.peek(RECORD_BYTES + bytes);
      if (bytes !== undefined && bytes > MAX_ENTRY_BODY_BYTES) break;
      if (record === undefined) {
        // What comes of this chunk goes out before the next is read.
        if (batch.length > 0) yield batch;
        batch = [];
        if (await held.fill(RECORD_BYTES + (bytes ?? 0))) continue;
        return isEnded && held.bytes === 0 ? { kind: "whole" } : { kind: "cut-off", atByte: held.offset };
      }
      const body = record.subarray(RECORD_BYTES);
      const entry = crc32(body) === record.readUInt32LE(4) ? readEntryBody(body) : undefined;
      if (entry === undefined) break;
      held.skip(record.length);
      if (entry === "unknown") continue;
      isEnded = entry.kind === "end";
      batch.push(entry);
    }
    if (batch.length > 0) yield batch;
    return { kind: "damaged", atByte: held.offset };
  } finally {
    await chunks.return(undefined);
  }
}
