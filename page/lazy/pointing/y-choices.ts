import type { Range } from "../../data/segment.ts";
import { isRange, type YChoices } from "../../layout/panels.ts";

/** Shows a part of an axis; undefined: what its panel shows by itself. @param names of the series on it: the first takes it along */
export function withZoom(
  y: YChoices | undefined,
  names: readonly string[],
  range: Range | undefined,
): YChoices | undefined {
  const zooms = new Map(y?.zooms);
  for (const name of names) zooms.delete(name);
  const [first] = names;
  if (first !== undefined && range !== undefined && isRange(range.min, range.max)) zooms.set(first, range);
  return someOf({ zooms, sharedUnits: y?.sharedUnits ?? new Set() });
}

/** Gives all panels of a unit the same range, or each its own. */
export function withShared(y: YChoices | undefined, unit: string, isShared: boolean): YChoices | undefined {
  const sharedUnits = new Set(y?.sharedUnits);
  if (isShared) sharedUnits.add(unit);
  else sharedUnits.delete(unit);
  return someOf({ zooms: y?.zooms ?? new Map(), sharedUnits });
}

function someOf(y: YChoices): YChoices | undefined {
  return y.zooms.size + y.sharedUnits.size > 0 ? y : undefined;
}
