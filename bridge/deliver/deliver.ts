import { MAX_BODY_BYTES } from "../../worker/protocol/limits.ts";
import type { Batch, Collector } from "../collect/collect.ts";
import type { FeedLedger } from "../tell/ledger.ts";
import type { Log } from "../tell/log.ts";
import { counted } from "../tell/text.ts";
import { TroubleWarnings } from "../tell/warnings.ts";
import { type Next, type Outcome, RETRY_POLICY, type RetryPolicy, whatNext } from "./next.ts";

export interface DelivererOptions {
  collector: Collector;
  ledger: FeedLedger;
  log: Log;
  /** Sends a body; never rejects. */
  post: (body: Uint8Array, signal: AbortSignal) => Promise<Outcome>;
  policy?: RetryPolicy;
  /** Time from one POST to the next while nobody watches. */
  idlePaceMs?: number;
  random?: () => number;
}

/** More than this is not kept back because nobody watches: it would only grow. */
const PACED_BYTES = MAX_BODY_BYTES / 2;
/** Fewer failures in a row than this are not worth a line: a server that closed an idle connection, a lost packet. */
const TRIES_BEFORE_WARNING = 2;
/** While ending, no wait of our own choice is longer. */
const DRAINING_DELAY_MS = 1000;

type Phase = "running" | "draining" | "stopped";

/** Frames → POSTs: one in flight, in order, each resent as it is until it is confirmed or refused for good. */
export class Deliverer {
  readonly #options: Required<DelivererOptions>;
  readonly #trouble: TroubleWarnings;
  readonly #stop = new AbortController();
  #phase: Phase = "running";
  /** So many of the frames that come next are sent one by one, because together they were refused. */
  #singly = 0;
  /** Lower than the Worker's own limit when something on the way takes less. */
  #maxBodyBytes = MAX_BODY_BYTES;
  #lastPostAtMs = Number.NEGATIVE_INFINITY;
  #wakeSleeper: (() => void) | undefined;
  #running: Promise<void> | undefined;

  constructor(options: DelivererOptions) {
    this.#options = { policy: RETRY_POLICY, idlePaceMs: 1000, random: Math.random, ...options };
    this.#trouble = new TroubleWarnings(options.log);
  }

  /** Delivers until {@link drain}. Rejects only if something is wrong with the program. */
  run(): Promise<void> {
    this.#running ??= this.#loop();
    return this.#running;
  }

  /** Delivers what is left, then ends; after `withinMs` it ends with what is left undelivered. */
  async drain(withinMs: number): Promise<void> {
    if (this.#phase === "running") this.#phase = "draining";
    this.#options.collector.wake();
    this.#wakeSleeper?.();
    const timer = setTimeout(() => {
      this.#phase = "stopped";
      this.#stop.abort();
      this.#options.collector.wake();
      this.#wakeSleeper?.();
    }, withinMs);
    try {
      await this.#running;
    } finally {
      clearTimeout(timer);
    }
  }

  async #loop(): Promise<void> {
    const { collector } = this.#options;
    while (this.#phase !== "stopped") {
      if (collector.waitingBytes === 0) {
        if (this.#phase === "draining") return;
        await collector.arrival();
        continue;
      }
      await this.#keepPace();
      const batch = collector.take(this.#maxBodyBytes, this.#singly > 0 ? 1 : undefined);
      if (batch !== undefined) await this.#deliver(batch);
    }
  }

  /** While nobody watches, waits until a second has passed since the last POST: requests are what costs. */
  async #keepPace(): Promise<void> {
    const { ledger, collector, idlePaceMs } = this.#options;
    if (ledger.viewers !== 0 || this.#phase !== "running" || collector.waitingBytes >= PACED_BYTES) return;
    await this.#sleep(this.#lastPostAtMs + idlePaceMs - performance.now(), true);
  }

  async #deliver(batch: Batch): Promise<void> {
    const { collector, ledger, post, policy, random } = this.#options;
    for (let attempt = 0; ; attempt++) {
      this.#lastPostAtMs = performance.now();
      ledger.posts++;
      if (attempt > 0) ledger.retries++;
      const outcome = await post(batch.body, this.#stop.signal);
      ledger.onPost((performance.now() - this.#lastPostAtMs) / 1000);
      if (outcome.kind === "answer") ledger.viewers = outcome.viewers ?? ledger.viewers;
      // Only a 4xx says for sure that nothing was taken.
      if (outcome.kind === "failed" || outcome.status >= 500) collector.mayBeTaken();
      const next = whatNext(outcome, attempt, random(), policy);
      switch (next.do) {
        case "delivered":
          this.#confirm(batch, outcome);
          return;
        case "setAside":
          this.#refuse(batch, next);
          return;
        case "hold":
        case "retry":
          if (this.#isStopped()) return collector.putBack(batch);
          if (next.do === "hold" || attempt >= TRIES_BEFORE_WARNING) {
            this.#trouble.warn(next.message, `${counted(collector.held.points, "point")} kept`);
          }
          await this.#waitFor(next);
          if (this.#isStopped()) return collector.putBack(batch);
      }
    }
  }

  #confirm(batch: Batch, outcome: Outcome): void {
    const { collector, ledger, log } = this.#options;
    if (ledger.delivered === 0 && outcome.kind === "answer" && outcome.viewers === undefined) {
      log.warn("The answer is none of Plotcast's: is the URL given with --to right?");
    }
    collector.delivered(batch);
    ledger.delivered += batch.points;
    this.#singly = Math.max(0, this.#singly - batch.frames.length);
    this.#trouble.over();
  }

  #refuse(batch: Batch, next: Extract<Next, { do: "setAside" }>): void {
    const { collector, log } = this.#options;
    if (batch.frames.length > 1) {
      // A body is taken whole or not at all, so one bad frame keeps out the good ones it travels with.
      collector.putBack(batch);
      if (next.tooLarge) {
        // Remembered, so that not every body is refused once before it is split.
        this.#maxBodyBytes = Math.floor(batch.body.length / 2);
        log.warn(
          `A body of ${batch.body.length} bytes was refused: ${next.message}. Sending half as much at once from now on.`,
        );
      } else this.#singly = batch.frames.length;
      return;
    }
    collector.setAside(batch);
    this.#singly = Math.max(0, this.#singly - 1);
    log.error(
      { code: next.code },
      `A frame of ${counted(batch.points, "point")} was refused for good: ${next.message}`,
    );
  }

  async #waitFor(next: Extract<Next, { do: "retry" | "hold" }>): Promise<void> {
    const shorten = next.do === "hold" || !next.waitIsAsked;
    await this.#sleep(
      this.#phase === "draining" && shorten ? Math.min(next.afterMs, DRAINING_DELAY_MS) : next.afterMs,
      shorten,
    );
  }

  /** Sleeps, but not past the end; `drainWakes`: nor past the beginning of the end. */
  #sleep(ms: number, drainWakes: boolean): Promise<void> {
    if (ms <= 0 || this.#isStopped()) return Promise.resolve();
    return new Promise((resolve) => {
      const end = (): void => {
        clearTimeout(timer);
        this.#wakeSleeper = undefined;
        resolve();
      };
      const timer = setTimeout(end, ms);
      this.#wakeSleeper = () => {
        if (drainWakes || this.#isStopped()) end();
      };
    });
  }

  /** A function, so that the compiler does not take the phase for what it was before an await. */
  #isStopped(): boolean {
    return this.#phase === "stopped";
  }
}
