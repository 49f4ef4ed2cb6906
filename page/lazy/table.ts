import { button, make, setText } from "../ui/dom.ts";
import { formatCount, formatRate, numberStyle, type ValueStyle, valueText } from "../ui/format.ts";
import { momentText } from "../ui/time-text.ts";
import { isoTime, type WindowData } from "./export/window-data.ts";
import { valueStyle } from "./quantity.ts";
import { statsOf } from "./stats.ts";
import { adoptStyles } from "./styles.ts";
import { type LatestRow, type Sorting, type SortKey, sortedRows, toggled } from "./table-sort.ts";

const EVERY_MS = 500;
/** What each column has, in their order. */
const COLUMNS: readonly (readonly [key: SortKey, heading: string])[] = [
  ["name", "Series"],
  ["last", "Last"],
  ["unit", "Unit"],
  ["x", "Time"],
  ["min", "Min"],
  ["max", "Max"],
  ["mean", "Mean"],
  ["rms", "RMS"],
  ["rate", "Points/s"],
];

/** A row for each series of a window. */
export function latestRows(
  window: WindowData,
  labelled: (name: string) => { label: string; unit: string },
): LatestRow[] {
  return window.series.map(({ name, colour, segments, valueNames, hasLongTexts }) => {
    const { label, unit } = labelled(name);
    return {
      series: name,
      name: label,
      colour,
      unit,
      valueNames,
      hasLongTexts,
      stats: statsOf(segments, window.minX, window.maxX),
    };
  });
}

interface ShownRow {
  row: HTMLTableRowElement;
  swatch: HTMLElement;
  name: HTMLElement;
  cells: HTMLElement[];
  colour?: string;
  style?: ValueStyle;
  styledFor?: string;
}

/** The head of a column: a press sorts by it. */
interface Heading {
  cell: HTMLTableCellElement;
  button: HTMLButtonElement;
}

/** The latest values and the statistics of the window as a table: the plot for people who do not see it. */
export class LatestTable {
  readonly element: HTMLElement;
  readonly #headings = new Map<SortKey, Heading>();
  readonly #body = make("tbody");
  readonly #shown: ShownRow[] = [];
  #sorting: Sorting | undefined;
  #last: { rows: readonly LatestRow[]; time: boolean } = { rows: [], time: true };
  #next: { rows: () => readonly LatestRow[]; time: boolean } | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #shownMs = -Infinity;

  constructor() {
    adoptStyles();
    const caption = make("caption", "", "Latest values. Min, Max, Mean and RMS are of all points in view.");
    caption.id = "lazy-table";
    const headings = COLUMNS.map(([key, text]) => {
      const cell = heading("col");
      const sort = button(text, () => {
        this.#sorting = toggled(this.#sorting, key);
        this.#showRows();
      });
      cell.append(sort);
      this.#headings.set(key, { cell, button: sort });
      return cell;
    });
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
    this.#last = { rows: rows(), time };
    this.#showRows();
  }

  #showRows(): void {
    const { rows, time } = this.#last;
    const sorting = this.#sorting;
    for (const [key, { cell, button }] of this.#headings) {
      if (key === "x") setText(button, time ? "Time" : "x");
      if (key === "rate") setText(button, time ? "Points/s" : "Points");
      const sort = sorting?.key === key ? sorting.direction : "none";
      if (cell.ariaSort !== sort) cell.ariaSort = sort;
    }
    const all = sortedRows(rows, sorting);
    while (this.#shown.length > all.length) this.#shown.pop()?.row.remove();
    for (const [i, row] of all.entries()) this.#showRow(this.#shown[i] ?? this.#addRow(), row, time);
  }

  #addRow(): ShownRow {
    const swatch = make("span", "lazy-swatch");
    const name = make("span", "lazy-name");
    const series = heading("row");
    series.append(swatch, name);
    const cells = COLUMNS.slice(1).map(() => make("td"));
    const shown = { row: make("tr", "", series, ...cells), swatch, name, cells };
    this.#body.append(shown.row);
    this.#shown.push(shown);
    return shown;
  }

  #showRow(
    shown: ShownRow,
    { series, name, colour, unit, exponent, style: ofLegend, stats, valueNames, hasLongTexts }: LatestRow,
    time: boolean,
  ): void {
    const { points, lastX, lastY, min, max, mean, rms, rate, integers } = stats;
    const previous = shown.styledFor === series ? shown.style : undefined;
    const style = ofLegend ?? valueStyle(min, max, integers, unit, previous, exponent);
    shown.style = style;
    shown.styledFor = series;
    // Of whole numbers the mean is none.
    const isWhole = integers && style.number.kind === "places" && style.number.places === 0;
    const between = isWhole ? fractions(style, min, max) : style;
    if (shown.colour !== colour) shown.swatch.style.background = colour;
    shown.colour = colour;
    if (shown.row.dataset.series !== series) shown.row.dataset.series = series;
    setText(shown.name, name);
    if (shown.name.title !== series) shown.name.title = series;
    // What has a name has no mean.
    const valued = (value: number, as: ValueStyle): string => (valueNames?.kind ? "–" : valueText(value, as));
    const texts = [
      valueNames?.textOf(lastY) ?? valueText(lastY, style),
      style.unit,
      points === 0 ? "–" : time ? timeText(lastX, Date.now()) : String(lastX),
      valued(min, style),
      valued(max, style),
      valued(mean, between),
      valued(rms, between),
      time ? (Number.isNaN(rate) ? "–" : formatRate(rate)) : formatCount(points),
    ];
    for (const [i, cell] of shown.cells.entries()) setText(cell, texts[i] ?? "");
    shown.cells[0]?.classList.toggle("lazy-text", hasLongTexts === true);
  }
}

/** The style for what lies between whole numbers. */
function fractions(style: ValueStyle, min: number, max: number): ValueStyle {
  return style.text === undefined ? { ...style, number: numberStyle(min, max, false) } : style;
}

function heading(scope: "col" | "row"): HTMLTableCellElement {
  const cell = make("th");
  cell.scope = scope;
  return cell;
}

/** The time of day to the millisecond, and the date unless it is today. */
export function timeText(x: number, nowMs: number): string {
  return isoTime(x) === "" ? String(x) : momentText(x, 0.001, nowMs);
}
