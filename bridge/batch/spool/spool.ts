import type { DatabaseSync, StatementSync } from "node:sqlite";
import { crc32 } from "node:zlib";
import type { PublisherGap } from "../../../client/publish/collect/gaps.ts";
import { type HeldFrame, type Identity, newPublisherId } from "../../../client/publish/collect/held-frame.ts";
import { isPublisherId } from "../../../protocol/frame/header.ts";
import type { LastNumber } from "../sequence/sequence.ts";
import { openDatabase, pragma } from "./open-database.ts";
import { count, damaged, lossesFrom, type SpoolChanges, type SpoolState, unsure } from "./spool-state.ts";

/**
 * Numbers are reserved in advance, so many at once: should the disk fail, frames go on being sent with numbers that no
 * later start can use again, however this one ends.
 */
const SEQS_RESERVED = 2 ** 30;
/**
 * A start that cannot reserve any is not seen by the next one. So numbers go on by the time since the last that could,
 * faster than frames are ever sent; and not beyond what a clock that is far wrong may use up.
 */
const SEQS_PER_MS = 1024;
const MAX_MS_UNRESERVED = 10 * 365 * 86_400_000;
/** Freed pages are given back to the file system, some at a time, beyond this. */
const MAX_FREE_PAGES = 4096;
const PAGES_PER_VACUUM = 512;

/** The SQLite file. Every error of it is thrown as SQLite says it; `open-spool.ts` knows what to do with those of opening. */
export class Spool {
  readonly file: string;
  /** It did not exist before. */
  readonly isNew: boolean;
  readonly #db: DatabaseSync;
  readonly #statements: Record<
    | "meta"
    | "frame"
    | "losses"
    | "gone"
    | "goneUpTo"
    | "read"
    | "number"
    | "numberGone"
    | "numbersGone"
    | "numbersUnsure",
    StatementSync
  >;
  #to: string | undefined;
  #reservedSeq = 0;
  #written = { goneUpTo: 0, sentSeq: 0, unreported: "", publisher: "" };
  /** What the first write of this process writes besides. */
  #toBegin: (() => void) | undefined;

  /** Opens or makes the file, alone: the lock is held until {@link close}, or the end of the process. */
  constructor(file: string, { maxPages = 0 } = {}) {
    this.file = file;
    const { db, isNew } = openDatabase(file);
    this.#db = db;
    this.isNew = isNew;
    try {
      if (maxPages > 0) this.allowPages(maxPages);
      this.#statements = {
        meta: db.prepare("INSERT OR REPLACE INTO meta VALUES (?, ?)"),
        frame: db.prepare("INSERT OR REPLACE INTO frames VALUES (?, ?, ?, ?, ?, ?)"),
        losses: db.prepare("UPDATE frames SET losses = ? WHERE seq = ?"),
        gone: db.prepare("DELETE FROM frames WHERE seq = ?"),
        goneUpTo: db.prepare("DELETE FROM frames WHERE seq <= ?"),
        read: db.prepare("SELECT crc, bytes FROM frames WHERE seq = ?"),
        number: db.prepare("INSERT OR REPLACE INTO numbers VALUES (?, ?, ?, ?)"),
        numberGone: db.prepare("DELETE FROM numbers WHERE topic = ?"),
        numbersGone: db.prepare("DELETE FROM numbers"),
        numbersUnsure: db.prepare("UPDATE numbers SET crc = NULL"),
      };
    } catch (error) {
      this.#db.close();
      throw error;
    }
  }

  /**
   * What the last process left, for the channel at `to`. {@link begin} must follow.
   * @param isWhole whether it wrote all that it did
   */
  load(to: string, gaps: readonly PublisherGap[], isWhole: boolean): SpoolState {
    const frames = this.#frames();
    const publisher = String(this.#meta("publisher") ?? newPublisherId());
    const base = count(this.#meta("base") ?? 0) ?? Number.NaN;
    const reserved = count(this.#meta("reserved")) ?? 1;
    const isOurs = ({ seq }: HeldFrame): boolean => seq > base && seq < reserved;
    if (!isPublisherId(publisher) || !(base < reserved) || !frames.every(isOurs))
      throw damaged("its numbers do not add up");
    // What an earlier channel was to be told is nothing to this one.
    const unreported = this.to === to ? lossesFrom(this.#meta("untold")) : [];
    const left: SpoolState = {
      publisher,
      base,
      nextSeq: reserved + this.#seqsSince(count(this.#meta("reservedAtMs"))),
      sentSeq: count(this.#meta("sent")) ?? 0,
      frames,
      gaps: [...unreported, ...gaps],
      numbers: this.#numbers(),
    };
    const state = isWhole ? left : unsure(left);
    this.#to = to;
    this.#toBegin = () => {
      const { meta, numbersUnsure } = this.#statements;
      this.#identify({ publisher, base });
      meta.run("to", to);
      meta.run("untold", JSON.stringify(state.gaps));
      meta.run("sent", state.sentSeq);
      if (!isWhole) numbersUnsure.run();
      this.#reserve(state.nextSeq);
    };
    this.#written = { goneUpTo: 0, sentSeq: state.sentSeq, unreported: JSON.stringify(state.gaps), publisher };
    return state;
  }

  /** Reserves this process's numbers. If it throws, the first {@link write} that does not has done it. */
  begin(): void {
    this.#transaction(() => this.#toBegin?.());
    this.#toBegin = undefined;
    this.#db.exec("PRAGMA synchronous=NORMAL");
  }

  /** The channel that its frames are for; undefined in a new spool. */
  get to(): string | undefined {
    if (this.#to !== undefined) return this.#to;
    const to = this.#meta("to");
    return to === undefined ? undefined : String(to);
  }

  /** How many points it holds. */
  get points(): number {
    return count(this.#db.prepare("SELECT coalesce(sum(points), 0) AS points FROM frames").get()?.points) ?? 0;
  }

  /** All of it or, if it throws, nothing. It outlives SIGKILL at once, and a power failure from the next checkpoint on. */
  write(changes: SpoolChanges): void {
    const { meta, frame, losses, gone, goneUpTo, number, numberGone, numbersGone } = this.#statements;
    const unreported = changes.unreported === undefined ? this.#written.unreported : JSON.stringify(changes.unreported);
    const { publisher } = changes.identity;
    const isRenamed = publisher !== this.#written.publisher;
    const reserved = this.#reservedSeq;
    try {
      this.#transaction(() => {
        this.#toBegin?.();
        for (const seq of changes.gone) gone.run(seq);
        if (changes.goneUpTo > this.#written.goneUpTo) goneUpTo.run(changes.goneUpTo);
        for (const { seq, points, sinceMs, losses, bytes } of changes.frames) {
          if (bytes !== undefined) frame.run(seq, points, sinceMs, JSON.stringify(losses), crc32(bytes), bytes);
        }
        for (const held of changes.losses) losses.run(JSON.stringify(held.losses), held.seq);
        if (isRenamed) this.#identify(changes.identity);
        // Of another publisher nothing is sent yet.
        if (isRenamed || changes.sentSeq > this.#written.sentSeq) meta.run("sent", changes.sentSeq);
        if (unreported !== this.#written.unreported) meta.run("untold", unreported);
        if (changes.numbersGone === null) numbersGone.run();
        for (const topic of changes.numbersGone ?? []) numberGone.run(topic);
        for (const { topic, number: last, crc, x } of changes.numbers) number.run(topic, last, crc, x);
        if (changes.nextSeq + SEQS_RESERVED / 2 > this.#reservedSeq) this.#reserve(changes.nextSeq);
      });
    } catch (error) {
      this.#reservedSeq = reserved;
      throw error;
    }
    if (this.#toBegin !== undefined) this.#db.exec("PRAGMA synchronous=NORMAL");
    this.#toBegin = undefined;
    this.#written = { goneUpTo: changes.goneUpTo, sentSeq: changes.sentSeq, unreported, publisher };
  }

  /** Whether {@link write} would have anything to do for this. */
  isBehind({ identity, sentSeq, goneUpTo }: Pick<SpoolChanges, "identity" | "sentSeq" | "goneUpTo">): boolean {
    if (identity.publisher !== this.#written.publisher) return true;
    return sentSeq > this.#written.sentSeq || goneUpTo > this.#written.goneUpTo;
  }

  /** A frame's bytes; undefined if they are not there or not what was written. */
  read(seq: number): Uint8Array | undefined {
    const { crc, bytes } = this.#statements.read.get(seq) ?? {};
    return bytes instanceof Uint8Array && crc32(bytes) === crc ? bytes : undefined;
  }

  /** Gives a part of the file's unused space back, when there is much. */
  shrink(): void {
    if (pragma(this.#db, "freelist_count") > MAX_FREE_PAGES)
      this.#db.exec(`PRAGMA incremental_vacuum(${PAGES_PER_VACUUM})`);
  }

  /** @param nextSeq gives back the numbers that were reserved and not used; left out when the end was none in order */
  close(nextSeq?: number): void {
    try {
      if (nextSeq !== undefined) this.#transaction(() => this.#reserveUpTo(nextSeq));
    } finally {
      this.#db.close();
    }
  }

  /** SQLite's `max_page_count`: what a full disk is to the tests. */
  allowPages(count: number): void {
    this.#db.exec(`PRAGMA max_page_count=${count}`);
  }

  get isOpen(): boolean {
    return this.#db.isOpen;
  }

  /** Lets the file go as it is: it is damaged. */
  abandon(): void {
    this.#db.close();
  }

  #identify({ publisher, base }: Identity): void {
    this.#statements.meta.run("publisher", publisher);
    this.#statements.meta.run("base", base);
  }

  #reserve(nextSeq: number): void {
    this.#reserveUpTo(nextSeq + SEQS_RESERVED);
  }

  #reserveUpTo(seq: number): void {
    this.#reservedSeq = seq;
    this.#statements.meta.run("reserved", seq);
    this.#statements.meta.run("reservedAtMs", Date.now());
  }

  /** How many starts that could reserve none may have used since then. */
  #seqsSince(atMs: number | undefined): number {
    if (this.isNew) return 0;
    return SEQS_PER_MS * Math.min(Math.max(0, Date.now() - (atMs ?? 0)), MAX_MS_UNRESERVED);
  }

  #transaction(action: () => void): void {
    this.#db.exec("BEGIN IMMEDIATE");
    try {
      action();
      this.#db.exec("COMMIT");
    } catch (error) {
      if (this.#db.isTransaction) this.#db.exec("ROLLBACK");
      throw error;
    }
  }

  #meta(key: string): unknown {
    return this.#db.prepare("SELECT value FROM meta WHERE key = ?").get(key)?.value;
  }

  #frames(): HeldFrame[] {
    const rows = this.#db.prepare(
      "SELECT seq, points, sinceMs, losses, length(bytes) AS size FROM frames ORDER BY seq",
    );
    let before = 0;
    return [...rows.iterate()].map((row) => {
      const [seq, points, size] = [count(row.seq), count(row.points), count(row.size)];
      if (!seq || !points || !size) throw damaged("a frame in it is none");
      if (seq <= before) throw damaged("its frames are not in order");
      before = seq;
      const losses = lossesFrom(row.losses);
      return { seq, points, size, sinceMs: Number(row.sinceMs), losses, bytes: undefined, isKept: true };
    });
  }

  #numbers(): LastNumber[] {
    const rows = this.#db.prepare("SELECT topic, number, crc, x FROM numbers");
    return [...rows.iterate()].map(({ topic, number, crc, x }) => ({
      topic: String(topic),
      number: Number(number),
      crc: typeof crc === "number" ? crc : null,
      x: typeof x === "number" ? x : null,
    }));
  }
}
