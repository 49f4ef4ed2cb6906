import { concat } from "./protocol/bytes.ts";
import { ANONYMOUS, type FrameHeader, numberFrame, readHeader, splitFrames } from "./protocol/header.ts";
import { MAX_PUBLISHERS, MAX_SERIES_LISTED, MAX_TAIL_BYTES } from "./protocol/limits.ts";
import type { Cursor } from "./protocol/messages.ts";

/** How much of a channel is kept: so long before its newest frame, or so many bytes, whichever is less. */
export interface Bounds {
  seconds: number;
  bytes: number;
}

/** What came of an append: the frames that were new, numbered, and the number of the body's last point. */
export interface Taken {
  fresh: Uint8Array[];
  seq: number;
  points: number;
}

/** Stored frames, whole, one after the other, and where they reach. */
export interface Batch {
  frames: Uint8Array;
  seq: number;
}

interface Publisher {
  publisherSeq: number;
  seq: number;
}

/** Trimming is amortised: it waits until the bounds are passed by a sixteenth, then frees so much at once. */
const TRIM_SHARE = 1 / 16;

/**
 * The channel's frames in SQLite, and its numbering. One row a frame is all that a publish writes, since
 * rows written are what Cloudflare bills; everything else can be told from the frames, or is written when
 * they are trimmed. Fields are a cache of that, made anew after eviction.
 */
export class History {
  readonly #storage: DurableObjectStorage;
  readonly #sql: SqlStorage;
  readonly #bounds: Bounds;
  readonly #publishers = new Map<string, Publisher>();
  readonly #series = new Set<string>();
  #epoch: number;
  #seq: number;
  #bytes: number;
  #oldest: { takenAtMs: number; startSeq: number } | undefined;

  constructor(storage: DurableObjectStorage, bounds: Bounds, nowMs: number) {
    this.#storage = storage;
    this.#sql = storage.sql;
    this.#bounds = bounds;
    this.#sql.exec(`
      CREATE TABLE IF NOT EXISTS numbering (epoch INTEGER NOT NULL);
      CREATE TABLE IF NOT EXISTS frames (
        seq INTEGER PRIMARY KEY, points INTEGER NOT NULL, taken_at_ms INTEGER NOT NULL, min_x REAL NOT NULL,
        max_x REAL NOT NULL, publisher TEXT NOT NULL, publisher_seq INTEGER NOT NULL, frame BLOB NOT NULL);
      CREATE TABLE IF NOT EXISTS publishers (
        id TEXT PRIMARY KEY, publisher_seq INTEGER NOT NULL, seq INTEGER NOT NULL) WITHOUT ROWID;
      CREATE TABLE IF NOT EXISTS series (name TEXT PRIMARY KEY);
    `);
    const numbering = this.#rows("SELECT epoch FROM numbering")[0];
    this.#epoch = numbering ? Number(numbering.epoch) : nowMs;
    if (numbering === undefined) this.#sql.exec("INSERT INTO numbering VALUES (?)", this.#epoch);
    const totals = this.#sql.exec("SELECT MAX(seq) AS seq, SUM(LENGTH(frame)) AS bytes FROM frames").one();
    this.#seq = Number(totals.seq ?? 0);
    this.#bytes = Number(totals.bytes ?? 0);
    this.#readOldest();
    for (const row of this.#rows(`
      SELECT id, publisher_seq, seq FROM publishers
      UNION ALL SELECT publisher, MAX(publisher_seq), seq FROM frames GROUP BY publisher ORDER BY 3`)) {
      this.#remember(String(row.id), Number(row.publisher_seq), Number(row.seq));
    }
    for (const row of this.#rows("SELECT name FROM series ORDER BY rowid")) this.#series.add(String(row.name));
  }

  /** What the channel has taken so far. */
  get position(): Cursor {
    return { epoch: this.#epoch, seq: this.#seq };
  }

  /** The series seen so far, the first {@link MAX_SERIES_LISTED} of them. */
  get series(): string[] {
    return [...this.#series];
  }

  /** Every point after this number is in the store. */
  get keptAfter(): number {
    return this.#oldest?.startSeq ?? this.#seq;
  }

  /**
   * Numbers and stores a body's frames, all or none; repeats are passed over (CH3, CH4). The frames are
   * numbered in place. Nothing that leaves the object is sent before this is durable: the output gate holds it.
   */
  append(body: Uint8Array, series: readonly string[], nowMs: number): Taken {
    const frames = splitFrames(body);
    const headers = frames.map((frame) => readHeader(frame));
    const last = headers.at(-1);
    const newSeries = series.filter((name) => !this.#series.has(name)).slice(0, MAX_SERIES_LISTED - this.#series.size);
    let latest = this.#publishers.get(headers[0]?.publisher ?? ANONYMOUS)?.publisherSeq ?? Number.NEGATIVE_INFINITY;
    let seq = this.#seq;
    const fresh: Uint8Array[] = [];
    this.#storage.transactionSync(() => {
      frames.forEach((frame, i) => {
        const header = headers[i];
        if (header === undefined || header.publisherSeq <= latest) return;
        if (header.publisher !== ANONYMOUS) latest = header.publisherSeq;
        seq += header.points;
        numberFrame(frame, this.#epoch, seq);
        this.#insert(frame, header, seq, nowMs);
        fresh.push(frame);
      });
      for (const name of newSeries) this.#sql.exec("INSERT INTO series VALUES (?)", name);
    });
    // Only now is it certain that the rows are there: memory never runs ahead of storage.
    this.#seq = seq;
    for (const frame of fresh) this.#bytes += frame.byteLength;
    for (const name of newSeries) this.#series.add(name);
    if (last && fresh.length > 0) this.#remember(last.publisher, latest, seq);
    if (this.#oldest === undefined) this.#readOldest();
    // What is kept is told from the newest frame: a repeat, however late, frees nothing.
    if (fresh.length > 0) this.#trim(nowMs);
    const points = headers.reduce((sum, header) => sum + header.points, 0);
    return { fresh, seq: fresh.length > 0 || !last ? seq : this.#firstAnswer(last), points };
  }

  /**
   * The frames that hold points after number `seq` and reach into the range of x: at least one if there is any,
   * else up to so many bytes. `seq` of the answer is how far they reach: to the end, if nothing more is in range.
   */
  after(seq: number, maxBytes: number, fromX = Number.NEGATIVE_INFINITY, toX = Number.POSITIVE_INFINITY): Batch {
    const inRange = "max_x >= ? AND min_x <= ?";
    let bytes = 0;
    let through: number | undefined;
    let isCut = false;
    for (const row of this.#scan("LENGTH(frame) AS bytes", seq, `AND ${inRange}`, fromX, toX)) {
      bytes += Number(row.bytes);
      isCut = through !== undefined && bytes > maxBytes;
      if (isCut) break;
      through = Number(row.seq);
    }
    const parts = this.#rows(
      `SELECT frame FROM frames WHERE seq > ? AND seq <= ? AND ${inRange} ORDER BY seq`,
      seq,
      through ?? seq,
      fromX,
      toX,
    ).map(({ frame }) => {
      if (!(frame instanceof ArrayBuffer)) throw new Error("A stored frame is not bytes.");
      return new Uint8Array(frame);
    });
    return { frames: concat(parts), seq: isCut ? (through ?? seq) : this.#seq };
  }

  /**
   * Where a viewer begins that wants at least the last `points` and the last `seconds`, whichever reaches
   * further, within what is kept and {@link MAX_TAIL_BYTES}.
   */
  tailStart(points: number, seconds: number): number {
    const newestMs = Number(
      this.#rows("SELECT taken_at_ms FROM frames ORDER BY seq DESC LIMIT 1")[0]?.taken_at_ms ?? 0,
    );
    let start = this.#seq;
    let bytes = 0;
    for (const row of this.#scan("points, taken_at_ms, LENGTH(frame) AS bytes", "newest first")) {
      const wanted = this.#seq - points < start || Number(row.taken_at_ms) >= newestMs - 1000 * seconds;
      bytes += Number(row.bytes);
      if (!wanted || bytes > MAX_TAIL_BYTES) break;
      start = Number(row.seq) - Number(row.points);
    }
    // A number within a frame is as good: viewers that take single points begin exactly there.
    return seconds > 0 ? start : Math.max(start, this.#seq - points);
  }

  #insert(frame: Uint8Array, header: FrameHeader, seq: number, nowMs: number): void {
    this.#sql.exec(
      "INSERT INTO frames VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
      seq,
      header.points,
      nowMs,
      header.minX,
      header.maxX,
      header.publisher,
      header.publisherSeq,
      frame.slice().buffer,
    );
  }

  #remember(id: string, publisherSeq: number, seq: number): void {
    if (id === ANONYMOUS) return;
    // Deleting first keeps the map in order of use, so that its first is the one to forget.
    this.#publishers.delete(id);
    this.#publishers.set(id, { publisherSeq, seq });
    const first = this.#publishers.keys().next();
    if (this.#publishers.size > MAX_PUBLISHERS && !first.done) this.#publishers.delete(first.value);
  }

  /** What a repeat was answered the first time; if that frame is gone, where its publisher stands. */
  #firstAnswer(repeat: FrameHeader): number {
    const { publisher, publisherSeq } = repeat;
    const latest = this.#publishers.get(publisher);
    if (latest?.publisherSeq === publisherSeq) return latest.seq;
    const stored = this.#rows(
      "SELECT seq FROM frames WHERE publisher = ? AND publisher_seq = ?",
      publisher,
      publisherSeq,
    );
    return Number(stored[0]?.seq ?? latest?.seq ?? this.#seq);
  }

  #trim(nowMs: number): void {
    const { seconds, bytes } = this.#bounds;
    const maxAgeMs = 1000 * seconds;
    const tooOld = this.#oldest !== undefined && this.#oldest.takenAtMs < nowMs - maxAgeMs * (1 + TRIM_SHARE);
    if (!tooOld && this.#bytes <= bytes) return;
    const bytesToKeep = this.#bytes <= bytes ? bytes : bytes * (1 - TRIM_SHARE);
    let left = this.#bytes;
    let through = 0;
    for (const row of this.#scan("taken_at_ms, LENGTH(frame) AS bytes", 0)) {
      const enough = left <= bytesToKeep && Number(row.taken_at_ms) >= nowMs - maxAgeMs;
      if (enough || Number(row.seq) === this.#seq) break;
      left -= Number(row.bytes);
      through = Number(row.seq);
    }
    if (through > 0) this.#deleteThrough(through);
  }

  #deleteThrough(seq: number): void {
    this.#storage.transactionSync(() => this.#deleteRowsThrough(seq));
    this.#bytes = Number(this.#sql.exec("SELECT SUM(LENGTH(frame)) AS bytes FROM frames").one().bytes ?? 0);
    this.#readOldest();
  }

  /** Deletes frames; what their publishers have sent stays known. */
  #deleteRowsThrough(seq: number): void {
    this.#sql.exec(
      `INSERT OR REPLACE INTO publishers
       SELECT publisher, MAX(publisher_seq), seq FROM frames WHERE seq <= ? AND publisher <> ? GROUP BY publisher`,
      seq,
      ANONYMOUS,
    );
    this.#sql.exec(
      "DELETE FROM publishers WHERE id NOT IN (SELECT id FROM publishers ORDER BY seq DESC LIMIT ?)",
      MAX_PUBLISHERS,
    );
    this.#sql.exec("DELETE FROM frames WHERE seq <= ?", seq);
  }

  /**
   * Forgets every point and begins the numbering anew. What publishers have sent stays known, so that a frame which was
   * taken before is a repeat afterwards, too.
   */
  clear(nowMs: number): void {
    const epoch = Math.max(nowMs, this.#epoch + 1);
    this.#storage.transactionSync(() => {
      this.#deleteRowsThrough(this.#seq);
      this.#sql.exec("UPDATE publishers SET seq = 0");
      this.#sql.exec("DELETE FROM series");
      this.#sql.exec("UPDATE numbering SET epoch = ?", epoch);
    });
    this.#epoch = epoch;
    this.#seq = 0;
    this.#bytes = 0;
    this.#oldest = undefined;
    this.#series.clear();
    for (const publisher of this.#publishers.values()) publisher.seq = 0;
  }

  #readOldest(): void {
    const row = this.#rows("SELECT seq, points, taken_at_ms FROM frames ORDER BY seq LIMIT 1")[0];
    this.#oldest = row && {
      takenAtMs: Number(row.taken_at_ms),
      startSeq: Number(row.seq) - Number(row.points),
    };
  }

  /**
   * Columns of the frames after a number, or of all from the newest on, for readers that may stop at any row. They are
   * read some at a time, since a cursor that is not read to its end stays open until it is collected as garbage, and
   * while one is open SQLite cannot begin its write-ahead log anew: that would grow without end, and memory with it.
   */
  *#scan(columns: string, from: number | "newest first", condition = "", ...bindings: number[]) {
    const isBackward = from === "newest first";
    let seq = isBackward ? Number.MAX_SAFE_INTEGER : from;
    for (let limit = 8; ; limit = Math.min(2 * limit, 1024)) {
      const rows = this.#rows(
        `SELECT seq, ${columns} FROM frames WHERE seq ${isBackward ? "<" : ">"} ? ${condition}
         ORDER BY seq ${isBackward ? "DESC" : "ASC"} LIMIT ?`,
        seq,
        ...bindings,
        limit,
      );
      yield* rows;
      if (rows.length < limit) return;
      seq = Number(rows.at(-1)?.seq);
    }
  }

  #rows(query: string, ...bindings: (string | number)[]) {
    return this.#sql.exec(query, ...bindings).toArray();
  }
}
