import type { ElementType } from "../../decode/samples/sample-format.ts";
import { elementBytes } from "../../decode/samples/sample-format.ts";

/**
 * Polymorphic types of GNU Radio, as pmt::serialize writes them: a tag of one byte, then big endian.
 * Source: gnuradio/gnuradio, gnuradio-runtime/lib/pmt/pmt_serialize.cc and include/pmt/pmt_serial_tags.h.
 */
export type Pmt =
  | { kind: "null" }
  | { kind: "boolean" | "number"; value: number }
  | { kind: "symbol"; text: string }
  | { kind: "complex"; re: number; im: number }
  /** Pairs chained by their second halves; `tail` is the last one's, null for a proper list. */
  | { kind: "list"; items: readonly Pmt[]; tail: Pmt }
  | { kind: "vector"; items: readonly Pmt[] }
  | { kind: "uniform"; element: ElementType; isComplex: boolean; bytes: Buffer };

const TAG = {
  true: 0x00,
  false: 0x01,
  symbol: 0x02,
  int32: 0x03,
  double: 0x04,
  complex: 0x05,
  null: 0x06,
  pair: 0x07,
  vector: 0x08,
  dict: 0x09,
  uniform: 0x0a,
  uint64: 0x0b,
  tuple: 0x0c,
  int64: 0x0d,
} as const;

/** By subtype 0x00 to 0x0b; the last two are complex. */
const UNIFORM_ELEMENTS = ["u8", "i8", "u16", "i16", "u32", "i32", "u64", "i64", "f32", "f64", "f32", "f64"] as const;
const FIRST_COMPLEX = 0x0a;
const MAX_DEPTH = 32;
const MAX_VALUES = 65_536;
const NULL: Pmt = { kind: "null" };

/** Why bytes are no PMT. */
export class PmtError extends Error {
  override readonly name = "PmtError";
}

/** Reads PMTs one after the other. Every read is within the bytes, {@link MAX_DEPTH} and {@link MAX_VALUES}. */
export class PmtReader {
  readonly #bytes: Buffer;
  #values = 0;
  offset: number;

  constructor(bytes: Buffer, offset = 0) {
    this.#bytes = bytes;
    this.offset = offset;
  }

  /** @throws PmtError */
  read(depth = 0): Pmt {
    if (depth > MAX_DEPTH) throw new PmtError(`It is nested deeper than ${MAX_DEPTH} levels.`);
    if (++this.#values > MAX_VALUES) throw new PmtError(`It has more than ${MAX_VALUES} values.`);
    const tag = this.#bytes.readUInt8(this.#take(1));
    switch (tag) {
      case TAG.true:
        return { kind: "boolean", value: 1 };
      case TAG.false:
        return { kind: "boolean", value: 0 };
      case TAG.null:
        return NULL;
      case TAG.symbol: {
        const length = this.#bytes.readUInt16BE(this.#take(2));
        const from = this.#take(length);
        return { kind: "symbol", text: this.#bytes.toString("utf8", from, from + length) };
      }
      case TAG.int32:
        return { kind: "number", value: this.#bytes.readInt32BE(this.#take(4)) };
      case TAG.uint64:
        return { kind: "number", value: Number(this.#bytes.readBigUInt64BE(this.#take(8))) };
      case TAG.int64:
        return { kind: "number", value: Number(this.#bytes.readBigInt64BE(this.#take(8))) };
      case TAG.double:
        return { kind: "number", value: this.#bytes.readDoubleBE(this.#take(8)) };
      case TAG.complex:
        return {
          kind: "complex",
          re: this.#bytes.readDoubleBE(this.#take(8)),
          im: this.#bytes.readDoubleBE(this.#take(8)),
        };
      case TAG.pair:
      case TAG.dict:
        return this.#readPairs(depth);
      case TAG.vector:
      case TAG.tuple:
        return this.#readVector(depth);
      case TAG.uniform:
        return this.#readUniform();
      default:
        throw new PmtError(`0x${tag.toString(16).padStart(2, "0")} is the tag of no type.`);
    }
  }

  /** Not by recursion: a list may be long. A dict is a chain of pairs of key and value. */
  #readPairs(depth: number): Pmt {
    const items: Pmt[] = [];
    for (;;) {
      items.push(this.read(depth + 1));
      const tag = this.#bytes.readUInt8(this.#take(1));
      if (tag === TAG.pair || tag === TAG.dict) continue;
      this.offset--;
      return { kind: "list", items, tail: this.read(depth + 1) };
    }
  }

  #readVector(depth: number): Pmt {
    const count = this.#bytes.readUInt32BE(this.#take(4));
    const items: Pmt[] = [];
    for (let i = 0; i < count; i++) items.push(this.read(depth + 1));
    return { kind: "vector", items };
  }

  #readUniform(): Pmt {
    const subtype = this.#bytes.readUInt8(this.#take(1));
    const element = UNIFORM_ELEMENTS[subtype];
    if (element === undefined) throw new PmtError(`${subtype} is the type of no uniform vector.`);
    const count = this.#bytes.readUInt32BE(this.#take(4));
    this.#take(this.#bytes.readUInt8(this.#take(1)));
    const isComplex = subtype >= FIRST_COMPLEX;
    const length = count * elementBytes(element) * (isComplex ? 2 : 1);
    const from = this.#take(length);
    return { kind: "uniform", element, isComplex, bytes: this.#bytes.subarray(from, from + length) };
  }

  /** @returns the offset of the next `length` bytes, which are there */
  #take(length: number): number {
    const from = this.offset;
    if (from + length > this.#bytes.length) throw new PmtError("It ends in the middle of a value.");
    this.offset = from + length;
    return from;
  }
}
