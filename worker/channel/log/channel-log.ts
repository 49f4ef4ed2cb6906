import type { Cursor } from "../../../protocol/cursor.ts";
import { ANONYMOUS, type FrameHeader, numberFrame, readHeader, splitFrames } from "../../../protocol/frame/header.ts";
import { MAX_TAIL_BYTES } from "../../../protocol/limits.ts";
import type { Repeats } from "../../../protocol/messages/publish.ts";
import { usualPauseMs } from "../../../protocol/pause.ts";
import type { Refusal } from "../../../protocol/problem.ts";
import { Frames, type Oldest } from "./frames.ts";
import { GapLedger } from "./gap-ledger.ts";
import { Publishers } from "./publishers.ts";
import { CATCH_UP, READ_SLICE } from "./read-limits.ts";
import { SeriesNames } from "./series-names.ts";
import { ANY_X, type Cut, noFrames, type Opened, type ReadRequest, type Slice, type SliceRequest } from "./slice.ts";
import { NewestBytes } from "./tail.ts";

/** How much of a channel is kept: so long before its newest frame, or so many bytes, whichever is less. */
export interface Bounds {
  seconds: number;
  bytes: number;
}

/** What came of an append: the frames that were new, numbered, and the number of the body's last point. */
export interface Taken {
  fresh: Uint8Array[];
  /** Whose frames these are. */
  publisher: string;
  seq: number;
  points: number;
  /** How many of these points are in repeats, and were not taken again. */
  duplicates: number;
  repeats: Repeats | undefined;
}

/** Stored frames, whole, one after the other, and where they reach. */
export interface Batch {
  frames: Uint8Array;
  seq: number;
}

/** Trimming is amortised: it waits until the bounds are passed by a sixteenth, then frees so much at once. */
const TRIM_SHARE = 1 / 16;
/** Of so many frames it is told how often they are taken. Several come in one body, and are taken at once. */
const PACE_FRAMES = 64;

/**
 * The channel's frames in SQLite, and its numbering. One row a frame is all that a publish writes, since
 * rows written are what Cloudflare bills; everything else can be told from the frames, or is written when
 * they are trimmed. Fields are a cache of that, made anew after eviction.
 */
export class ChannelLog {
  readonly #storage: DurableObjectStorage;
  readonly #sql: SqlStorage;
  readonly #bounds: Bounds;
  readonly #frames: Frames;
  readonly #publishers: Publishers;
  readonly #gapLedger: GapLedger;
  readonly #series: SeriesNames;
  #epoch: number;
  #seq: number;
  #bytes: number;
  #oldest: Oldest | undefined;
  #takenAtMs: number | null;
  #newest: NewestBytes;

  constructor(storage: DurableObjectStorage, bounds: Bounds, nowMs: number) {
    this.#storage = storage;
    this.#sql = storage.sql;
    this.#bounds = bounds;
    this.#sql.exec("CREATE TABLE IF NOT EXISTS numbering (epoch INTEGER NOT NULL)");
    this.#series = new SeriesNames(this.#sql);
    this.#frames = new Frames(this.#sql);
    this.#gapLedger = new GapLedger(this.#sql);
    const numbering = this.#sql.exec("SELECT epoch FROM numbering").toArray()[0];
    this.#epoch = numbering ? Number(numbering.epoch) : nowMs;
    if (numbering === undefined) this.#sql.exec("INSERT INTO numbering VALUES (?)", this.#epoch);
    const { seq, bytes, latestTakenAtMs } = this.#frames.totals();
    this.#seq = seq;
    this.#bytes = bytes;
    this.#newest = new NewestBytes(this.#frames, MAX_TAIL_BYTES, bytes);
    this.#takenAtMs = this.#frames.newestTakenAtMs(1)[0] ?? null;
    // What an older version stored while its clock was ahead would stay, and all behind it, as long as the clock was ahead.
    if (this.#takenAtMs !== null && latestTakenAtMs > this.#takenAtMs) this.#frames.takenBy(this.#takenAtMs);
    this.#oldest = this.#frames.oldest();
    this.#publishers = new Publishers(this.#sql);
  }

  /** Whether anything was ever published here. What asks this makes nothing. */
  static isIn({ sql }: DurableObjectStorage): boolean {
    return sql.exec("SELECT 1 FROM sqlite_master WHERE name = 'numbering'").toArray().length > 0;
  }

  /** When the channel was last used: the newest frame was taken, or the numbering began. */
  get usedAtMs(): number {
    return Math.max(this.#epoch, this.#takenAtMs ?? 0);
  }

  /** What the channel has taken so far. */
  get position(): Cursor {
    return { epoch: this.#epoch, seq: this.#seq };
  }

  /** The series seen so far, as far as they are listed. */
  get series(): string[] {
    return this.#series.all;
  }

  /** Every point after this number is in the store. */
  get keptAfter(): number {
    return this.#oldest?.startSeq ?? this.#seq;
  }

  /** When the newest frame was taken; null if there is none. */
  get takenAtMs(): number | null {
    return this.#takenAtMs;
  }

  /** When the last new frame of a publisher was taken; undefined if that is not known. */
  takenOf(publisher: string): number | undefined {
    return this.#publishers.standing(publisher)?.takenAtMs;
  }

  /** The usual pause between the last takings; null while it cannot be known. */
  takenEveryMs(): number | null {
    return usualPauseMs(this.#frames.newestTakenAtMs(PACE_FRAMES)) ?? null;
  }

  /**
   * Numbers and stores a body's frames, all or none; repeats are passed over (CH3, CH4). The frames are
   * numbered in place. Nothing that leaves the object is sent before this is durable: the output gate holds it.
   *
   * @param nowMs by a clock that never runs back
   * @returns a refusal, and nothing has changed, if the publisher cannot have got to these numbers
   */
  append(body: Uint8Array, series: readonly string[], nowMs: number): Taken | Refusal {
    const frames = splitFrames(body);
    const headers = frames.map((frame) => readHeader(frame));
    const detail = this.#publishers.sequenceFault(headers);
    if (detail !== undefined) return { code: "frame-sequence", detail };
    const last = headers.at(-1);
    const newSeries = this.#series.newOf(series);
    const { publisher } = headers[0] ?? { publisher: ANONYMOUS };
    const lastBefore = this.#publishers.standing(publisher)?.publisherSeq;
    let latest = lastBefore ?? Number.NEGATIVE_INFINITY;
    const seqBefore = this.#seq;
    let seq = seqBefore;
    const fresh: Uint8Array[] = [];
    this.#storage.transactionSync(() => {
      frames.forEach((frame, i) => {
        const header = headers[i];
        if (header === undefined || header.publisherSeq <= latest) return;
        if (header.publisher !== ANONYMOUS) latest = header.publisherSeq;
        seq += header.points;
        numberFrame(frame, this.#epoch, seq);
        this.#frames.insert(frame, header, seq, nowMs);
        fresh.push(frame);
      });
      this.#series.write(newSeries);
    });
    // Only now is it certain that the rows are there: memory never runs ahead of storage.
    this.#seq = seq;
    for (const { byteLength } of fresh) {
      this.#bytes += byteLength;
      this.#newest.add(byteLength);
    }
    this.#series.know(newSeries);
    if (fresh.length > 0) this.#publishers.remember(publisher, { publisherSeq: latest, seq, takenAtMs: nowMs });
    this.#oldest ??= this.#frames.oldest();
    if (fresh.length > 0) {
      this.#takenAtMs = nowMs;
      // What is kept is told from the newest frame: a repeat, however late, frees nothing.
      this.#trim(nowMs);
    }
    const points = headers.reduce((sum, header) => sum + header.points, 0);
    const duplicates = points - (seq - seqBefore);
    const passedOver = frames.slice(0, frames.length - fresh.length);
    const repeats =
      lastBefore !== undefined && passedOver.length > 0
        ? { last: lastBefore, frames: this.#frames.compare(passedOver) }
        : undefined;
    const answered = fresh.length > 0 || !last ? seq : this.#firstAnswer(last);
    return { fresh, publisher, seq: answered, points, duplicates, repeats };
  }

  /**
   * The frames that hold points after number `seq`: at least one if there is any, else up to so many bytes and values. `seq` of
   * the answer is how far they reach.
   */
  after(seq: number, maxBytes: number, maxValues: number = CATCH_UP.values): Batch {
    const bounds = { ...CATCH_UP, bytes: maxBytes, values: maxValues };
    const { frames, to } = this.#frames.slice("forward", seq, this.#seq, ANY_X, bounds);
    return { frames, seq: to };
  }

  /** Begins a read up to where the channel stands now. */
  openRead({ direction, points = Number.POSITIVE_INFINITY, range, series }: ReadRequest): Opened {
    const { epoch, seq } = this.position;
    const after = direction === "forward" ? Math.max(0, seq - points) : 0;
    const isKnown = series.length === 0 || this.#series.mayHave(series);
    const first = isKnown ? this.#frames.slice(direction, after, seq, range, READ_SLICE, series) : noFrames(after, seq);
    return { kind: "opened", epoch, seq, first };
  }

  /** One slice of a read: all that it asks for and the store has, or why it cannot go on. */
  slice({
    direction,
    after,
    through,
    epoch,
    mayBeginLater,
    range,
    series,
  }: SliceRequest): ({ kind: "slice" } & Slice) | Cut {
    if (epoch !== this.#epoch) return { kind: "cut", reason: "emptied" };
    const isTrimmed = (mayBeginLater ? through : after + 1) <= this.keptAfter;
    if (direction === "forward" && isTrimmed) return { kind: "cut", reason: "trimmed" };
    return { kind: "slice", ...this.#frames.slice(direction, after, through, range, READ_SLICE, series) };
  }

  /**
   * How many points were told as lost in frames that are numbered above `seq` and not in the store any more; null if
   * nobody can know.
   */
  toldInTrimmed(seq: number): number | null {
    return this.#gapLedger.totalAfter(seq);
  }

  /**
   * Where a viewer begins that wants at least the last `points` and the last `seconds`, whichever reaches
   * further, within what is kept and {@link MAX_TAIL_BYTES}.
   */
  tailStart(points: number, seconds: number): number {
    const keptAfter = this.keptAfter;
    const sinceMs = (this.#takenAtMs ?? 0) - 1000 * seconds;
    const bySeconds = seconds > 0 ? this.#frames.takenSince(sinceMs, keptAfter, this.#seq) : this.#seq;
    // A number within a frame is as good: viewers that take single points begin exactly there.
    return Math.max(this.#newest.start(keptAfter, this.#bytes), Math.min(this.#seq - points, bySeconds));
  }

  /** What a repeat was answered the first time; if that frame is gone, where its publisher stands. */
  #firstAnswer({ publisher, publisherSeq }: FrameHeader): number {
    const standing = this.#publishers.standing(publisher);
    if (standing?.publisherSeq === publisherSeq) return standing.seq;
    return this.#frames.numberOf(publisher, publisherSeq) ?? standing?.seq ?? this.#seq;
  }

  #trim(nowMs: number): void {
    const { seconds, bytes } = this.#bounds;
    const maxAgeMs = 1000 * seconds;
    const tooOld = this.#oldest !== undefined && this.#oldest.takenAtMs < nowMs - maxAgeMs * (1 + TRIM_SHARE);
    if (!tooOld && this.#bytes <= bytes) return;
    const bytesToKeep = this.#bytes <= bytes ? bytes : bytes * (1 - TRIM_SHARE);
    let left = this.#bytes;
    let through = 0;
    for (const row of this.#frames.scan("taken_at_ms, LENGTH(frame) AS bytes", 0)) {
      const enough = left <= bytesToKeep && Number(row.taken_at_ms) >= nowMs - maxAgeMs;
      if (enough || Number(row.seq) === this.#seq) break;
      left -= Number(row.bytes);
      through = Number(row.seq);
    }
    if (through > 0) this.#trimThrough(through);
  }

  /** Deletes frames; what they told of their publishers, and of points that were lost before them, stays known. */
  #trimThrough(seq: number): void {
    this.#storage.transactionSync(() => {
      this.#publishers.writeThrough(seq);
      this.#gapLedger.add(this.#frames.lossesThrough(seq));
      this.#frames.deleteThrough(seq);
    });
    this.#bytes = this.#frames.totals().bytes;
    this.#oldest = this.#frames.oldest();
  }

  /**
   * Forgets every point and begins the numbering anew. What publishers have sent stays known, so that a frame which was
   * taken before is a repeat afterwards, too.
   */
  clear(nowMs: number): void {
    const epoch = Math.max(nowMs, this.#epoch + 1);
    this.#storage.transactionSync(() => {
      this.#publishers.writeThrough(this.#seq);
      this.#frames.deleteThrough(this.#seq);
      this.#gapLedger.clear();
      this.#series.delete();
      this.#sql.exec("UPDATE numbering SET epoch = ?", epoch);
      this.#publishers.beginAnew();
    });
    this.#epoch = epoch;
    this.#seq = 0;
    this.#bytes = 0;
    this.#newest = new NewestBytes(this.#frames, MAX_TAIL_BYTES, 0);
    this.#oldest = undefined;
    this.#takenAtMs = null;
    this.#series.forget();
  }
}
