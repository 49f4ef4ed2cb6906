import { type ElementType, elementBytes } from "../samples/sample-format.ts";

/** What an element of an array is, as numpy names it. */
export interface Dtype {
  element: ElementType;
  bigEndian: boolean;
  /** Elements come in pairs: real and imaginary part. */
  isComplex: boolean;
  /** Zero or anything else. */
  isBoolean: boolean;
}

const KINDS: Readonly<Record<string, "i" | "u" | "f" | "c" | "b">> = {
  i: "i",
  int: "i",
  u: "u",
  uint: "u",
  f: "f",
  float: "f",
  c: "c",
  complex: "c",
  b: "b",
  bool: "b",
};
/** Names without a size (https://numpy.org/doc/stable/reference/arrays.scalars.html), of 64-bit machines. */
const NAMED: Readonly<Record<string, string>> = {
  bool: "b1",
  bool_: "b1",
  "?": "b1",
  boolean: "b1",
  byte: "i1",
  ubyte: "u1",
  short: "i2",
  ushort: "u2",
  half: "f2",
  single: "f4",
  float: "f8",
  double: "f8",
  int: "i8",
  uint: "u8",
  longlong: "i8",
  ulonglong: "u8",
  complex: "c16",
  csingle: "c8",
  cdouble: "c16",
};
/** Longer text is no name of a type. */
const MAX_LENGTH = 64;

/**
 * @param text `float32`, `<f4`, `>i2`, `|b1`, `complex64`, `numpy.float32`, `<class 'numpy.int16'>`, `dtype('float32')`, `Float32Array`
 * @param isBigEndian what a type is of that does not say it
 * @returns undefined if it is none that can be plotted
 */
export function dtypeOf(text: string, isBigEndian = false): Dtype | undefined {
  if (text.length > MAX_LENGTH) return undefined;
  const bare = text
    .trim()
    .replace(/^<class '(.*)'>$/, "$1")
    .replace(/^dtype\('(.*)'\)$/, "$1")
    .replace(/^(?:numpy|np|torch|jnp|tf)\./, "");
  const order = /^[<>=|!]/.exec(bare)?.[0];
  // Of one letter, a large one is text, raw bytes, objects or dates.
  if (/^[A-Z]\d*(?:\[|$)/.test(order === undefined ? bare : bare.slice(1))) return undefined;
  const name = (order === undefined ? bare : bare.slice(1)).toLowerCase().replace(/_?array$/, "");
  const bigEndian = order === ">" || order === "!" ? true : order === "<" ? false : isBigEndian;
  // `i4` and `<i4` count bytes; `int32` counts bits.
  const [, kindText = "", size = ""] = /^([a-z]+?)(\d{1,3})(?:_t|clamped)?$/.exec(NAMED[name] ?? name) ?? [];
  const kind = Object.hasOwn(KINDS, kindText) ? KINDS[kindText] : undefined;
  if (kind === undefined) return undefined;
  const bits = kindText.length === 1 ? Number(size) * 8 : Number(size);
  if (kind === "b") {
    return bits === 8 || kindText === "bool"
      ? { element: "u8", bigEndian: false, isComplex: false, isBoolean: true }
      : undefined;
  }
  const isComplex = kind === "c";
  const element = `${isComplex ? "f" : kind}${isComplex ? bits / 2 : bits}`;
  return isElement(element) ? { element, bigEndian, isComplex, isBoolean: false } : undefined;
}

/** The bytes of one element, of both parts if it is complex. */
export function dtypeBytes({ element, isComplex }: Dtype): number {
  return elementBytes(element) * (isComplex ? 2 : 1);
}

function isElement(text: string): text is ElementType {
  return /^(?:[iu](?:8|16|32|64)|f(?:16|32|64))$/.test(text);
}
