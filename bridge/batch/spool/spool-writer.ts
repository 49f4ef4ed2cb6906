import type { UplinkLedger } from "../../observability/ledger.ts";
import type { Log } from "../../observability/log.ts";
import { errorText } from "../../observability/printable.ts";
import type { SequenceTracker } from "../sequence/sequence.ts";
import type { Spool } from "./spool.ts";
import type { SpoolChanges } from "./spool-state.ts";
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

type Progress = Pick<SpoolChanges, "identity" | "sentSeq" | "goneUpTo" | "nextSeq">;

/**
 * Writes to the spool, and goes on without it while the disk fails: that is said once, and again when it is over. What
 * could not be written is written then, for whoever calls {@link save} keeps it until that returns true.
 */
export class SpoolWriter {
  readonly #options: Required<Omit<SpoolWriterOptions, "tracker" | "failure">> & Pick<SpoolWriterOptions, "tracker">;
  #failedAtMs: number | undefined;
  /** Undefined: nobody knows, so it is tried again. */
  #isMarkedWhole: boolean | undefined;

  constructor({ failure, ...options }: SpoolWriterOptions) {
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
  get hasNumbers(): boolean {
    return this.#options.tracker?.isChanged ?? false;
  }

  /** The next write is tried, however short ago the last one failed: there may be no other. */
  retryNow(): void {
    if (this.isFailing) this.#failedAtMs = Number.NEGATIVE_INFINITY;
  }

  /** @returns whether everything is in the spool now */
  save(changes: Omit<SpoolChanges, "numbers" | "numbersGone">): boolean {
    const { tracker } = this.#options;
    const { numbers, gone } = tracker?.changes ?? { numbers: [], gone: [] };
    if (!this.#write({ ...changes, numbers, numbersGone: gone })) return false;
    tracker?.saved();
    return true;
  }

  /** How far delivery has come, and nothing else: after a failure there is more to write, which {@link save} does. */
  saveProgress(progress: Progress): void {
    const nothing = { frames: [], losses: [], gone: [], untold: undefined, numbers: [], numbersGone: [] };
    if (!this.isFailing && this.#options.spool.isBehind(progress)) this.#write({ ...progress, ...nothing });
  }

  read(seq: number): Uint8Array | undefined {
    try {
      return this.#options.spool.read(seq);
    } catch (error) {
      this.#options.log.error(`The spool cannot be read: ${errorText(error)}.`);
      return undefined;
    }
  }

  /** Gives back what the file does not need any more. */
  shrink(): void {
    try {
      if (!this.isFailing) this.#options.spool.shrink();
    } catch {
      // Then it stays as large as it is.
    }
  }

  close(nextSeq: number): void {
    try {
      this.#options.spool.close(this.isFailing ? undefined : nextSeq);
    } catch (error) {
      this.#options.log.error(`The spool could not be closed in order: ${errorText(error)}.`);
    }
  }

  #write(changes: SpoolChanges): boolean {
    const { spool, log } = this.#options;
    if (!this.isReady) return false;
    try {
      spool.write(changes);
    } catch (error) {
      this.#fail(error);
      return false;
    }
    if (this.#failedAtMs !== undefined)
      log.info(`The spool ${spool.file} can be written again; it has everything now.`);
    this.#failedAtMs = undefined;
    this.#markWhole();
    return true;
  }

  #fail(error: unknown): void {
    const { spool, log, ledger, nowMs } = this.#options;
    // Before anything is sent that the spool will not know.
    if (this.#isMarkedWhole !== false && markNotWhole(spool.file)) this.#isMarkedWhole = false;
    ledger.spoolFailures++;
    if (this.#failedAtMs === undefined) {
      log.error(
        `The spool ${spool.file} cannot be written: ${errorText(error)}. Going on in memory; what is undelivered when ` +
          "the bridge ends may be lost. Trying again.",
      );
    }
    this.#failedAtMs = nowMs();
  }

  #markWhole(): void {
    if (this.#isMarkedWhole !== true) this.#isMarkedWhole = markWhole(this.#options.spool.file) || undefined;
  }
}
