import type { Frame, Gap, Table } from "../protocol/frame.ts";
import { Companions } from "./companions.ts";
import type { Loss } from "./cursor.ts";
import { GapLog, type GapRecord } from "./gap-log.ts";
import { type Ring, RingBudget } from "./rings.ts";
import { type Run, rowsOf, runOf } from "./runs.ts";

export const MAX_SERIES = 256;
const MAX_REFUSED_NAMES = 10_000;
/** Smaller x are not unix seconds: this is 1973. */
const FIRST_TIME_X = 1e8;
/** A numeric x that falls back further than so many points, and below the middle, begins anew. */
const RESTART_POINTS = 64;
/** A time so far behind is no late point: the one before was wrong, or the clock was set. */
const CLOCK_STEP_SECONDS = 10;
const RUNS_TO_STEP_BACK = 3;

export interface Series {
  name: string;
  /** The how-manieth series of the channel it is: gives its colour. */
  index: number;
  ring: Ring;
  /** The x that the picture follows: see {@link follow}. */
  headX: number;
  /** How many runs in a row came from far behind it. */
  runsBehind: number;
  /** The y at `headX`; NaN before the first point. */
  lastY: number;
  /** Every y so far is a whole number. */
  integers: boolean;
  /** Who published its last points. */
  publisher: string;
  /** Points are missing before the next one. */
  breakNext: boolean;
  /** How many gaps there were when its last point came. */
  gapsSeen: number;
  companions: Companions;
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
  readonly #log = new GapLog();

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
    return this.#log.gaps;
  }

  /** How many points are missing in all, and whether there are more that nobody could count. */
  get lost(): Readonly<{ points: number; unknown: boolean }> {
    return this.#log.lost;
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
    this.#log.add(loss);
  }

  #takeGap(gap: Gap, publisher: string): void {
    for (const series of this.#series.values()) {
      if (gap.series === series.name || (gap.series === "" && series.publisher === publisher)) series.breakNext = true;
    }
    this.#log.add(gap, gap, publisher);
  }

  #takeTable(table: Table, publisher: string, breaking: Set<string>): void {
    const rows = rowsOf(table);
    const present = new Set<string>();
    for (const [column, { name }] of table.columns.entries()) {
      const series = this.#seriesOf(name);
      if (series === undefined) continue;
      present.add(name);
      if (breaking.delete(name)) series.breakNext = true;
      series.publisher = publisher;
      this.#append(series, runOf(table, column, rows, series.companions));
    }
    for (const [name, { companions }] of this.#series) {
      if (present.has(name)) continue;
      for (const [shape, count] of rows.counts) if (shape.size > 0) companions.absent(shape, count);
    }
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
      headX: Number.NEGATIVE_INFINITY,
      runsBehind: 0,
      lastY: Number.NaN,
      integers: true,
      publisher: "",
      breakNext: false,
      gapsSeen: 0,
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
    if (restarts(ring, first)) {
      ring.clear();
      series.headX = Number.NEGATIVE_INFINITY;
      this.#log.beginsAnew(series.name, series.publisher, first);
    }
    this.#log.goesOn(series, series.publisher, ring.x, first);
    if (ring.length === 0) {
      // Before the first point there is no line to break.
      if (Number.isNaN(y[0])) [x, y] = [x.subarray(1), y.subarray(1)];
    } else if (series.breakNext && !Number.isNaN(y[0])) {
      x = prepend(first, x);
      y = prepend(Number.NaN, y);
    }
    series.breakNext = false;
    const isNewest = follow(series, x.at(-1) ?? Number.NEGATIVE_INFINITY);
    this.#budget.makeRoom(ring, ring.length + x.length);
    ring.append(x, y);
    for (const value of y) {
      if (Number.isNaN(value)) continue;
      if (isNewest) series.lastY = value;
      if (series.integers && !Number.isInteger(value)) series.integers = false;
    }
  }
}

/**
 * Moves a series' head to the x that came last, and says whether it did. Late points leave it where it is. But one wrong
 * time, or a clock that is set back, must not hold the picture in the future: after a few runs from far behind, the head
 * goes back to where points come.
 */
function follow(series: Series, arrivedX: number): boolean {
  const isFarBehind = isTime(series.headX) && series.headX - arrivedX > CLOCK_STEP_SECONDS;
  series.runsBehind = isFarBehind ? series.runsBehind + 1 : 0;
  if (arrivedX < series.headX && series.runsBehind < RUNS_TO_STEP_BACK) return false;
  series.headX = arrivedX;
  series.runsBehind = 0;
  return true;
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
