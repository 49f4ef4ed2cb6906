import type { DecodeFault } from "./decode.ts";
import type { LossReason } from "./gaps.ts";

export interface Dropped {
  frames: number;
  points: number;
}

/** What came in, what went out, and what did not, since the start. Every loss in the bridge is one of these counts. */
export class Ledger {
  /** ZeroMQ messages. */
  received = 0;
  /** Points understood; all of them are collected. */
  decoded = 0;
  delivered = 0;
  posts = 0;
  retries = 0;
  /** As the last answer said; undefined before the first. */
  viewers: number | undefined;
  /** Messages that hold no points, by reason. */
  readonly refused = new Map<DecodeFault, number>();
  readonly dropped = new Map<LossReason, Dropped>();

  countRefused(reason: DecodeFault): void {
    this.refused.set(reason, (this.refused.get(reason) ?? 0) + 1);
  }

  countDropped(reason: LossReason, points: number): void {
    const before = this.dropped.get(reason) ?? { frames: 0, points: 0 };
    this.dropped.set(reason, { frames: before.frames + 1, points: before.points + points });
  }

  get refusedMessages(): number {
    return [...this.refused.values()].reduce((sum, count) => sum + count, 0);
  }

  get droppedPoints(): number {
    return [...this.dropped.values()].reduce((sum, { points }) => sum + points, 0);
  }
}
