const LEVELS = "▁▂▃▄▅▆▇█";
const MIDDLE = 3;

/** The last values, a block each, from the least to the most of those that are shown. */
export function sparkline(values: readonly number[], width: number): string {
  const shown = values.slice(-Math.max(0, width));
  const least = Math.min(...shown);
  // Half of each: the distance of two large numbers need not be finite.
  const range = Math.max(...shown) / 2 - least / 2;
  return shown
    .map((value) => LEVELS[range > 0 ? Math.round(((value / 2 - least / 2) / range) * (LEVELS.length - 1)) : MIDDLE])
    .join("");
}
