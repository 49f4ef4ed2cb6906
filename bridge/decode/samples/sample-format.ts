import { isSeriesName } from "../../../protocol/names.ts";

export type ElementType = "i8" | "u8" | "i16" | "u16" | "i32" | "u32" | "i64" | "u64" | "f16" | "f32" | "f64";

/** What the bytes of a message are: items one after the other, each with one element for each channel. */
export interface SampleFormat {
  element: ElementType;
  bigEndian: boolean;
  /** Items a second; undefined: as they arrive. */
  rate: number | undefined;
  /** What the elements of an item are: a value for each channel, or the two parts of one complex number. */
  item: "channels" | "iq" | "magphase";
  /** One for each column; "" is the topic's own series. */
  names: readonly string[];
}

const ELEMENT_BYTES: Readonly<Record<ElementType, number>> = {
  i8: 1,
  u8: 1,
  i16: 2,
  u16: 2,
  i32: 4,
  u32: 4,
  i64: 8,
  u64: 8,
  f16: 2,
  f32: 4,
  f64: 8,
};

/** More is rather a matrix than a row of channels. The largest probes have 1,024 wires. */
const MAX_CHANNELS = 1024;
/** float64 tells unix seconds apart to 2.4e-7: two samples of a faster stream would have the same x. */
export const MAX_RATE = 4_000_000;
/** What begins like this is meant for a sample format, right or wrong. */
const OF_THIS_LANGUAGE = /^(?:[iufc]\d|cf\d|(?:u?int|float|complex)\d)/;
const FORMAT = /^([iuf]\d+)(be)?(?:x(\d+)|\(([^()]*)\)|:([a-z]+))?(?:@(.*))?$/;
const RATE = /^(\d+(?:\.\d+)?|\.\d+)([kM]?)$/;
const HOW = "Write it like f32, i16be, i16x2@48k, f32(left,right)@48k or f32:iq@2.4M.";

/**
 * Reads `--format` where it is of binary samples: an element (`i8` … `u64`, `f32`, `f64`; `be` for big endian), then
 * channels (`x2`, or names: `(left,right)`) or the form of a complex number (`:iq`, `:magphase`), then the rate (`@48k`).
 * @returns undefined if the text is not of this language
 * @throws RangeError with a sentence if it is, and is wrong
 */
export function parseSampleFormat(text: string): SampleFormat | undefined {
  if (!OF_THIS_LANGUAGE.test(text)) return undefined;
  const [, element, big, count, list, form, rate] = FORMAT.exec(text) ?? [];
  if (element === undefined) throw new RangeError(`"${text}" is no sample format. ${hintFor(text)}`);
  if (!isElementType(element)) {
    throw new RangeError(`"${element}" is no element: there are ${Object.keys(ELEMENT_BYTES).join(", ")}.`);
  }
  return {
    element,
    bigEndian: big !== undefined,
    rate: rate === undefined ? undefined : rateOf(rate),
    ...itemOf(count, list, form),
  };
}

/** The bytes of one item. */
export function itemBytes({ element, item, names }: SampleFormat): number {
  return ELEMENT_BYTES[element] * (item === "channels" ? names.length : 2);
}

export function elementBytes(element: ElementType): number {
  return ELEMENT_BYTES[element];
}

function itemOf(
  count: string | undefined,
  list: string | undefined,
  form: string | undefined,
): Pick<SampleFormat, "item" | "names"> {
  if (form !== undefined) {
    if (form === "iq") return { item: "iq", names: ["re", "im"] };
    if (form === "magphase") return { item: "magphase", names: ["mag", "phase [rad]"] };
    throw new RangeError(
      `":${form}" is no form of a complex number: there are :iq (re, im) and :magphase (mag, phase).`,
    );
  }
  if (list !== undefined) return { item: "channels", names: namesOf(list) };
  const channels = Number(count ?? 1);
  if (channels < 1) throw new RangeError("An item has at least one channel.");
  if (channels > MAX_CHANNELS) throw new RangeError(`There are ${MAX_CHANNELS} channels at most, not ${channels}.`);
  return { item: "channels", names: channels === 1 ? [""] : Array.from({ length: channels }, (_, i) => String(i)) };
}

function namesOf(list: string): string[] {
  const names = list.split(",").map((name) => name.trim());
  if (names.length > MAX_CHANNELS) {
    throw new RangeError(`There are ${MAX_CHANNELS} channels at most, not ${names.length}.`);
  }
  for (const name of names) {
    if (!isSeriesName(name)) throw new RangeError(`"${name}" in (${list}) is no name: it is 1 to 256 bytes of text.`);
  }
  if (new Set(names).size < names.length) throw new RangeError(`The names in (${list}) are not all different.`);
  return names;
}

function rateOf(text: string): number {
  const [, digits, suffix] = RATE.exec(text) ?? [];
  const rate = Number(digits ?? "NaN") * (suffix === "M" ? 1e6 : suffix === "k" ? 1e3 : 1);
  if (!(rate > 0)) {
    throw new RangeError(`"@${text}" is no sample rate: write samples a second, like @1000, @48k, @2.4M or @0.5.`);
  }
  if (rate > MAX_RATE) {
    throw new RangeError(
      `The sample rate is ${MAX_RATE} a second at most, not ${rate}: beyond, two samples have the same time. Let the publisher decimate.`,
    );
  }
  return rate;
}

function hintFor(text: string): string {
  if (/^(?:c|cf|complex)\d/.test(text)) return "Complex numbers of two float32 are f32:iq (re, im) or f32:magphase.";
  const [, kind, bits] = /^(u?int|float)(\d+)/.exec(text) ?? [];
  return kind === undefined ? HOW : `The element is written ${kind[0]}${bits}. ${HOW}`;
}

function isElementType(text: string): text is ElementType {
  return Object.hasOwn(ELEMENT_BYTES, text);
}
