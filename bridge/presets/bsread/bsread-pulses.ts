/** So many steps of one length in a row make it the length. */
const STEPS_TO_BELIEVE = 8;

/**
 * Pulse ids as numbers that count messages. A channel may come with every tenth pulse only ("modulo" of the dispatcher,
 * bsread_python/Readme.md), so the step between two messages has to be learnt: until it is, and while pulses come as
 * they like, there is no number.
 */
export class Pulses {
  #last: number | undefined;
  #step = 0;
  #seen = 0;

  /** @returns the number of the message of this pulse, one more than that of the pulse a step before */
  number(pulseId: number): number | undefined {
    const step = pulseId - (this.#last ?? pulseId);
    this.#last = pulseId;
    if (this.#seen >= STEPS_TO_BELIEVE && step !== 0 && step % this.#step === 0)
      return Math.floor(pulseId / this.#step);
    if (step !== this.#step) this.#seen = 0;
    this.#step = step;
    // 0 is no step, and a negative one is a sender that was started anew.
    if (step > 0) this.#seen++;
    return this.#seen >= STEPS_TO_BELIEVE ? Math.floor(pulseId / step) : undefined;
  }
}
