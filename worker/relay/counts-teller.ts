import { STATUS_INTERVAL_MS } from "../hub/status.ts";
import type { ViewerCounts } from "../hub/viewer-counts.ts";
import { countsText, type RelayCounts } from "./feed-message.ts";

/** Of so many tokens and addresses the channel is told how many watch by them: those that are nearest to their bound. */
export const MAX_SHARES = 64;

/** Whose viewers are counted. */
interface Counted {
  readonly count: number;
  readonly behindCount: number;
  readonly viewers: Pick<ViewerCounts, "bounded">;
}

/** What a relay tells of its viewers. */
export function relayCounts({ count, behindCount, viewers }: Counted): RelayCounts {
  const shares = [...viewers.bounded()].sort((a, b) => b[1] / b[2] - a[1] / a[2]).slice(0, MAX_SHARES);
  return { viewers: count, behind: behindCount, shares };
}

/** When a channel is told what one of its relays counts: if that changed, and once a second at most. */
export class CountsTeller {
  #told = "";
  #toldAtMs = Number.NEGATIVE_INFINITY;

  /** In how long these are to be told; undefined: they are known. */
  dueInMs(counts: RelayCounts, nowMs: number): number | undefined {
    if (countsText(counts) === this.#told) return undefined;
    return Math.min(STATUS_INTERVAL_MS, Math.max(0, this.#toldAtMs + STATUS_INTERVAL_MS - nowMs));
  }

  told(counts: RelayCounts, nowMs: number): void {
    [this.#told, this.#toldAtMs] = [countsText(counts), nowMs];
  }

  /** They did not arrive: they are told in a second. */
  failed(): void {
    this.#told = "";
  }

  /** Whoever is told now knows nothing of this relay: it is told at once. */
  restart(): void {
    [this.#told, this.#toldAtMs] = ["", Number.NEGATIVE_INFINITY];
  }
}
