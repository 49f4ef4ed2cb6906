import type { GapReason, Loss, LossReason } from "../collect/gaps.ts";
import type { DecodeFault } from "../decode/decode.ts";

export interface Dropped {
  frames: number;
  points: number;
}

export interface Told {
  gaps: number;
  /** Of the gaps that have a number. */
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
  /** What viewers are told is missing, by reason: the drops above, and what never came. */
  readonly gaps = new Map<GapReason, Told>();
  /** Messages with a number and a payload that had come before. */
  repeats = 0;
  /** Messages without a number, where --sequence-field asks for one. */
  unnumbered = 0;
  /** Topics whose numbers were not checked any more, because several publishers sent them. */
  sharedTopics = 0;
  /** Publishers connected now, and how often one has gone. */
  publishers = 0;
  disconnects = 0;
  /** How often publishers fell silent. */
  silences = 0;
  /** Writes to the spool that failed. */
  spoolFailures = 0;
  /** Is told of each POST, in seconds from sending to its outcome. */
  onPost: (seconds: number) => void = () => undefined;

  countRefused(reason: DecodeFault): void {
    this.refused.set(reason, (this.refused.get(reason) ?? 0) + 1);
  }

  countDropped(reason: LossReason, points: number): void {
    const before = this.dropped.get(reason) ?? { frames: 0, points: 0 };
    this.dropped.set(reason, { frames: before.frames + 1, points: before.points + points });
    this.countGap({ reason, points });
  }

  countGap({ reason, points }: Pick<Loss, "reason" | "points">): void {
    const before = this.gaps.get(reason) ?? { gaps: 0, points: 0 };
    this.gaps.set(reason, { gaps: before.gaps + 1, points: before.points + (points ?? 0) });
  }

  get refusedMessages(): number {
    return [...this.refused.values()].reduce((sum, count) => sum + count, 0);
  }

  get droppedPoints(): number {
    return [...this.dropped.values()].reduce((sum, { points }) => sum + points, 0);
  }
}
