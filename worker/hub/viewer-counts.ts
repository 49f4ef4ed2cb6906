import type { ViewerShare } from "../auth/viewer-share.ts";

/** How many viewers there are of each token and each address: as many rows as viewers at most. */
export class ViewerCounts {
  readonly #counts = new Map<string, number>();

  /** Whether one more may watch. */
  hasRoom({ who, most }: ViewerShare): boolean {
    return most === null || (this.#counts.get(who) ?? 0) < most;
  }

  add(who: string): void {
    this.#counts.set(who, (this.#counts.get(who) ?? 0) + 1);
  }

  remove(who: string): void {
    const count = (this.#counts.get(who) ?? 0) - 1;
    if (count > 0) this.#counts.set(who, count);
    else this.#counts.delete(who);
  }

  /** How many are counted apart. */
  get size(): number {
    return this.#counts.size;
  }
}
