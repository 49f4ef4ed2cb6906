/**
 * The encodings of a column. The writer takes the narrowest that gives back the same bits; a reader
 * gets a view into the frame, or for `regular` the values made anew.
 */
export const Encoding = {
  float64: 0,
  float32: 1,
  int8: 2,
  uint8: 3,
  int16: 4,
  uint16: 5,
  int32: 6,
  uint32: 7,
  /** Two float64, start and step: value i is start + i × step. */
  regular: 8,
} as const;
export type Encoding = (typeof Encoding)[keyof typeof Encoding];

/** The values of a decoded column. NaN, possible only in floats, is a missing value. */
export type Column =
  | Float64Array
  | Float32Array
  | Int8Array
  | Uint8Array
  | Int16Array
  | Uint16Array
  | Int32Array
  | Uint32Array;

const WIDTHS = [8, 4, 1, 1, 2, 2, 4, 4] as const;

export function isEncoding(code: number): code is Encoding {
  return code >= 0 && code <= 8;
}

/** Bytes of `rows` values, without the padding to 8 that follows. */
export function columnBytes(encoding: Encoding, rows: number): number {
  return encoding === Encoding.regular ? 16 : WIDTHS[encoding] * rows;
}

export function padTo8(bytes: number): number {
  return (bytes + 7) & ~7;
}

/** The narrowest encoding from which every value comes back with the same bits. */
export function chooseEncoding(values: Float64Array): Encoding {
  if (isRegular(values)) return Encoding.regular;
  let min = Number.POSITIVE_INFINITY;
  let max = Number.NEGATIVE_INFINITY;
  let integers = true;
  for (const value of values) {
    if (integers && Number.isInteger(value) && !Object.is(value, -0)) {
      if (value < min) min = value;
      if (value > max) max = value;
    } else {
      integers = false;
      if (!Number.isNaN(value) && Math.fround(value) !== value) return Encoding.float64;
    }
  }
  if (integers) {
    if (min >= 0) {
      if (max <= 0xff) return Encoding.uint8;
      if (max <= 0xffff) return Encoding.uint16;
      if (max <= 0xffffffff) return Encoding.uint32;
    }
    if (min >= -0x80 && max <= 0x7f) return Encoding.int8;
    if (min >= -0x8000 && max <= 0x7fff) return Encoding.int16;
    if (min >= -0x80000000 && max <= 0x7fffffff) return Encoding.int32;
  }
  return values.every((value) => Number.isNaN(value) || Math.fround(value) === value)
    ? Encoding.float32
    : Encoding.float64;
}

function isRegular(values: Float64Array): boolean {
  const start = values[0] ?? Number.NaN;
  // Two values or fewer are no shorter as start and step; -0 would come back from 0 + -0 as 0.
  if (values.length < 3 || Object.is(start, -0)) return false;
  const step = (values[1] ?? 0) - start;
  for (let i = 0; i < values.length; i++) {
    if (!Object.is(start + i * step, values[i])) return false;
  }
  // If the last is finite, all are.
  return Number.isFinite(values.at(-1));
}

/** Writes `values` at `offset`, a multiple of 8. */
export function writeColumn(bytes: Uint8Array, offset: number, encoding: Encoding, values: Float64Array): void {
  if (encoding === Encoding.regular) {
    const start = values[0] ?? 0;
    typedView(bytes, offset, Encoding.float64, 2).set([start, (values[1] ?? start) - start]);
  } else {
    typedView(bytes, offset, encoding, values.length).set(values);
  }
}

/** The `rows` values at `offset`, a multiple of 8, as a view into `bytes` where the encoding allows it. */
export function readColumn(bytes: Uint8Array, offset: number, encoding: Encoding, rows: number): Column {
  if (encoding !== Encoding.regular) return typedView(bytes, offset, encoding, rows);
  const [start = 0, step = 0] = typedView(bytes, offset, Encoding.float64, 2);
  const values = new Float64Array(rows);
  for (let i = 0; i < rows; i++) values[i] = start + i * step;
  return values;
}

function typedView(bytes: Uint8Array, at: number, encoding: Exclude<Encoding, 8>, length: number): Column {
  const { buffer } = bytes;
  const offset = bytes.byteOffset + at;
  switch (encoding) {
    case Encoding.float64:
      return new Float64Array(buffer, offset, length);
    case Encoding.float32:
      return new Float32Array(buffer, offset, length);
    case Encoding.int8:
      return new Int8Array(buffer, offset, length);
    case Encoding.uint8:
      return new Uint8Array(buffer, offset, length);
    case Encoding.int16:
      return new Int16Array(buffer, offset, length);
    case Encoding.uint16:
      return new Uint16Array(buffer, offset, length);
    case Encoding.int32:
      return new Int32Array(buffer, offset, length);
    case Encoding.uint32:
      return new Uint32Array(buffer, offset, length);
  }
}
