import { type PlotCursor, reachIn } from "../../input/plot-cursor.ts";
import type { Board } from "../../render/board.ts";
import type { Panel } from "../../render/panel.ts";
import { make, setText } from "../../ui/dom.ts";
import type { ViewModel } from "../../viewport/viewport.ts";
import { shortNames } from "../short-names.ts";
import { cursorText } from "./cursor-text.ts";
import { Dots, type Marker, markerOf, pointAt } from "./markers.ts";
import { type ReadoutRow, readoutRows } from "./readout-rows.ts";
import { overlap, type Side, tipPlace } from "./tip-place.ts";

const MOST_ROWS = 10;
/** The height of a row, and what the tip has besides them. */
const ROW_PX = 20;
const BESIDES_PX = 70;
const GAP_PX = 18;
/** A fingertip covers more than the tip of an arrow. */
const FINGER_GAP_PX = 36;
const LETTERS = 36;
const NARROW_LETTERS = 18;
const NARROW_PX = 480;
const BY_MOUSE: readonly Side[] = ["right", "left", "below", "above"];
const BY_FINGER: readonly Side[] = ["above", "right", "left", "below"];

/** As the legend has it, also from a mark. */
const NO_VALUE = /^Δ?–$/;

interface Row {
  element: HTMLElement;
  swatch: HTMLElement;
  name: HTMLElement;
  value: HTMLElement;
  unit: HTMLElement;
}

/**
 * A dot on every curve at the cursor, and beside the pointer what the legend of its panel reads there. Who cannot see it
 * has the legend, which says the same.
 */
export class Readout {
  readonly #board: Board;
  readonly #cursor: PlotCursor;
  readonly #dots = new WeakMap<Panel, Dots>();
  readonly #tip = make("div", "readout");
  readonly #head = make("div", "readout-head");
  readonly #more = make("div", "readout-more");
  readonly #rows: Row[] = [];
  readonly #finger = matchMedia("(hover: none)");

  constructor(board: Board, cursor: PlotCursor) {
    this.#board = board;
    this.#cursor = cursor;
    this.#tip.ariaHidden = "true";
    this.#tip.append(this.#head, this.#more);
    this.#tip.hidden = true;
    document.body.append(this.#tip);
  }

  /**
   * @param panel whose series the tip has
   * @param pointerY where is pointed at, on the screen; undefined: a key moved the cursor
   * @param isDrawing something is drawn over: nothing lies on that
   */
  show(seen: ViewModel, panel: Panel | undefined, pointerY: number | undefined, isDrawing: boolean): void {
    const { state } = this.#cursor;
    const isShown = !isDrawing && state.selection === undefined && !this.#board.host.hidden;
    const x = isShown ? state.xIn(seen.x) : undefined;
    const reach = reachIn(this.#board, seen);
    let markers: readonly Marker[] = [];
    for (const one of this.#board.onScreen) {
      const own = x === undefined ? [] : one.series.flatMap((series) => markerOf(series, one, seen, x, reach) ?? []);
      this.#dotsOf(one).show(own);
      if (one === panel) markers = own;
    }
    this.#tip.hidden = x === undefined || panel === undefined;
    if (panel === undefined || x === undefined) return;
    const [head, times] = this.#times(panel, seen, x, reach);
    setText(this.#head, head);
    this.#showTip(panel, markers, times, state.position ?? 0, pointerY);
  }

  /**
   * Of when the values are: where that is one x for all of them, it; else the cursor's, and by their names the x of points
   * that are elsewhere.
   */
  #times(panel: Panel, seen: ViewModel, cursorX: number, reach: number): [head: string, times: Map<string, string>] {
    const textOf = (x: number, mark?: number): string => cursorText(x, mark, seen.x, seen.time);
    const points = panel.series.flatMap((one) => {
      const point = pointAt(one, seen.dataEndX, cursorX, reach);
      return point === undefined ? [] : { name: one.series.name, x: point.x };
    });
    const [first] = points;
    const isOne = first !== undefined && points.every(({ x }) => x === first.x);
    const elsewhere = isOne
      ? []
      : points.filter(({ x }) => Math.abs(x - cursorX) > reach || x < seen.x.min || x > seen.x.max);
    return [
      textOf(isOne ? first.x : cursorX, this.#cursor.state.mark),
      new Map(elsewhere.map(({ name, x }) => [name, `at ${textOf(x)}`])),
    ];
  }

  #dotsOf(panel: Panel): Dots {
    const known = this.#dots.get(panel) ?? new Dots(panel.over);
    this.#dots.set(panel, known);
    return known;
  }

  #showTip(
    panel: Panel,
    markers: readonly Marker[],
    times: ReadonlyMap<string, string>,
    position: number,
    pointerY: number | undefined,
  ): void {
    const box = panel.over.getBoundingClientRect();
    const topOf = new Map(markers.map(({ one, top }) => [one.series.name, top]));
    const series = panel.series
      .filter(({ isHidden }) => !isHidden)
      .map(({ series: { name } }) => ({ name, y: box.top + (topOf.get(name) ?? Number.NaN) * box.height }));
    const room = Math.floor((innerHeight / 2 - BESIDES_PX) / ROW_PX);
    const { rows, more, nearest } = readoutRows(series, pointerY, Math.max(1, Math.min(MOST_ROWS, room)));
    // Where there is no value, as in a gap, there is nothing to read.
    this.#tip.hidden = !this.#fill(panel, rows, times, nearest);
    this.#more.hidden = more === 0;
    setText(this.#more, `and ${more} more`);
    const at = { left: box.left + position * box.width, top: pointerY ?? box.top + box.height / 2 };
    const tip = { width: this.#tip.offsetWidth, height: this.#tip.offsetHeight };
    const gap = panel.plot.querySelector(".gap-tip:not(:empty)")?.getBoundingClientRect();
    const isFinger = this.#finger.matches && pointerY !== undefined;
    const { left, top } = tipPlace(
      at,
      tip,
      { width: innerWidth, height: innerHeight },
      isFinger ? FINGER_GAP_PX : GAP_PX,
      isFinger ? BY_FINGER : BY_MOUSE,
      gap === undefined ? [] : [gap],
    );
    // What a gap's tip says is nowhere else; the legend has the values, too.
    if (gap !== undefined && overlap({ left, top, ...tip }, gap)) this.#tip.hidden = true;
    this.#tip.style.transform = `translate(${Math.round(left)}px, ${Math.round(top)}px)`;
  }

  /** What the legend says of these series: the same words and digits. @returns whether there is a value */
  #fill(
    panel: Panel,
    rows: readonly ReadoutRow[],
    times: ReadonlyMap<string, string>,
    nearest: ReadoutRow | undefined,
  ): boolean {
    const entries = new Map(
      [...panel.root.querySelectorAll<HTMLElement>(".legend [data-series]")].map((entry) => [
        entry.dataset.series,
        entry,
      ]),
    );
    const textOf = (name: string, part: string): string => entries.get(name)?.querySelector(part)?.textContent ?? "";
    const letters = innerWidth < NARROW_PX ? NARROW_LETTERS : LETTERS;
    const names = shortNames(
      rows.map(({ name }) => textOf(name, ".name")),
      letters,
    );
    const values = shortNames(
      rows.map(({ name }) => textOf(name, ".value")),
      letters,
    );
    while (this.#rows.length < rows.length) this.#rows.push(this.#addRow());
    for (const [i, shown] of this.#rows.entries()) {
      const row = rows[i];
      shown.element.hidden = row === undefined;
      if (row === undefined) continue;
      const swatch = entries.get(row.name)?.querySelector<HTMLElement>(".swatch");
      shown.swatch.style.color = swatch?.style.color ?? "";
      shown.swatch.dataset.dashes = swatch?.dataset.dashes ?? "";
      setText(shown.name, names[i] ?? "");
      setText(shown.value, values[i] ?? "");
      setText(shown.unit, `${textOf(row.name, ".unit")} ${times.get(row.name) ?? ""}`.trim());
      shown.element.classList.toggle("nearest", row === nearest && rows.length > 1);
    }
    return values.some((text) => !NO_VALUE.test(text));
  }

  #addRow(): Row {
    const [swatch, name, value, unit] = [
      make("span", "swatch"),
      make("span", "readout-name"),
      make("span", "readout-value"),
      make("span", "readout-unit"),
    ];
    const element = make("div", "readout-row", swatch, name, value, unit);
    this.#more.before(element);
    return { element, swatch, name, value, unit };
  }
}
