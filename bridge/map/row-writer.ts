import type { Row, RowMark } from "../../protocol/frame/frame-builder.ts";
import { MAX_COLUMNS } from "../../protocol/limits.ts";
import type { MappedChannel, MappedSeries } from "./mapped-series.ts";
import type { Slot } from "./plan.ts";
import type { Leaf, MappedReading } from "./reading.ts";
import type { Thinned } from "./thin.ts";

/** What is held back by thinning, and since when; series of which nothing is held are not in it. */
export type Holding = Map<MappedSeries, { channel: MappedChannel; since: number }>;

/** What a message says, whatever of it is held back or left out as a repeat. */
export interface MessageSummary {
  points: number;
  firstX: number | null;
  lastX: number | null;
  /** The one series that it is of; "" if there are several, or none. */
  series: string;
}

/** Collects the rows of one message, and remembers what thinning holds back. Takes everything: what could be wrong was found before. */
export class RowWriter {
  readonly rows: Row[] = [];
  /** Points of series beyond the bound. */
  lost = 0;
  /** Whether the rows are not what the message says: thinning holds some of it back, or a state's repeat is left out. */
  isThinned = false;
  readonly summary: MessageSummary = { points: 0, firstX: null, lastX: null, series: "" };
  readonly #channel: MappedChannel;
  readonly #holding: Holding;
  readonly #now: number;

  constructor(channel: MappedChannel, holding: Holding, now: number) {
    this.#channel = channel;
    this.#holding = holding;
    this.#now = now;
  }

  write({ x, arrival, slots, values }: MappedReading): void {
    const names: string[] = [];
    const numbers: number[] = [];
    let marks: RowMark[] | undefined;
    for (let i = 0; i < slots.length; i++) {
      const slot = slots[i];
      const value = values[i];
      if (slot === undefined || value === undefined) continue;
      const { series } = slot;
      if (series === undefined) {
        if (!Number.isNaN(value)) this.lost++;
        continue;
      }
      if (series.thin !== undefined && typeof value === "number") {
        this.#thin(series, x, value, arrival);
        continue;
      }
      if (series.kind === "line") {
        if (typeof value !== "number") continue;
        this.#summarize(series.name, x, value);
        names.push(series.name);
        numbers.push(value);
        continue;
      }
      const mark = markOf(series, series.kind, value);
      this.#summarize(series.name, x, mark.value);
      if (series.changes !== undefined && !series.changes.isKept(x, mark.value)) {
        this.isThinned = true;
        continue;
      }
      names.push(series.name);
      numbers.push(mark.value);
      if (!Number.isNaN(mark.value)) {
        marks ??= [];
        marks.push(mark);
      }
    }
    this.#push(x, arrival, names, numbers, marks);
  }

  /** One value of one series. */
  writeOne(x: number, arrival: boolean, slot: Slot, value: Leaf): void {
    if (slot.series?.thin !== undefined && typeof value === "number") this.#thin(slot.series, x, value, arrival);
    else this.write({ x, arrival, slots: [slot], values: [value] });
  }

  /** Rows as they are. */
  writeRows(rows: readonly Row[]): void {
    for (const row of rows) {
      for (let i = 0; i < row.names.length; i++)
        this.#summarize(row.names[i] ?? "", row.x, row.values[i] ?? Number.NaN);
      this.rows.push(row);
    }
  }

  #summarize(name: string, x: number, value: number): void {
    if (Number.isNaN(value)) return;
    const { summary } = this;
    if (summary.points++ === 0) {
      summary.firstX = x;
      summary.series = name;
    } else if (summary.series !== name) summary.series = "";
    summary.lastX = x;
  }

  #thin(series: MappedSeries, x: number, value: number, arrival: boolean): void {
    const { thin } = series;
    if (thin === undefined) return;
    this.isThinned = true;
    this.#summarize(series.name, x, value);
    const due = thin.add(x, value, arrival);
    if (due.length === 0 && this.#holding.has(series)) return;
    for (const point of due) this.rows.push(rowOf(series, point));
    this.#holding.set(series, { channel: this.#channel, since: this.#now });
  }

  /** A message of more series than a table may have is several rows at the same x. */
  #push(x: number, arrival: boolean, names: string[], values: number[], marks: RowMark[] | undefined): void {
    if (names.length === 0) return;
    if (names.length <= MAX_COLUMNS) {
      this.rows.push(marks === undefined ? { x, arrival, names, values } : { x, arrival, names, values, marks });
      return;
    }
    for (let i = 0; i < names.length; i += MAX_COLUMNS) {
      const part = new Set(names.slice(i, i + MAX_COLUMNS));
      const partMarks = marks?.filter(({ series }) => part.has(series)) ?? [];
      this.rows.push({
        x,
        arrival,
        names: [...names.slice(i, i + MAX_COLUMNS)],
        values: values.slice(i, i + MAX_COLUMNS),
        ...(partMarks.length === 0 ? {} : { marks: partMarks }),
      });
    }
  }
}

export function rowOf({ name }: MappedSeries, { x, y, arrival }: Thinned): Row {
  return { x, arrival, names: [name], values: [y] };
}

function markOf({ name, texts }: MappedSeries, style: "step" | "event", value: Leaf): RowMark {
  if (typeof value === "number") return { series: name, style, value };
  return { series: name, style, ...(style === "step" ? texts.state(value) : texts.event(value)) };
}
