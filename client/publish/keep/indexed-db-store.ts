import { isPublisherId, readHeader } from "../../../protocol/frame/header.ts";
import { isObject } from "../../../protocol/json/json.ts";
import { isCount, isString } from "../../../protocol/messages/guards.ts";
import { isPublisherGap, type PublisherGap } from "../collect/gaps.ts";
import type { HeldFrame, KeptState } from "../collect/held-frame.ts";
import type { FrameStore, OutboxChanges, OutboxName } from "./frame-store.ts";

// Only browsers have it. (This folder is compiled without the DOM.)
declare const indexedDB: { open(name: string, version: number): OpenRequest } | undefined;
declare const IDBKeyRange: { bound(from: Key, to: Key): object };
type Key = string | readonly (string | number)[];
interface Request {
  readonly result: unknown;
  readonly error: unknown;
  onsuccess: (() => void) | null;
  onerror: (() => void) | null;
}
interface OpenRequest {
  readonly result: Database;
  readonly error: unknown;
  onsuccess: (() => void) | null;
  onerror: (() => void) | null;
  onupgradeneeded: (() => void) | null;
}
interface Database {
  createObjectStore(
    name: string,
    options: { keyPath: string | string[] },
  ): { createIndex(name: string, path: string): void };
  transaction(names: readonly string[], mode: "readonly" | "readwrite"): Transaction;
  onversionchange: (() => void) | null;
  close(): void;
}
interface Transaction {
  objectStore(name: string): ObjectStore;
  readonly error: unknown;
  oncomplete: (() => void) | null;
  onabort: (() => void) | null;
  commit?(): void;
}
interface ObjectStore {
  get(key: Key): Request;
  getAll(range: object): Request;
  put(value: object): void;
  delete(key: Key | object): void;
  index(name: string): { getAllKeys(key: Key): Request };
}

const DATABASE = "plotcast-publish";
const VERSION = 1;
/** Names of object stores. An outbox is a record; each of its frames is one, too. */
const OUTBOXES = "outboxes";
const FRAMES = "frames";
/** Some browsers have bugs by which a database never opens. */
const OPEN_WITHIN_MS = 3_000;

/** Keeps outboxes in the IndexedDB of this origin. */
export class IndexedDbStore implements FrameStore {
  readonly isLasting = true;
  readonly #database: Database;

  private constructor(database: Database) {
    this.#database = database;
    // Another tab has a newer version of this. What cannot be written here any more is kept in memory.
    database.onversionchange = () => database.close();
  }

  /** @returns undefined where there is none, or it cannot be opened */
  static async open(name = DATABASE): Promise<IndexedDbStore | undefined> {
    if (typeof indexedDB === "undefined") return undefined;
    const factory = indexedDB;
    return await new Promise((resolve) => {
      let isGivenUp = false;
      const giveUp = (): void => {
        isGivenUp = true;
        resolve(undefined);
      };
      const timer = setTimeout(giveUp, OPEN_WITHIN_MS);
      try {
        const request = factory.open(name, VERSION);
        request.onupgradeneeded = () => {
          request.result.createObjectStore(OUTBOXES, { keyPath: "id" }).createIndex("channel", "channel");
          request.result.createObjectStore(FRAMES, { keyPath: ["outbox", "seq"] });
        };
        request.onerror = giveUp;
        request.onsuccess = () => {
          clearTimeout(timer);
          if (isGivenUp) request.result.close();
          else resolve(new IndexedDbStore(request.result));
        };
      } catch {
        // Firefox throws where storage is forbidden.
        giveUp();
      }
    });
  }

  async list(channel: string): Promise<string[]> {
    const { stores } = this.#begin("readonly");
    const keys = await resultOf(stores.outboxes.index("channel").getAllKeys(channel));
    return Array.isArray(keys) ? keys.filter(isString) : [];
  }

  async read(id: string): Promise<KeptState | undefined> {
    const { stores } = this.#begin("readonly");
    const [outbox, records] = await Promise.all([
      resultOf(stores.outboxes.get(id)),
      resultOf(stores.frames.getAll(framesOf(id))),
    ]);
    const frames = Array.isArray(records) ? records.flatMap(frameFrom) : [];
    return stateFrom(outbox, frames);
  }

  async write({ id, channel }: OutboxName, changes: OutboxChanges): Promise<void> {
    const { stores, done, transaction } = this.#begin("readwrite");
    for (const { seq, sinceMs, losses, bytes } of [...changes.frames, ...changes.losses]) {
      stores.frames.put({ outbox: id, seq, sinceMs, losses, bytes });
    }
    for (const seq of changes.gone) stores.frames.delete([id, seq]);
    if (changes.goneUpTo > 0) stores.frames.delete(framesOf(id, changes.goneUpTo));
    const { identity, nextSeq, sentSeq, unreported } = changes;
    stores.outboxes.put({ id, channel, ...identity, nextSeq, sentSeq, gaps: unreported });
    // A page that ends now does not end by itself what it began.
    transaction.commit?.();
    await done;
  }

  async remove(id: string): Promise<void> {
    const { stores, done } = this.#begin("readwrite");
    stores.frames.delete(framesOf(id));
    stores.outboxes.delete(id);
    await done;
  }

  close(): void {
    this.#database.close();
  }

  #begin(mode: "readonly" | "readwrite") {
    const transaction = this.#database.transaction([OUTBOXES, FRAMES], mode);
    const done = new Promise<void>((resolve, reject) => {
      transaction.oncomplete = () => resolve();
      transaction.onabort = () => reject(transaction.error);
    });
    // Who reads looks at the requests alone.
    done.catch(() => undefined);
    const stores = { outboxes: transaction.objectStore(OUTBOXES), frames: transaction.objectStore(FRAMES) };
    return { transaction, stores, done };
  }
}

function framesOf(id: string, upTo = Number.POSITIVE_INFINITY): object {
  return IDBKeyRange.bound([id, 0], [id, upTo]);
}

function resultOf(request: Request): Promise<unknown> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

/** Scripts of this origin may write what they like, and so may an older or newer version of this. */
function stateFrom(outbox: unknown, frames: HeldFrame[]): KeptState | undefined {
  if (!isObject(outbox)) return undefined;
  const { publisher, base, nextSeq, sentSeq, gaps } = outbox;
  if (!isString(publisher) || !isPublisherId(publisher)) return undefined;
  if (!isCount(base) || !isCount(nextSeq) || !isCount(sentSeq)) return undefined;
  const own = frames.filter(({ seq }) => seq > base);
  const next = Math.max(nextSeq, 1 + (own.at(-1)?.seq ?? base));
  return { publisher, base, nextSeq: next, sentSeq, frames: own, gaps: gapsFrom(gaps) };
}

function frameFrom(record: unknown): HeldFrame[] {
  if (!isObject(record)) return [];
  const { seq, sinceMs, losses, bytes } = record;
  if (!isCount(seq) || typeof sinceMs !== "number" || !(bytes instanceof Uint8Array)) return [];
  try {
    const { points } = readHeader(bytes);
    return [{ seq, points, size: bytes.length, sinceMs, losses: gapsFrom(losses), bytes, isKept: true }];
  } catch {
    return [];
  }
}

function gapsFrom(gaps: unknown): PublisherGap[] {
  return Array.isArray(gaps) ? gaps.filter(isKeptGap) : [];
}

function isKeptGap(gap: unknown): gap is PublisherGap {
  if (!isObject(gap)) return false;
  const { points, fromX, toX, reason, series } = gap;
  const areNumbers = [points, fromX, toX].every((value) => value === null || typeof value === "number");
  return areNumbers && isString(series) && isString(reason) && isPublisherGap({ reason });
}
