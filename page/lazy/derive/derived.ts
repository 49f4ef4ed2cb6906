import { isSeriesName } from "../../../protocol/names.ts";
import type { Derivation, DerivedSeries, Stored } from "../../data/derivation.ts";
import type { Part, Range } from "../../data/segment.ts";
import { Ring } from "../../data/store/ring-buffer.ts";
import { newSeries, type Series } from "../../data/store/series.ts";
import { Columns, evaluate, sample } from "./evaluate.ts";
import { type Expression, isFault, namesIn, parseExpression } from "./expression.ts";

/** What an expression needs before the first x: so many points, and so much of x. */
interface Reach {
  points: number;
  width: number;
}

/** Of so many points, before it is drawn, it is found out how large it is. */
const SIZED_BY = 10_000;

/** All that are calculated, from what is stored, when it is looked at. */
export class Derived implements DerivedSeries {
  readonly #stored: Stored;
  readonly #formulas: readonly Formula[];

  constructor(derivations: readonly Derivation[], stored: Stored) {
    this.#stored = stored;
    this.#formulas = derivations.flatMap(({ name, expression }) => {
      const parsed = parseExpression(expression);
      return isFault(parsed) || !isSeriesName(name) ? [] : [new Formula(name, parsed, stored)];
    });
  }

  get series(): readonly Series[] {
    const { has } = this.#stored;
    const shown = this.#formulas.filter(({ series, names }) => !has(series.name) && names.every(has));
    for (const formula of shown) formula.size();
    return shown.map(({ series }) => series);
  }

  parts(series: Series, range: Range): readonly Part[] | undefined {
    return this.#formulas.find((formula) => formula.series === series)?.parts(range);
  }
}

class Formula {
  readonly series: Series;
  readonly names: readonly string[];
  readonly #expression: Expression;
  readonly #reach: Reach;
  readonly #stored: Stored;
  readonly #seen = new Calculation();
  readonly #last = new Calculation();
  #isSized = false;

  constructor(name: string, expression: Expression, stored: Stored) {
    this.#expression = expression;
    this.#stored = stored;
    this.names = namesIn(expression);
    this.#reach = reachOf(expression);
    const last = (): number => this.#lastY();
    this.series = {
      ...newSeries(name, 0, new Ring(1)),
      get lastY() {
        return last();
      },
    };
  }

  parts(range: Range): readonly Part[] {
    const part = this.#calculate(range, this.#seen);
    return part.x.length === 0 ? [] : [part];
  }

  /** By its size it finds its panel, which is before it is drawn. */
  size(): void {
    if (this.#isSized) return;
    this.#isSized = true;
    const [grid = ""] = this.names;
    const x = this.#stored.parts(grid, { min: Number.NEGATIVE_INFINITY, max: Number.POSITIVE_INFINITY }).at(-1)?.x;
    const min = x?.[Math.max(0, x.length - SIZED_BY)];
    if (min !== undefined) this.parts({ min, max: Number.POSITIVE_INFINITY });
  }

  #lastY(): number {
    const [grid = ""] = this.names;
    const max = this.#stored.headX(grid);
    const { x, y } = this.#calculate({ min: max, max }, this.#last);
    for (let i = x.length - 1; i >= 0; i--) if ((x[i] ?? 0) <= max && !Number.isNaN(y[i])) return y[i] ?? 0;
    return Number.NaN;
  }

  #calculate(range: Range, calculation: Calculation): Part {
    const [grid = "", ...others] = this.names;
    const wanted = this.#stored.parts(grid, range);
    const parts = this.#withReach(grid, wanted, range.max);
    const x = { min: parts[0]?.x[0] ?? range.min, max: parts.at(-1)?.x.at(-1) ?? range.max };
    const sampled = new Map(others.map((name) => [name, this.#stored.parts(name, x)]));
    const part = calculation.run(this.#expression, parts, pointsIn(wanted), sampled);
    this.#settle(part.y);
    return part;
  }

  /** What is no finite number is a break; what is one may be the largest. */
  #settle(y: Float64Array): void {
    let { magnitude, integers } = this.series;
    for (let i = 0; i < y.length; i++) {
      const value = y[i] ?? 0;
      const size = Math.abs(value);
      if (!(size < Number.POSITIVE_INFINITY)) {
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
  #withReach(grid: string, wanted: readonly Part[], max: number): readonly Part[] {
    let parts = wanted;
    const back = (width: number): void => {
      const first = parts[0]?.x[0];
      if (first !== undefined) parts = this.#stored.parts(grid, { min: first - width, max });
    };
    const { points, width } = this.#reach;
    for (let i = 0; i < points; i++) back(0);
    if (width > 0) back(width);
    // What is meant over a width may itself need the point before.
    for (let i = 0; i < points; i++) back(0);
    return parts;
  }
}

/** A place to calculate in, used again each time: what it returns is valid until the next time. */
class Calculation {
  readonly #columns = new Columns();

  /**
   * @param parts of the series that gives x
   * @param wanted how many points of their end are
   * @param sampled all others, by name
   */
  run(
    expression: Expression,
    parts: readonly Part[],
    wanted: number,
    sampled: ReadonlyMap<string, readonly Part[]>,
  ): Part {
    const length = pointsIn(parts);
    const { x, y: own } = this.#joined(parts, length);
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
  #joined(parts: readonly Part[], length: number): Part {
    const [first] = parts;
    const x = this.#columns.take(length);
    const y = this.#columns.take(length);
    if (first !== undefined && parts.length === 1) return first;
    let at = 0;
    for (const part of parts) {
      x.set(part.x, at);
      y.set(part.y, at);
      at += part.x.length;
    }
    return { x, y };
  }
}

function pointsIn(parts: readonly Part[]): number {
  return parts.reduce((sum, { x }) => sum + x.length, 0);
}

function reachOf(node: Expression): Reach {
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
