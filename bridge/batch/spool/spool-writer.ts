import type { FrameChanges, FrameKeeper, Progress, Written } from "../../../client/publish/collect/keeper.ts";
import type { UplinkLedger } from "../../observability/ledger.ts";
import type { Log } from "../../observability/log.ts";
import { errorText } from "../../observability/printable.ts";
import type { SequenceTracker } from "../sequence/sequence.ts";
import { renewSpool } from "./open-spool.ts";
import type { Spool } from "./spool.ts";
import { isDamage, type SpoolChanges } from "./spool-state.ts";
import { markNotWhole, markWhole } from "./whole-numbers.ts";

export interface SpoolWriterOptions {
  spool: Spool;
  /** Its numbers are saved with the points that bear them, in one transaction. */
  tracker?: SequenceTracker;
  /** Why it could not be written when it was opened. */
  failure?: unknown;
  log: Log;
  ledger: UplinkLedger;
  retryMs?: number;
  nowMs?: () => number;
}

/** One that is damaged again sooner is not the file's fault but the disk's. */
const RENEW_AFTER_MS = 60_000;

/**
 * Writes to the spool, and goes on without it while the disk fails: that is said once, and again when it is over. What
 * could not be written is written then, for whoever calls {@link save} keeps it until that returns "written".
 */
export class SpoolWriter implements FrameKeeper {
  readonly #options: Required<Omit<SpoolWriterOptions, "spool" | "tracker" | "failure">> &
    Pick<SpoolWriterOptions, "tracker">;
  #spool: Spool;
  #failedAtMs: number | undefined;
  #renewedAtMs = Number.NEGATIVE_INFINITY;
  /** Why the spool must be renewed before anything is written. */
  #damage: { error: unknown } | undefined;
  /** Undefined: nobody knows, so it is tried again. */
  #isMarkedWhole: boolean | undefined;

  constructor({ failure, spool, ...options }: SpoolWriterOptions) {
    this.#spool = spool;
    this.#options = { retryMs: 1000, nowMs: () => performance.now(), ...options };
    if (failure === undefined) this.#markWhole();
    else this.#fail(failure);
  }

  get isFailing(): boolean {
    return this.#failedAtMs !== undefined;
  }

  /** False while a failed write is not tried again yet. */
  get isReady(): boolean {
    const { retryMs, nowMs } = this.#options;
    return this.#failedAtMs === undefined || nowMs() - this.#failedAtMs >= retryMs;
  }

  /** Whether publishers' numbers have changed, though perhaps no point has come with them. */
  get hasMore(): boolean {
    return this.#options.tracker?.isChanged ?? false;
  }

  /** The next write is tried, however short ago the last one failed: there may be no other. */
  retryNow(): void {
    if (this.isFailing) this.#failedAtMs = Number.NEGATIVE_INFINITY;
  }

  /** With `written` everything is in the spool now. */
  save(changes: FrameChanges): Written {
    const { tracker } = this.#options;
    const { numbers, gone } = tracker?.changes ?? { numbers: [], gone: [] };
    const written = this.#write({ ...changes, numbers, numbersGone: gone });
    if (written === "written") tracker?.saved();
    return written;
  }

  /** How far delivery has come, and nothing else: after a failure there is more to write, which {@link save} does. */
  saveProgress(progress: Progress): Written {
    const nothing = { frames: [], losses: [], gone: [], unreported: undefined, numbers: [], numbersGone: [] };
    if (this.isFailing) return "failed";
    return this.#spool.isBehind(progress) ? this.#write({ ...progress, ...nothing }) : "written";
  }

  read(seq: number): Uint8Array | undefined {
    try {
      return this.#spool.isOpen ? this.#spool.read(seq) : undefined;
    } catch (error) {
      this.#options.log.error(`The spool cannot be read: ${errorText(error)}.`);
      return undefined;
    }
  }

  /** Gives back what the file does not need any more. */
  shrink(): void {
    try {
      if (!this.isFailing) this.#spool.shrink();
    } catch {
      // Then it stays as large as it is.
    }
  }

  close(nextSeq: number): void {
    try {
      if (this.#spool.isOpen) this.#spool.close(this.isFailing ? undefined : nextSeq);
    } catch (error) {
      this.#options.log.error(`The spool could not be closed in order: ${errorText(error)}.`);
    }
  }

  #write(changes: SpoolChanges): Written {
    if (!this.isReady) return "failed";
    if (this.#damage !== undefined) return this.#renew(this.#damage.error);
    try {
      this.#spool.write(changes);
    } catch (error) {
      if (isDamage(error) && this.#options.nowMs() - this.#renewedAtMs >= RENEW_AFTER_MS) return this.#renew(error);
      this.#fail(error);
      return "failed";
    }
    if (this.#failedAtMs !== undefined)
      this.#options.log.info(`The spool ${this.#spool.file} can be written again; it has everything now.`);
    this.#failedAtMs = undefined;
    this.#markWhole();
    return "written";
  }

  #renew(damage: unknown): "renewed" | "failed" {
    const { tracker, ledger, log, nowMs } = this.#options;
    this.#markNotWhole();
    if (this.#damage === undefined) ledger.spoolFailures++;
    this.#damage = { error: damage };
    try {
      this.#spool = renewSpool(this.#spool, damage, log);
    } catch (error) {
      this.#fail(error);
      return "failed";
    }
    this.#damage = undefined;
    this.#renewedAtMs = nowMs();
    tracker?.rewrite();
    return "renewed";
  }

  #fail(error: unknown): void {
    const { log, ledger, nowMs } = this.#options;
    this.#markNotWhole();
    ledger.spoolFailures++;
    if (this.#failedAtMs === undefined) {
      log.error(
        `The spool ${this.#spool.file} cannot be written: ${errorText(error)}. Going on in memory; what is undelivered when ` +
          "the bridge ends may be lost. Trying again.",
      );
    }
    this.#failedAtMs = nowMs();
  }

  /** Before anything is sent that the spool will not know. */
  #markNotWhole(): void {
    if (this.#isMarkedWhole !== false && markNotWhole(this.#spool.file)) this.#isMarkedWhole = false;
  }

  #markWhole(): void {
    if (this.#isMarkedWhole !== true) this.#isMarkedWhole = markWhole(this.#spool.file) || undefined;
  }
}
