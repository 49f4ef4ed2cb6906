import { counterIn } from "../layout.ts";
import { DecodeError } from "../message.ts";

/** Numbers in a row that nobody has as names of topics, unless they have been there before. */
const MAX_IN_ROW = 10;
/** Topics with numbers for names are few. */
const MAX_SEEN = 1024;

/**
 * Tells topics that are whole numbers, such as `10001`, from numbers that count the messages, each of which would be a series.
 * A count goes on by one each time, and never comes back to where it was.
 */
export class CountingTopics {
  readonly #seen = new Set<number>();
  #last: number | undefined;
  #inRow = 0;

  /**
   * @param word digits
   * @throws DecodeError envelope-wrong if these numbers count
   */
  check(word: string, advice: string): void {
    const number = counterIn(word);
    if (number === undefined) return;
    const isNew = !this.#seen.has(number);
    this.#inRow = isNew && this.#last !== undefined && number === this.#last + 1 ? this.#inRow + 1 : 0;
    this.#last = number;
    if (isNew) {
      if (this.#seen.size >= MAX_SEEN) this.#seen.clear();
      this.#seen.add(number);
    }
    if (this.#inRow < MAX_IN_ROW) return;
    throw new DecodeError(
      "envelope-wrong",
      `Where the topic stands, numbers count the messages ("${number}" follows ${MAX_IN_ROW} others): each would be a series of its own. ${advice}`,
    );
  }
}
