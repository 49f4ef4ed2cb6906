import { MAX_BODY_BYTES } from "../../protocol/limits.ts";
import type { ReceivedPublishAnswer } from "../../protocol/messages/publish.ts";
import type { Batch, NewId } from "../batch/batch.ts";
import type { Collector } from "../batch/collector.ts";
import type { UplinkLedger } from "../observability/ledger.ts";
import type { Log } from "../observability/log.ts";
import { counted, duration } from "../observability/printable.ts";
import { TroubleWarnings } from "../observability/warnings.ts";
import type { Outcome } from "./answer.ts";
import { BodySize } from "./body-size.ts";
import { NewIdPace } from "./new-id-pace.ts";
import { type Next, RETRY_POLICY, type RetryPolicy, whatNext } from "./next.ts";

export interface DelivererOptions {
  collector: Collector;
  ledger: UplinkLedger;
  log: Log;
  /** Sends a body; never rejects. */
  post: (batch: Pick<Batch, "body" | "points">, signal: AbortSignal) => Promise<Outcome>;
  /** What was warned of already; whoever else finds the same says it once. */
  trouble?: TroubleWarnings;
  policy?: RetryPolicy;
  /** Is told that the collector has another id now. */
  onNewId?: () => void;
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
  readonly #size = new BodySize();
  readonly #newIds = new NewIdPace();
  /** POSTs of the frames that come next which failed in a row. */
  #failures = 0;
  #lastPostAtMs = Number.NEGATIVE_INFINITY;
  #wakeSleeper: (() => void) | undefined;
  #running: Promise<void> | undefined;

  constructor(options: DelivererOptions) {
    this.#options = {
      policy: RETRY_POLICY,
      idlePaceMs: 1000,
      random: Math.random,
      onNewId: () => undefined,
      trouble: new TroubleWarnings(options.log),
      ...options,
    };
    this.#trouble = this.#options.trouble;
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
    const { ledger, collector, idlePaceMs } = this.#options;
    if (ledger.viewers !== 0 || this.#phase !== "running" || collector.waitingBytes >= PACED_BYTES) return;
    await this.#sleep(this.#lastPostAtMs + idlePaceMs - performance.now(), true);
  }

  async #deliver(batch: Batch): Promise<void> {
    const { collector, policy, random } = this.#options;
    for (;;) {
      const outcome = await this.#post(batch);
      // Only Plotcast's own 4xx says for sure that nothing was taken.
      if (outcome.kind === "foreign" || outcome.kind === "failed") collector.inDoubt();
      if (outcome.kind === "refused" && outcome.status >= 500) collector.inDoubt();
      const next = whatNext(outcome, this.#failures, random(), policy);
      if (next.do === "delivered") return this.#confirm(batch, next.answer);
      if (next.do === "setAside") return this.#refuse(batch, next);
      if (next.do === "takeNewId") return this.#holdBack(batch);
      if (next.do === "halve") {
        if (batch.frames.length > 1) return this.#halve(batch, next.message);
        if (next.isFinal) return this.#refuse(batch, next);
      }
      const mustShrink = maySizeBeTheReason(outcome) && this.#size.onFailure() && batch.frames.length > 1;
      const isWorthALine = next.do !== "retry" || next.isLong || this.#failures >= TRIES_BEFORE_WARNING;
      if (isWorthALine && !this.#isStopped()) {
        this.#trouble.warn(next.message, `${counted(collector.held.points, "point")} kept`, next.trouble);
      }
      this.#failures++;
      if (!this.#isStopped()) await this.#waitFor(next);
      if (mustShrink || this.#isStopped()) return collector.putBack(batch);
    }
  }

  async #post(batch: Batch): Promise<Outcome> {
    const { ledger, post } = this.#options;
    this.#lastPostAtMs = performance.now();
    ledger.posts++;
    if (this.#failures > 0) ledger.retries++;
    const outcome = await post(batch, this.#stop.signal);
    ledger.onPost((performance.now() - this.#lastPostAtMs) / 1000);
    if (outcome.kind === "taken") ledger.viewers = outcome.answer?.viewers;
    return outcome;
  }

  #confirm(batch: Batch, answer: ReceivedPublishAnswer | undefined): void {
    const { collector, ledger } = this.#options;
    const kept = collector.held.points;
    collector.delivered(batch, answer);
    ledger.delivered += kept - collector.held.points;
    this.#failures = 0;
    this.#size.onDelivered();
    this.#singly = Math.max(0, this.#singly - batch.frames.length);
    this.#trouble.over();
  }

  /** Others publish under the id of this bridge. */
  async #goOnAs({ before, now, points }: NewId): Promise<void> {
    const { ledger, log, onNewId } = this.#options;
    ledger.newIds++;
    ledger.foreignRepeats += points;
    const waitMs = this.#newIds.take(performance.now());
    log.warn(
      `Others publish under this bridge's id ${before}: ${counted(points, "point")} could not be ` +
        `stored because of that. They and what follows go out under the new id ${now}, so nothing is lost. A copy of the spool file that is in use elsewhere does that; ` +
        "if there is none, somebody has the token: change PUBLISH_TOKEN." +
        (waitMs > 0 ? ` As this happens again and again, nothing is sent for ${duration(waitMs)}.` : ""),
    );
    onNewId();
    if (waitMs > 0) await this.#sleep(waitMs, true);
  }

  /** The body is too large for somebody, which is remembered, so that not every one is refused before it is split. */
  #halve(batch: Batch, message: string): void {
    const { collector, log } = this.#options;
    collector.putBack(batch);
    this.#failures = 0;
    this.#size.onTooLarge({ bytes: batch.body.length, points: batch.points });
    log.warn(
      `A body of ${counted(batch.body.length, "byte")} was refused: ${message}. Sending half as much at once from now on.`,
    );
  }

  #refuse(batch: Batch, { code, message }: { code: string; message: string }): void {
    const { collector, log } = this.#options;
    this.#failures = 0;
    if (batch.frames.length > 1) {
      // A body is taken whole or not at all, so one bad frame keeps out the good ones it travels with.
      collector.putBack(batch);
      this.#singly = batch.frames.length;
      return;
    }
    collector.setAside(batch);
    this.#singly = Math.max(0, this.#singly - 1);
    log.error({ code }, `A frame of ${counted(batch.points, "point")} was refused for good: ${message}`);
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

  async #waitFor(next: Extract<Next, { afterMs: number }>): Promise<void> {
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
