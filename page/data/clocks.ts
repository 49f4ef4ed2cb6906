import type { Frame } from "../../protocol/frame/frame.ts";

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

/** Later than another by so much, a series has another clock. */
const ODD_MS = 60_000;
/** No name of a series has it. */
const SECOND = "\n";

/** What is wrong with the clocks; undefined: nothing that anybody would notice. */
export interface ClockRemarks {
  publisherAheadMs: number | undefined;
  /** The first series of the one that is ahead, where there are others. */
  aheadName?: string | undefined;
  /** A series that is behind the others, and how many there are. */
  behind?: { name: string; lateMs: number; count: number } | undefined;
  /** Negative: behind. */
  oursAheadMs: number | undefined;
}

/** The newest x of a frame's tables, by the first series of each: what stands in one table was published together. */
export function newestByTable({ blocks }: Frame): Map<string, number> {
  const newest = new Map<string, number>();
  for (const block of blocks) {
    const name = block.kind === "table" ? block.columns[0]?.name : undefined;
    if (block.kind === "gap" || name === undefined) continue;
    let most = newest.get(name) ?? -Infinity;
    for (const x of block.x) if (x > most) most = x;
    newest.set(name, most);
  }
  return newest;
}

/**
 * Three clocks: the publisher's in the times of its points, the Channel's, and ours. Ours is compared with the Channel's,
 * so that a wrong one here is not taken for a lag.
 */
export class Clocks {
  /** The Channel's clock less ours, when something of it came. */
  readonly #comparisons: number[] = [];
  /** By who has one clock, the one heard last at the end: how late its newest point was. */
  readonly #late = new Map<string, { lateMs: number; heardMs: number }>();

  /** The Channel said what time it is. */
  noteChannelClock(nowMs: number, channelNowMs: number): void {
    const aheadMs = channelNowMs - nowMs;
    if (Math.abs(aheadMs - this.#channelAheadMs) > SET_MS) this.#comparisons.length = 0;
    this.#comparisons.push(aheadMs);
    if (this.#comparisons.length > MAX_COMPARISONS) this.#comparisons.shift();
  }

  /**
   * A frame came as it was taken.
   * @param newestMs the time of its newest point; undefined: x is no time
   * @param publisher what has one clock: the first of the series that have their points together
   */
  noteFrame(nowMs: number, newestMs: number | undefined, publisher = ""): void {
    if (newestMs === undefined) {
      this.#late.delete(publisher);
      return;
    }
    const newMs = this.nowMs(nowMs) - newestMs;
    // Two clocks may write one series: what one of them says is no step of the other.
    if (newMs > ODD_MS) publisher += SECOND;
    const before = this.#late.get(publisher)?.lateMs;
    this.#late.delete(publisher);
    // A step of either clock is not smoothed: what was before says nothing of what is.
    const isStep = before === undefined || Math.abs(newMs - before) > SAME_MS;
    this.#late.set(publisher, { lateMs: isStep ? newMs : before + WEIGHT * (newMs - before), heardMs: nowMs });
    for (const [other, { heardMs }] of this.#late) {
      if (this.#late.size <= MAX_PUBLISHERS && Math.abs(nowMs - heardMs) <= RECENT_MS) break;
      this.#late.delete(other);
    }
  }

  /** How long a point takes from its time to here, that of the slowest publisher; undefined where that cannot be known. */
  get lagMs(): number | undefined {
    const lags = this.#lateness.filter((lateMs) => lateMs >= -AHEAD_MS);
    // Who is much later than another has another clock.
    const least = Math.min(...lags);
    return lags.length === 0 ? undefined : Math.max(0, ...lags.filter((lateMs) => lateMs < least + ODD_MS));
  }

  /** The time by the Channel's clock. @param nowMs by ours */
  nowMs(nowMs: number): number {
    return nowMs + this.#channelAheadMs;
  }

  get remarks(): ClockRemarks {
    const oursAheadMs = -this.#channelAheadMs;
    const publisherAheadMs = -Math.min(0, ...this.#lateness);
    const late = [...this.#late].map(([key, { lateMs }]) => ({ name: key.replace(SECOND, ""), lateMs }));
    const least = Math.min(...this.#lateness.filter((lateMs) => lateMs >= -AHEAD_MS));
    const behind = late.filter(({ lateMs }) => lateMs >= least + ODD_MS).sort((a, b) => b.lateMs - a.lateMs);
    const [worst] = behind;
    const ahead = late.find(({ lateMs }) => lateMs === -publisherAheadMs);
    return {
      ...(worst === undefined ? {} : { behind: { ...worst, count: behind.length } }),
      ...(publisherAheadMs > AHEAD_MS && least < Infinity ? { aheadName: ahead?.name } : {}),
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
