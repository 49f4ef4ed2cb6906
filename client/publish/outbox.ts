import type { Row } from "../../protocol/frame/frame-builder.ts";
import type { Batch } from "./collect/batch.ts";
import { Collector, type Undelivered } from "./collect/collector.ts";
import type { PublisherGap } from "./collect/gaps.ts";
import { type KeptState, newPublisherId } from "./collect/held-frame.ts";
import type { Outcome } from "./deliver/answer.ts";
import { Deliverer, type DeliveryReport } from "./deliver/deliverer.ts";
import type { RetryPolicy } from "./deliver/next.ts";
import type { FrameStore, OutboxName } from "./keep/frame-store.ts";
import { StoreKeeper } from "./keep/store-keeper.ts";

export interface OutboxSetup {
  name: OutboxName;
  /** What it holds already. */
  state: KeptState | undefined;
  /** Undefined: it is in memory alone. */
  store: FrameStore | undefined;
  maxBytes: number;
  maxFrames: number;
  /** Its functions need no `this`. */
  report: DeliveryReport;
  post: (batch: Pick<Batch, "body" | "points">, signal: AbortSignal) => Promise<Outcome>;
  /** So many points were dropped, as there was no room for them. */
  onDropped: (points: number) => void;
  /** The store cannot be written. */
  onStoreFailed: () => void;
  policy: RetryPolicy;
}

/** What a crash may cost at most: points that wait longer are in the store. */
const SAVE_AFTER_MS = 100;

/** One outbox with what delivers it: collect → keep → deliver. */
export class Outbox {
  readonly #collector: Collector;
  readonly #deliverer: Deliverer;
  readonly #keeper: StoreKeeper | undefined;
  #saveTimer: ReturnType<typeof setTimeout> | undefined;

  constructor(setup: OutboxSetup) {
    const { store, name, state, report, post, maxBytes, maxFrames, policy } = setup;
    const keeper = store && new StoreKeeper(store, name, setup.onStoreFailed);
    this.#keeper = keeper;
    this.#collector = new Collector({
      publisher: state?.publisher ?? newPublisherId(),
      base: state?.base ?? 0,
      firstSeq: state?.nextSeq ?? 1,
      maxBytes,
      maxFrames,
      fullReason: "publisher-full",
      lost: (reason, points) => {
        if (reason === "publisher-full") setup.onDropped(points);
      },
      ...(keeper && { keeper }),
      ...(state && { state }),
    });
    this.#deliverer = new Deliverer({
      collector: this.#collector,
      report: {
        ...report,
        delivered: (points) => {
          this.#saveSoon();
          report.delivered(points);
        },
      },
      post: async (batch, signal) => {
        // What is sent must be known to have been, even by a page that follows this one.
        await keeper?.settled();
        return await post(batch, signal);
      },
      policy,
    });
  }

  /** Says that points are missing before those that are added next. */
  addGaps(gaps: readonly PublisherGap[]): void {
    for (const gap of gaps) this.#collector.addGap(gap);
  }

  /** Begins to deliver. */
  run(): void {
    void this.#deliverer.run();
  }

  /** What no 2xx has confirmed yet. */
  get held(): Undelivered {
    return this.#collector.held;
  }

  /** Never refuses: what is too much goes at the other end. */
  add(rows: readonly Row[]): void {
    this.#collector.add(rows);
    this.#saveSoon();
  }

  /** Sends what waits, if it only waits because of a time of our own choice. */
  hurry(): void {
    this.#deliverer.hurry();
  }

  save(): void {
    clearTimeout(this.#saveTimer);
    this.#saveTimer = undefined;
    this.#collector.save();
  }

  /** What no request under way has, with what comes before it, for a request that may be the last. */
  farewell(maxBytes: number): Pick<Batch, "body" | "points"> | undefined {
    return this.#collector.farewell(maxBytes);
  }

  /** Delivers what is left within some time, and ends. An outbox that is empty then is removed. */
  async close(withinMs: number): Promise<void> {
    await this.#deliverer.drain(withinMs);
    this.save();
    if (this.held.points === 0) await this.#keeper?.remove();
    else await this.#keeper?.settled();
  }

  #saveSoon(): void {
    if (this.#keeper === undefined) return;
    this.#saveTimer ??= setTimeout(() => this.save(), SAVE_AFTER_MS);
  }
}
