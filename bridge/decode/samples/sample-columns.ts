import { endianness } from "node:os";
import { type ElementType, elementBytes, type SampleFormat } from "./sample-format.ts";

const HOST_IS_BIG_ENDIAN = endianness() === "BE";
const HIGH_WORD = 2 ** 32;

type Numbers =
  | Int8Array
  | Uint8Array
  | Int16Array
  | Uint16Array
  | Int32Array
  | Uint32Array
  | Float32Array
  | Float64Array;

/**
 * The items in `payload` as a column for each of the format's names.
 * @param payload a whole number of items, at any offset of its buffer; it is not changed
 */
export function columnsOf(payload: Buffer, format: SampleFormat): Float64Array[] {
  const numbers = numbersOf(payload, format.element, format.bigEndian);
  const isFloat = format.element.startsWith("f");
  switch (format.item) {
    case "channels": {
      const width = format.names.length;
      return format.names.map((_, at) => columnAt(numbers, at, width, isFloat));
    }
    case "iq":
      return [columnAt(numbers, 0, 2, isFloat), columnAt(numbers, 1, 2, isFloat)];
    case "magphase":
      return magnitudeAndPhase(columnAt(numbers, 0, 2, isFloat), columnAt(numbers, 1, 2, isFloat));
  }
}

/**
 * All elements in `payload` as numbers: a view of it where it is aligned and of this machine's byte order, else a copy.
 * Integers of 64 bits are rounded to float64, half-precision floats are made float32.
 */
export function numbersOf(payload: Buffer, element: ElementType, bigEndian: boolean): Numbers {
  const width = elementBytes(element);
  const length = Math.floor(payload.length / width);
  if (element === "i64" || element === "u64") return wideIntegersOf(payload, length, element === "i64", bigEndian);
  if (element === "f16") return halvesOf(payload, length, bigEndian);
  const swaps = width > 1 && bigEndian !== HOST_IS_BIG_ENDIAN;
  // Typed arrays must begin at a multiple of their element's size, and small frames lie anywhere in a pool.
  const copies = swaps || payload.byteOffset % width !== 0;
  const bytes = copies ? Buffer.from(new Uint8Array(payload).buffer, 0, length * width) : payload;
  if (swaps) swap(bytes, width);
  const { buffer, byteOffset } = bytes;
  switch (element) {
    case "i8":
      return new Int8Array(buffer, byteOffset, length);
    case "u8":
      return new Uint8Array(buffer, byteOffset, length);
    case "i16":
      return new Int16Array(buffer, byteOffset, length);
    case "u16":
      return new Uint16Array(buffer, byteOffset, length);
    case "i32":
      return new Int32Array(buffer, byteOffset, length);
    case "u32":
      return new Uint32Array(buffer, byteOffset, length);
    case "f32":
      return new Float32Array(buffer, byteOffset, length);
    case "f64":
      return new Float64Array(buffer, byteOffset, length);
  }
}

/** Not by way of BigInt, which takes ten times as long. */
function wideIntegersOf(payload: Buffer, length: number, isSigned: boolean, bigEndian: boolean): Float64Array {
  const view = new DataView(payload.buffer, payload.byteOffset, length * 8);
  const values = new Float64Array(length);
  const highAt = bigEndian ? 0 : 4;
  for (let i = 0; i < length; i++) {
    const high = isSigned ? view.getInt32(i * 8 + highAt, !bigEndian) : view.getUint32(i * 8 + highAt, !bigEndian);
    values[i] = high * HIGH_WORD + view.getUint32(i * 8 + 4 - highAt, !bigEndian);
  }
  return values;
}

/** IEEE 754 binary16, for which there is no typed array in Node 20. */
function halvesOf(payload: Buffer, length: number, bigEndian: boolean): Float32Array {
  const values = new Float32Array(length);
  for (let i = 0; i < length; i++) {
    values[i] = halfOf(bigEndian ? payload.readUInt16BE(2 * i) : payload.readUInt16LE(2 * i));
  }
  return values;
}

/** The number that the 16 bits of a half-precision float are. */
export function halfOf(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 0x1f;
  const fraction = bits & 0x3ff;
  if (exponent === 0x1f) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
  return sign * (exponent === 0 ? fraction * 2 ** -24 : (1024 + fraction) * 2 ** (exponent - 25));
}

function swap(bytes: Buffer, width: number): void {
  if (width === 2) bytes.swap16();
  else if (width === 4) bytes.swap32();
  else bytes.swap64();
}

/** Each `width`th number from `at` on; infinities are no values, as they are none in JSON (PT7). */
function columnAt(numbers: Numbers, at: number, width: number, isFloat: boolean): Float64Array {
  const length = Math.floor(numbers.length / width);
  const column = new Float64Array(length);
  for (let i = 0, from = at; i < length; i++, from += width) {
    const value = numbers[from] ?? Number.NaN;
    column[i] = !isFloat || Number.isFinite(value) ? value : Number.NaN;
  }
  return column;
}

/** In place: magnitude for re, and phase in radians for im. */
function magnitudeAndPhase(re: Float64Array, im: Float64Array): Float64Array[] {
  for (let i = 0; i < re.length; i++) {
    const a = re[i] ?? Number.NaN;
    const b = im[i] ?? Number.NaN;
    const magnitude = Math.sqrt(a * a + b * b);
    re[i] = Number.isFinite(magnitude) ? magnitude : Number.NaN;
    im[i] = Math.atan2(b, a);
  }
  return [re, im];
}
