import { keepNewest } from "../auth/keep-newest.ts";

/**
 * What many want at once is asked for once, and the newest answers are kept for those who come later. Whoever asks puts into the key all
 * that the answer depends on.
 */
export class SingleFlight<T> {
  readonly #answers = new Map<string, Promise<T>>();
  readonly #most: number;

  /** @param most how many answers are kept */
  constructor(most: number) {
    this.#most = most;
  }

  ask(key: string, ask: () => Promise<T>): Promise<T> {
    const known = this.#answers.get(key);
    if (known !== undefined) return known;
    const answer = ask();
    this.#answers.set(key, answer);
    keepNewest(this.#answers, this.#most);
    // One that failed is asked for again.
    answer.catch(() => {
      if (this.#answers.get(key) === answer) this.#answers.delete(key);
    });
    return answer;
  }

  clear(): void {
    this.#answers.clear();
  }
}
