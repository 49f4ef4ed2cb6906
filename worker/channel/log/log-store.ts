import { readHeader, splitFrames } from "../../../protocol/frame/header.ts";
import { CHANNEL_ITSELF } from "../../../protocol/room/channel-itself.ts";
import { lossesIn } from "../../hub/log/losses.ts";
import { type Taking, withTaking } from "../../hub/log/takings.ts";
import { type Checkpoint, readCheckpoint, writeCheckpoint } from "./checkpoint.ts";
import { GapLedger } from "./gap-ledger.ts";
import { Layout } from "./layout.ts";
import { dropOlder, framesOfOlder, readOlder } from "./migrate.ts";
import { Numbering } from "./numbering.ts";
import { PublisherIndex } from "./publisher-index.ts";
import { Publishers, type StoredPublisher } from "./publishers.ts";
import { Segments } from "./segments.ts";
import { segmentsOf } from "./segments-of.ts";
import { SeriesNames } from "./series-names.ts";
import { type Bounds, isTrimDue, type Kept, trim } from "./trim.ts";

/** So many segments are read at a wake, to know what no single one tells. */
const CHECKPOINT_EVERY = 8;
/**
 * Trimmed segments wait to be overwritten, as long as there is room for them within the bound and this share of it. There is
 * none where publishes grew larger.
 */
const SPARE_SHARE = 1 / 8;

/** What changes with each publish: a cache of what is stored. */
interface State {
  /** The number of the newest point. */
  seq: number;
  /** Of all frames of this numbering, trimmed ones too. */
  totalBytes: number;
  kept: Kept;
  /** When the oldest and the newest frame that are kept were taken; null if there are none. */
  oldestTakenAtMs: number | null;
  takenAtMs: number | null;
  takings: readonly Taking[];
  checkpointSeq: number;
  segmentsSinceCheckpoint: number;
}

const EMPTY: Readonly<State> = {
  seq: 0,
  totalBytes: 0,
  kept: { after: 0, bytes: 0 },
  oldestTakenAtMs: null,
  takenAtMs: null,
  takings: [],
  checkpointSeq: 0,
  segmentsSinceCheckpoint: 0,
};

/**
 * What is stored of a channel's frames, and what is known of it in memory. Rows are what Cloudflare bills: a publish writes
 * one, with all that a wake must know, and a wake reads a dozen.
 */
export class LogStore {
  readonly segments: Segments;
  readonly gapLedger: GapLedger;
  readonly series: SeriesNames;
  readonly layout: Layout;
  readonly publishers = new Publishers();
  readonly index: PublisherIndex;
  readonly #storage: DurableObjectStorage;
  readonly #bounds: Bounds;
  readonly #numbering: Numbering;
  #state: Readonly<State> = EMPTY;

  constructor(storage: DurableObjectStorage, bounds: Bounds, nowMs: number) {
    this.#storage = storage;
    this.#bounds = bounds;
    const { sql } = storage;
    this.#numbering = new Numbering(sql, nowMs);
    this.segments = new Segments(sql);
    this.series = new SeriesNames(sql);
    this.layout = new Layout(sql, this.series);
    this.gapLedger = new GapLedger(sql);
    const lastSeqOf = (publisher: string) => this.publishers.lastOf(publisher)?.seq ?? 0;
    this.index = new PublisherIndex(this.segments, lastSeqOf, () => this.#state.kept.after);
    if (this.#numbering.isOlder) storage.transactionSync(() => this.#migrate());
    else this.#wake();
  }

  get epoch(): number {
    return this.#numbering.epoch;
  }

  get state(): Readonly<State> {
    return this.#state;
  }

  /**
   * Stores frames of one publisher, and trims. Memory follows once all of it is stored.
   *
   * @param fresh numbered; at least one
   * @param series names that are new
   */
  store(fresh: readonly Uint8Array[], series: readonly string[], nowMs: number): void {
    const before = this.#state;
    const { publisher, publisherSeq, seq } = readHeader(fresh.at(-1) ?? new Uint8Array());
    const added = segmentsOf(fresh, nowMs, this.index.linksFor(publisher), before.totalBytes);
    const framesOf = (segment: { seq: number }) => {
      const own = added.find((other) => other.seq === segment.seq);
      return own === undefined ? this.segments.frames(segment.seq) : splitFrames(own.body);
    };
    const totalBytes = added.at(-1)?.totalBytes ?? before.totalBytes;
    const held = { after: before.kept.after, bytes: before.kept.bytes + totalBytes - before.totalBytes };
    const oldestTakenAtMs = before.oldestTakenAtMs ?? nowMs;
    const trimmed = isTrimDue(held, oldestTakenAtMs, this.#bounds, nowMs)
      ? trim(held, [this.segments.headers(held.after, before.seq), [added]], framesOf, seq, this.#bounds, nowMs)
      : undefined;
    const kept = trimmed?.kept ?? held;
    // What the channel writes down itself is no sign of life of its publishers.
    const isOwn = publisher === CHANNEL_ITSELF;
    const takings = isOwn ? [...before.takings] : withTaking(before.takings, [nowMs, fresh.length, seq]);
    const last = { publisherSeq, seq, takenAtMs: nowMs };
    // It must not go with a trim.
    const isCheckpointLost = kept.after >= Math.max(1, before.checkpointSeq);
    const isCheckpoint = isCheckpointLost || before.segmentsSinceCheckpoint + added.length >= CHECKPOINT_EVERY;
    const checkpoint = isCheckpoint
      ? writeCheckpoint({ publishers: this.publishers.stored(publisher, last), takings })
      : null;
    const checkpointSeq = isCheckpoint ? seq : before.checkpointSeq;
    this.#storage.transactionSync(() => {
      const losses = trimmed?.losing.flatMap((segment) => lossesIn(framesOf(segment))) ?? [];
      this.gapLedger.add(losses.filter((loss) => loss.seq > held.after && loss.seq <= kept.after));
      for (const segment of added) {
        if (segment.seq <= kept.after) continue;
        const text = segment.seq === seq ? checkpoint : null;
        this.segments.put(
          { ...segment, keptAfter: kept.after, keptBytes: kept.bytes, checkpointSeq },
          text,
          kept.after,
        );
      }
      this.series.write(series);
      // At each publish, since one that is larger than what it overwrites takes more room without a trim, too.
      this.segments.deleteTrimmed(kept.after, this.#bounds.bytes * (1 + SPARE_SHARE));
    });
    // Only now is it certain that the rows are there: memory never runs ahead of storage.
    this.series.know(series);
    this.publishers.remember(publisher, last);
    this.#state = {
      seq,
      totalBytes,
      kept,
      oldestTakenAtMs: trimmed?.oldestTakenAtMs ?? oldestTakenAtMs,
      takenAtMs: isOwn ? before.takenAtMs : nowMs,
      takings,
      checkpointSeq,
      segmentsSinceCheckpoint: isCheckpoint ? 0 : before.segmentsSinceCheckpoint + added.length,
    };
  }

  /** Adds series that came in repeats alone. */
  addSeries(names: readonly string[]): void {
    this.series.write(names);
    this.series.know(names);
  }

  /**
   * Forgets every point and begins the numbering anew. What publishers have sent stays known, so that a frame which was
   * taken before is a repeat afterwards, too.
   */
  clear(nowMs: number): void {
    const epoch = Math.max(nowMs, this.epoch + 1);
    const publishers = this.publishers.stored().map(([id, publisherSeq, , takenAtMs]): StoredPublisher => {
      return [id, publisherSeq, 0, takenAtMs];
    });
    this.#storage.transactionSync(() => {
      this.segments.deleteAll();
      this.gapLedger.clear();
      this.series.delete();
      this.#numbering.write(epoch, { publishers, takings: [] });
    });
    this.#numbering.begin(epoch);
    this.#state = EMPTY;
    this.series.forget();
    this.layout.clear();
    this.publishers.renumber();
  }

  /** Reads what the fields say: the newest segment, the last checkpoint, and the few segments after that. */
  #wake(): void {
    const newest = this.segments.newest();
    const isInSegment = newest !== undefined && newest.checkpointSeq > 0;
    const checkpoint = isInSegment
      ? readCheckpoint(this.segments.checkpoint(newest.checkpointSeq))
      : this.#numbering.checkpoint;
    this.#remember(checkpoint);
    if (newest === undefined) return;
    let { takings } = checkpoint;
    let segmentsSinceCheckpoint = 0;
    for (const headers of this.segments.headers(newest.checkpointSeq, newest.seq)) {
      for (const { publisher, publisherSeq, seq, takenAtMs, frames } of headers) {
        this.publishers.remember(publisher, { publisherSeq, seq, takenAtMs });
        if (publisher !== CHANNEL_ITSELF) takings = withTaking(takings, [takenAtMs, frames, seq]);
        segmentsSinceCheckpoint++;
      }
    }
    const { seq, totalBytes, keptAfter, keptBytes, checkpointSeq } = newest;
    const takenAtMs = newest.publisher === CHANNEL_ITSELF ? (takings.at(-1)?.[0] ?? null) : newest.takenAtMs;
    this.#state = {
      seq,
      totalBytes,
      kept: { after: keptAfter, bytes: keptBytes },
      oldestTakenAtMs: this.segments.firstAfter(keptAfter)?.takenAtMs ?? null,
      takenAtMs,
      takings,
      checkpointSeq,
      segmentsSinceCheckpoint,
    };
  }

  /** Takes over what an older version stored. */
  #migrate(): void {
    const { sql } = this.#storage;
    const { series, publishers, keptAfter } = readOlder(sql);
    const checkpoint = { publishers, takings: [] };
    this.#numbering.upgrade(checkpoint);
    this.#remember(checkpoint);
    this.addSeries(series);
    this.#state = { ...EMPTY, seq: keptAfter, kept: { after: keptAfter, bytes: 0 } };
    for (const { frames, takenAtMs } of framesOfOlder(sql)) this.store(frames, [], takenAtMs);
    dropOlder(sql);
  }

  #remember({ publishers }: Checkpoint): void {
    for (const [id, publisherSeq, seq, takenAtMs] of publishers) {
      this.publishers.remember(id, { publisherSeq, seq, takenAtMs });
    }
  }
}
