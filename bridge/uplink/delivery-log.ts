import type { NewId } from "../../client/publish/collect/batch.ts";
import type { Collector } from "../../client/publish/collect/collector.ts";
import type { Outcome } from "../../client/publish/deliver/answer.ts";
import type { DeliveryReport, Waiting } from "../../client/publish/deliver/deliverer.ts";
import type { UplinkLedger } from "../observability/ledger.ts";
import type { Log } from "../observability/log.ts";
import { counted, duration } from "../observability/printable.ts";
import { TroubleWarnings } from "../observability/warnings.ts";

export interface DeliveryLogOptions {
  collector: Collector;
  ledger: UplinkLedger;
  log: Log;
  /** What was warned of already; whoever else finds the same says it once. */
  trouble?: TroubleWarnings;
  /** Is told that the collector has another id now. */
  onNewId?: () => void;
}

/** Fewer failures in a row than this are not worth a line: a server that closed an idle connection, a lost packet. */
const TRIES_BEFORE_WARNING = 2;

/** Counts what becomes of a channel's frames, and says what a person should know of it. */
export class DeliveryLog implements DeliveryReport {
  readonly #options: DeliveryLogOptions;
  readonly #trouble: TroubleWarnings;

  constructor(options: DeliveryLogOptions) {
    this.#options = options;
    this.#trouble = options.trouble ?? new TroubleWarnings(options.log);
  }

  posting(isRetry: boolean): void {
    const { ledger } = this.#options;
    ledger.posts++;
    if (isRetry) ledger.retries++;
  }

  answered(outcome: Outcome, tookMs: number): void {
    const { ledger } = this.#options;
    ledger.onPost(tookMs / 1000);
    if (outcome.kind === "taken") ledger.viewers = outcome.answer?.viewers;
  }

  delivered(points: number): void {
    this.#options.ledger.delivered += points;
    this.#trouble.over();
  }

  waiting(next: Waiting, outcome: Outcome, failures: number): void {
    const isWorthALine = next.do !== "retry" || next.isLong || failures >= TRIES_BEFORE_WARNING;
    const kept = `${counted(this.#options.collector.held.points, "point")} kept`;
    const isOfQuota = outcome.kind === "refused" && outcome.code === "quota-exceeded";
    if (isOfQuota) this.#trouble.warnOfQuota(next.message, kept);
    else if (isWorthALine) this.#trouble.warn(next.message, kept, next.trouble);
  }

  halved(bodyBytes: number, message: string): void {
    this.#options.log.warn(
      `A body of ${counted(bodyBytes, "byte")} was refused: ${message}. Sending half as much at once from now on.`,
    );
  }

  refused(points: number, code: string, message: string): void {
    this.#options.log.error({ code }, `A frame of ${counted(points, "point")} was refused for good: ${message}`);
  }

  renewed({ before, now, points }: NewId, waitMs: number): void {
    const { ledger, log, onNewId } = this.#options;
    ledger.newIds++;
    ledger.foreignRepeats += points;
    log.warn(
      `Others publish under this bridge's id ${before}: ${counted(points, "point")} could not be ` +
        `stored because of that. They and what follows go out under the new id ${now}, so nothing is lost. A copy of the spool file that is in use elsewhere does that; ` +
        "if there is none, somebody has the token: change PUBLISH_TOKEN." +
        (waitMs > 0 ? ` As this happens again and again, nothing is sent for ${duration(waitMs)}.` : ""),
    );
    onNewId?.();
  }
}
