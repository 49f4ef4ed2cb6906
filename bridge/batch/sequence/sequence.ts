/** Checks the numbers that a publisher gives its messages itself (BR16). One publisher a topic; topics are told apart. */
import type { ArrivalPath } from "../../sources/inlet.ts";
import { MAX_TOPICS_NUMBERED, NumbersRoom, type Sharer } from "./numbers-room.ts";
import { RecentMessages } from "./recent.ts";
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
  /** The same number with the same payload as one that came lately by another connection ({@link RecentMessages}). */
  | { kind: "repeat" }
  /** It counts anew; what was lost before, nobody knows. */
  | { kind: "restart"; fromX: number | null }
  /** Several publishers number this topic: from now on, said once, it is not checked until one alone does. */
  | { kind: "shared" };

export const NUMBERS_REMEMBERED = 1024;
/** Where counters of 8, 16, 31, 32 and 53 bits begin again at 0: that is the next number. Of 64 bits the lower 53 are here. */
const WRAPS = new Set([0xff, 0xffff, 0x7fff_ffff, 0xffff_ffff, Number.MAX_SAFE_INTEGER]);
/** Nobody loses more at once: it is a count that went back beyond 0, or another's. */
const MAX_MISSING = 0x7fff_ffff;

class Remembered {
  readonly recent = new RecentMessages();
  readonly turns = new Turns(NUMBERS_REMEMBERED);
  isSaidShared = false;
  last: LastNumber;

  constructor(last: LastNumber) {
    this.last = last;
  }

  /** As the spool keeps it: of several publishers' numbers it says nothing about what comes next. */
  get kept(): LastNumber {
    return this.turns.areTaken ? { ...this.last, crc: null } : this.last;
  }
}

export class SequenceTracker implements Sharer {
  /** The topic heard of least recently is the first. */
  readonly #topics = new Map<string, Remembered>();
  /** What the spool does not have yet. */
  readonly #changed = new Set<Remembered>();
  /** Topics that the spool may still have. */
  readonly #forgotten = new Set<string>();
  /** More are forgotten than anything wrote down, as without a spool: then the spool's are replaced by those known. */
  #areReplaced = false;
  readonly #maxTopics: number;
  readonly #nowMs: () => number;
  readonly #room: NumbersRoom;
  /** Of each topic so many messages are remembered. */
  #most = NUMBERS_REMEMBERED;

  /** @param room shared with other channels; it is left by {@link leave} */
  constructor(
    numbers: readonly LastNumber[] = [],
    maxTopics = MAX_TOPICS_NUMBERED,
    nowMs: () => number = () => performance.now(),
    room = new NumbersRoom(),
  ) {
    this.#maxTopics = maxTopics;
    this.#nowMs = nowMs;
    this.#room = room;
    for (const last of numbers) this.#topics.set(last.topic, new Remembered(last));
    room.join(this);
  }

  leave(): void {
    this.#room.leave(this);
  }

  fit(): void {
    while (this.#topics.size > this.#limit) this.#forgetOldest();
    const before = this.#most;
    this.#most = Math.min(NUMBERS_REMEMBERED, powerOfTwoIn(this.#room.numbers / Math.max(1, this.#topics.size)));
    if (this.#most < before) for (const { recent } of this.#topics.values()) recent.shrink(this.#most);
  }

  /**
   * @param next with a whole number, 0 or more
   * @param arrivalPath undefined: nobody knows how it came, so it is never a repeat
   */
  observe(next: LastNumber, arrivalPath?: ArrivalPath): Verdict {
    const { topic, number } = next;
    const known = this.#topics.get(topic);
    if (known === undefined) {
      const first = new Remembered(next);
      this.#remember(topic, first);
      this.#note(first, next, arrivalPath);
      return { kind: "next" };
    }
    const { last, turns, recent } = known;
    const wraps = number === 0 && WRAPS.has(last.number);
    const isNext = wraps || number === last.number + 1;
    // What is expected is new, whatever a short counter had before. And two publishers may well send the same.
    const mayRepeat = !isNext && !turns.areTaken && arrivalPath !== undefined && next.crc !== null;
    if (mayRepeat && recent.isRepeat(number, next.crc ?? 0, arrivalPath, this.#nowMs())) return { kind: "repeat" };
    const restarts = number <= last.number && !wraps;
    if (restarts) recent.clear();
    known.last = next.x === null ? { ...next, x: restarts ? null : last.x } : next;
    this.#topics.delete(topic);
    this.#remember(topic, known);
    this.#note(known, next, arrivalPath);
    if (isNext) {
      turns.goOn();
      return { kind: "next" };
    }
    const missing = number - last.number - 1;
    const isDoubtful = turns.breakOff(last.number, number);
    if (turns.areTaken) return this.#shared(known);
    if (restarts) return { kind: "restart", fromX: last.x };
    return {
      kind: "jump",
      missing: isDoubtful || last.crc === null || missing > MAX_MISSING ? null : missing,
      fromX: last.x,
    };
  }

  /** Goes on with what another has observed, of topics that this one does not know. */
  adopt(other: SequenceTracker): void {
    for (const [topic, remembered] of other.#topics) {
      this.#remember(topic, remembered);
      remembered.recent.shrink(this.#most);
    }
  }

  get isChanged(): boolean {
    return this.#areReplaced || this.#changed.size + this.#forgotten.size > 0;
  }

  /**
   * What {@link saved} will confirm: the numbers up to which every point is among those being written, and the topics that
   * are gone (null: all that were written before).
   */
  get changes(): { numbers: LastNumber[]; gone: readonly string[] | null } {
    const changed = this.#areReplaced ? this.#topics.values() : this.#changed;
    return { numbers: [...changed].map(({ kept }) => kept), gone: this.#areReplaced ? null : [...this.#forgotten] };
  }

  /** How many topics are kept in any way: for a bound that can be checked. */
  get kept(): { topics: number; messages: number; changed: number; forgotten: number } {
    let messages = 0;
    for (const { recent } of this.#topics.values()) messages += recent.places;
    return { topics: this.#topics.size, messages, changed: this.#changed.size, forgotten: this.#forgotten.size };
  }

  /** What was written is gone: all is to be written again. */
  rewrite(): void {
    this.#areReplaced = true;
    this.#forgotten.clear();
  }

  saved(): void {
    this.#areReplaced = false;
    this.#changed.clear();
    this.#forgotten.clear();
  }

  #note({ recent }: Remembered, { number, crc }: LastNumber, arrivalPath: ArrivalPath | undefined): void {
    if (arrivalPath === undefined || crc === null) return;
    recent.add(number, crc, arrivalPath, this.#nowMs(), this.#most);
  }

  #shared(known: Remembered): Verdict {
    if (known.isSaidShared) return { kind: "next" };
    known.isSaidShared = true;
    return { kind: "shared" };
  }

  #remember(topic: string, remembered: Remembered): void {
    const before = this.#topics.size;
    this.#topics.set(topic, remembered);
    this.#changed.add(remembered);
    this.#forgotten.delete(topic);
    if (this.#topics.size > before) this.fit();
  }

  get #limit(): number {
    return Math.min(this.#maxTopics, this.#room.topics);
  }

  #forgetOldest(): void {
    const [oldest] = this.#topics;
    if (oldest === undefined) return;
    this.#topics.delete(oldest[0]);
    this.#changed.delete(oldest[1]);
    if (this.#areReplaced) return;
    this.#forgotten.add(oldest[0]);
    if (this.#forgotten.size <= this.#maxTopics) return;
    this.#areReplaced = true;
    this.#forgotten.clear();
  }
}

/** The largest power of two that is not above it. */
function powerOfTwoIn(number: number): number {
  return 2 ** Math.floor(Math.log2(number));
}
