import type { Series } from "../data/store/series.ts";
import type { Scaled } from "./grouping.ts";

/**
 * The series of the channel, in the order in which it took their first points, with the scales that it keeps: the same for
 * every viewer, whatever each of them has seen of the points.
 */
export class Catalogue {
  /** What is in view is a file, not the channel: series have the scales of all its points. */
  isFile = false;
  /** In the order of the channel; 0 while it has not decided. */
  readonly #scales = new Map<string, number>();

  /** The channel says which series it has, or what it decided. */
  learn(names: readonly string[], scales: readonly (number | null)[] = []): void {
    for (const [i, name] of names.entries()) this.#scales.set(name, scales[i] ?? 0);
  }

  /** Whether it is listed. */
  has(name: string): boolean {
    return this.#scales.has(name);
  }

  /** The numbering begins anew, or points of a file come. */
  clear(): void {
    this.#scales.clear();
  }

  /**
   * All series, those of which this page has no points, too: where they are decides where others are.
   * @param series those that it has points of; those that the channel has not listed yet come last
   * @param inView the names of those of which something is in view
   */
  list(series: Iterable<Series>, inView: ReadonlySet<string>): Scaled[] {
    const here = new Map([...series].map((one) => [one.name, one]));
    const all: Scaled[] = [];
    const add = (name: string, scale: number, one?: Series): void => {
      const magnitude = (this.isFile && one?.magnitude) || scale;
      const isAbsent = one === undefined || !inView.has(name);
      // One that nothing is known of has no part in where others are.
      if (one !== undefined || magnitude > 0) all.push({ name, magnitude, kind: one?.kind ?? "", isAbsent });
    };
    for (const [name, scale] of this.#scales) add(name, scale, here.get(name));
    for (const [name, one] of here) if (!this.#scales.has(name)) add(name, 0, one);
    return all;
  }
}
