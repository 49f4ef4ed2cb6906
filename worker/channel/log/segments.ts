import { splitFrames } from "../../../protocol/frame/header.ts";
import type { Segment, SegmentHeader } from "./segment.ts";
import type { RangeOfX } from "./slice.ts";

const COLUMNS = `seq, after_seq, taken_at_ms, min_x, max_x, frames, bytes, total_bytes, publisher, first_publisher_seq,
  publisher_seq, previous_seq, jump_seq, depth, tells_loss, kept_after, kept_bytes, checkpoint_seq`;

/**
 * The stored segments: the frames of one publish in one row (several rows if they are long), by the number of the last
 * point.
 *
 * Rows written are what Cloudflare bills, deleted ones and index entries too. So nothing is deleted where it can be
 * overwritten: what was trimmed stays as a row that nobody reads, until a new segment takes its place, by an UPDATE that
 * SQLite counts as one row. There is no index beside the key; see `PublisherIndex`.
 */
export class Segments {
  readonly #sql: SqlStorage;

  constructor(sql: SqlStorage) {
    this.#sql = sql;
    // The two long columns come last: those before them are read without their pages.
    sql.exec(`
      CREATE TABLE IF NOT EXISTS segments (
        seq INTEGER PRIMARY KEY, after_seq INTEGER NOT NULL, taken_at_ms INTEGER NOT NULL, min_x REAL NOT NULL,
        max_x REAL NOT NULL, frames INTEGER NOT NULL, bytes INTEGER NOT NULL, total_bytes INTEGER NOT NULL,
        publisher TEXT NOT NULL, first_publisher_seq INTEGER NOT NULL, publisher_seq INTEGER NOT NULL,
        previous_seq INTEGER NOT NULL, jump_seq INTEGER NOT NULL, depth INTEGER NOT NULL, tells_loss INTEGER NOT NULL,
        kept_after INTEGER NOT NULL, kept_bytes INTEGER NOT NULL, checkpoint_seq INTEGER NOT NULL,
        checkpoint TEXT, body BLOB NOT NULL)`);
  }

  newest(): SegmentHeader | undefined {
    return this.#header("ORDER BY seq DESC LIMIT 1");
  }

  at(seq: number): SegmentHeader | undefined {
    return this.#header("WHERE seq = ?", seq);
  }

  /** The segment that holds the point after a number, or the first that comes after it. */
  firstAfter(seq: number): SegmentHeader | undefined {
    return this.#header("WHERE seq > ? ORDER BY seq LIMIT 1", seq);
  }

  /**
   * The first segment behind a number of which something is true that, once it is, stays true; found by halving, a row each
   * time.
   */
  firstWhere(after: number, through: number, isTrue: (header: SegmentHeader) => boolean): SegmentHeader | undefined {
    let found: SegmentHeader | undefined;
    for (let [low, high] = [after, through]; low < high; ) {
      const middle = Math.floor((low + high) / 2);
      const header = this.firstAfter(middle);
      if (header !== undefined && header.seq <= through && !isTrue(header)) low = header.seq;
      else {
        if (header !== undefined && header.seq <= through) found = header;
        high = middle;
      }
    }
    return found;
  }

  /**
   * Headers of the segments that hold points above `after` up to `through`, so many at most, some at a time, from the oldest
   * on or from the newest back. They are read so, since a cursor that is not read to its end stays open until it is collected
   * as garbage, and while one is open SQLite cannot begin its write-ahead log anew: that would grow without end, and memory
   * with it.
   */
  *headers(
    after: number,
    through: number,
    direction: "forward" | "backward" = "forward",
    atMost = Number.POSITIVE_INFINITY,
  ): Generator<SegmentHeader[]> {
    const isForward = direction === "forward";
    const rest = isForward
      ? "WHERE seq > ? AND after_seq < ? ORDER BY seq LIMIT ?"
      : "WHERE seq > ? AND seq <= ? ORDER BY seq DESC LIMIT ?";
    let [low, high] = [after, isForward ? through : (this.firstAfter(through - 1)?.seq ?? through)];
    let left = atMost;
    for (let size = 8; left > 0; size = Math.min(2 * size, 1024)) {
      const limit = Math.min(size, left);
      const headers = this.#headers(rest, low, high, limit);
      yield headers;
      const last = headers.at(-1);
      if (last === undefined || headers.length < limit) return;
      left -= limit;
      if (isForward) low = last.seq;
      else high = last.seq - 1;
    }
  }

  /** The frames of a segment, one after the other. */
  body(seq: number): Uint8Array {
    return bytesOf(this.#sql.exec("SELECT body FROM segments WHERE seq = ?", seq).one().body);
  }

  frames(seq: number): Uint8Array[] {
    return splitFrames(this.body(seq));
  }

  /** The frames of the segments from one to another that may have points in a range of x, by their numbers. */
  bodies(firstSeq: number, lastSeq: number, { fromX, toX }: RangeOfX): Map<number, Uint8Array> {
    const query = "SELECT seq, body FROM segments WHERE seq BETWEEN ? AND ? AND max_x >= ? AND min_x <= ?";
    const rows = this.#sql.exec(query, firstSeq, lastSeq, fromX, toX).toArray();
    return new Map(rows.map(({ seq, body }) => [Number(seq), bytesOf(body)]));
  }

  /** What a segment has as its checkpoint. */
  checkpoint(seq: number): string | undefined {
    const row = this.#sql.exec("SELECT checkpoint FROM segments WHERE seq = ?", seq).toArray()[0];
    return typeof row?.checkpoint === "string" ? row.checkpoint : undefined;
  }

  /**
   * Stores a segment, in the place of the oldest one if that is trimmed.
   * @param keptAfter every segment up to this number is trimmed
   */
  put(segment: Segment, checkpoint: string | null, keptAfter: number): void {
    const oldest = this.#sql.exec("SELECT seq FROM segments ORDER BY seq LIMIT 1").toArray()[0];
    const values = [...valuesOf(segment), checkpoint, bufferOf(segment.body)];
    if (oldest !== undefined && Number(oldest.seq) <= keptAfter) {
      const columns = `${COLUMNS}, checkpoint, body`;
      const places = values.map(() => "?").join();
      this.#sql.exec(`UPDATE segments SET (${columns}) = (${places}) WHERE seq = ?`, ...values, Number(oldest.seq));
    } else this.#sql.exec(`INSERT INTO segments VALUES (${values.map(() => "?").join()})`, ...values);
  }

  /** Puts another frame in the place of the only one of a segment. */
  rewrite(seq: number, frame: Uint8Array): void {
    this.#sql.exec("UPDATE segments SET body = ?, bytes = ? WHERE seq = ?", bufferOf(frame), frame.byteLength, seq);
  }

  /** Deletes trimmed segments, the oldest first, until what is stored has so many bytes at most: the others wait to be overwritten. */
  deleteTrimmed(keptAfter: number, maxBytes: number): void {
    const [oldest, newest] = [this.firstAfter(0), this.newest()];
    if (oldest === undefined || newest === undefined || oldest.seq > keptAfter) return;
    const mayStay = ({ totalBytes, bytes }: SegmentHeader) => newest.totalBytes - (totalBytes - bytes) <= maxBytes;
    if (mayStay(oldest)) return;
    const first = this.firstWhere(oldest.afterSeq, keptAfter, mayStay);
    this.#sql.exec("DELETE FROM segments WHERE seq <= ?", first?.afterSeq ?? keptAfter);
  }

  deleteAll(): void {
    this.#sql.exec("DELETE FROM segments");
  }

  #header(rest: string, ...bindings: number[]): SegmentHeader | undefined {
    return this.#headers(rest, ...bindings)[0];
  }

  #headers(rest: string, ...bindings: number[]): SegmentHeader[] {
    return this.#sql
      .exec(`SELECT ${COLUMNS} FROM segments ${rest}`, ...bindings)
      .toArray()
      .map(headerOf);
  }
}

function headerOf(row: Record<string, SqlStorageValue>): SegmentHeader {
  return {
    seq: Number(row.seq),
    afterSeq: Number(row.after_seq),
    takenAtMs: Number(row.taken_at_ms),
    minX: Number(row.min_x),
    maxX: Number(row.max_x),
    frames: Number(row.frames),
    bytes: Number(row.bytes),
    totalBytes: Number(row.total_bytes),
    publisher: String(row.publisher),
    firstPublisherSeq: Number(row.first_publisher_seq),
    publisherSeq: Number(row.publisher_seq),
    previousSeq: Number(row.previous_seq),
    jumpSeq: Number(row.jump_seq),
    depth: Number(row.depth),
    tellsLoss: row.tells_loss === 1,
    keptAfter: Number(row.kept_after),
    keptBytes: Number(row.kept_bytes),
    checkpointSeq: Number(row.checkpoint_seq),
  };
}

/** In the order of {@link COLUMNS}. */
function valuesOf(header: SegmentHeader): (number | string)[] {
  return [
    header.seq,
    header.afterSeq,
    header.takenAtMs,
    header.minX,
    header.maxX,
    header.frames,
    header.bytes,
    header.totalBytes,
    header.publisher,
    header.firstPublisherSeq,
    header.publisherSeq,
    header.previousSeq,
    header.jumpSeq,
    header.depth,
    header.tellsLoss ? 1 : 0,
    header.keptAfter,
    header.keptBytes,
    header.checkpointSeq,
  ];
}

function bytesOf(body: SqlStorageValue | undefined): Uint8Array {
  if (!(body instanceof ArrayBuffer)) throw new Error("The body of a stored segment is not bytes.");
  return new Uint8Array(body);
}

/** The bytes alone: of a part of a larger buffer a copy, for SQLite takes whole buffers. */
function bufferOf(bytes: Uint8Array): ArrayBuffer {
  const { buffer } = bytes;
  return buffer instanceof ArrayBuffer && buffer.byteLength === bytes.byteLength ? buffer : bytes.slice().buffer;
}
