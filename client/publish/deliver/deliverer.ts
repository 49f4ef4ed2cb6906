import { MAX_BODY_BYTES } from "../../../protocol/limits.ts";
import type { ReceivedPublishAnswer } from "../../../protocol/messages/publish.ts";
import type { Batch, NewId } from "../collect/batch.ts";
import type { Collector } from "../collect/collector.ts";
import type { Outcome } from "./answer.ts";
import { BodySize } from "./body-size.ts";
import { NewIdPace } from "./new-id-pace.ts";
import { type Advise, type Next, RETRY_POLICY, type RetryPolicy, whatNext } from "./next.ts";

/** Is told what becomes of frames. */
export interface DeliveryReport {
  posting(isRetry: boolean): void;
  answered(outcome: Outcome, tookMs: number): void;
  /** A 2xx has confirmed so many points that were kept. */
  delivered(points: number): void;
  /**
   * What was sent is to be sent again later.
   * @param failures how many POSTs of the same frames had failed before
   */
  waiting(next: Waiting, outcome: Outcome, failures: number): void;
  /** A body was too large; from now on half as much goes into one. */
  halved(bodyBytes: number, message: string): void;
  /** A frame was refused for good. */
  refused(points: number, code: string, message: string): void;
  /** Others publish under the id before. @param waitMs so long nothing is sent */
  renewed(newId: NewId, waitMs: number): void;
}

export type Waiting = Extract<Next, { afterMs: number }>;

export interface DelivererOptions {
  collector: Collector;
  report: DeliveryReport;
  /** Sends a body; never rejects. */
  post: (batch: Pick<Batch, "body" | "points">, signal: AbortSignal) => Promise<Outcome>;
  /** Says what a person can do about an answer. */
  advise?: Advise;
  policy?: RetryPolicy;
  /** Time from one POST to the next while nobody watches. */
  idlePaceMs?: number;
  random?: () => number;
}

/** More than this is not kept back because nobody watches: it would only grow. */
const PACED_BYTES = MAX_BODY_BYTES / 2;
/** While ending, no wait of our own choice is longer. */
const DRAINING_DELAY_MS = 1000;

type Phase = "running" | "draining" | "stopped";

/** Frames → POSTs: one in flight, in order, each resent as it is until it is confirmed or refused for good. */
export class Deliverer {
  readonly #options: Required<DelivererOptions>;
  readonly #stop = new AbortController();
  #phase: Phase = "running";
  /** So many of the frames that come next are sent one by one, because together they were refused. */
  #singly = 0;
  readonly #size = new BodySize();
  readonly #newIds = new NewIdPace();
  /** POSTs of the frames that come next which failed in a row. */
  #failures = 0;
  /** As the last answer said; undefined while none has. */
  #viewers: number | undefined;
  #lastPostAtMs = Number.NEGATIVE_INFINITY;
  #wakeSleeper: (() => void) | undefined;
  #running: Promise<void> | undefined;

  constructor(options: DelivererOptions) {
    this.#options = {
      policy: RETRY_POLICY,
      idlePaceMs: 1000,
      random: Math.random,
      advise: () => "",
      ...options,
    };
  }

  /** Delivers until {@link drain}. Rejects only if something is wrong with the program. */
  run(): Promise<void> {
    this.#running ??= this.#loop();
    return this.#running;
  }

  /** Ends a pause, unless the server asked for it. */
  hurry(): void {
    this.#wakeSleeper?.();
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
      const newId = collector.renew();
      if (newId !== undefined) await this.#goOnAs(newId);
      await this.#keepPace();
      const { bytes, points } = this.#size.limits;
      const batch = collector.take(bytes, this.#singly > 0 ? 1 : undefined, points);
      if (batch !== undefined) await this.#deliver(batch);
    }
  }

  /** While nobody watches, waits until a second has passed since the last POST: requests are what costs. */
  async #keepPace(): Promise<void> {
    const { collector, idlePaceMs } = this.#options;
    if (this.#viewers !== 0 || this.#phase !== "running" || collector.waitingBytes >= PACED_BYTES) return;
    await this.#sleep(this.#lastPostAtMs + idlePaceMs - performance.now(), true);
  }

  async #deliver(batch: Batch): Promise<void> {
    const { collector, report, policy, random, advise } = this.#options;
    for (;;) {
      const outcome = await this.#post(batch);
      // Only Plotcast's own 4xx says for sure that nothing was taken.
      if (outcome.kind === "foreign" || outcome.kind === "failed") collector.inDoubt();
      if (outcome.kind === "refused" && outcome.status >= 500) collector.inDoubt();
      const next = whatNext(outcome, this.#failures, random(), policy, advise);
      if (next.do === "delivered") return this.#confirm(batch, next.answer);
      if (next.do === "setAside") return this.#refuse(batch, next);
      if (next.do === "takeNewId") return this.#holdBack(batch);
      if (next.do === "halve") {
        if (batch.frames.length > 1) return this.#halve(batch, next.message);
        if (next.isFinal) return this.#refuse(batch, next);
      }
      const mustShrink = maySizeBeTheReason(outcome) && this.#size.onFailure() && batch.frames.length > 1;
      if (!this.#isStopped()) report.waiting(next, outcome, this.#failures);
      this.#failures++;
      if (!this.#isStopped()) await this.#waitFor(next);
      if (mustShrink || this.#isStopped()) return collector.putBack(batch);
    }
  }

  async #post(batch: Batch): Promise<Outcome> {
    const { report, post } = this.#options;
    this.#lastPostAtMs = performance.now();
    report.posting(this.#failures > 0);
    const outcome = await post(batch, this.#stop.signal);
    report.answered(outcome, performance.now() - this.#lastPostAtMs);
    if (outcome.kind === "taken") this.#viewers = outcome.answer?.viewers;
    return outcome;
  }

  #confirm(batch: Batch, answer: ReceivedPublishAnswer | undefined): void {
    const { collector, report } = this.#options;
    const kept = collector.held.points;
    collector.delivered(batch, answer);
    this.#failures = 0;
    this.#size.onDelivered();
    this.#singly = Math.max(0, this.#singly - batch.frames.length);
    report.delivered(kept - collector.held.points);
  }

  /** Others publish under the id before. */
  async #goOnAs(newId: NewId): Promise<void> {
    const waitMs = this.#newIds.take(performance.now());
    this.#options.report.renewed(newId, waitMs);
    if (waitMs > 0) await this.#sleep(waitMs, true);
  }

  /** The body is too large for somebody, which is remembered, so that not every one is refused before it is split. */
  #halve(batch: Batch, message: string): void {
    const { collector, report } = this.#options;
    collector.putBack(batch);
    this.#failures = 0;
    this.#size.onTooLarge({ bytes: batch.body.length, points: batch.points });
    report.halved(batch.body.length, message);
  }

  #refuse(batch: Batch, { code, message }: { code: string; message: string }): void {
    const { collector, report } = this.#options;
    this.#failures = 0;
    if (batch.frames.length > 1) {
      // A body is taken whole or not at all, so one bad frame keeps out the good ones it travels with.
      collector.putBack(batch);
      this.#singly = batch.frames.length;
      return;
    }
    collector.setAside(batch);
    this.#singly = Math.max(0, this.#singly - 1);
    report.refused(batch.points, code, message);
  }

  /** The Worker takes no numbers that high of this publisher, so another has used its id. */
  #holdBack(batch: Batch): void {
    const { collector } = this.#options;
    this.#failures = 0;
    if (batch.frames.length > 1) {
      // Those before the one with the bad number may have been taken before: each is asked for by itself.
      collector.putBack(batch);
      this.#singly = batch.frames.length;
    } else collector.refusedNumbers(batch);
  }

  async #waitFor(next: Waiting): Promise<void> {
    const shorten = next.do !== "retry" || !next.waitIsAsked;
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

/** Whether the Worker may have failed because of how much it was given. */
function maySizeBeTheReason(outcome: Outcome): boolean {
  if (outcome.kind === "failed") return outcome.isUnderWay;
  return outcome.kind !== "taken" && outcome.status >= 500;
}
