import { PointError } from "../../../protocol/json/point-error.ts";
import { MAX_TIME } from "../../../protocol/json/time.ts";

/** How often what the clocks differ by is looked at again, in seconds. */
const WINDOW_SECONDS = 10;
/** How far it is then corrected at most: 100 parts in a million, more than quartz clocks differ. */
const MAX_SLEW_SECONDS = 0.001;
/** No message is early: if one is so by more, Pupil's clock was set or its computer started anew. */
const EARLY_SECONDS = 1;
/** As late as this is no delay. */
const LATE_SECONDS = 60;

/**
 * Pupil time in unix seconds. Pupil time counts from an arbitrary moment (pupil-labs/pupil-docs, core/terminology/index.md),
 * and `T` to Pupil Remote sets it at any time (core/developer/network-api/index.md).
 *
 * The first message tells how far the two are apart, its delay included, and that is kept, so distances in time are
 * Pupil's own. Clocks drift: each 10 s the message with the least delay says by how much, and up to 1 ms of it is
 * corrected, so no series goes back in time. Where Pupil's clock is set, or all messages of 10 s are more than 1 s late,
 * it begins anew.
 */
export class PupilClock {
  #offset: number | undefined;
  #hasPrompt = false;
  #leastInWindow = Number.POSITIVE_INFINITY;
  #windowEnd = 0;

  /**
   * @param timestamp Pupil time, in seconds
   * @param arrivedAt unix seconds
   * @param isPrompt whether it was sent as soon as it could be, so that its arrival says most of the clocks;
   *   others are heeded until there is one that was
   * @returns unix seconds
   * @throws PointError time-not-a-number: no clock says that, so nothing is learnt from it
   */
  unixSeconds(timestamp: number, arrivedAt: number, isPrompt: boolean): number {
    if (!(Math.abs(timestamp) < MAX_TIME)) {
      throw new PointError("time-not-a-number", "pupil: a timestamp is no number of seconds below 1e20.");
    }
    const apart = arrivedAt - timestamp;
    this.#hasPrompt ||= isPrompt;
    if (this.#offset === undefined) this.#begin(apart, arrivedAt);
    else if (isPrompt || !this.#hasPrompt) this.#offset = this.#corrected(this.#offset, apart, arrivedAt);
    return timestamp + (this.#offset ?? apart);
  }

  #begin(offset: number, arrivedAt: number): number {
    this.#offset = offset;
    this.#leastInWindow = Number.POSITIVE_INFINITY;
    this.#windowEnd = arrivedAt + WINDOW_SECONDS;
    return offset;
  }

  #corrected(offset: number, apart: number, arrivedAt: number): number {
    if (apart < offset - EARLY_SECONDS || apart > offset + LATE_SECONDS) return this.#begin(apart, arrivedAt);
    this.#leastInWindow = Math.min(this.#leastInWindow, apart);
    if (arrivedAt < this.#windowEnd) return offset;
    const error = this.#leastInWindow - offset;
    if (Math.abs(error) > EARLY_SECONDS) return this.#begin(this.#leastInWindow, arrivedAt);
    return this.#begin(offset + Math.max(-MAX_SLEW_SECONDS, Math.min(error, MAX_SLEW_SECONDS)), arrivedAt);
  }
}
