import type { Frame, Gap, Table } from "../../../protocol/frame/frame.ts";
import type { Segment } from "../segment.ts";
import { justAbove } from "../sorted-column.ts";
import { GapLog, type GapRecord } from "./gap-log.ts";
import { RingBudget } from "./ring-budget.ts";
import {
  advanceHead,
  CLOCK_STEP_SECONDS,
  completeFrom,
  isRestart,
  isStep,
  isTime,
  newSeries,
  runsBackwards,
  type Series,
} from "./series.ts";
import { analyzeRows, columnSegment } from "./table-rows.ts";
import { ValueNamesRegistry } from "./value-names.ts";

export { isTime, type Series } from "./series.ts";

export const MAX_SERIES = 256;
const MAX_REFUSED_NAMES = 10_000;

/** Frames become rings here: every series found by itself, every loss a break in its line and a record. */
export class SeriesStore {
  /** The number of the last point before the first that was taken. */
  joinedSeq: number | undefined;
  /** Series that are paths from their first point on. */
  paths: ReadonlySet<string> = new Set();
  /** Up to this number points are counted in {@link Series.totalBefore}. */
  beforeSeq = 0;
  /** The places of series that the channel has listed: a page that joins at the newest points finds them in any order. */
  places: ReadonlyMap<string, number> = new Map();
  readonly valueNames: ValueNamesRegistry;
  readonly #series = new Map<string, Series>();
  readonly #budget: RingBudget;
  #refused = new Set<string>();
  #log = new GapLog();
  #joining = true;
  /** Where it was joined, the last series that was: one that comes later may have points before this, too. */
  #joinedX = -Infinity;
  #firstX: number | undefined;

  /** @param valueNames shared by all stores whose points are one line */
  constructor(budget = new RingBudget(), valueNames = new ValueNamesRegistry()) {
    this.#budget = budget;
    this.valueNames = valueNames;
  }

  /** In the order of the channel's list, and then of their first point. */
  get series(): Iterable<Series> {
    return this.#series.values();
  }

  get size(): number {
    return this.#series.size;
  }

  /** The series of this name. */
  find(name: string): Series | undefined {
    return this.#series.get(name);
  }

  /**
   * From this x on everything that the channel has is in the rings, of all series; -Infinity before the first point.
   * It falls only where x begins again, or a clock was set back.
   */
  get completeFromX(): number {
    let x = -Infinity;
    for (const series of this.#series.values()) x = Math.max(x, completeFrom(series));
    return x > -Infinity ? x : (this.#firstX ?? x);
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

  /**
   * Takes a frame in.
   * @param stored it comes from the store, not as it is taken: if the first ones do, there are others before them
   * @param nowX the time, in x
   */
  ingest(frame: Frame, stored = false, nowX = Number.NaN): void {
    const { publisher, seq, points } = frame.header;
    this.#joining &&= stored;
    this.joinedSeq ??= seq - points;
    // A series that another publisher wrote last is this publisher's too, as is seen only when its points come.
    const breaking = new Set<string>();
    for (const block of frame.blocks) {
      if (block.kind === "gap") {
        this.#takeGap(block, publisher);
        if (block.series === "") for (const name of this.#series.keys()) breaking.add(name);
      } else {
        this.#takeTable(block, frame, breaking);
        if (stored) continue;
        for (const { name } of block.columns) {
          const series = this.#series.get(name);
          if (series !== undefined) series.lateX = nowX - (block.x.at(-1) ?? nowX);
        }
      }
    }
  }

  /** As it is now: what comes later comes to one of them. */
  copy(budget: RingBudget): SeriesStore {
    const copy = Object.assign(new SeriesStore(budget, this.valueNames), this);
    // What it counts is of one channel.
    copy.#refused = this.#refused;
    copy.#log = this.#log.copy();
    copy.#joining = this.#joining;
    copy.#joinedX = this.#joinedX;
    copy.#firstX = this.#firstX;
    for (const [name, series] of this.#series) {
      const { ring, missingValues } = series;
      copy.#series.set(name, {
        ...series,
        ring: budget.add(ring.copy()),
        missingValues: missingValues.copy(),
      });
    }
    return copy;
  }

  /** What comes next is no longer what follows: the points between are read later. */
  leaveOut(): void {
    this.joinedSeq = undefined;
    for (const series of this.#series.values()) series.breakNext = series.joinsNext = true;
  }

  /** Takes the place of a store with the same newest points, and goes on counting from there. */
  follow(before: SeriesStore): void {
    for (const { name, ring } of this.#series.values()) ring.total = before.find(name)?.ring.total ?? ring.total;
  }

  /** Points of any series are missing before what comes next. */
  addLoss(missing: Pick<Gap, "reason" | "points">): void {
    // Numbers begin anew: none is before what is here.
    if (missing.reason === "epoch") this.joinedSeq = 0;
    this.#log.add(
      missing,
      this.#break(() => true),
    );
  }

  /** Up to which x a value of a series is known to hold: a gap came since; Infinity if none did. */
  knownTo(series: Pick<Series, "name" | "publisher" | "gapsSeen">): number {
    return this.#log.knownTo(series, series.publisher);
  }

  #takeGap(gap: Gap, publisher: string): void {
    const broken = this.#break((series) =>
      gap.series === "" ? series.publisher === publisher : gap.series === series.name,
    );
    this.#log.add(gap, broken, gap, publisher);
  }

  /** Breaks lines before what comes next. @returns those that it broke */
  #break(isConcerned: (series: Series) => boolean): Series[] {
    const broken = [...this.#series.values()].filter(isConcerned);
    for (const series of broken) series.breakNext = true;
    return broken;
  }

  #takeTable(table: Table, { header: { publisher, seq }, labels }: Frame, breaking: Set<string>): void {
    const rows = analyzeRows(table);
    const present = new Set<string>();
    for (const [column, { name }] of table.columns.entries()) {
      const series = this.#seriesOf(name);
      if (series === undefined) continue;
      present.add(name);
      if (breaking.delete(name)) series.breakNext = true;
      series.publisher = publisher;
      const frameLabels = labels.get(name);
      if (frameLabels !== undefined) series.valueNames ??= this.valueNames.of(name);
      const { valueNames, missingValues } = series;
      missingValues.holdsValues = valueNames !== undefined;
      const run = columnSegment(table, column, rows, missingValues, isStep(series));
      valueNames?.translate(frameLabels, run.y);
      series.kind = valueNames?.kind ?? "";
      this.#append(series, run, seq);
    }
    for (const [name, { missingValues }] of this.#series) {
      if (present.has(name)) continue;
      for (const [shape, count] of rows.counts) if (shape.size > 0) missingValues.absent(shape, count);
    }
  }

  #seriesOf(name: string): Series | undefined {
    const known = this.#series.get(name);
    if (known !== undefined) return known;
    if (this.#series.size === MAX_SERIES) {
      if (this.#refused.size < MAX_REFUSED_NAMES) this.#refused.add(name);
      return undefined;
    }
    const series = newSeries(name, this.#budget.newRing());
    series.ring.isPath = this.paths.has(name);
    this.#series.set(name, series);
    const place = ({ name }: Series): number => this.places.get(name) ?? Number.MAX_VALUE;
    const inOrder = [...this.#series.values()].sort((a, b) => place(a) - place(b));
    this.#series.clear();
    for (const each of inOrder) this.#series.set(each.name, each);
    return series;
  }

  /** Where x is no time and falls, it begins again, or is a path from then on. */
  #append(series: Series, { x, y }: Segment, seq: number): void {
    const { ring } = series;
    let from = 0;
    // Times are in their order, and never a path.
    const end = ring.isPath || isTime(x[0] ?? 0) ? 0 : x.length;
    for (let i = 0; i < end && !ring.isPath; i++) {
      const [before = ring.lastX, at = 0] = [i === from ? ring.lastX : x[i - 1], x[i]];
      if (at >= before || isTime(at) || isTime(before)) continue;
      if (i > from) this.#appendRun(series, { x: x.subarray(from, i), y: y.subarray(from, i) });
      from = i;
      ring.isPath = !isRestart(ring, at);
    }
    this.#appendRun(series, { x: x.subarray(from), y: y.subarray(from) });
    if (seq <= this.beforeSeq) series.totalBefore = ring.total;
  }

  #appendRun(series: Series, run: Segment): void {
    const { ring } = series;
    let { x, y } = run;
    const first = x[0];
    if (first === undefined) return;
    if (isRestart(ring, first)) {
      ring.clear();
      series.headX = -Infinity;
      // What the channel has from before belongs to no line that is drawn.
      series.joinedX = this.#joinedX = -Infinity;
      series.breakNext = false;
      this.#log.restart(series.name, series.publisher, first);
    } else if (ring.length === 0) {
      // Others at that very x may not have been sent.
      if (this.#joining) this.#joinedX = Math.max(this.#joinedX, justAbove(first));
      series.joinedX = this.#joining ? justAbove(first) : this.#joinedX;
      // Before the first point there is no line to break, unless it goes on from what was not sent.
      series.breakNext =
        !this.#joining &&
        series.joinedX > -Infinity &&
        this.gaps.some((gap) => gap.series === "" || gap.series === series.name);
    }
    const breakX = isStep(series) ? breakOfStep(series, this.knownTo(series), first) : first;
    this.#log.resume(series, series.publisher, first);
    if (ring.length === 0 && Number.isNaN(y[0])) [x, y] = [x.subarray(1), y.subarray(1)];
    if (series.breakNext && !Number.isNaN(y[0])) {
      x = Float64Array.from([breakX, ...x]);
      y = Float64Array.from([Number.NaN, ...y]);
    }
    if (series.joinsNext) series.joinedX = justAbove(first);
    series.breakNext = series.joinsNext = false;
    const { headX } = series;
    const lastX = x.at(-1) ?? -Infinity;
    const isNewest = advanceHead(series, lastX);
    if (series.headX < headX) this.#joinedX = Math.min(this.#joinedX, series.headX);
    // It is where a head was that went back: a wrong time at first holds nothing either.
    this.#firstX = Math.min(this.#firstX ?? first, series.headX);
    // A clock was wrong, or was set: what came before and is later by far is no next point.
    const nextX = isNewest && isTime(headX) && lastX < headX && !runsBackwards(series) ? ring.after(lastX) : undefined;
    if (nextX !== undefined && nextX - lastX > CLOCK_STEP_SECONDS) {
      x = Float64Array.from([...x, -justAbove(-nextX)]);
      y = Float64Array.from([...y, Number.NaN]);
    }
    this.#budget.makeRoom(ring, ring.length + x.length);
    ring.append(x, y);
    for (const value of y) {
      if (Number.isNaN(value)) continue;
      if (isNewest) series.lastY = value;
      const size = Math.abs(value);
      if (size > series.magnitude && series.kind === "") series.magnitude = size;
      if (series.integers && !Number.isInteger(value)) series.integers = false;
    }
  }
}

/** Where a held value ends, before the next at `nextX`: as far as it is known, or at once. */
function breakOfStep({ ring, joinedX }: Series, knownToX: number, nextX: number): number {
  const lastX = Math.max(ring.lastX, joinedX);
  return Math.min(nextX, knownToX < Infinity ? Math.max(lastX, knownToX) : lastX);
}
