import type { ValueNames } from "../data/store/value-names.ts";
import { make, setText } from "../ui/dom.ts";
import { formatCount, formatRate, formatValue, type NumberStyle, numberStyle } from "../ui/format.ts";
import { momentText } from "../ui/time-text.ts";
import { isoTime, type WindowData } from "./export/window-data.ts";
import { type Stats, statsOf } from "./stats.ts";
import { adoptStyles } from "./styles.ts";

export interface LatestRow {
  name: string;
  colour: string;
  /** "" for none. */
  unit: string;
  stats: Stats;
  valueNames?: ValueNames | undefined;
  hasLongTexts?: boolean | undefined;
}

const EVERY_MS = 500;
/** Beside the series' name. */
const CELLS = 8;

/** A row for each series of a window. */
export function latestRows(
  window: WindowData,
  labelled: (name: string) => { label: string; unit: string },
): LatestRow[] {
  return window.series.map(({ name, colour, segments, valueNames, hasLongTexts }) => {
    const { label, unit } = labelled(name);
    return { name: label, colour, unit, valueNames, hasLongTexts, stats: statsOf(segments, window.minX, window.maxX) };
  });
}

interface ShownRow {
  row: HTMLTableRowElement;
  swatch: HTMLElement;
  name: HTMLElement;
  cells: HTMLElement[];
  colour?: string;
  style?: NumberStyle;
  styledFor?: string;
}

/** The latest values and the statistics of the window as a table: the plot for people who do not see it. */
export class LatestTable {
  readonly element: HTMLElement;
  readonly #timeHeading = heading("col");
  readonly #rateHeading = heading("col");
  readonly #body = make("tbody");
  readonly #shown: ShownRow[] = [];
  #next: { rows: () => readonly LatestRow[]; time: boolean } | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #shownMs = -Infinity;

  constructor() {
    adoptStyles();
    const caption = make("caption", "", "Latest values. Min, Max, Mean and RMS are of all points in view.");
    caption.id = "lazy-table";
    const headings = [
      ...["Series", "Last", "Unit"].map((text) => heading("col", text)),
      this.#timeHeading,
      ...["Min", "Max", "Mean", "RMS"].map((text) => heading("col", text)),
      this.#rateHeading,
    ];
    const head = make("thead", "", make("tr", "", ...headings));
    this.element = make("div", "lazy-table", make("table", "", caption, head, this.#body));
    // What scrolls must be reached by keys, too.
    this.element.tabIndex = 0;
    this.element.setAttribute("role", "region");
    this.element.setAttribute("aria-labelledby", caption.id);
  }

  /**
   * Shows these rows, at most twice a second: the last that are asked for.
   * @param rows is called when they are shown, so that nothing is counted that nobody sees
   */
  show(rows: () => readonly LatestRow[], time: boolean): void {
    this.#next = { rows, time };
    if (this.#timer !== undefined) return;
    const waitMs = this.#shownMs + EVERY_MS - performance.now();
    if (waitMs <= 0) return this.#showNext();
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      if (this.element.isConnected) this.#showNext();
    }, waitMs);
  }

  #showNext(): void {
    if (this.#next === undefined) return;
    const { rows, time } = this.#next;
    this.#next = undefined;
    this.#shownMs = performance.now();
    const all = rows();
    setText(this.#timeHeading, time ? "Time" : "x");
    setText(this.#rateHeading, time ? "Points/s" : "Points");
    while (this.#shown.length > all.length) this.#shown.pop()?.row.remove();
    for (const [i, row] of all.entries()) this.#showRow(this.#shown[i] ?? this.#addRow(), row, time);
  }

  #addRow(): ShownRow {
    const swatch = make("span", "lazy-swatch");
    const name = make("span", "lazy-name");
    const series = heading("row");
    series.append(swatch, name);
    const cells = Array.from({ length: CELLS }, () => make("td"));
    const shown = { row: make("tr", "", series, ...cells), swatch, name, cells };
    this.#body.append(shown.row);
    this.#shown.push(shown);
    return shown;
  }

  #showRow(shown: ShownRow, { name, colour, unit, stats, valueNames, hasLongTexts }: LatestRow, time: boolean): void {
    const { points, lastX, lastY, min, max, mean, rms, rate, integers } = stats;
    const previous = shown.styledFor === name ? shown.style : undefined;
    const style = numberStyle(min, max, false, previous);
    shown.style = style;
    shown.styledFor = name;
    const own = integers ? numberStyle(min, max, true) : style;
    // What the style answers may be written in another way.
    if (shown.colour !== colour) shown.swatch.style.background = colour;
    shown.colour = colour;
    setText(shown.name, name);
    if (shown.name.title !== name) shown.name.title = name;
    // What has a name has no mean.
    const valued = (value: number, as: NumberStyle): string => (valueNames?.kind ? "–" : formatValue(value, as));
    const texts = [
      valueNames?.textOf(lastY) ?? formatValue(lastY, own),
      unit,
      points === 0 ? "–" : time ? timeText(lastX, Date.now()) : String(lastX),
      valued(min, own),
      valued(max, own),
      valued(mean, style),
      valued(rms, style),
      time ? (Number.isNaN(rate) ? "–" : formatRate(rate)) : formatCount(points),
    ];
    for (const [i, cell] of shown.cells.entries()) setText(cell, texts[i] ?? "");
    shown.cells[0]?.classList.toggle("lazy-text", hasLongTexts === true);
  }
}

function heading(scope: "col" | "row", text = ""): HTMLTableCellElement {
  const cell = make("th", "", text);
  cell.scope = scope;
  return cell;
}

/** The time of day to the millisecond, and the date unless it is today. */
export function timeText(x: number, nowMs: number): string {
  return isoTime(x) === "" ? String(x) : momentText(x, 0.001, nowMs);
}
