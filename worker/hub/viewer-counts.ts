import type { ViewerShare } from "../auth/viewer-share.ts";

/** How many viewers there are of each token and each address: as many rows as viewers at most. */
export class ViewerCounts {
  readonly #counts = new Map<string, { viewers: number; most: number | null }>();

  /** Whether one more may watch. */
  hasRoom({ who, most }: ViewerShare): boolean {
    return most === null || this.of(who) < most;
  }

  of(who: string): number {
    return this.#counts.get(who)?.viewers ?? 0;
  }

  /** Those that have a bound: how many there are, and how many may be, as who came last had it. */
  *bounded(): Generator<[who: string, viewers: number, most: number]> {
    for (const [who, { viewers, most }] of this.#counts) if (most !== null) yield [who, viewers, most];
  }

  add(who: string, most: number | null = null): void {
    this.#counts.set(who, { viewers: this.of(who) + 1, most });
  }

  remove(who: string): void {
    const count = this.#counts.get(who);
    if (count !== undefined && --count.viewers <= 0) this.#counts.delete(who);
  }

  /** How many are counted apart. */
  get size(): number {
    return this.#counts.size;
  }
}
