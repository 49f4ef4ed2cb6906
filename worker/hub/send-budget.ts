import { RateLimit } from "../auth/bounds/rate-limit.ts";

/**
 * What viewers that are behind may cost, and anybody may be one. The unit is a message of text, which takes 25 to 80 µs.
 * Reading a batch from the log takes about as long as four, and one more for so many bytes that are sent, or so many
 * values that are decoded. (A send costs by the message up to some ten KiB. At 4 KiB a unit, a hundred viewers of 50,000 points a
 * second, whom such a rate puts behind now and again, got a quarter of what the object can send.)
 */
const READ_UNITS = 4;
const BYTES_OF_A_UNIT = 32 * 1024;
const VALUES_OF_A_UNIT = 1024;

/** What viewers that join or ask on, and publishes, may spend: those who come when there is no more of it wait. */
export const AT_ONCE = { atOnce: 1024, perSecond: 4096 };

/** What is sent from the log in one turn of the event loop: by a join or a `continue`, by a publish, by a round of an alarm. */
export const TURN_UNITS = { join: 512, publish: 128, alarm: 256 } as const;

/** What is left of a turn. The last step may take more than that. */
export class Turn {
  #left: number;
  readonly #spend: (units: number) => void;

  constructor(units: number, spend: (units: number) => void = () => {}) {
    this.#left = units;
    this.#spend = spend;
  }

  get left(): number {
    return this.#left;
  }

  /** A batch was read from the log. */
  read(): void {
    this.#take(READ_UNITS);
  }

  decoded(values: number): void {
    this.#take(Math.ceil(values / VALUES_OF_A_UNIT));
  }

  sentFrames(bytes: number): void {
    this.#take(Math.ceil(bytes / BYTES_OF_A_UNIT));
  }

  sentText(): void {
    this.#take(1);
  }

  #take(units: number): void {
    this.#left -= units;
    this.#spend(units);
  }
}

/** The turns of one channel. */
export class SendBudget {
  readonly #atOnce: RateLimit;

  constructor(nowMs: number) {
    this.#atOnce = new RateLimit(AT_ONCE.perSecond, nowMs, AT_ONCE.atOnce);
  }

  /** A turn that is made at once; undefined if there were too many of late. */
  turnAtOnce(units: number, nowMs: number): Turn | undefined {
    // What a turn takes is known when it is over: it may leave a debt.
    return this.#atOnce.left(nowMs) > 0 ? new Turn(units, (taken) => this.#atOnce.spend(taken)) : undefined;
  }
}
