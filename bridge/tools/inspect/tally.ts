/** Fewer in the window say little of a rate; then the pauses between are longer known. */
const MIN_IN_WINDOW = 3;
const WINDOW_MARKS = 10;
/** A feed that is silent for so many of its usual pauses has ended. */
const PATIENCE = 3;

/** How many came, and how fast they come. Times are seconds of one clock. */
export class Tally {
  count = 0;
  bytes = 0;
  readonly firstAt: number;
  lastAt: number;
  #marks: { at: number; count: number; bytes: number }[];

  constructor(at: number) {
    this.firstAt = at;
    this.lastAt = at;
    this.#marks = [{ at, count: 0, bytes: 0 }];
  }

  add(at: number, bytes = 0, count = 1): void {
    this.count += count;
    this.bytes += bytes;
    this.lastAt = at;
  }

  /** To be called twice a second: rates are over the last {@link WINDOW_MARKS} of these. */
  mark(at: number): void {
    this.#marks.push({ at, count: this.count, bytes: this.bytes });
    if (this.#marks.length > WINDOW_MARKS) this.#marks.shift();
  }

  /** Per second, now. */
  rate(now: number): number {
    const since = this.#marks[0];
    const seconds = now - (since?.at ?? now);
    const inWindow = this.count - (since?.count ?? 0);
    if (inWindow >= MIN_IN_WINDOW && seconds > 0) return inWindow / seconds;
    const pause = this.count > 1 ? (this.lastAt - this.firstAt) / (this.count - 1) : 0;
    return pause > 0 && now - this.lastAt < PATIENCE * pause ? 1 / pause : 0;
  }

  byteRate(now: number): number {
    return this.count === 0 ? 0 : (this.rate(now) * this.bytes) / this.count;
  }
}

/** Names and what is known of them, up to a bound; beyond, only how often others came. */
export class Known<T> {
  readonly #all = new Map<string, T>();
  readonly #max: number;
  /** How often names came that are beyond the bound. */
  others = 0;

  constructor(max: number) {
    this.#max = max;
  }

  /** @returns undefined, and counts, if it is new and there is no room */
  of(name: string, create: () => T, count = 1): T | undefined {
    const known = this.#all.get(name);
    if (known !== undefined) return known;
    if (this.#all.size >= this.#max) {
      this.others += count;
      return undefined;
    }
    const made = create();
    this.#all.set(name, made);
    return made;
  }

  get size(): number {
    return this.#all.size;
  }

  entries(): MapIterator<[string, T]> {
    return this.#all.entries();
  }

  values(): MapIterator<T> {
    return this.#all.values();
  }
}
