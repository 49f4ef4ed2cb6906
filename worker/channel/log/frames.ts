import { concat } from "../../../protocol/bytes.ts";
import { gapsOf, hasSeries, valuesIn } from "../../../protocol/frame/frame.ts";
import { type FrameHeader, readHeader } from "../../../protocol/frame/header.ts";
import { hasGrownFrom, isSameFrame } from "../../../protocol/frame/same-frame.ts";
import { type Loss, totalOf } from "./gap-ledger.ts";
import type { Direction, RangeOfX, Slice, SliceBounds } from "./slice.ts";

/** Where the oldest stored frame begins, and when it was taken. */
export interface Oldest {
  takenAtMs: number;
  startSeq: number;
}

/**
 * Frames of one body that are decoded to see whether the store has more of them. A spool has one draft for each time that
 * its bridge was killed; a body that has more costs no more.
 */
const MAX_GROWN_FRAMES = 16;

/** The stored frames: a row each, by the number of its last point. */
export class Frames {
  readonly #sql: SqlStorage;

  constructor(sql: SqlStorage) {
    this.#sql = sql;
    sql.exec(`
      CREATE TABLE IF NOT EXISTS frames (
        seq INTEGER PRIMARY KEY, points INTEGER NOT NULL, taken_at_ms INTEGER NOT NULL, min_x REAL NOT NULL,
        max_x REAL NOT NULL, publisher TEXT NOT NULL, publisher_seq INTEGER NOT NULL, frame BLOB NOT NULL)`);
  }

  /** The number of the newest, the bytes of all, and the latest time at which any was taken. */
  totals(): { seq: number; bytes: number; latestTakenAtMs: number } {
    const query = "SELECT MAX(seq) AS seq, SUM(LENGTH(frame)) AS bytes, MAX(taken_at_ms) AS latest FROM frames";
    const { seq, bytes, latest } = this.#sql.exec(query).one();
    return { seq: Number(seq ?? 0), bytes: Number(bytes ?? 0), latestTakenAtMs: Number(latest ?? 0) };
  }

  /** Frames that say they were taken later than this were taken then: the clock was ahead, and could still run back. */
  takenBy(nowMs: number): void {
    this.#sql.exec("UPDATE frames SET taken_at_ms = ? WHERE taken_at_ms > ?", nowMs, nowMs);
  }

  oldest(): Oldest | undefined {
    const row = this.#rows("SELECT seq, points, taken_at_ms FROM frames ORDER BY seq LIMIT 1")[0];
    return row && { takenAtMs: Number(row.taken_at_ms), startSeq: Number(row.seq) - Number(row.points) };
  }

  /** When the newest were taken, so many at most, the last of them at the end. */
  newestTakenAtMs(count: number): number[] {
    const rows = this.#rows("SELECT taken_at_ms FROM frames ORDER BY seq DESC LIMIT ?", count);
    return rows.map((row) => Number(row.taken_at_ms)).reverse();
  }

  /** The number under which a publisher's frame is stored; undefined if it is not. */
  numberOf(publisher: string, publisherSeq: number): number | undefined {
    const query = "SELECT seq FROM frames WHERE publisher = ? AND publisher_seq = ?";
    const row = this.#rows(query, publisher, publisherSeq)[0];
    return row && Number(row.seq);
  }

  /**
   * What the store has under the numbers of these frames of one publisher, a letter each (`Repeats`). The bytes decide, and
   * not what headers say: whoever has the token can make a frame with another's id, number, times and count of points.
   */
  compare(frames: readonly Uint8Array[]): string {
    const repeats = frames.map((frame) => ({ frame, header: readHeader(frame) }));
    const [first, last] = [repeats[0]?.header, repeats.at(-1)?.header];
    if (first === undefined || last === undefined) return "";
    const { publisher, publisherSeq } = first;
    const oldestQuery = "SELECT publisher_seq FROM frames WHERE publisher = ? ORDER BY seq LIMIT 1";
    const oldest = Number(this.#rows(oldestQuery, publisher)[0]?.publisher_seq ?? Number.POSITIVE_INFINITY);
    // Frames of one publisher are taken and trimmed in order: what is missing above its oldest was never taken.
    const letters: ("s" | "d" | "-")[] = repeats.map(({ header }) => (header.publisherSeq > oldest ? "d" : "-"));
    const indexOf = new Map(repeats.map(({ header }, i) => [header.publisherSeq, i]));
    const candidates: { i: number; sent: Uint8Array; seq: number; bytes: number }[] = [];
    // Read to its end, or the cursor would stay open.
    for (const row of this.#sql.exec(
      `SELECT seq, publisher_seq, points, min_x, max_x, LENGTH(frame) AS bytes FROM frames
       WHERE publisher = ? AND publisher_seq BETWEEN ? AND ?`,
      publisher,
      publisherSeq,
      last.publisherSeq,
    )) {
      const i = indexOf.get(Number(row.publisher_seq));
      const sent = i === undefined ? undefined : repeats[i];
      if (i === undefined || sent === undefined) continue;
      letters[i] = "d";
      const { points, minX, maxX } = sent.header;
      const mayHold = Number(row.points) >= points && Number(row.min_x) <= minX && Number(row.max_x) >= maxX;
      if (mayHold) candidates.push({ i, sent: sent.frame, seq: Number(row.seq), bytes: Number(row.bytes) });
    }
    let grownLeft = MAX_GROWN_FRAMES;
    for (const { i, sent, seq, bytes } of candidates) {
      const isAsLong = bytes === sent.byteLength;
      if (!isAsLong && grownLeft === 0) continue;
      const stored = bytesOf(this.#rows("SELECT frame FROM frames WHERE seq = ?", seq)[0]?.frame);
      if (isAsLong && isSameFrame(stored, sent)) letters[i] = "s";
      else if (grownLeft > 0) {
        grownLeft--;
        if (hasGrownFrom(stored, sent)) letters[i] = "s";
      }
    }
    return letters.join("");
  }

  insert(frame: Uint8Array, header: FrameHeader, seq: number, takenAtMs: number): void {
    this.#sql.exec(
      "INSERT INTO frames VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
      seq,
      header.points,
      takenAtMs,
      header.minX,
      header.maxX,
      header.publisher,
      header.publisherSeq,
      frame.slice().buffer,
    );
  }

  deleteThrough(seq: number): void {
    this.#sql.exec("DELETE FROM frames WHERE seq <= ?", seq);
  }

  /**
   * Some of the frames numbered above `after` up to `through`: the oldest of them, or the newest. At least one if there
   * is any, then as many as the bounds allow; of these, those that have one of the series, if any are given.
   */
  slice(
    direction: Direction,
    after: number,
    through: number,
    range: RangeOfX,
    bounds: SliceBounds,
    series: readonly string[] = [],
  ): Slice {
    let { bytes, points, rows } = bounds;
    let [first, last]: (number | undefined)[] = [];
    let isLast = true;
    let isEmpty = true;
    const isForward = direction === "forward";
    const begin = isForward ? after : { below: through + 1 };
    for (const row of this.scan("points, LENGTH(frame) AS bytes, min_x, max_x", begin, rows + 1)) {
      const seq = Number(row.seq);
      if (seq <= after || seq > through) break;
      // Rows out of range are looked at all the same: they cost time, and no room.
      const isInRange = Number(row.max_x) >= range.fromX && Number(row.min_x) <= range.toX;
      rows--;
      if (isInRange) {
        bytes -= Number(row.bytes);
        points -= Number(row.points);
      }
      isLast = last === undefined || (rows >= 0 && bytes >= 0 && points >= 0);
      if (!isLast) break;
      if (isInRange) isEmpty = false;
      last = isForward ? seq : (last ?? seq);
      first = isForward ? (first ?? seq - Number(row.points)) : seq - Number(row.points);
    }
    let [from, to] = [first ?? after, last ?? (isForward ? through : after)];
    const query =
      "SELECT seq, points, frame FROM frames WHERE seq > ? AND seq <= ? AND max_x >= ? AND min_x <= ? ORDER BY seq";
    const found = isEmpty ? [] : this.#rows(query, from, to, range.fromX, range.toX);
    let frames = found.map(({ frame }) => bytesOf(frame));
    const fitting = fittingIn(bounds.values, isForward ? frames : frames.toReversed());
    if (fitting < frames.length) {
      isLast = false;
      frames = isForward ? frames.slice(0, fitting) : frames.slice(-fitting);
      const end = found.at(isForward ? fitting - 1 : -fitting);
      if (isForward) to = Number(end?.seq);
      else from = Number(end?.seq) - Number(end?.points);
    }
    const names = new Set(series);
    const chosen = names.size === 0 ? frames : frames.filter((frame) => hasSeries(frame, names));
    return { frames: concat(chosen), from, to, isLast };
  }

  /**
   * The number after which the frames begin that were taken since a time. The times never fall, so it is found by
   * halving, a row each time.
   */
  takenSince(timeMs: number, after: number, through: number): number {
    let [low, high] = [after, through];
    while (low < high) {
      const middle = Math.floor((low + high) / 2);
      const frame = this.#firstAfter(middle);
      if (frame !== undefined && frame.takenAtMs < timeMs) low = frame.seq;
      else high = middle;
    }
    return this.#firstAfter(low)?.startSeq ?? through;
  }

  #firstAfter(seq: number): (Oldest & { seq: number }) | undefined {
    const row = this.#rows("SELECT seq, points, taken_at_ms FROM frames WHERE seq > ? ORDER BY seq LIMIT 1", seq)[0];
    const end = Number(row?.seq);
    return row && { seq: end, startSeq: end - Number(row.points), takenAtMs: Number(row.taken_at_ms) };
  }

  /** What the frames up to a number tell as lost; those that tell of nothing are left out. */
  lossesThrough(seq: number): Loss[] {
    const losses: Loss[] = [];
    // All of them together may be too much for memory; this cursor has one at a time there, and is read to its end.
    for (const row of this.#sql.exec("SELECT seq, frame FROM frames WHERE seq <= ? ORDER BY seq", seq)) {
      const points = totalOf(gapsOf(bytesOf(row.frame)));
      if (points !== 0) losses.push({ seq: Number(row.seq), points });
    }
    return losses;
  }

  /**
   * Columns of the frames after a number, or back from below one, so many at most, for readers that may stop at any row.
   * They are read some at a time, since a cursor that is not read to its end stays open until it is collected as garbage,
   * and while one is open SQLite cannot begin its write-ahead log anew: that would grow without end, and memory with it.
   */
  *scan(columns: string, from: number | { below: number }, atMost = Number.POSITIVE_INFINITY) {
    const [order, compare] = typeof from === "number" ? ["ASC", ">"] : ["DESC", "<"];
    const query = `SELECT seq, ${columns} FROM frames WHERE seq ${compare} ? ORDER BY seq ${order} LIMIT ?`;
    let seq = typeof from === "number" ? from : from.below;
    let left = atMost;
    for (let size = 8; left > 0; size = Math.min(2 * size, 1024)) {
      const limit = Math.min(size, left);
      const rows = this.#rows(query, seq, limit);
      yield* rows;
      if (rows.length < limit) return;
      left -= limit;
      seq = Number(rows.at(-1)?.seq);
    }
  }

  #rows(query: string, ...bindings: (string | number)[]) {
    return this.#sql.exec(query, ...bindings).toArray();
  }
}

function bytesOf(frame: SqlStorageValue | undefined): Uint8Array {
  if (!(frame instanceof ArrayBuffer)) throw new Error("A stored frame is not bytes.");
  return new Uint8Array(frame);
}

/** How many of these frames, from the first on, have so many values at most together; one at least, if there is any. */
function fittingIn(values: number, frames: readonly Uint8Array[]): number {
  let left = values;
  const beyond = frames.findIndex((frame, i) => {
    left -= valuesIn(frame);
    return left < 0 && i > 0;
  });
  return beyond < 0 ? frames.length : beyond;
}
