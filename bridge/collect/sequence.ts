/** Checks the numbers that a publisher gives its messages itself (BR16). One publisher a topic; topics are told apart. */
import { Turns } from "./turns.ts";

/** A topic's last number, as the spool keeps it. */
export interface LastNumber {
  topic: string;
  number: number;
  /** Of the message's payload; null: others may have come after it, so nobody knows how many are missing. */
  crc: number | null;
  /** The message's last x; null where it had none. */
  x: number | null;
}

export type Verdict =
  /** The first of its topic, or the one that was expected. */
  | { kind: "next" }
  /** So many messages are missing before this one; null: nobody knows how many, or whether any is. */
  | { kind: "jump"; missing: number | null; fromX: number | null }
  /** The same number with the same payload as one of the last {@link NUMBERS_REMEMBERED}. */
  | { kind: "repeat" }
  /** It counts anew; what was lost before, nobody knows. */
  | { kind: "restart"; fromX: number | null }
  /** Several publishers number this topic: from now on, said once, it is not checked until one alone does. */
  | { kind: "shared" };

export const NUMBERS_REMEMBERED = 1024;
/** 12 KiB each. Past that the topic heard of least recently is forgotten: its next message is taken for its first. */
export const MAX_TOPICS_NUMBERED = 4096;
/** Where counters of 8, 16 and 32 bits begin again at 0: that is the next number. */
const WRAPS = new Set([0xff, 0xffff, 0xffff_ffff]);

/** The last numbers of a topic; which is at `number % NUMBERS_REMEMBERED`. */
class Remembered {
  readonly #numbers = new Float64Array(NUMBERS_REMEMBERED).fill(-1);
  readonly #crcs = new Uint32Array(NUMBERS_REMEMBERED);
  readonly turns = new Turns(NUMBERS_REMEMBERED);
  isSaidShared = false;
  last: LastNumber;

  constructor(last: LastNumber) {
    this.last = last;
    this.put(last);
  }

  put(last: LastNumber): void {
    this.last = last;
    if (last.crc === null) return;
    this.#numbers[last.number % NUMBERS_REMEMBERED] = last.number;
    this.#crcs[last.number % NUMBERS_REMEMBERED] = last.crc;
  }

  has({ number, crc }: LastNumber): boolean {
    const at = number % NUMBERS_REMEMBERED;
    return this.#numbers[at] === number && this.#crcs[at] === crc;
  }

  clear(): void {
    this.#numbers.fill(-1);
  }

  /** As the spool keeps it: of several publishers' numbers it says nothing about what comes next. */
  get kept(): LastNumber {
    return this.turns.areTaken ? { ...this.last, crc: null } : this.last;
  }
}

export class SequenceTracker {
  /** The topic heard of least recently is the first. */
  readonly #topics = new Map<string, Remembered>();
  /** What the spool does not have yet. */
  readonly #changed = new Set<Remembered>();
  readonly #forgotten = new Set<string>();
  readonly #maxTopics: number;

  constructor(numbers: readonly LastNumber[] = [], maxTopics = MAX_TOPICS_NUMBERED) {
    this.#maxTopics = maxTopics;
    for (const last of numbers) this.#topics.set(last.topic, new Remembered(last));
  }

  /** @param number a whole number, 0 or more */
  observe(next: LastNumber): Verdict {
    const { topic, number } = next;
    const known = this.#topics.get(topic);
    if (known === undefined) {
      this.#remember(topic, new Remembered(next));
      return { kind: "next" };
    }
    const { last, turns } = known;
    // Two publishers may well send the same.
    if (!turns.areTaken && known.has(next)) return { kind: "repeat" };
    const wraps = number === 0 && WRAPS.has(last.number);
    const restarts = number <= last.number && !wraps;
    if (restarts) known.clear();
    known.put(next.x === null ? { ...next, x: restarts ? null : last.x } : next);
    this.#topics.delete(topic);
    this.#remember(topic, known);
    const missing = wraps ? 0 : number - last.number - 1;
    if (missing === 0) {
      turns.goOn();
      return { kind: "next" };
    }
    const isDoubtful = turns.breakOff(last.number, number);
    if (turns.areTaken) return this.#shared(known);
    if (restarts) return { kind: "restart", fromX: last.x };
    return { kind: "jump", missing: isDoubtful || last.crc === null ? null : missing, fromX: last.x };
  }

  /** Goes on with what another has observed, of topics that this one does not know. */
  adopt(other: SequenceTracker): void {
    for (const [topic, remembered] of other.#topics) this.#remember(topic, remembered);
  }

  get isChanged(): boolean {
    return this.#changed.size + this.#forgotten.size > 0;
  }

  /** What {@link saved} will confirm: the numbers up to which every point is among those being written. */
  get changes(): { numbers: LastNumber[]; gone: readonly string[] } {
    return { numbers: [...this.#changed].map(({ kept }) => kept), gone: [...this.#forgotten] };
  }

  saved(): void {
    this.#changed.clear();
    this.#forgotten.clear();
  }

  #shared(known: Remembered): Verdict {
    if (known.isSaidShared) return { kind: "next" };
    known.isSaidShared = true;
    return { kind: "shared" };
  }

  #remember(topic: string, remembered: Remembered): void {
    this.#topics.set(topic, remembered);
    this.#changed.add(remembered);
    this.#forgotten.delete(topic);
    if (this.#topics.size <= this.#maxTopics) return;
    const [oldest] = this.#topics;
    if (oldest === undefined) return;
    this.#topics.delete(oldest[0]);
    this.#changed.delete(oldest[1]);
    this.#forgotten.add(oldest[0]);
  }
}
