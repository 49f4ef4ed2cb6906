import { MAX_BODY_BYTES, MAX_BODY_POINTS } from "../../../protocol/limits.ts";

export interface BodyLimits {
  bytes: number;
  points: number;
}

/** One failure is chance; from this one in a row on, the size may be the reason. */
const FAILURES_BEFORE_HALVING = 2;
/** Bodies of one full frame: nothing smaller can be sent. */
const MIN_SHARE = 1 / 16;
const SUCCESSES_BEFORE_DOUBLING = 16;

/**
 * How much goes into one body (SPEC.md, BR8). What was refused as too large is remembered until the end. Failures that
 * the size may have caused, such as a Worker that ran out of memory, halve it too; deliveries double it again, slowly.
 */
export class BodySize {
  #maxBytes = MAX_BODY_BYTES;
  #maxPoints = MAX_BODY_POINTS;
  #share = 1;
  #failures = 0;
  #successes = 0;

  get limits(): BodyLimits {
    return { bytes: Math.floor(this.#maxBytes * this.#share), points: Math.floor(this.#maxPoints * this.#share) };
  }

  /** A body of this size was refused for it. Whichever of the two is nearer to its limit is halved. */
  onTooLarge({ bytes, points }: BodyLimits): void {
    if (bytes / MAX_BODY_BYTES >= points / MAX_BODY_POINTS) {
      this.#maxBytes = Math.min(this.#maxBytes, Math.floor(bytes / 2));
    } else {
      this.#maxPoints = Math.min(this.#maxPoints, Math.floor(points / 2));
    }
    this.#failures = 0;
  }

  /** @returns whether the next body must be smaller, if it can be */
  onFailure(): boolean {
    this.#successes = 0;
    if (++this.#failures < FAILURES_BEFORE_HALVING) return false;
    this.#share = Math.max(MIN_SHARE, this.#share / 2);
    return true;
  }

  onDelivered(): void {
    this.#failures = 0;
    if (this.#share === 1 || ++this.#successes < SUCCESSES_BEFORE_DOUBLING) return;
    this.#successes = 0;
    this.#share *= 2;
  }
}
