import type { Board } from "../render/board.ts";
import type { PanelSeries } from "../render/renderers/panel-renderer.ts";
import { rendererOf } from "../render/renderers/registry.ts";
import type { Reading } from "../ui/legend.ts";
import type { ViewModel } from "../viewport/viewport.ts";
import { CursorState } from "./cursor-state.ts";

/** How far from a point beside a break its value is still read. */
const REACH_PX = 8;

/** The cursor across all panels, and what each legend reads at it. Its lines are loaded with what else a pointer needs. */
export class PlotCursor {
  readonly state = new CursorState();
  /** Called after each drawing, and when readings changed. */
  shown: ((viewModel: ViewModel) => void) | undefined;
  readonly #board: Board;

  constructor(board: Board) {
    this.#board = board;
  }

  /** Shows it for what is seen. @param withReadings brings the legends up to date, too */
  show(viewModel: ViewModel, withReadings: boolean): void {
    if (withReadings) {
      for (const { legend, series, axes } of this.#board.onScreen)
        legend.show(series, axes, (one) => this.read(one, viewModel));
    }
    this.shown?.(viewModel);
  }

  /** What is read of a series. */
  read({ series, segments }: Pick<PanelSeries, "series" | "segments">, viewModel: ViewModel): Reading {
    const { valueNames, lastY } = series;
    const x = this.state.xIn(viewModel.x);
    if (x === undefined) return { kind: "last", value: lastY, text: valueNames?.textOf(lastY) };
    const reach = reachIn(this.#board, viewModel);
    const renderer = rendererOf(series);
    const { mark } = this.state;
    const value = renderer.valueAt(segments, x, reach);
    // Between names there is no difference.
    if (mark === undefined || series.kind !== "") return { kind: "cursor", value, text: valueNames?.textOf(value) };
    return { kind: "difference", value: value - renderer.valueAt(segments, mark, reach), text: undefined };
  }
}

/** How far from a point beside a break its value is still read, in x. */
export function reachIn({ panels }: Board, { x }: ViewModel): number {
  return (REACH_PX * (x.max - x.min)) / Math.max(1, panels[0]?.under.clientWidth ?? 1);
}
