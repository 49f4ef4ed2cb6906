/** The points that all candidates are given. */

export const SERIES = 10;
/** What the widest live window shows. */
export const WINDOW_S = 300;

/** The i-th y of a series: two waves and some noise. Its source is run in pages, too: it uses nothing of this file. */
export function valueAt(series: number, i: number): number {
  const noise = (Math.imul(i + 1, 2654435761) ^ Math.imul(series + 1, 40503)) >>> 0;
  return Math.fround(series + 3 * Math.sin(i / 300 + series) + Math.sin(i / 17) + noise / 2 ** 32);
}

export function quantile(values: readonly number[], q: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * q))] ?? Number.NaN;
}

export const median = (values: readonly number[]): number => quantile(values, 0.5);

/** Runs `action` so often, and gives each outcome. */
export async function repeat<T>(times: number, action: (round: number) => Promise<T>): Promise<T[]> {
  const outcomes: T[] = [];
  for (let round = 0; round < times; round++) outcomes.push(await action(round));
  return outcomes;
}

/** `1.3 (1.2–1.6)`: the middle one of several runs, the least and the largest. */
export function spread(values: readonly number[], digits = 1): string {
  const [middle, least, most] = [median(values), Math.min(...values), Math.max(...values)];
  return `${middle.toFixed(digits)} (${least.toFixed(digits)}–${most.toFixed(digits)})`;
}
