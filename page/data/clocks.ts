/** How much of the newest difference goes into the one shown. */
const WEIGHT = 0.1;
/** Clocks differ by this much without anybody minding. */
const SAME_MS = 2_000;
/** A point cannot come before its time: so far ahead, its publisher's clock is. */
const AHEAD_MS = 1_000;
const MAX_COMPARISONS = 16;
/** Nothing is under way for so long: a clock was set. */
const SET_MS = 30_000;
/** Of a publisher that was not heard for so long nothing is said, and of no more than these. */
const RECENT_MS = 10_000;
const MAX_PUBLISHERS = 64;

/** What is wrong with the clocks; undefined: nothing that anybody would notice. */
export interface ClockRemarks {
  publisherAheadMs: number | undefined;
  /** Negative: behind. */
  oursAheadMs: number | undefined;
}

/**
 * Three clocks: the publisher's in the times of its points, the Channel's, and ours. Ours is compared with the Channel's,
 * so that a wrong one here is not taken for a lag.
 */
export class Clocks {
  /** The Channel's clock less ours, when something of it came. */
  readonly #comparisons: number[] = [];
  /** By publisher, the one heard last at the end: how late its newest point was. */
  readonly #late = new Map<string, { lateMs: number; heardMs: number }>();

  /** The Channel said what time it is. */
  noteChannelClock(nowMs: number, channelNowMs: number): void {
    const aheadMs = channelNowMs - nowMs;
    if (Math.abs(aheadMs - this.#channelAheadMs) > SET_MS) this.#comparisons.length = 0;
    this.#comparisons.push(aheadMs);
    if (this.#comparisons.length > MAX_COMPARISONS) this.#comparisons.shift();
  }

  /** A frame came as it was taken. @param newestMs the time of its newest point; undefined: x is no time */
  noteFrame(nowMs: number, newestMs: number | undefined, publisher = ""): void {
    const before = this.#late.get(publisher)?.lateMs;
    this.#late.delete(publisher);
    if (newestMs === undefined) return;
    const newMs = nowMs + this.#channelAheadMs - newestMs;
    // A step of either clock is not smoothed: what was before says nothing of what is.
    const isStep = before === undefined || Math.abs(newMs - before) > SAME_MS;
    this.#late.set(publisher, { lateMs: isStep ? newMs : before + WEIGHT * (newMs - before), heardMs: nowMs });
    for (const [other, { heardMs }] of this.#late) {
      if (this.#late.size <= MAX_PUBLISHERS && Math.abs(nowMs - heardMs) <= RECENT_MS) break;
      this.#late.delete(other);
    }
  }

  /** The connection is made anew: what the lag was says nothing of what it will be. */
  forgetLag(): void {
    this.#late.clear();
  }

  /** How long a point takes from its time to here, that of the slowest publisher; undefined where that cannot be known. */
  get lagMs(): number | undefined {
    const lags = this.#lateness.filter((lateMs) => lateMs >= -AHEAD_MS);
    return lags.length === 0 ? undefined : Math.max(0, ...lags);
  }

  get remarks(): ClockRemarks {
    const oursAheadMs = -this.#channelAheadMs;
    const publisherAheadMs = -Math.min(0, ...this.#lateness);
    return {
      publisherAheadMs: publisherAheadMs > AHEAD_MS ? publisherAheadMs : undefined,
      oursAheadMs: Math.abs(oursAheadMs) > SAME_MS ? oursAheadMs : undefined,
    };
  }

  get #lateness(): number[] {
    return [...this.#late.values()].map(({ lateMs }) => lateMs);
  }

  /** What was under way made the difference smaller, never larger: the largest is the nearest to the truth. */
  get #channelAheadMs(): number {
    return this.#comparisons.length === 0 ? 0 : Math.max(...this.#comparisons);
  }
}
