import { Collector } from "../../client/publish/collect/collector.ts";
import { gapOf, type PublisherGap } from "../../client/publish/collect/gaps.ts";
import type { Deliverer } from "../../client/publish/deliver/deliverer.ts";
import type { Row } from "../../protocol/frame/frame-builder.ts";
import type { NumbersRoom } from "../batch/sequence/numbers-room.ts";
import { type LastNumber, SequenceTracker, type Verdict } from "../batch/sequence/sequence.ts";
import { SeriesBound } from "../batch/series-bound.ts";
import { openSpool, type SpoolOptions } from "../batch/spool/open-spool.ts";
import { SpoolWriter } from "../batch/spool/spool-writer.ts";
import { MAX_SERIES } from "../map/bounds.ts";
import type { UplinkBacklog } from "../observability/health.ts";
import type { Undelivered } from "../observability/ledger.ts";
import { UplinkLedger } from "../observability/ledger.ts";
import type { Log } from "../observability/log.ts";
import { counted, duration } from "../observability/printable.ts";
import { TroubleWarnings } from "../observability/warnings.ts";
import type { ArrivalPath } from "../sources/inlet.ts";
import { Announcer } from "./announcer.ts";
import { createDeliverer } from "./deliverer.ts";
import { Poster } from "./post.ts";
import { SocketTransport } from "./socket-transport.ts";
import { StartCheck } from "./start-check.ts";
import type { UplinkTransport, UplinkTransportName } from "./transport.ts";

export interface ChannelUplinkOptions {
  /** The channel's URL. */
  to: URL;
  token: string;
  log: Log;
  /** Bound of what is kept in memory. */
  bufferBytes: number;
  /** Where what is undelivered is kept on disk too; without it, in memory alone. */
  spool: SpoolOptions | undefined;
  /** 16 hexadecimal digits; without it the spool's own, or else a new one for each start. */
  publisher: string | undefined;
  /** Whether publishers number their messages: then these tell what was lost while no bridge was there. */
  isNumbered: boolean;
  /** Shared with the other channels; without it, none of theirs. */
  numbersRoom?: NumbersRoom;
  /** How bodies go out: by POST, or by WebSocket and by POST while there is none. */
  transport?: UplinkTransportName | undefined;
  /** By which clock publishers are away, in milliseconds; `performance.now()` by default. */
  presenceNowMs?: (() => number) | undefined;
}

/** What SIGKILL may cost at most: points that wait longer are in the spool. */
const SAVE_EVERY_MS = 100;
const ANNOUNCE_EVERY_MS = 100;
const SHRINK_EVERY_MS = 1000;
/** Each report is a block in a frame, after which tables begin anew. */
const REPORT_EVERY_MS = 1000;
const WARN_EVERY_MS = 60_000;

/** What delivers one channel's frames: batch → deliver, with the spool beside. */
export class ChannelUplink {
  readonly to: URL;
  /** The channel's name. */
  readonly channel: string;
  readonly ledger = new UplinkLedger();
  /** Settles after {@link close}; rejects if delivering fails by itself, which only a fault in it can cause. */
  readonly done: Promise<void>;
  readonly #collector: Collector;
  readonly #tracker: SequenceTracker;
  readonly #spoolWriter: SpoolWriter | undefined;
  readonly #transport: UplinkTransport;
  readonly #announcer: Announcer;
  readonly #deliverer: Deliverer;
  readonly #check: StartCheck;
  readonly #bound = new SeriesBound();
  /** Where what is undelivered is kept on disk; undefined: nowhere. */
  readonly spoolFile: string | undefined;
  readonly #log: Log;
  #leftOut = 0;
  #warnedAtMs = Number.NEGATIVE_INFINITY;
  readonly #timers: readonly NodeJS.Timeout[];

  /** @throws SpoolError if the spool must not be used; nothing then goes on running */
  constructor(options: ChannelUplinkOptions) {
    const { to, token, log } = options;
    const { ledger } = this;
    this.to = to;
    this.spoolFile = options.spool?.file;
    this.#log = log;
    this.channel = to.pathname.slice("/c/".length);
    const { spool, state, failure } = openSpool(options.spool, to, log);
    const tracker = new SequenceTracker(state.numbers, undefined, undefined, options.numbersRoom);
    const spoolWriter = spool === undefined ? undefined : new SpoolWriter({ spool, tracker, failure, log, ledger });
    const publisher = spool === undefined ? (options.publisher ?? state.publisher) : state.publisher;
    const collector = new Collector({
      publisher,
      base: state.base,
      firstSeq: state.nextSeq,
      maxBytes: options.bufferBytes,
      maxKeptBytes: options.spool?.maxBytes ?? 0,
      ...(spoolWriter === undefined ? {} : { keeper: spoolWriter }),
      state,
      lost: (reason, points) => ledger.countDropped(reason, points),
      gap: (gap) => ledger.countGap(gap),
    });
    this.#tracker = tracker;
    this.#spoolWriter = spoolWriter;
    this.#collector = collector;
    for (const gap of state.gaps) ledger.countGap(gap);
    // What publishers sent while no bridge was there, only their own numbers can tell.
    const isTold =
      (options.isNumbered && state.numbers.length > 0) ||
      state.gaps.some(({ reason }) => reason === "bridge-restarted");
    if (!isTold && (state.sentSeq > 0 || state.frames.length > 0)) this.addGap(gapOf("bridge-restarted", null));
    logSpooled(collector.held, log);

    const poster = new Poster({ to, token });
    const transport = options.transport === "ws" ? new SocketTransport({ to, token, log, ledger, poster }) : poster;
    this.#transport = transport;
    const trouble = new TroubleWarnings(log);
    const check = new StartCheck({
      to,
      log,
      trouble,
      post: (body, signal, sent) => transport.send(body, signal, sent),
    });
    this.#check = check;
    const announcer = new Announcer({
      publisher: () => collector.publisher,
      log,
      post: (body, signal, sent) => transport.send(body, signal, sent),
      isIdle: () => collector.held.points === 0,
      isKnown: state.sentSeq > state.base,
      nowMs: options.presenceNowMs,
    });
    this.#announcer = announcer;
    this.#deliverer = createDeliverer({
      collector,
      ledger,
      log,
      trouble,
      post: (batch, signal) => {
        check.end();
        return announcer.post(batch, signal);
      },
      onNewId: () => announcer.renamed(),
    });
    this.done = this.#deliverer.run();
    this.#timers = [
      setInterval(() => collector.save(), SAVE_EVERY_MS),
      setInterval(() => announcer.check(), ANNOUNCE_EVERY_MS),
      setInterval(() => spoolWriter?.shrink(), SHRINK_EVERY_MS),
      setInterval(() => this.#reportLeftOut(), REPORT_EVERY_MS),
    ];
    for (const timer of this.#timers) timer.unref();
  }

  /**
   * Asks the Worker whether it would take what comes, and says what to do if not. To be called at the start; where points
   * wait, what becomes of them says it.
   */
  checkStart(): void {
    if (this.#collector.held.points === 0) void this.#check.ask();
  }

  /** Adds the rows of a message. Never refuses. @returns how many points */
  add(rows: readonly Row[]): number {
    const passed = this.#bound.pass(rows);
    return passed.length === 0 ? 0 : this.#collector.add(passed);
  }

  /** Points of series beyond the bound, left out by whoever noticed. They are told once in a while. */
  leaveOut(points: number): void {
    this.#leftOut += points;
  }

  #reportLeftOut(): void {
    const points = this.#leftOut + this.#bound.takeLost();
    this.#leftOut = 0;
    if (points === 0) return;
    this.addGap(gapOf("too-many-series", points));
    if (performance.now() - this.#warnedAtMs < WARN_EVERY_MS) return;
    this.#warnedAtMs = performance.now();
    this.#log.warn(
      `Channel ${this.channel}: ${counted(points, "point")} left out, because publishers name more than ${MAX_SERIES} ` +
        "series. Choose fields, or put fewer changing parts into names (docs/CONFIG.md: fields, series).",
    );
  }

  /** Says that points are missing before those that are added next. */
  addGap(gap: PublisherGap): void {
    this.#collector.addGap(gap);
    this.ledger.countGap(gap);
  }

  /** Says that points of several series are missing before those that are added next. @param isCounted as one gap */
  addGaps(gaps: readonly PublisherGap[], isCounted: boolean): void {
    for (const gap of gaps) this.#collector.addGap(gap);
    const [first] = gaps;
    if (isCounted && first !== undefined) this.ledger.countGap(first);
  }

  /** The series that it has had points of. */
  get seriesNames(): ReadonlySet<string> {
    return this.#bound.known;
  }

  /** Checks a publisher's own number; what it says is saved with the points that bear it. */
  observe(number: LastNumber, arrivalPath: ArrivalPath | undefined): Verdict {
    return this.#tracker.observe(number, arrivalPath);
  }

  /** Goes on with numbers that were checked before this channel had any point. */
  adopt(numbers: SequenceTracker): void {
    this.#tracker.adopt(numbers);
  }

  /** To be called with each change of how many publishers are connected. */
  countPublishers(connected: number): void {
    this.#announcer.count(connected);
  }

  /** What no 2xx has confirmed yet. */
  get held(): Undelivered {
    return this.#collector.held;
  }

  get backlog(): UplinkBacklog {
    const { frames, bytes, memoryBytes } = this.#collector.backlog;
    const bytesOnDisk = this.#spoolWriter === undefined ? 0 : Math.max(0, bytes - memoryBytes);
    return { frames, bytes, memoryBytes, bytesOnDisk };
  }

  /** The id in its frames, which may change. */
  get publisher(): string {
    return this.#collector.publisher;
  }

  /** Whether what is undelivered outlives the process. */
  get isSpooling(): boolean {
    return this.#spoolWriter !== undefined && !this.#spoolWriter.isFailing;
  }

  get isSpoolFailing(): boolean {
    return this.#spoolWriter?.isFailing ?? false;
  }

  /** Writes everything to the spool at once, for an end that cannot wait: there may be no other time. */
  save(): void {
    this.#spoolWriter?.retryNow();
    this.#collector.save();
  }

  /** Delivers what is left within `drainMs`, says goodbye, and ends. */
  async close(drainMs: number): Promise<void> {
    try {
      this.#check.end();
      this.#reportLeftOut();
      this.save();
      const drainUntilMs = performance.now() + drainMs;
      await this.#deliverer.drain(drainMs);
      await this.#announcer.end(drainUntilMs - performance.now());
    } finally {
      for (const timer of this.#timers) clearInterval(timer);
      this.save();
      this.#spoolWriter?.close(this.#collector.unusedSeq);
      await this.#transport.close();
    }
  }
}

function logSpooled(held: Undelivered, log: Log): void {
  if (held.points === 0) return;
  log.info(
    `${counted(held.points, "point")} of before in the spool (the oldest is ${duration(held.oldestAgeMs)} old).`,
  );
}
