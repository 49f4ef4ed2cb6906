import { isSeriesName } from "../../../protocol/names.ts";
import type { Derivation, DerivationInput, DerivedSeries } from "../../data/derivation.ts";
import type { Range, Segment } from "../../data/segment.ts";
import { RingBuffer } from "../../data/store/ring-buffer.ts";
import { newSeries, type Series } from "../../data/store/series.ts";
import { shownName } from "../shown-name.ts";
import { Columns, evaluate, sample } from "./evaluate.ts";
import { type Expression, isFault, namesIn } from "./expression.ts";
import { resolved } from "./resolve.ts";

/** What an expression needs before the first x: so many points, and so much of x. */
interface Lookback {
  points: number;
  width: number;
}

/** Of so many points, before it is drawn, it is found out how large it is. */
const SIZED_BY = 10_000;

/** The derived series of a channel, calculated from stored points when they are shown. */
export class Derived implements DerivedSeries {
  readonly #stored: DerivationInput;
  readonly #derivations: readonly Derivation[];
  /** By the names of the derived series. */
  readonly #formulas = new Map<string, Formula>();
  /** What the series were called when it was last tried to find those that expressions name. */
  #tried = "";

  constructor(derivations: readonly Derivation[], stored: DerivationInput) {
    this.#stored = stored;
    this.#derivations = derivations.filter(({ name }) => isSeriesName(name));
  }

  get series(): readonly Series[] {
    const { has } = this.#stored;
    if (this.#derivations.some(({ name }) => !this.#formulas.get(name)?.names.every(has))) this.#resolve();
    const shown = this.#derivations.flatMap(({ name }) => {
      const formula = this.#formulas.get(name);
      return formula === undefined || has(name) || !formula.names.every(has) ? [] : [formula];
    });
    for (const formula of shown) formula.size();
    return shown.map(({ series }) => series);
  }

  segments(series: Series, range: Range): readonly Segment[] | undefined {
    const formula = this.#formulas.get(series.name);
    return formula?.series === series ? formula.segments(range) : undefined;
  }

  /** Series may be named before they come, and be gone. One that was found once stays what is meant. */
  #resolve(): void {
    const stored = [...this.#stored.names()];
    const called = JSON.stringify(stored.map((name) => [name, shownName(name)]));
    if (called === this.#tried) return;
    this.#tried = called;
    for (const { name, expression } of this.#derivations) {
      if (this.#formulas.get(name)?.names.every(this.#stored.has)) continue;
      const found = resolved(expression, stored, () => false);
      if (!isFault(found)) this.#formulas.set(name, new Formula(name, found.expression, this.#stored));
    }
  }
}

class Formula {
  readonly series: Series;
  readonly names: readonly string[];
  readonly #expression: Expression;
  readonly #reach: Lookback;
  readonly #stored: DerivationInput;
  readonly #seen = new Calculation();
  readonly #last = new Calculation();
  #isSized = false;

  constructor(name: string, expression: Expression, stored: DerivationInput) {
    this.#expression = expression;
    this.#stored = stored;
    this.names = namesIn(expression);
    this.#reach = reachOf(expression);
    const last = (): number => this.#lastY();
    this.series = {
      ...newSeries(name, new RingBuffer(1)),
      get lastY() {
        return last();
      },
    };
  }

  segments(range: Range): readonly Segment[] {
    const segment = this.#calculate(range, this.#seen);
    return segment.x.length === 0 ? [] : [segment];
  }

  /** By its size it finds its panel, which is before it is drawn. */
  size(): void {
    if (this.#isSized) return;
    this.#isSized = true;
    const [grid = ""] = this.names;
    const x = this.#stored.segments(grid, { min: -Infinity, max: Infinity }).at(-1)?.x;
    const min = x?.[Math.max(0, x.length - SIZED_BY)];
    if (min !== undefined) this.segments({ min, max: Infinity });
  }

  #lastY(): number {
    const [grid = ""] = this.names;
    const max = this.#stored.headX(grid);
    const { x, y } = this.#calculate({ min: max, max }, this.#last);
    for (let i = x.length - 1; i >= 0; i--) if ((x[i] ?? 0) <= max && !Number.isNaN(y[i])) return y[i] ?? 0;
    return Number.NaN;
  }

  #calculate(range: Range, calculation: Calculation): Segment {
    const [grid = "", ...others] = this.names;
    const wanted = this.#stored.segments(grid, range);
    const segments = this.#withReach(grid, wanted, range.max);
    const x = { min: segments[0]?.x[0] ?? range.min, max: segments.at(-1)?.x.at(-1) ?? range.max };
    const isPath = segments.some((one) => one.isPath);
    const sampled = new Map(
      others.map((name) => {
        const all = this.#stored.segments(name, x);
        // Of a path nothing is "the last before" an x: only what came with it is at the same place.
        return [name, isPath && !all.every((one) => one.isPath) ? [] : all] as const;
      }),
    );
    const segment = calculation.run(this.#expression, segments, pointsIn(wanted), sampled);
    this.#settle(segment.y);
    return { ...segment, isPath };
  }

  /** What is no finite number is a break; what is one may be the largest. */
  #settle(y: Float64Array): void {
    let { magnitude, integers } = this.series;
    for (let i = 0; i < y.length; i++) {
      const value = y[i] ?? 0;
      const size = Math.abs(value);
      if (!(size < Infinity)) {
        y[i] = Number.NaN;
        continue;
      }
      if (size > magnitude) magnitude = size;
      if (integers && !Number.isInteger(value)) integers = false;
    }
    this.series.magnitude = magnitude;
    this.series.integers = integers;
  }

  /** The points that are wanted, and those before them that their values depend on. */
  #withReach(grid: string, wanted: readonly Segment[], max: number): readonly Segment[] {
    let segments = wanted;
    const back = (width: number): void => {
      const first = segments[0]?.x[0];
      if (first !== undefined) segments = this.#stored.segments(grid, { min: first - width, max });
    };
    const { points, width } = this.#reach;
    for (let i = 0; i < points; i++) back(0);
    if (width > 0) back(width);
    // The first value of an average may itself need the point before.
    for (let i = 0; i < points; i++) back(0);
    return segments;
  }
}

/** A place to calculate in, used again each time: what it returns is valid until the next time. */
class Calculation {
  readonly #columns = new Columns();

  /**
   * @param segments of the series that gives x
   * @param wanted how many points of their end are
   * @param sampled all others, by name
   */
  run(
    expression: Expression,
    segments: readonly Segment[],
    wanted: number,
    sampled: ReadonlyMap<string, readonly Segment[]>,
  ): Segment {
    const length = pointsIn(segments);
    const { x, y: own } = this.#joined(segments, length);
    const read = (name: string, into: Float64Array): void => {
      const others = sampled.get(name);
      if (others === undefined) into.set(own);
      else sample(others, x, into);
    };
    const y = evaluate(expression, { x, read }, this.#columns);
    this.#columns.giveBack(3);
    return { x: x.subarray(length - wanted), y: y.subarray(length - wanted) };
  }

  /** As one part: a single one as it is. */
  #joined(segments: readonly Segment[], length: number): Segment {
    const [first] = segments;
    const x = this.#columns.take(length);
    const y = this.#columns.take(length);
    if (first !== undefined && segments.length === 1) return first;
    let at = 0;
    for (const segment of segments) {
      x.set(segment.x, at);
      y.set(segment.y, at);
      at += segment.x.length;
    }
    return { x, y };
  }
}

function pointsIn(segments: readonly Segment[]): number {
  return segments.reduce((sum, { x }) => sum + x.length, 0);
}

function reachOf(node: Expression): Lookback {
  switch (node.kind) {
    case "number":
    case "series":
      return { points: 0, width: 0 };
    case "one": {
      const { points, width } = reachOf(node.a);
      return { points: points + (node.of === "d" ? 1 : 0), width };
    }
    case "two": {
      const [a, b] = [reachOf(node.a), reachOf(node.b)];
      return { points: Math.max(a.points, b.points), width: Math.max(a.width, b.width) };
    }
    case "avg": {
      const { points, width } = reachOf(node.a);
      return { points, width: width + node.width };
    }
  }
}
