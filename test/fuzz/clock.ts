import type { Random } from "../torture/random.ts";

const BEGIN = 1_763_648_912.5;
const TICK_SECONDS = 0.1;

/** A clock that is set now and then, as those of real computers are. Unix seconds. */
export class FakeClock {
  now = BEGIN;
  #tickedAt = BEGIN;

  /** On to the next message. @returns whether a tick is due */
  advance(random: Random): boolean {
    this.now += random.next() * 0.02;
    if (random.next() < 0.0005) this.now = BEGIN + (random.next() - 0.5) * 10 ** random.integer(0, 6);
    if (Math.abs(this.now - this.#tickedAt) < TICK_SECONDS) return false;
    this.#tickedAt = this.now;
    return true;
  }
}
