import { halfOf } from "../samples/sample-columns.ts";

/**
 * What is guessed, in either order of bytes. Of equals the first is taken. As u64 nothing is guessed: it differs from i64 only in
 * numbers that no count or time is as large as.
 */
export const GUESSED = ["f32", "f64", "i16", "u8", "i8", "u16", "i32", "u32", "i64", "f16"] as const;
export type GuessedType = (typeof GUESSED)[number];

export const WIDTH: Readonly<Record<GuessedType, number>> = {
  f32: 4,
  f64: 8,
  i16: 2,
  u8: 1,
  i8: 1,
  u16: 2,
  i32: 4,
  u32: 4,
  i64: 8,
  f16: 2,
};

/** A signal's numbers are of such a size, mostly: of floats that are something else, few are. */
const LEAST_FLOAT = 1e-23;
const GREATEST_FLOAT = 1e15;
/** A half has no smaller numbers with all their digits. */
const LEAST_HALF = 2 ** -14;
const HIGH_WORD = 2 ** 32;

export function isFloat(type: GuessedType): boolean {
  return type === "f32" || type === "f64" || type === "f16";
}

/** The values in each message, `maxValues` in all. */
export function valuesIn(
  type: GuessedType,
  isBig: boolean,
  messages: readonly Buffer[],
  maxValues: number,
): number[][] {
  const width = WIDTH[type];
  let left = maxValues;
  return messages.map((message) => {
    const count = Math.min(left, Math.floor(message.length / width));
    left -= count;
    const view = new DataView(message.buffer, message.byteOffset, message.length);
    return Array.from({ length: count }, (_, i) => read(type, view, i * width, !isBig));
  });
}

export function read(type: GuessedType, view: DataView, at: number, isLittle: boolean): number {
  switch (type) {
    case "f16":
      return halfOf(view.getUint16(at, isLittle));
    case "f32":
      return view.getFloat32(at, isLittle);
    case "f64":
      return view.getFloat64(at, isLittle);
    case "i16":
      return view.getInt16(at, isLittle);
    case "u16":
      return view.getUint16(at, isLittle);
    case "i32":
      return view.getInt32(at, isLittle);
    case "u32":
      return view.getUint32(at, isLittle);
    case "i64":
      return (
        view.getInt32(at + (isLittle ? 4 : 0), isLittle) * HIGH_WORD + view.getUint32(at + (isLittle ? 0 : 4), isLittle)
      );
    case "u8":
      return view.getUint8(at);
    case "i8":
      return view.getInt8(at);
  }
}

/** Whether a float is of a size that a measurement has. A missing value (NaN) is none. */
export function isSaneFloat(value: number, type: GuessedType): boolean {
  const size = Math.abs(value);
  return size === 0 || (size >= (type === "f16" ? LEAST_HALF : LEAST_FLOAT) && size <= GREATEST_FLOAT);
}

const scratch = new DataView(new ArrayBuffer(8));

/** A float's place in the order of all floats of its type: neighbours are one apart. */
export function orderOf(value: number, type: GuessedType): number {
  const size = Math.abs(value);
  // A half's bits are those of a float32 without its last 13.
  if (type === "f16") {
    scratch.setFloat32(0, size);
    return Math.sign(value) * Math.round(scratch.getUint32(0) / 8192);
  }
  if (type === "f32") {
    scratch.setFloat32(0, size);
    return Math.sign(value) * scratch.getUint32(0);
  }
  scratch.setFloat64(0, size);
  return Math.sign(value) * Number(scratch.getBigUint64(0));
}
