/** What the steps of a signal take, in bits. A signal's are small in its own type, and noise in every other. */

/** Beside the size of a step, what it takes to tell how large it is; and what it takes to tell that there is none. */
const BITS_EACH = 2;
const BITS_NO_STEP = 0.1;

/** What a step takes on average; of floats, a step that all are multiples of counts as one. */
export function bitsAStep(values: readonly number[], lag: number, isFloat: boolean): number {
  let sum = 0;
  let count = 0;
  let steps = 0;
  let unit = Number.POSITIVE_INFINITY;
  for (let i = lag; i < values.length; i++) {
    const size = Math.abs((values[i] ?? 0) - (values[i - lag] ?? 0));
    if (Number.isNaN(size)) continue;
    if (isFloat && size > 0) unit = Math.min(unit, powerOf2In(size));
    sum += size === 0 ? 0 : Math.log2(1 + size);
    if (size > 0) steps++;
    count++;
  }
  if (count === 0) return lag === 1 ? 0 : Number.POSITIVE_INFINITY;
  const spared = unit === Number.POSITIVE_INFINITY ? 0 : Math.log2(unit);
  if (steps === 0) return 0;
  return (Math.max(steps, sum - spared * steps) + BITS_EACH * steps + BITS_NO_STEP * (count - steps)) / count;
}

/** The greatest power of two that divides a whole number. */
function powerOf2In(size: number): number {
  let power = 1;
  while (size % (power * 2) === 0) power *= 2;
  return power;
}

/** Over how many powers of two the middle half of the values is spread. */
export function octaves(values: readonly number[]): number {
  const sizes = values
    .filter((value) => Number.isFinite(value) && value !== 0)
    .map((value) => Math.log2(Math.abs(value)));
  sizes.sort((a, b) => a - b);
  return (sizes[Math.floor(sizes.length * 0.75)] ?? 0) - (sizes[Math.floor(sizes.length * 0.25)] ?? 0);
}

/** What is left of a signal's variance when two values before tell the next, and the signal swings. */
const MAX_SWING_REST = 0.05;
const MAX_SWING_COEFFICIENT = -0.5;

/**
 * Whether values swing so fast that they look like channels one after the other: a sine of four samples a period is
 * smooth from one to the fourth after it, too. A sine's next value is a multiple of this one less the one before.
 */
export function swings(values: readonly number[]): boolean {
  const finite = values.filter((value) => Number.isFinite(value));
  const { length } = finite;
  if (length < 12) return false;
  const mean = finite.reduce((sum, value) => sum + value, 0) / length;
  let [s11, s12, s22, t1, t2, total] = [0, 0, 0, 0, 0, 0];
  for (let i = 2; i < length; i++) {
    const [now, one, two] = [(finite[i] ?? 0) - mean, (finite[i - 1] ?? 0) - mean, (finite[i - 2] ?? 0) - mean];
    s11 += one * one;
    s12 += one * two;
    s22 += two * two;
    t1 += one * now;
    t2 += two * now;
    total += now * now;
  }
  const determinant = s11 * s22 - s12 * s12;
  if (!(total > 0) || !(determinant > 1e-9 * s11 * s22)) return false;
  const a1 = (t1 * s22 - t2 * s12) / determinant;
  const a2 = (t2 * s11 - t1 * s12) / determinant;
  return a2 < MAX_SWING_COEFFICIENT && (total - a1 * t1 - a2 * t2) / total < MAX_SWING_REST;
}

/** How much smoother, in powers of two, one lag is than the next value. */
const SMOOTHER_OCTAVES = 1;
/** What is this small a part of all values' range is no step. */
const NO_STEP = 2 ** -24;
const MIN_STEPS = 12;
const DEVIATIONS = 2.5;
const MIN_ROWS = 4;

/** In which lag the values of interleaved channels go on; 1 if they go on one by one. */
export function smoothestLag(values: readonly number[], lags: readonly number[]): number {
  const finite = values.filter((value) => Number.isFinite(value));
  const least = NO_STEP * finite.reduce((size, value) => Math.max(size, Math.abs(value)), 0);
  if (!(least > 0)) return 1;
  const next = logSteps(values, 1, least);
  if (next.length < MIN_STEPS) return 1;
  // The mean of few steps is as uncertain as this.
  const doubt = DEVIATIONS * Math.sqrt((2 * variance(next)) / next.length);
  let best = { lag: 1, size: mean(next) - doubt };
  for (const lag of lags) {
    if (values.length < MIN_ROWS * lag) break;
    const size = mean(logSteps(values, lag, least));
    // More channels have to be smoother by more than a few: what is even in two is so in four, too.
    if (size < best.size - (best.lag === 1 ? SMOOTHER_OCTAVES : SMOOTHER_OCTAVES / 2)) best = { lag, size };
  }
  if (best.lag > 1) return swings(values) ? 1 : best.lag;
  return lags.find((lag) => phasesDiffer(values, lag, least)) ?? 1;
}

function logSteps(values: readonly number[], lag: number, least: number): number[] {
  const logs: number[] = [];
  for (let i = lag; i < values.length; i++) {
    const size = Math.abs((values[i] ?? 0) - (values[i - lag] ?? 0));
    if (Number.isFinite(size)) logs.push(Math.log2(size + least));
  }
  return logs;
}

/** How much larger, in powers of two, the steps back to the first channel are than those to the next. */
const PHASE_OCTAVES = 2;
const MIN_PHASE_STEPS = 16;

/** Whether half of the steps differ in size by their place among `channels`, as from left to right and back. */
function phasesDiffer(values: readonly number[], channels: number, least: number): boolean {
  const logs = logSteps(values, 1, least);
  if (logs.length < MIN_PHASE_STEPS * channels || logs.length < values.length - 1) return false;
  const medians = Array.from({ length: channels }, (_, phase) => median(logs.filter((_, i) => i % channels === phase)));
  return Math.max(...medians) - Math.min(...medians) > PHASE_OCTAVES;
}

function median(values: number[]): number {
  values.sort((a, b) => a - b);
  return values[values.length >> 1] ?? 0;
}

function variance(values: readonly number[]): number {
  const middle = mean(values);
  return mean(values.map((value) => (value - middle) ** 2));
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);
}
