import type { OnLeftOut } from "../../../observability/left-out.ts";
import { isSame } from "./names.ts";

interface Waiting {
  topic: string;
  names: readonly string[];
  /** Unix seconds. */
  since: number;
}

/** Lines follow their names at once, mostly. */
const MAX_WAIT_SECONDS = 10;
/** Topics; of more, the one that has waited longest is told of. */
const MAX_WAITING = 256;
const MAX_SAMPLE_LENGTH = 80;

/** Lines of names that stood alone, by the topic whose lines of numbers they wait for. If none come, that is told. */
export class WaitingNames {
  readonly #onLeftOut: OnLeftOut;
  readonly #waiting = new Map<object, Waiting>();

  constructor(onLeftOut: OnLeftOut) {
    this.#onLeftOut = onLeftOut;
  }

  /** @param key of the topic */
  add(key: object, waiting: Waiting): void {
    this.#tell(key);
    this.#waiting.set(key, waiting);
    for (const oldest of this.#waiting.keys()) {
      if (this.#waiting.size <= MAX_WAITING) break;
      this.#tell(oldest);
    }
  }

  /** A line of numbers has come, of so many columns. @param names that it was read under; undefined: those that wait, or none */
  came(key: object, columns: number, names?: readonly string[]): void {
    if (this.#waiting.size === 0) return;
    const waiting = this.#waiting.get(key);
    if (waiting?.names.length !== columns) return;
    if (names === undefined || isSame(names, waiting.names)) this.#waiting.delete(key);
    // Their place was taken by others.
    else this.#tell(key);
  }

  tick(now: number): void {
    if (this.#waiting.size === 0) return;
    // A clock that was set must not hold anything for ever.
    for (const [key, { since }] of this.#waiting) if (Math.abs(now - since) >= MAX_WAIT_SECONDS) this.#tell(key);
  }

  #tell(key: object): void {
    const waiting = this.#waiting.get(key);
    if (waiting === undefined) return;
    this.#waiting.delete(key);
    const { topic, names } = waiting;
    this.#onLeftOut({
      topic,
      reason: "record-unreadable",
      place: "line 1",
      sample: names.join(", ").slice(0, MAX_SAMPLE_LENGTH),
      detail: `This was taken for the names of columns, and no line of numbers with ${names.length} columns has come after it.`,
    });
  }
}
