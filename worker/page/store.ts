import type { Frame, Gap, Table } from "../protocol/frame.ts";
import { Companions } from "./companions.ts";
import type { Loss } from "./cursor.ts";
import { type Ring, RingBudget } from "./rings.ts";
import { type Run, rowsOf, runOf } from "./runs.ts";

export const MAX_SERIES = 256;
const MAX_GAPS = 1000;
const MAX_REFUSED_NAMES = 10_000;
/** Smaller x are not unix seconds: this is 1973. */
const FIRST_TIME_X = 1e8;
/** A numeric x that falls back further than so many points, and below the middle, begins anew. */
const RESTART_POINTS = 64;

export interface Series {
  name: string;
  /** The how-manieth series of the channel it is: gives its colour. */
  index: number;
  ring: Ring;
  /** The y at the largest x so far; NaN before the first point. */
  lastY: number;
  /** Every y so far is a whole number. */
  integers: boolean;
  /** Who published its last points. */
  publisher: string;
  /** Points are missing before the next one. */
  breakNext: boolean;
  companions: Companions;
}

/** Points that did not arrive. */
export interface GapRecord extends Loss {
  /** The series concerned; "" is all, of the channel or of one publisher. */
  series: string;
}

/** True where x is unix seconds; else it is just a number. */
export function isTime(x: number): boolean {
  return x >= FIRST_TIME_X;
}

/** Frames become rings here: every series found by itself, every loss a break in its line and a record. */
export class Store {
  readonly #series = new Map<string, Series>();
  readonly #budget: RingBudget;
  readonly #refused = new Set<string>();
  readonly #gaps: GapRecord[] = [];
  #lost = { points: 0, unknown: false };

  constructor(budget = new RingBudget()) {
    this.#budget = budget;
  }

  /** In the order of their first point. */
  get series(): Iterable<Series> {
    return this.#series.values();
  }

  get size(): number {
    return this.#series.size;
  }

  /** How many series there are that are not shown, because {@link MAX_SERIES} are. */
  get refused(): number {
    return this.#refused.size;
  }

  /** The newest losses, oldest first. */
  get gaps(): readonly GapRecord[] {
    return this.#gaps;
  }

  /** How many points are missing in all, and whether there are more that nobody could count. */
  get lost(): Readonly<{ points: number; unknown: boolean }> {
    return this.#lost;
  }

  /** Takes a frame in. */
  ingest(frame: Frame): void {
    const { publisher } = frame.header;
    // A series that another publisher wrote last is this publisher's too, as is seen only when its points come.
    const breaking = new Set<string>();
    for (const block of frame.blocks) {
      if (block.kind === "gap") {
        this.#takeGap(block, publisher);
        if (block.series === "") for (const name of this.#series.keys()) breaking.add(name);
      } else {
        this.#takeTable(block, publisher, breaking);
      }
    }
  }

  /** Points of any series are missing before what comes next. */
  lose(loss: Loss): void {
    for (const series of this.#series.values()) series.breakNext = true;
    this.#record({ ...loss, series: "" });
  }

  #takeGap(gap: Gap, publisher: string): void {
    for (const series of this.#series.values()) {
      if (gap.series === series.name || (gap.series === "" && series.publisher === publisher)) series.breakNext = true;
    }
    this.#record({ reason: gap.reason, points: gap.points, series: gap.series });
  }

  #takeTable(table: Table, publisher: string, breaking: Set<string>): void {
    const rows = rowsOf(table);
    const present = new Set<string>();
    for (const [column, { name }] of table.columns.entries()) {
      const series = this.#seriesOf(name);
      if (series === undefined) continue;
      present.add(name);
      if (breaking.delete(name)) series.breakNext = true;
      this.#append(series, runOf(table, column, rows, series.companions));
      series.publisher = publisher;
    }
    for (const [name, { companions }] of this.#series) {
      if (present.has(name)) continue;
      for (const [shape, count] of rows.counts) if (shape.size > 0) companions.absent(shape, count);
    }
  }

  #record(gap: GapRecord): void {
    this.#gaps.push(gap);
    this.#lost.points += gap.points ?? 0;
    this.#lost.unknown ||= gap.points === null;
    if (this.#gaps.length > MAX_GAPS) this.#gaps.shift();
  }

  #seriesOf(name: string): Series | undefined {
    const known = this.#series.get(name);
    if (known !== undefined) return known;
    const index = this.#series.size;
    if (index === MAX_SERIES) {
      if (this.#refused.size < MAX_REFUSED_NAMES) this.#refused.add(name);
      return undefined;
    }
    const ring = this.#budget.newRing();
    const companions = new Companions();
    const series = {
      name,
      index,
      ring,
      lastY: Number.NaN,
      integers: true,
      publisher: "",
      breakNext: false,
      companions,
    };
    this.#series.set(name, series);
    return series;
  }

  #append(series: Series, run: Run): void {
    const { ring } = series;
    let { x, y } = run;
    const first = x[0];
    if (first === undefined) return;
    if (restarts(ring, first)) ring.clear();
    if (ring.length === 0) {
      // Before the first point there is no line to break.
      if (Number.isNaN(y[0])) [x, y] = [x.subarray(1), y.subarray(1)];
    } else if (series.breakNext && !Number.isNaN(y[0])) {
      x = prepend(first, x);
      y = prepend(Number.NaN, y);
    }
    series.breakNext = false;
    const isNewest = (x.at(-1) ?? Number.NEGATIVE_INFINITY) >= ring.lastX;
    this.#budget.makeRoom(ring, ring.length + x.length);
    ring.append(x, y);
    for (const value of y) {
      if (Number.isNaN(value)) continue;
      if (isNewest) series.lastY = value;
      if (series.integers && !Number.isInteger(value)) series.integers = false;
    }
  }
}

function prepend(value: number, column: Float64Array): Float64Array {
  const longer = new Float64Array(column.length + 1);
  longer[0] = value;
  longer.set(column, 1);
  return longer;
}

/**
 * A publisher that counts its points begins anew when it is restarted. Its points would otherwise be taken for
 * late ones, drawn over the old ones, and the newest x would stand still. A time does not begin anew.
 */
function restarts(ring: Ring, firstX: number): boolean {
  if (ring.length < RESTART_POINTS || isTime(ring.lastX) || firstX >= ring.lastX) return false;
  const held = ring.x;
  const lowest = held[0] ?? 0;
  return firstX < (lowest + ring.lastX) / 2 && firstX < (held[held.length - RESTART_POINTS] ?? 0);
}
