/** What is guessed, in either order of bytes. Of equals the first is taken. */
const GUESSED = ["f32", "f64", "i16", "u8", "i8", "u16", "i32", "u32"] as const;
type GuessedType = (typeof GUESSED)[number];

export interface SamplesGuess {
  /** For --format: `f32`, `i16be` … */
  format: string;
  sure: boolean;
  /** Why, in a few words for people. */
  because: string;
}

const WIDTH: Readonly<Record<GuessedType, number>> = { f32: 4, f64: 8, i16: 2, u8: 1, i8: 1, u16: 2, i32: 4, u32: 4 };
/** A signal's numbers are of such a size, mostly: of floats that are something else, few are. */
const LEAST_FLOAT = 1e-23;
const GREATEST_FLOAT = 1e15;
const MIN_SANE = 0.9;
/** What half of a signal's values are spread over, at most: a sine's over one or two. */
const MAX_OCTAVES = 10;
/** Looking further makes it no surer. */
const MAX_VALUES = 1024;
const MAX_LOOK_BYTES = 1024;
/** Bits a byte. Bytes at random have 7.9. */
const MAX_COST = 7.6;
/** What ints must cost less than a float type whose numbers are of a sane size: by chance an f64 hardly ever is. */
const F32_ADVANTAGE = 1;
const F64_ADVANTAGE = 2.5;
/** What the best must be better by, and of how much, to be sure. */
const SURE_ADVANTAGE = 0.4;
/** The same for the other sign: they differ only where the values leap from one end of the type to the other. */
const SIGN_ADVANTAGE = 0.01;
const MIN_SURE_VALUES = 32;
const MIN_SURE_BYTES = 128;
/** Bits a byte: what looks like single bytes that leap may be the bytes of a wider type. */
const MAX_SURE_BYTE_COST = 6;
/** Beside the size of a step, what it takes to tell how large it is; and what it takes to tell that there is none. */
const BITS_EACH = 2;
const BITS_NO_STEP = 0.1;
/** Channels that are interleaved: a step goes from one to the next of the same. */
const MAX_LAG = 4;
/** Bits a byte: any wider type is one of interleaved parts, too. */
const LAG_COST = 0.4;

interface Candidate {
  type: GuessedType;
  isBig: boolean;
  cost: number;
  values: number;
  hasHighBit: boolean;
  isConstant: boolean;
  /** Every other value is like the lower half of an f64: 0, or of any size. */
  isHalf: boolean;
}

/**
 * Which type the numbers of a binary array are of: the one as which they take the fewest bits, told step by step. A
 * signal's steps are small in its own type, and noise in every other. Floats show by their exponents, too: those of
 * measured values are of few sizes.
 * @param messages of one publisher, in order
 * @returns undefined if they are like no signal of any type
 */
export function guessSamples(messages: readonly Buffer[]): SamplesGuess | undefined {
  const looked = messages.filter(({ length }) => length > 0).map((message) => message.subarray(0, MAX_LOOK_BYTES));
  const candidates: Candidate[] = [];
  for (const type of GUESSED) {
    const width = WIDTH[type];
    if (looked.length === 0 || !messages.every(({ length }) => length % width === 0)) continue;
    const values = candidateOf(type, false, looked);
    if (values !== undefined) candidates.push(values);
    if (width === 1) continue;
    const big = candidateOf(
      type,
      true,
      looked.map((message) => swapped(message, width)),
    );
    if (big !== undefined) candidates.push(big);
  }
  const best = bestOf(candidates);
  if (best === undefined || best.cost > MAX_COST) return undefined;
  const format = `${best.type}${best.isBig ? "be" : ""}`;
  if (best.isConstant) return { format, sure: false, because: "all its values are equal, which any type may have" };
  const isMuch = best.values >= MIN_SURE_VALUES && best.values * WIDTH[best.type] >= MIN_SURE_BYTES;
  const sure = isMuch && (WIDTH[best.type] > 1 || best.cost <= MAX_SURE_BYTE_COST) && isAlone(best, candidates);
  return { format, sure, because: `${best.values} values go on from one to the next more smoothly than as any other` };
}

function swapped(message: Buffer, width: number): Buffer {
  const copy = Buffer.from(message);
  if (width === 2) return copy.swap16();
  return width === 4 ? copy.swap32() : copy.swap64();
}

/** Whether nothing comes near. A signed and an unsigned type are told apart only by values with the high bit. */
function isAlone(best: Candidate, candidates: readonly Candidate[]): boolean {
  if (isFloat(best.type)) return true;
  const isTwin = ({ type, isBig }: Candidate): boolean => WIDTH[type] === WIDTH[best.type] && isBig === best.isBig;
  const isNear = (other: Candidate): boolean =>
    other !== best && other.cost - best.cost < (isTwin(other) ? SIGN_ADVANTAGE : SURE_ADVANTAGE);
  return best.hasHighBit && !candidates.some((other) => !isFloat(other.type) && isNear(other));
}

function bestOf(candidates: readonly Candidate[]): Candidate | undefined {
  const cheapest = (from: readonly Candidate[]): Candidate | undefined =>
    from.reduce<Candidate | undefined>((a, b) => (a === undefined || b.cost < a.cost - 1e-9 ? b : a), undefined);
  const float = cheapest([false, true].flatMap((isBig) => floatOf(candidates, isBig) ?? []));
  const int = cheapest(candidates.filter(({ type }) => !isFloat(type)));
  if (float === undefined || int === undefined) return float ?? int;
  return int.cost < float.cost - (float.type === "f32" ? F32_ADVANTAGE : F64_ADVANTAGE) ? int : float;
}

/** Half of an f64 is hardly ever of a sane size, so what is sane as f32 is f32, unless every other number is 0. */
function floatOf(candidates: readonly Candidate[], isBig: boolean): Candidate | undefined {
  const f32 = candidates.find((candidate) => candidate.type === "f32" && candidate.isBig === isBig);
  const f64 = candidates.find((candidate) => candidate.type === "f64" && candidate.isBig === isBig);
  return f32 === undefined || (f64 !== undefined && f32.isHalf) ? f64 : f32;
}

function isFloat(type: GuessedType): boolean {
  return type === "f32" || type === "f64";
}

function candidateOf(type: GuessedType, isBig: boolean, payloads: readonly Buffer[]): Candidate | undefined {
  const values = valuesOf(type, payloads);
  if (isFloat(type) && !isSane(values)) return undefined;
  const lower = values.filter((_, i) => i % 2 === (isBig ? 1 : 0));
  if (type === "f32" && lower.length > 0 && !isSane(lower)) return undefined;
  if (WIDTH[type] === 1 && hasTwoKinds(values)) return undefined;
  const steps = isFloat(type) ? values.map((value) => orderOf(value, type)) : values;
  let cost = bitsAStep(steps, 1, isFloat(type)) / WIDTH[type];
  // Channels of single bytes are rare, and would be the high and the low bytes of i16.
  for (let lag = 2; lag <= MAX_LAG && WIDTH[type] > 1; lag++) {
    cost = Math.min(cost, bitsAStep(steps, lag, isFloat(type)) / WIDTH[type] + LAG_COST);
  }
  const [first] = values;
  return {
    type,
    isBig,
    cost,
    values: values.length,
    hasHighBit: values.some((value) => value < 0 || value >= 2 ** (8 * WIDTH[type] - 1)),
    isConstant: values.every((value) => Object.is(value, first)),
    isHalf: isHalfOfWider(
      lower,
      values.filter((_, i) => i % 2 === (isBig ? 0 : 1)),
    ),
  };
}

function valuesOf(type: GuessedType, payloads: readonly Buffer[]): number[] {
  const values: number[] = [];
  const width = WIDTH[type];
  for (const payload of payloads) {
    for (let at = 0; at + width <= payload.length && values.length < MAX_VALUES; at += width) {
      values.push(read(type, payload, at));
    }
  }
  return values;
}

function read(type: GuessedType, bytes: Buffer, at: number): number {
  switch (type) {
    case "f32":
      return bytes.readFloatLE(at);
    case "f64":
      return bytes.readDoubleLE(at);
    case "i16":
      return bytes.readInt16LE(at);
    case "u16":
      return bytes.readUInt16LE(at);
    case "i32":
      return bytes.readInt32LE(at);
    case "u32":
      return bytes.readUInt32LE(at);
    case "u8":
      return bytes.readUInt8(at);
    case "i8":
      return bytes.readInt8(at);
  }
}

/** Whether almost all are of a size that a measurement has; a missing value (NaN) is as good as any, but not alone. */
function isSane(values: readonly number[]): boolean {
  let sane = 0;
  let missing = 0;
  for (const value of values) {
    const size = Math.abs(value);
    if (Number.isNaN(value)) missing++;
    else if (size === 0 || (size >= LEAST_FLOAT && size <= GREATEST_FLOAT)) sane++;
  }
  return sane > 0 && sane >= MIN_SANE * (values.length - missing) && missing <= values.length / 4;
}

function isHalfOfWider(lower: readonly number[], upper: readonly number[]): boolean {
  if (lower.every((value) => value === 0)) return upper.some((value) => value !== 0);
  return octaves(lower) > MAX_OCTAVES && octaves(upper) <= MAX_OCTAVES;
}

/** Over how many powers of two the middle half of the values is spread. */
function octaves(values: readonly number[]): number {
  const sizes = values
    .filter((value) => Number.isFinite(value) && value !== 0)
    .map((value) => Math.log2(Math.abs(value)));
  sizes.sort((a, b) => a - b);
  return (sizes[Math.floor(sizes.length * 0.75)] ?? 0) - (sizes[Math.floor(sizes.length * 0.25)] ?? 0);
}

/** Whether every other value goes up and down much more than those between: they are the low bytes of a wider type. */
function hasTwoKinds(values: readonly number[]): boolean {
  const sums: [number, number] = [0, 0];
  for (let i = 2; i < values.length; i++) sums[i & 1 ? 1 : 0] += Math.abs((values[i] ?? 0) - (values[i - 2] ?? 0));
  return Math.max(...sums) > 3 * Math.min(...sums) + values.length;
}

const view = new DataView(new ArrayBuffer(8));

/** A float's place in the order of all floats of its type: neighbours are one apart. */
function orderOf(value: number, type: GuessedType): number {
  if (type === "f32") {
    view.setFloat32(0, Math.abs(value));
    return Math.sign(value) * view.getUint32(0);
  }
  view.setFloat64(0, Math.abs(value));
  return Math.sign(value) * Number(view.getBigUint64(0));
}

/** What a step takes on average, in bits; of floats, a step that all are multiples of counts as one. */
function bitsAStep(values: readonly number[], lag: number, isFloat: boolean): number {
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
