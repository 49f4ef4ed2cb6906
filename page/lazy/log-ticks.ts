import type { Range } from "../data/segment.ts";
import { ticks } from "../render/ticks.ts";
import { apart, linearTicks, stepOf, type Tick } from "../render/y-axis.ts";
import { halfSpan } from "../render/y-range.ts";

/** Less than this part of a decade is divided as a linear axis is. */
const FEW_DECADES = 0.5;

/** The ticks of a logarithmic axis, whose range is in powers of ten, for a height in CSS pixels. */
export function logTicks(range: Range, heightPx: number): Tick[] {
  const step = stepOf(halfSpan(range), heightPx);
  const from = step <= 0.2 ? 2 : step <= 0.5 ? 1 : 0;
  const whole = ticks(range.min, range.max, Math.max(1, Math.ceil(step)));
  // In a low panel a whole decade may be all that there is.
  const places = [whole, decades(range, [1, 3]), decades(range, [1, 2, 5])]
    .slice(from)
    .find(({ length }) => length > 1);
  const isWide = range.max - range.min >= FEW_DECADES && places !== undefined;
  const all = isWide ? places.map((at) => ({ at, label: powerLabel(at) })) : withinADecade(range, heightPx);
  return apart(all, range, heightPx);
}

function withinADecade(range: Range, heightPx: number): Tick[] {
  const linear = { min: 10 ** range.min, max: 10 ** range.max };
  return linearTicks({ range: linear }, heightPx).map((tick) => ({ ...tick, at: Math.log10(tick.at) }));
}

function decades({ min, max }: Range, factors: number[]): number[] {
  const places: number[] = [];
  for (let power = Math.floor(min); power <= Math.ceil(max); power++) {
    for (const factor of factors) places.push(power + Math.log10(factor));
  }
  return places.filter((place) => place >= min && place <= max);
}

/** `0.01`, `50`, `1e6`: a power of ten, or one of 2, 3 or 5 times it. */
function powerLabel(place: number): string {
  const power = Math.floor(place + 1e-9);
  const factor = Math.round(10 ** (place - power));
  if (power >= 6 || power < -4) return `${factor}e${power}`;
  return power >= 0 ? String(factor * 10 ** power) : (factor * 10 ** power).toFixed(-power);
}
