import type { ValueNames } from "../data/store/value-names.ts";
import type { ValueStyle } from "../ui/format.ts";
import type { Stats } from "./stats.ts";

/** What the table says of a series. */
export interface LatestRow {
  /** Of the series, with its unit. */
  series: string;
  /** Without its unit. */
  name: string;
  colour: string;
  /** "" for none. */
  unit: string;
  /** The power of ten of their axis' prefix; undefined: each row has its own. */
  exponent?: number;
  /** How the legend writes its values; undefined: it shows none yet. */
  style?: ValueStyle | undefined;
  stats: Stats;
  valueNames?: ValueNames | undefined;
  hasLongTexts?: boolean | undefined;
}

/** What the rows of the table can be sorted by. */
export type SortKey = "name" | "last" | "unit" | "x" | "min" | "max" | "mean" | "rms" | "rate";

export interface Sorting {
  key: SortKey;
  direction: "ascending" | "descending";
}

/** What a press on a column's head makes of the sorting: names and units from A, numbers from the largest, then the other way, then none. */
export function toggled(previous: Sorting | undefined, key: SortKey): Sorting | undefined {
  const first = key === "name" || key === "unit" ? "ascending" : "descending";
  if (previous?.key !== key) return { key, direction: first };
  if (previous.direction !== first) return undefined;
  return { key, direction: first === "ascending" ? "descending" : "ascending" };
}

/** The rows in another order; where there is no value to sort by, at the end, whichever way. Equal ones stay as they were. */
export function sortedRows(rows: readonly LatestRow[], sorting: Sorting | undefined): readonly LatestRow[] {
  if (sorting === undefined) return rows;
  const { key, direction } = sorting;
  const sign = direction === "ascending" ? 1 : -1;
  const keyed = rows.map((row) => ({ row, by: sortValue(row, key) }));
  keyed.sort((a, b) => {
    const isMissing = Number(a.by === undefined) - Number(b.by === undefined);
    return a.by === undefined || b.by === undefined ? isMissing : sign * compared(a.by, b.by);
  });
  return keyed.map(({ row }) => row);
}

/** Undefined where there is none. */
function sortValue({ name, unit, stats, valueNames }: LatestRow, key: SortKey): string | number | undefined {
  switch (key) {
    case "name":
      return name;
    case "unit":
      return unit === "" ? undefined : unit;
    case "last":
      return valueNames?.textOf(stats.lastY) ?? known(stats.lastY);
    case "x":
      return known(stats.lastX);
    case "rate":
      return known(Number.isNaN(stats.rate) ? stats.points : stats.rate);
    case "min":
    case "max":
    case "mean":
    case "rms":
      // Of what has names the table says none.
      return valueNames?.kind ? undefined : known(stats[key]);
  }
}

function known(value: number): number | undefined {
  return Number.isNaN(value) ? undefined : value;
}

/** Numbers before texts; `ch2` before `ch10`. */
function compared(a: string | number, b: string | number): number {
  if (typeof a === "number" && typeof b === "number") return a - b;
  if (typeof a === "number") return -1;
  if (typeof b === "number") return 1;
  return a.localeCompare(b, undefined, { numeric: true });
}
