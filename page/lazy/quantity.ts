import type { Range } from "../data/segment.ts";
import { unitOf } from "../layout/unit.ts";
import { numberLabels } from "../render/ticks.ts";
import type { PrefixedLabels, YAxis } from "../render/y-axis.ts";
import { formatValue, type NumberStyle, numberStyle, type ValueStyle } from "../ui/format.ts";
import type { LegendItem } from "../ui/legend-item.ts";

/**
 * Units that take prefixes, alone or before `/`, `·` and the like. In groups: those that take any; those that take none above
 * their own (nobody says megametre, and what is in g may be an acceleration); bytes and bits, which have no parts; and those that
 * without a prefix may be a temperature.
 */
const UNIT =
  /^(?!pH)([pnuµμmkMGT]?)(?:(V|VA|var|W|Wh|A|Ah|[Ω\u2126]|ohm|Ohm|H|Hz|N|Pa|J|S|T|Wb|mol|cd|lm|lx|Bq|Gy|Sv|eV|bar|rad)|([smgKL])|(B|bit|bps)|([CF]))((?:[/·⋅* ].*)?)$/;
const PREFIXES = ["a", "f", "p", "n", "µ", "m", "", "k", "M", "G", "T", "P", "E"];
/** Numbers from the first up to the second need no prefix. One that they have stays somewhat longer, so that it does not flicker. */
const PLAIN = [1e-2, 1e5];
const SLACK = 3;
/** Where a range is a smaller part of its values, the digits of its labels are many. */
const MIN_PARTS = 1000;

/**
 * The style for values of a unit that lie between `low` and `high`.
 * @param previous is kept while it is nearly right
 * @param ofAxis the power of ten that the prefix of their axis adds: theirs, too; undefined where the axis has no say
 */
export function valueStyle(
  low: number,
  high: number,
  integers: boolean,
  unit: string,
  previous?: ValueStyle,
  ofAxis?: number,
): ValueStyle {
  const before = (exponent: number): NumberStyle | undefined =>
    (previous?.exponent ?? 0) === exponent ? previous?.number : undefined;
  const number = numberStyle(low, high, integers, before(0));
  const magnitude = Math.max(Math.abs(low), Math.abs(high));
  // Whole numbers are written as they are, as long as they can be.
  if (ofAxis === undefined && integers && number.kind === "places") return { number, unit };
  const scaled = (ofAxis !== undefined && withPrefix(unit, ofAxis)) || prefixed(unit, magnitude, previous?.exponent);
  const { exponent } = scaled;
  if (exponent === 0) return { number, unit, exponent };
  const style = numberStyle(shifted(low, exponent), shifted(high, exponent), false, before(exponent));
  return { ...scaled, number: style, text: (value) => formatValue(shifted(value, exponent), style) };
}

/** The value divided by a power of ten: in one step, so that it is rounded once. */
export function shifted(value: number, exponent: number): number {
  return exponent < 0 ? value * 10 ** -exponent : value / 10 ** exponent;
}

/** Gives the axes of a panel, and so the values on them, the prefixes that their labels need. */
export function setPrefixes({
  series,
  axes: { left, right },
}: {
  series: readonly LegendItem[];
  axes: { left: YAxis; right: YAxis | undefined };
}): void {
  setPrefix(
    left,
    series.filter(({ onRight }) => !onRight),
  );
  if (right !== undefined) {
    setPrefix(
      right,
      series.filter(({ onRight }) => onRight),
    );
  }
}

/** A logarithmic axis, or one of several units, has no prefix, and no say in those of its values. */
function setPrefix(axis: YAxis, series: readonly LegendItem[]): void {
  const { range, log } = axis;
  const [own = "", ...others] = new Set(series.map((one) => unitOf(one.label ?? one.series.name).unit));
  if (log || others.length > 0) return;
  const { exponent, unit } = isPlain(range, series) ? { exponent: 0, unit: own } : prefixed(own, sizeOf(range));
  axis.exponent = exponent;
  axis.prefixed = exponent === 0 ? undefined : labelsWith(exponent, unit);
}

/** Whether an axis has its unit's own size: labels are counted from a base, or nearly, or all values are whole and written out. */
function isPlain(range: Range, series: readonly LegendItem[]): boolean {
  const { min, max } = range;
  if (max - min < sizeOf(range) / MIN_PARTS) return true;
  return series.every(({ series: { integers } }) => integers) && numberStyle(min, max, true).kind === "places";
}

function sizeOf({ min, max }: Range): number {
  return Math.max(Math.abs(min), Math.abs(max));
}

function labelsWith(exponent: number, unit: string): PrefixedLabels {
  const scaled = (value: number): number => shifted(value, exponent);
  return {
    ticks: (values, step) => ({ labels: numberLabels(values.map(scaled), scaled(step)), base: unit }),
    // As exact as it was given, but for the last digits of a float64.
    threshold: (value) => String(Number(scaled(value).toPrecision(15))),
  };
}

/** The unit for values up to a magnitude, and which power of ten it adds; the unit itself where it takes no prefix. */
export function prefixed(unit: string, magnitude: number, previous?: number): { unit: string; exponent: number } {
  const exponent = magnitude > 0 && magnitude < Infinity ? exponentFor(magnitude, previous) : 0;
  return withPrefix(unit, exponent) ?? { unit, exponent: 0 };
}

/** The unit with a prefix that adds a power of ten; undefined where it takes none such. */
function withPrefix(unit: string, exponent: number): { unit: string; exponent: number } | undefined {
  if (exponent === 0) return { unit, exponent };
  const [, prefix = "", any, small, whole, bare, rest = ""] = UNIT.exec(unit) ?? [];
  const base = any ?? small ?? whole ?? bare;
  if (base === undefined) return undefined;
  const own = 3 * (PREFIXES.indexOf(prefix.replace(/[uμ]/, "µ")) - 6);
  if ((small !== undefined && own > 3) || (whole !== undefined && own < 0) || (bare !== undefined && own === 0))
    return undefined;
  const total = own + exponent;
  const name = PREFIXES[total / 3 + 6];
  if (name === undefined || (small !== undefined && total > Math.max(0, own)) || (whole !== undefined && total < 0)) {
    return undefined;
  }
  return { unit: name + base + rest, exponent };
}

function exponentFor(magnitude: number, previous: number | undefined): number {
  const [least = 0, most = 0] = PLAIN;
  if (previous !== undefined) {
    const size = shifted(magnitude, previous);
    const [low, high] = previous === 0 ? [least, most] : [1, 1000];
    if (size >= low / SLACK && size < high * SLACK) return previous;
  }
  if (magnitude >= least && magnitude < most) return 0;
  return 3 * Math.floor(Math.log10(magnitude) / 3 + 1e-9);
}
