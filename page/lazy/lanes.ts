import type { ValueNames } from "../data/store/value-names.ts";
import { layoutOf, type PanelSeries } from "../render/renderers/panel-renderer.ts";
import type { PointBuffer } from "../render/renderers/point-buffer.ts";
import type { Tick, YAxis } from "../render/y-axis.ts";
import { shortNames } from "./short-names.ts";

/** Between the lanes of two series, in levels. */
const APART = 0.6;
const BESIDE = 0.5;
/** Labels that stand closer to each other cannot be read. */
const LABEL_PX = 11;
/** Of a name at an axis, in a narrow panel and in a wide one. */
const MIN_LETTERS = 12;
const MAX_LETTERS = 24;
const PX_PER_LETTER = 32;
/** A series with more values that have no name is no enumeration. */
const MAX_LEVELS = 1000;

/**
 * The axis of a panel in which every value has a name, and how many levels it has: each series has a lane, the first on top,
 * with a level for each name, however far their numbers are apart. The prepared points are put there.
 * @param visible what is not hidden, rows too
 * @param widthPx of the panel: in a wide one there is room for longer names
 * @param lettersOf how wide a name is, in letters of a number
 * @returns undefined where something is laid out as numbers, or is on the right axis: then the axes are of numbers
 */
export function lanesFor(
  visible: readonly PanelSeries[],
  widthPx = 0,
  lettersOf = (name: string): number => name.length,
): { axis: YAxis; levels: number } | undefined {
  if (visible.some((one) => layoutOf(one) === "numbers" || one.onRight)) return undefined;
  const lanes = visible
    .filter((one) => layoutOf(one) === "levels")
    .map(({ buffer, series: { name, valueNames } }) => ({
      buffer,
      name,
      valueNames,
      levels: levelsOf(buffer, valueNames),
    }));
  if (lanes.length === 0) return undefined;
  if (lanes.some(({ levels }) => levels.length > MAX_LEVELS)) return undefined;
  const ticks: Tick[] = [];
  const letters = Math.min(MAX_LETTERS, Math.max(MIN_LETTERS, Math.floor(widthPx / PX_PER_LETTER)));
  let floor = 0;
  const placesOf = new Map<string, ReadonlyMap<number, number>>();
  for (const { buffer, name, valueNames, levels } of lanes.reverse()) {
    const places = new Map(levels.map((value, level) => [value, floor + level]));
    for (let i = 0; i < buffer.length; i++) buffer.y[i] = places.get(buffer.y[i] ?? 0) ?? Number.NaN;
    const labels = shortNames(
      levels.map((value) => valueNames?.textOf(value) ?? String(value)),
      letters,
    );
    for (const [level, label] of labels.entries()) {
      ticks.push({ at: floor + level, label, letters: lettersOf(label) });
    }
    placesOf.set(name, places);
    floor += levels.length + APART;
  }
  const range = { min: -BESIDE, max: floor - APART - 1 + BESIDE };
  const named = (heightPx: number): Tick[] => readable(ticks, heightPx / (range.max - range.min));
  const placeOf = (name: string, value: number): number => placesOf.get(name)?.get(value) ?? Number.NaN;
  return { axis: { range, log: false, ticks: named, placeOf }, levels: Math.ceil(floor) };
}

/** The values that have a name, and those in view that have none, in their order. */
function levelsOf({ y, length }: PointBuffer, valueNames: ValueNames | undefined): number[] {
  const levels = new Set(valueNames?.texts.keys());
  for (let i = 0; i < length && levels.size <= MAX_LEVELS; i++) {
    const value = y[i] ?? 0;
    if (!Number.isNaN(value)) levels.add(value);
  }
  return [...levels].sort((a, b) => a - b);
}

/** As many as are far enough apart. */
function readable(ticks: readonly Tick[], levelPx: number): Tick[] {
  let last = -Infinity;
  return ticks.filter(({ at }) => {
    if ((at - last) * levelPx < LABEL_PX) return false;
    last = at;
    return true;
  });
}
