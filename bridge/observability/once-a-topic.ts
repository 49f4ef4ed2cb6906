import type { LineRate } from "./line-rate.ts";

/** Topics of which is remembered what was said. Beyond, it may be said again. */
const MAX_TOPICS = 4096;

/** Sees to it that a thing is said once of each topic, at the rate that a log can bear. Anybody may make topics up. */
export class OnceATopic<T> {
  readonly #said = new Map<string, Set<T>>();

  /** @returns whether it is to be said now, with how many were not said before it; undefined: it is not */
  take(topic: string, what: T, rate: LineRate): number | undefined {
    let said = this.#said.get(topic);
    if (said?.has(what)) return undefined;
    const unsaid = rate.take();
    if (unsaid === undefined) return undefined;
    if (said === undefined) {
      if (this.#said.size >= MAX_TOPICS) this.#said.clear();
      said = new Set();
      this.#said.set(topic, said);
    }
    said.add(what);
    return unsaid;
  }
}
