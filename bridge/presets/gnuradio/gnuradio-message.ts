import { DecodeError, type Message } from "../../decode/message.ts";
import { numbersOf } from "../../decode/samples/sample-columns.ts";
import type { SampleFormat } from "../../decode/samples/sample-format.ts";
import { createSampleReader, type SampleReader } from "../../decode/samples/sample-reader.ts";
import { type Pmt, PmtError, PmtReader } from "./gnuradio-pmt.ts";

/** Longer vectors beside other values are no handful of numbers to plot each by itself. */
const MAX_ELEMENTS = 64;

/**
 * Reads what a PUB or PUSH Message Sink sends: one PMT (gr-zeromq/lib/pub_msg_sink_impl.cc). Dicts and pairs of a key and a
 * value are objects; a vector of numbers, alone or as the data of a PDU (a pair of metadata and vector), is samples of no
 * known rate.
 */
export function createPmtMessageReader(): (payload: Buffer, arrivedAt: number) => Message[] {
  const readers = new Map<string, SampleReader>();
  function samplesOf(pmt: Pmt & { kind: "uniform" }, arrivedAt: number): Message[] {
    if (pmt.bytes.length === 0) return [];
    const key = `${pmt.element} ${pmt.isComplex}`;
    const reader = readers.get(key) ?? createSampleReader(formatOf(pmt));
    readers.set(key, reader);
    return [reader.read("", pmt.bytes, arrivedAt)];
  }

  return (payload, arrivedAt) => {
    const pmt = readWhole(payload);
    if (pmt.kind === "uniform") return samplesOf(pmt, arrivedAt);
    const data = dataOfPdu(pmt);
    const value = plain(data === undefined ? pmt : headOf(pmt));
    const message: Message = { topic: "", content: { kind: "value", value } };
    if (data === undefined) return [message];
    const samples = samplesOf(data, arrivedAt);
    return hasNumber(value) ? [message, ...samples] : samples;
  };
}

function readWhole(payload: Buffer): Pmt {
  const reader = new PmtReader(payload);
  try {
    const pmt = reader.read();
    if (reader.offset === payload.length) return pmt;
    throw new PmtError(`${payload.length - reader.offset} bytes follow its end.`);
  } catch (error) {
    if (!(error instanceof PmtError)) throw error;
    throw new DecodeError(
      "envelope-wrong",
      `This is no message of a GNU Radio Message Sink: ${error.message} Items of a PUB Sink are read with --format f32 or the like.`,
    );
  }
}

function formatOf({ element, isComplex }: Pmt & { kind: "uniform" }): SampleFormat {
  const shape = isComplex
    ? ({ item: "iq", names: ["re", "im"] } as const)
    : ({ item: "channels", names: [""] } as const);
  return { element, bigEndian: true, rate: undefined, ...shape };
}

/** The vector of a PDU: `(metadata . vector)`. */
function dataOfPdu(pmt: Pmt): (Pmt & { kind: "uniform" }) | undefined {
  if (pmt.kind !== "list" || pmt.items.length !== 1 || pmt.tail.kind !== "uniform") return undefined;
  const head = headOf(pmt);
  return head.kind === "null" || isDict(head) ? pmt.tail : undefined;
}

function headOf(pmt: Pmt): Pmt {
  return (pmt.kind === "list" ? pmt.items[0] : undefined) ?? pmt;
}

/** A list of pairs of a symbol and a value, as every dict is. */
function isDict(pmt: Pmt): boolean {
  return pmt.kind === "list" && pmt.tail.kind === "null" && pmt.items.every((item) => keyOf(item) !== undefined);
}

function keyOf(pmt: Pmt): string | undefined {
  if (pmt.kind !== "list") return undefined;
  const [key] = pmt.items;
  return key?.kind === "symbol" ? key.text : undefined;
}

/** The second half of a pair. */
function restOf({ items, tail }: Pmt & { kind: "list" }): Pmt {
  return items.length === 1 ? tail : { kind: "list", items: items.slice(1), tail };
}

/** As JSON would have it; what has no number is null. */
function plain(pmt: Pmt): unknown {
  switch (pmt.kind) {
    case "null":
      return null;
    case "boolean":
      return pmt.value;
    case "number":
      return Number.isFinite(pmt.value) ? pmt.value : null;
    case "symbol":
      return pmt.text;
    case "complex":
      return Number.isFinite(pmt.re) && Number.isFinite(pmt.im) ? { re: pmt.re, im: pmt.im } : null;
    case "uniform":
      return plainVector(pmt);
    case "vector":
      return pmt.items.map(plain);
    case "list":
      return plainList(pmt);
  }
}

function plainList(pmt: Pmt & { kind: "list" }): unknown {
  // fromEntries sets own fields only, whatever they are called.
  if (isDict(pmt)) return Object.fromEntries(pmt.items.map((item) => [keyOf(item), secondOf(item)]));
  const key = keyOf(pmt);
  if (key !== undefined) return Object.fromEntries([[key, secondOf(pmt)]]);
  return [...pmt.items, ...(pmt.tail.kind === "null" ? [] : [pmt.tail])].map(plain);
}

function secondOf(pair: Pmt): unknown {
  return pair.kind === "list" ? plain(restOf(pair)) : null;
}

function plainVector({ element, isComplex, bytes }: Pmt & { kind: "uniform" }): unknown {
  const numbers = numbersOf(bytes, element, true);
  if (isComplex || numbers.length > MAX_ELEMENTS) return null;
  return Array.from(numbers, (value) => (Number.isFinite(value) ? value : null));
}

function hasNumber(value: unknown): boolean {
  if (typeof value === "number") return true;
  return typeof value === "object" && value !== null && Object.values(value).some(hasNumber);
}
