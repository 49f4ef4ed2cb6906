import type { Range } from "../data/segment.ts";
import { slotsOf } from "./colours.ts";

export type Axis = "left" | "right";

/** `locked` is the range as it was when a person locked it; `fixed` was typed in. */
export type YMode =
  | { readonly kind: "auto" }
  /** As far on the screen as the same on the x axis, where that is none of times. */
  | { readonly kind: "equal" }
  | { readonly kind: "locked" | "fixed"; readonly min: number; readonly max: number };

export interface YAxisPlan {
  readonly mode: YMode;
  readonly log: boolean;
  /** Values with a line across the panel; never none. */
  readonly thresholds?: readonly number[];
}

/** How series look, by their names, as an address says it: `lazy/appearance.ts` reads it. */
export type SeriesStyles = ReadonlyMap<string, string>;

/** What a person chose of y, whichever panels the series are in. */
export interface YChoices {
  /** Which part of a y axis is seen, by a series that stands on it. */
  readonly zooms: ReadonlyMap<string, Range>;
  /** All panels of such a unit have the same range. */
  readonly sharedUnits: ReadonlySet<string>;
}

/** Of both axes of a panel together. */
export const MAX_THRESHOLDS = 16;

/** What a person has made of a panel. */
export interface PanelState {
  /** What stands above its names; never empty. */
  readonly title?: string;
  readonly names: readonly string[];
  /** Those of the names that are on the right axis. */
  readonly right: ReadonlySet<string>;
  readonly left: YAxisPlan;
  readonly rightAxis: YAxisPlan;
}

/** A panel; its id is its own as long as it lives. */
export interface PanelPlan extends PanelState {
  readonly id: string;
}

/** A panel that is shown, with what there is of it. */
export interface ShownPanel extends PanelPlan {
  /** Of each name, its colour and dashes: see `slotsOf`. */
  readonly slots: readonly number[];
}

export const AUTO: YAxisPlan = { mode: { kind: "auto" }, log: false };
const NO_NAMES: ReadonlySet<string> = new Set();

/** Whether a y axis can have this range. */
export function isRange(min: number, max: number): boolean {
  return min < max && Number.isFinite(max / 2 - min / 2);
}

/** A panel as it is made automatically. */
export function panelOf(names: readonly string[]): PanelState {
  return { names, right: NO_NAMES, left: AUTO, rightAxis: AUTO };
}

/** The series that stand on an axis of a panel. */
export function namesOn({ names, right }: Pick<PanelState, "names" | "right">, axis: Axis): string[] {
  return names.filter((name) => right.has(name) === (axis === "right"));
}

/** Which part of an axis is seen; undefined: what its panel shows by itself. @param names of the series on it */
export function zoomOf(y: YChoices | undefined, names: readonly string[]): Range | undefined {
  return y?.zooms.get(names.find((name) => y.zooms.has(name)) ?? "");
}

/** The panel with a series on this axis, after the others if it is new there. */
export function withName(panel: PanelPlan, name: string, axis: Axis): PanelPlan {
  const names = panel.names.includes(name) ? panel.names : [...panel.names, name];
  const right = new Set(panel.right);
  if (axis === "right") right.add(name);
  else right.delete(name);
  return { ...panel, names, right };
}

/**
 * What is shown of the panels: the names that are there. Where all of them are hidden, the panel is, too.
 * @param colourOf of each name
 */
export function shownOf(
  panels: readonly PanelPlan[],
  isThere: (name: string) => boolean,
  isHidden: (name: string) => boolean,
  colourOf: (name: string) => number,
): readonly ShownPanel[] {
  return panels.flatMap((panel) => {
    const names = panel.names.filter(isThere);
    if (names.every(isHidden)) return [];
    // One that is not there keeps its colour for when it comes back.
    const all = slotsOf(panel.names, colourOf);
    const slots = names.map((name) => all[panel.names.indexOf(name)] ?? 0);
    return [{ ...panel, names, slots, right: new Set(names.filter((name) => panel.right.has(name))) }];
  });
}

/** The next panels, but the previous object wherever it says the same. */
export function settled<Plan extends PanelPlan>(previous: readonly Plan[], next: readonly Plan[]): readonly Plan[] {
  const old = new Map(previous.map((panel) => [panel.id, panel]));
  const kept = next.map((panel) => {
    const before = old.get(panel.id);
    return before !== undefined && textOf(before) === textOf(panel) ? before : panel;
  });
  return kept.length === previous.length && kept.every((panel, i) => panel === previous[i]) ? previous : kept;
}

/** All that a panel says. */
function textOf(panel: PanelPlan): string {
  return JSON.stringify({ ...panel, right: [...panel.right] });
}
