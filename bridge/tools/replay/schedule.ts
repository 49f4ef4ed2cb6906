/**
 * When each message of a recording is due again. Each is reckoned from the beginning, not from the one before, so that
 * late timers add up to nothing; after a stall, what is overdue is due at once.
 */
export class Schedule {
  readonly #speed: number;
  readonly #startMs: number;
  #firstUs: number | undefined;
  #lastUs = 0;
  #messages = 0;
  /** Of the rounds before, in the recording's time. */
  #offsetUs = 0;

  /**
   * @param speed 2: in half the time; Infinity: at once
   * @param startMs when the first is due, by the clock of {@link due}
   */
  constructor(speed: number, startMs: number) {
    this.#speed = speed;
    this.#startMs = startMs;
  }

  /** @returns when the message that came at `atUs` is due, never before the one before it */
  due(atUs: number): number {
    this.#firstUs ??= atUs;
    // Of files that others wrote: time in a recording does not go back.
    this.#lastUs = Math.max(this.#lastUs, atUs, this.#firstUs);
    this.#messages++;
    if (this.#speed === Number.POSITIVE_INFINITY) return this.#startMs;
    return this.#startMs + (this.#offsetUs + this.#lastUs - this.#firstUs) / 1000 / this.#speed;
  }

  /** The recording begins again, as far after its last message as messages are apart on average. */
  again(): void {
    const spanUs = this.#lastUs - (this.#firstUs ?? 0);
    this.#offsetUs += spanUs + (this.#messages > 1 ? spanUs / (this.#messages - 1) : ALONE_US);
    this.#firstUs = undefined;
    this.#lastUs = 0;
    this.#messages = 0;
  }
}

/** A message that is alone comes again each second. */
const ALONE_US = 1_000_000;
