const MAX_FOUND = 4_096;

/** Which series somebody wants: names, in which `*` stands for any characters. */
export class SeriesFilter {
  /** Names and patterns; none: all series. */
  readonly wanted: readonly string[];
  readonly #names: ReadonlySet<string>;
  readonly #patterns: readonly string[];
  /** What was found out of names that the patterns were tried at: a frame after the other has the same. */
  readonly #found = new Map<string, boolean>();

  constructor(wanted: readonly string[]) {
    this.wanted = wanted;
    this.#names = new Set(wanted);
    this.#patterns = wanted.filter(isSeriesPattern);
  }

  get isAll(): boolean {
    return this.#names.size === 0;
  }

  has(series: string): boolean {
    if (this.isAll || this.#names.has(series)) return true;
    if (this.#patterns.length === 0) return false;
    const known = this.#found.get(series);
    if (known !== undefined) return known;
    const isWanted = this.#patterns.some((pattern) => matches(series, pattern));
    if (this.#found.size >= MAX_FOUND) this.#found.clear();
    this.#found.set(series, isWanted);
    return isWanted;
  }
}

/** Whether a name that somebody wants may stand for several. */
export function isSeriesPattern(wanted: string): boolean {
  return wanted.includes("*");
}

/**
 * Only the last `*` is ever tried anew, so it takes the product of the lengths at most. A regular expression tries every `*` in every
 * place: five of them take seconds for one name of 256 characters.
 */
function matches(name: string, pattern: string): boolean {
  let [at, place] = [0, 0];
  /** Behind the last `*`, and where in the name what follows it was tried. */
  let [afterStar, triedAt] = [-1, 0];
  while (at < name.length) {
    if (pattern[place] === "*") {
      place++;
      [afterStar, triedAt] = [place, at];
    } else if (pattern[place] === name[at]) {
      at++;
      place++;
    } else if (afterStar >= 0) {
      triedAt++;
      [at, place] = [triedAt, afterStar];
    } else return false;
  }
  while (pattern[place] === "*") place++;
  return place === pattern.length;
}
