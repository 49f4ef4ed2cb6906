import type { Range } from "../../data/segment.ts";
import type { InputTargets } from "../../input/input-controller.ts";
import { type Axis, namesOn, zoomOf } from "../../layout/panels.ts";
import type { Panel } from "../../render/panel.ts";
import { fromAxis, type YAxis } from "../../render/y-axis.ts";
import { halfSpan, paddedRange } from "../../render/y-range.ts";
import { unitOn } from "./shared-y.ts";
import { tidyRange } from "./tidy-range.ts";
import { withZoom } from "./y-choices.ts";

/** A zoom may show up to this many times what is in view. */
const MOST_ROOM = 1000;
/** A range that is moved is as wide as before, but for rounding. */
const STILL = 1 + 1e-9;
const SIDES: readonly Axis[] = ["left", "right"];

/** Changes which part of the y axes of a panel is seen. */
export class YZoom {
  readonly #targets: InputTargets;

  constructor(targets: InputTargets) {
    this.#targets = targets;
  }

  /**
   * Shows another part of a panel's axes, or of one of them; of those that share a range with it, too.
   * @param next from the range that is seen to another, in the axis' own space
   */
  change(panel: Panel, next: (range: Range) => Range, only?: Axis): void {
    for (const side of SIDES) {
      const axis = axisOf(panel, side);
      if (axis === undefined || (only !== undefined && only !== side)) continue;
      const range = next(axis.range);
      if (halfSpan(range) > Math.max(halfSpan(axis.range) * STILL, this.#widestHalf(panel, side))) continue;
      const values = { min: fromAxis(axis, range.min), max: fromAxis(axis, range.max) };
      if (!(range.min < range.max) || !Number.isFinite(values.max - values.min)) continue;
      // What comes before the next drawing goes on from here.
      for (const other of this.#sharing(panel, side)) {
        other.axis.range = range;
        this.#zoom(other.names, tidyRange(values));
      }
    }
    this.#targets.yChanged();
  }

  /** Shows the whole axes of a panel again, or one of them. */
  reset(panel: Panel, only?: Axis): void {
    for (const side of SIDES) {
      if (only !== undefined && only !== side) continue;
      for (const { panel: other, names } of this.#sharing(panel, side)) {
        if (zoomOf(this.#targets.arrangement.y, names) === undefined) continue;
        this.#zoom(names, undefined);
        other.forgetRange();
      }
    }
    this.#targets.yChanged();
  }

  /** Whether a panel has an axis of y, or this one. */
  canZoom(panel: Panel, only?: Axis): boolean {
    return SIDES.some((side) => (only ?? side) === side && axisOf(panel, side) !== undefined);
  }

  isZoomed(panel: Panel): boolean {
    return SIDES.some((side) => zoomOf(this.#targets.arrangement.y, namesOn(panel.plan, side)) !== undefined);
  }

  /** Half of the widest range of an axis that is zoomed to: further out its lines would be flat. */
  #widestHalf(panel: Panel, side: Axis): number {
    const extents = this.#sharing(panel, side).flatMap(({ panel: { series }, names }) =>
      series.flatMap(({ series: { name }, buffer }) =>
        names.includes(name) && buffer.minY <= buffer.maxY ? buffer : [],
      ),
    );
    if (extents.length === 0) return Infinity;
    const low = Math.min(...extents.map(({ minY }) => minY));
    const high = Math.max(...extents.map(({ maxY }) => maxY));
    return halfSpan(paddedRange(low, high)) * MOST_ROOM;
  }

  #zoom(names: readonly string[], range: Range | undefined): void {
    const { arrangement } = this.#targets;
    arrangement.y = withZoom(arrangement.y, names, range);
  }

  /** An axis, and all that share its range. */
  #sharing(panel: Panel, side: Axis): { panel: Panel; axis: YAxis; names: string[] }[] {
    const { arrangement, board } = this.#targets;
    const own = axisOf(panel, side);
    if (own === undefined) return [];
    const unit = unitOn(panel.plan, side, arrangement.styles);
    const isShared = unit !== undefined && arrangement.y?.sharedUnits.has(unit) === true;
    const others = isShared ? board.panels : [panel];
    return others.flatMap((other) =>
      SIDES.flatMap((otherSide) => {
        const axis = axisOf(other, otherSide);
        const isOwn = other === panel && otherSide === side;
        const shares = isShared && axis?.log === own.log && unitOn(other.plan, otherSide, arrangement.styles) === unit;
        return axis !== undefined && (isOwn || shares)
          ? [{ panel: other, axis, names: namesOn(other.plan, otherSide) }]
          : [];
      }),
    );
  }
}

/** An axis of a panel that has something on it, and is one at all. */
function axisOf(panel: Panel, side: Axis): YAxis | undefined {
  if (panel.root.dataset.shape === "strip" || namesOn(panel.plan, side).length === 0) return undefined;
  return panel.axes[side];
}
