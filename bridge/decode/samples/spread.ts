/** Where the samples of a message stand: the first at x0, each `dx` after the one before. Seconds. */
export interface Placement {
  x0: number;
  dx: number;
}

export interface Placing {
  /**
   * @param samples how many, 1 or more
   * @param arrivedAt unix seconds
   * @param position the publisher's count of samples before this message, if it has one
   */
  place(samples: number, arrivedAt: number, position?: number): Placement;
}

/** No arrival is this much before the one of the message before, unless the clock was set back. */
export const CLOCK_SET_BACK_SECONDS = 0.25;
/** After a longer silence the samples are not from all of it. */
const MAX_SPREAD_SECONDS = 10;
/** Apart by this much, where nothing tells how fast they come. */
const UNKNOWN_DX_SECONDS = 1e-6;

/**
 * Samples of no known rate: those of a message are spread evenly between the arrival before and its own, the last one
 * at its own. The first message, and one after more than ten seconds, ends at its arrival; its samples are as far
 * apart as those before, or a microsecond. x never goes backwards, unless the clock was set back: then the next message
 * is placed like a first one, once at an earlier x.
 */
export class Spread implements Placing {
  #last = Number.NaN;
  #dx = UNKNOWN_DX_SECONDS;

  place(samples: number, arrivedAt: number): Placement {
    if (arrivedAt < this.#last - CLOCK_SET_BACK_SECONDS) this.#last = Number.NaN;
    const last = this.#last;
    if (arrivedAt <= last) return { x0: last, dx: 0 };
    this.#last = arrivedAt;
    if (samples === 1) {
      if (arrivedAt - last <= MAX_SPREAD_SECONDS) this.#dx = arrivedAt - last;
      return { x0: arrivedAt, dx: 0 };
    }
    const gap = arrivedAt - last;
    if (gap <= MAX_SPREAD_SECONDS) {
      this.#dx = gap / samples;
      return { x0: last + this.#dx, dx: this.#dx };
    }
    // NaN of the first message is no bound.
    const dx = gap < this.#dx * samples ? gap / samples : this.#dx;
    return { x0: arrivedAt - (samples - 1) * dx, dx };
  }
}
