import type { Board } from "../render/board.ts";
import type { PanelSeries } from "../render/renderers/panel-renderer.ts";
import { rendererOf } from "../render/renderers/registry.ts";
import type { Reading } from "../ui/legend.ts";
import type { Sight } from "../viewport/viewport.ts";
import { CursorLines } from "./cursor-overlay.ts";
import { Pointing } from "./cursor-state.ts";
import { cursorText } from "./cursor-text.ts";

/** How far from a point beside a break its value is still read. */
const REACH_PX = 8;

/** The cursor across all panels: its lines, and what each legend reads at it. */
export class Cursor {
  readonly pointing = new Pointing();
  readonly #board: Board;
  readonly #lines: CursorLines;

  constructor(board: Board) {
    this.#board = board;
    this.#lines = new CursorLines(board);
  }

  /**
   * Shows the lines for what is seen.
   * @param withReadings brings the legends up to date, too
   */
  show(sight: Sight, withReadings: boolean): void {
    const { cursor, mark } = this.pointing;
    const chosen = this.pointing.chosenPart(sight.x);
    const x = this.pointing.at(sight.x);
    this.#lines.show(sight.x, cursor, mark, chosen, x === undefined ? "" : cursorText(x, mark, sight.x, sight.time));
    if (!withReadings) return;
    for (const { legend, series } of this.#board.onScreen) legend.show(series, (one) => this.read(one, sight));
  }

  /** What is read of a series. */
  read({ series, parts }: Pick<PanelSeries, "series" | "parts">, sight: Sight): Reading {
    const { naming, lastY } = series;
    const x = this.pointing.at(sight.x);
    if (x === undefined) return { kind: "last", value: lastY, text: naming?.textOf(lastY) };
    const { under } = this.#board.panels[0] ?? {};
    const reach = (REACH_PX * (sight.x.max - sight.x.min)) / Math.max(1, under?.clientWidth ?? 1);
    const renderer = rendererOf(series);
    const { mark } = this.pointing;
    const value = renderer.valueAt(parts, x, reach);
    // Between names there is no difference.
    if (mark === undefined || series.kind !== "") return { kind: "cursor", value, text: naming?.textOf(value) };
    return { kind: "difference", value: value - renderer.valueAt(parts, mark, reach), text: undefined };
  }
}
