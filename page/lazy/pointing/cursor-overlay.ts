import type { Range } from "../../data/segment.ts";
import type { Board } from "../../render/board.ts";

/** A label so near the chip reads as one with it. */
const BESIDE_PX = 4;

/** The lines across all panels: the cursor, the mark it is measured from, and the part that is being chosen. */
export class CursorOverlay {
  readonly #board: Board;
  readonly #chip = document.createElement("output");
  /** Under the chip: no label is half under it. */
  readonly #cover = document.createElement("div");

  constructor(board: Board) {
    this.#board = board;
    this.#chip.className = "cursor-chip";
    // Its text changes as the cursor moves; who cannot see it reads the legend or the table.
    this.#chip.ariaLive = "off";
    this.#cover.className = "cursor-cover";
    board.foot.append(this.#cover, this.#chip);
  }

  /**
   * @param x what is seen
   * @param cursor part of the width, from 0 to 1
   * @param mark an x
   * @param chosen parts of the width
   * @param text the label under the cursor
   */
  show(
    x: Range,
    cursor: number | undefined,
    mark: number | undefined,
    chosen: [number, number] | undefined,
    text: string,
  ): void {
    const markAt = mark === undefined ? undefined : (mark - x.min) / (x.max - x.min);
    for (const { over } of this.#board.onScreen) {
      place(over, "cursor-line", cursor, cursor);
      place(over, "mark-line", markAt, markAt);
      place(over, "chosen-part", chosen?.[0], chosen?.[1]);
    }
    this.#chip.hidden = this.#cover.hidden = cursor === undefined;
    if (cursor === undefined) return;
    if (this.#chip.textContent !== text) this.#chip.textContent = text;
    const { gutters, foot } = this.#board;
    const middle = gutters.left + cursor * (foot.clientWidth - gutters.left - gutters.right);
    const { offsetWidth } = this.#chip;
    const left = Math.max(0, Math.min(middle - offsetWidth / 2, foot.clientWidth - offsetWidth));
    this.#chip.style.transform = `translateX(${left}px)`;
    const touched = this.#board.xLabels.filter(
      ([from, to]) => to > left - BESIDE_PX && from < left + offsetWidth + BESIDE_PX,
    );
    const from = Math.min(left, ...touched.map(([from]) => from - 1));
    const to = Math.max(left + offsetWidth, ...touched.map(([, to]) => to + 1));
    this.#cover.style.left = `${from}px`;
    this.#cover.style.width = `${to - from}px`;
  }
}

/** A box over a panel's lines from one part of the width to another; none if it is not in view. */
function place(over: HTMLElement, className: string, from: number | undefined, to: number | undefined): void {
  let line = over.querySelector<HTMLElement>(`:scope > .${className}`);
  const isSeen = from !== undefined && to !== undefined && to >= 0 && from <= 1;
  if (line === null) {
    if (!isSeen) return;
    line = document.createElement("div");
    line.className = className;
    over.append(line);
  }
  line.hidden = !isSeen;
  if (!isSeen) return;
  line.style.left = `${100 * Math.max(0, from)}%`;
  line.style.width = `${100 * (Math.min(1, to) - Math.max(0, from))}%`;
}
