import type { Board } from "../render/board.ts";
import type { Shown } from "../render/shown.ts";
import type { Reading } from "../ui/legend.ts";
import { heldAt, pointAt } from "../viewport/value-at.ts";
import type { Sight } from "../viewport/view.ts";
import { CursorLines } from "./cursor-lines.ts";
import { cursorText } from "./cursor-text.ts";
import { Pointing } from "./pointing.ts";

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
    for (const { legend, shown } of this.#board.onScreen) legend.show(shown, (one) => this.read(one, sight));
  }

  /** What is read of a series. */
  read({ series, parts }: Pick<Shown, "series" | "parts">, sight: Sight): Reading {
    const x = this.pointing.at(sight.x);
    if (x === undefined) return { kind: "last", value: series.lastY };
    const { under } = this.#board.panels[0] ?? {};
    const reach = (REACH_PX * (sight.x.max - sight.x.min)) / Math.max(1, under?.clientWidth ?? 1);
    const { naming, kind } = series;
    const valueAt = (at: number): number =>
      (naming === undefined ? pointAt(parts, at, reach) : heldAt(parts, at, kind === "event" ? reach : 0))?.y ??
      Number.NaN;
    const { mark } = this.pointing;
    const value = valueAt(x);
    // Between names there is no difference.
    if (mark === undefined || kind !== "") return { kind: "cursor", value };
    return { kind: "difference", value: value - valueAt(mark) };
  }
}
