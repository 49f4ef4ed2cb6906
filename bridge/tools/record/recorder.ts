import { type FileHandle, lstat, open, rm } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import { gzip } from "node:zlib";
import {
  END_RECORD_BYTES,
  encodeHead,
  entryBytes,
  MAX_ENTRY_BODY_BYTES,
  MAX_FRAMES,
  type RecordingEntry,
  type RecordingInfo,
  writeEntry,
} from "./recording.ts";

export interface RecorderOptions {
  /** `….gz` is written as gzip. */
  file: string;
  info: RecordingInfo;
  /** Of the file; a gzipped one may be larger by one batch. */
  maxBytes?: number | undefined;
  /** Messages that wait for the disk; beyond, they are left out and counted. */
  queueBytes?: number;
  isOverwriting?: boolean;
  openFile?: (file: string, flags: string, mode: number) => Promise<RecorderFile>;
}

export type RecorderFile = Pick<FileHandle, "write" | "truncate" | "datasync" | "close">;

export interface Recorded {
  /** Written to the file, or about to be. */
  messages: number;
  /** Of the file. */
  fileBytes: number;
  /** Came while too much waited for the disk, or after it failed. */
  leftOut: number;
  waitingBytes: number;
}

/** Why a recorder takes no more. */
export type RecorderEnd = { kind: "full" } | { kind: "failed"; error: unknown };

const DEFAULT_QUEUE_BYTES = 64 * 1024 * 1024;
const BATCH_BYTES = 1024 * 1024;
/** Gzip is worth it only for many messages at once, and SIGKILL costs what waits. */
const GZIP_EVERY_MS = 1000;

const gzipped = promisify(gzip);

/** Writes a recording. Receiving never waits for it: what the disk does not take in time is counted, and noted in the file. */
export class Recorder {
  /** Resolves when it takes no more, before {@link close}. */
  readonly ended: Promise<RecorderEnd>;
  readonly #file: RecorderFile;
  readonly #isGzip: boolean;
  readonly #maxBytes: number;
  readonly #queueBytes: number;
  readonly #end = Promise.withResolvers<RecorderEnd>();
  readonly #queue: RecordingEntry[] = [];
  #waitingBytes = 0;
  #messages = 0;
  /** Of these, in the file. */
  #written = 0;
  #leftOut = 0;
  /** Left out since the last message that was not. */
  #unnoted = 0;
  #fileBytes = 0;
  /** Of the file, once all that waits is written. */
  #dueBytes = 0;
  #state: "open" | "ended" | "failed" = "open";
  readonly #hurry = new AbortController();
  #writing: Promise<void> | undefined;

  /**
   * The file is this user's alone, and new: nobody's link or file that stands there is written to. (`wx` is O_EXCL, which
   * follows no link.)
   * @throws the system's error if the file cannot be made, such as EEXIST
   */
  static async open(options: RecorderOptions): Promise<Recorder> {
    const { file, info, isOverwriting = false, openFile = open } = options;
    if (isOverwriting) await removeFile(file);
    const recorder = new Recorder(await openFile(file, "wx", 0o600), options);
    try {
      const head = encodeHead(info);
      await recorder.#write(head);
      recorder.#dueBytes = recorder.#fileBytes + END_RECORD_BYTES;
      return recorder;
    } catch (error) {
      await recorder.#file.close();
      throw error;
    }
  }

  private constructor(file: RecorderFile, options: RecorderOptions) {
    this.#file = file;
    this.#isGzip = options.file.endsWith(".gz");
    this.#maxBytes = options.maxBytes ?? Number.POSITIVE_INFINITY;
    this.#queueBytes = options.queueBytes ?? DEFAULT_QUEUE_BYTES;
    this.ended = this.#end.promise;
  }

  get counts(): Recorded {
    const lost = this.#state === "failed" ? this.#messages - this.#written : 0;
    return {
      messages: this.#messages - lost,
      fileBytes: this.#fileBytes,
      leftOut: this.#leftOut + lost,
      waitingBytes: this.#waitingBytes,
    };
  }

  /**
   * Takes a message. Neither waits nor throws.
   * @param source its number in the recording's sources
   * @param atUs its arrival, microseconds since 1970
   */
  add(source: number, frames: readonly Uint8Array[], atUs: number): void {
    if (this.#state === "ended") return;
    const entry: RecordingEntry = { kind: "message", source, atUs, frames };
    const bytes = entryBytes(entry);
    const isTooLarge = bytes > MAX_ENTRY_BODY_BYTES || frames.length > MAX_FRAMES;
    if (this.#state === "failed" || this.#waitingBytes + bytes > this.#queueBytes || isTooLarge) {
      this.#leftOut++;
      this.#unnoted++;
      return;
    }
    const due = this.#isGzip ? this.#fileBytes : this.#dueBytes + bytes + (this.#unnoted > 0 ? END_RECORD_BYTES : 0);
    if (due > this.#maxBytes) {
      this.#finish("ended", { kind: "full" });
      return;
    }
    this.#note(atUs);
    this.#messages++;
    this.#enqueue(entry);
    this.#writing ??= this.#writeWaiting();
  }

  /** Writes what waits and the end, and closes the file. @param atUs the time of the end */
  async close(atUs: number): Promise<void> {
    if (this.#state === "open") this.#state = "ended";
    this.#hurry.abort();
    await this.#writing;
    if (this.#state !== "failed") {
      this.#note(atUs);
      this.#enqueue({ kind: "end", atUs, messages: this.#messages });
      await this.#writeWaiting();
    }
    try {
      // A disk may say only now that it is full.
      await this.#file.datasync();
    } catch (error) {
      this.#finish("failed", { kind: "failed", error });
    }
    await this.#file.close();
  }

  #note(atUs: number): void {
    if (this.#unnoted > 0) this.#enqueue({ kind: "left-out", atUs, messages: this.#unnoted });
    this.#unnoted = 0;
  }

  #enqueue(entry: RecordingEntry): void {
    const bytes = entryBytes(entry);
    this.#queue.push(entry);
    this.#waitingBytes += bytes;
    this.#dueBytes += bytes;
  }

  #finish(state: "ended" | "failed", end: RecorderEnd): void {
    this.#state = state;
    this.#end.resolve(end);
  }

  /** Never rejects: what the disk says is in {@link ended}. */
  async #writeWaiting(): Promise<void> {
    while (this.#queue.length > 0) {
      if (this.#isGzip && this.#waitingBytes < BATCH_BYTES) await this.#sleep(GZIP_EVERY_MS);
      const batch = this.#queue.splice(0, batchLength(this.#queue));
      const bytes = batch.reduce((sum, entry) => sum + entryBytes(entry), 0);
      const beginByte = this.#fileBytes;
      try {
        await this.#write(encodeEntries(batch, bytes));
        this.#waitingBytes -= bytes;
        this.#written += messagesIn(batch);
      } catch (error) {
        await this.#fail(error, batch, beginByte);
      }
    }
    this.#writing = undefined;
  }

  /** Of a batch that was written in part, what is whole stays. */
  async #fail(error: unknown, batch: readonly RecordingEntry[], beginByte: number): Promise<void> {
    const whole = this.#isGzip ? [] : wholeEntries(batch, this.#fileBytes - beginByte);
    this.#written += messagesIn(whole);
    this.#finish("failed", { kind: "failed", error });
    this.#queue.length = 0;
    this.#waitingBytes = 0;
    const wholeBytes = whole.reduce((sum, entry) => sum + entryBytes(entry), 0);
    // A part of a record is no use to anybody. If this fails too, readers stop before it.
    await this.#file.truncate(beginByte + wholeBytes).catch(() => undefined);
    this.#fileBytes = beginByte + wholeBytes;
  }

  async #write(bytes: Buffer): Promise<void> {
    const packed = this.#isGzip ? await gzipped(bytes, { level: 1 }) : bytes;
    for (let offset = 0; offset < packed.length; ) {
      const { bytesWritten } = await this.#file.write(packed, offset, packed.length - offset, null);
      offset += bytesWritten;
      this.#fileBytes += bytesWritten;
    }
  }

  async #sleep(ms: number): Promise<void> {
    await sleep(ms, undefined, { signal: this.#hurry.signal }).catch(() => undefined);
  }
}

/** A link, a folder or a device stays: it is no recording that could be overwritten. */
async function removeFile(file: string): Promise<void> {
  const found = await lstat(file).catch(() => undefined);
  if (found?.isFile()) await rm(file, { force: true });
}

/** How many of these are about {@link BATCH_BYTES}; one at least. */
function batchLength(entries: readonly RecordingEntry[]): number {
  let bytes = 0;
  const after = entries.findIndex((entry) => {
    bytes += entryBytes(entry);
    return bytes > BATCH_BYTES;
  });
  return after < 0 ? entries.length : Math.max(1, after);
}

function encodeEntries(entries: readonly RecordingEntry[], bytes: number): Buffer {
  const buffer = Buffer.allocUnsafe(bytes);
  let offset = 0;
  for (const entry of entries) offset = writeEntry(buffer, offset, entry);
  return buffer;
}

function messagesIn(entries: readonly RecordingEntry[]): number {
  return entries.reduce((sum, { kind }) => sum + (kind === "message" ? 1 : 0), 0);
}

/** The first of these that take `bytes` together at most. */
function wholeEntries(entries: readonly RecordingEntry[], bytes: number): RecordingEntry[] {
  let end = 0;
  const after = entries.findIndex((entry) => {
    end += entryBytes(entry);
    return end > bytes;
  });
  return entries.slice(0, after < 0 ? entries.length : after);
}
