import { colourOf, slotsOf } from "../layout/colours.ts";
import { clustersOf, keyOf, type Scaled } from "../layout/grouping.ts";
import { panelOf, type ShownPanel, settled, shownOf, type YAxisPlan } from "../layout/panels.ts";
import { sharesOnePanel } from "../render/renderers/registry.ts";

/** The panels of the series that are wanted, as the page makes them where nobody has moved any. */
export class AutomaticPanels {
  #key = "";
  #y: YAxisPlan | undefined;
  #shown: readonly ShownPanel[] = [];

  /**
   * @param y of each panel, if it was chosen
   * @returns the same array, and the same objects, while nothing changes
   */
  arrange(series: readonly Scaled[], y: YAxisPlan | undefined): readonly ShownPanel[] {
    const key = JSON.stringify(series);
    if (key === this.#key && y === this.#y) return this.#shown;
    this.#key = key;
    this.#y = y;
    const clusters = clustersOf(series, (one) => keyOf(one, sharesOnePanel));
    const panels = clusters.map((names) => ({ ...panelOf(names), id: names[0] ?? "", ...(y && { left: y }) }));
    const there = new Set(series.flatMap(({ name, isAbsent }) => (isAbsent === true ? [] : name)));
    const colours = new Map(
      clusters.flatMap((names) => slotsOf(names, colourOf).map((slot, i) => [names[i] ?? "", slot] as const)),
    );
    this.#shown = settled(
      this.#shown,
      shownOf(
        panels,
        (name) => there.has(name),
        // What shows a hidden series again is its entry there.
        () => false,
        (name) => colours.get(name) ?? 0,
      ),
    );
    return this.#shown;
  }
}
