import { counterIn, isDate } from "../layout.ts";
import { DecodeError } from "../message.ts";

/** Numbers in a row that nobody has as names of topics, unless they have been there before. */
const MAX_IN_ROW = 10;
/** Topics with numbers for names are few. */
const MAX_SEEN = 1024;

/**
 * Tells topics that are whole numbers, such as `10001`, from numbers that count the messages or are their times, each of which
 * would be a series. A count goes on by one each time, a time goes up, and neither comes back to where it was.
 */
export class CountingTopics {
  readonly #seen = new Set<number>();
  #last = Number.NaN;
  /** The same number with its upper bits, where it has more than 53. */
  #lastTime = Number.NaN;
  #inRow = 0;

  /**
   * @param word digits
   * @throws DecodeError envelope-wrong if these numbers count, or are times
   */
  check(word: string, advice: string): void {
    const number = counterIn(word);
    if (number === undefined) return;
    const isNew = !this.#seen.has(number);
    const time = Number(word);
    const goesOn = number === this.#last + 1 || (time > this.#lastTime && isDate(time) && isDate(this.#lastTime));
    this.#inRow = isNew && goesOn ? this.#inRow + 1 : 0;
    this.#last = number;
    this.#lastTime = time;
    if (isNew) {
      if (this.#seen.size >= MAX_SEEN) this.#seen.clear();
      this.#seen.add(number);
    }
    if (this.#inRow < MAX_IN_ROW) return;
    throw new DecodeError(
      "envelope-wrong",
      `Where the topic stands, numbers count the messages or are their times ("${number}" follows ${MAX_IN_ROW} others): each would be a ` +
        `series of its own. ${advice}`,
    );
  }
}
