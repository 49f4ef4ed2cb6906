import { PointError } from "../../../protocol/json/point-error.ts";
import { MAX_TIME, writtenTime } from "../../../protocol/json/time.ts";
import { isSeriesName } from "../../../protocol/names.ts";
import { valueOfCbor, valueOfMsgpack } from "../formats/packed.ts";
import { DecodeError } from "../message.ts";
import { jsonOrUndefined, textIfUtf8 } from "../text.ts";
import { type Dtype, dtypeBytes, dtypeOf } from "./dtype.ts";

/** What stands before a raw array, and says how it is to be read. */
export interface ArrayHeader {
  dtype: Dtype;
  /** As the publisher wrote it, for people. */
  dtypeText: string;
  /** Undefined: one axis, as long as the bytes are. */
  shape: readonly number[] | undefined;
  isFortran: boolean;
  /** Of the columns; undefined: none are given. */
  names: readonly string[] | undefined;
  /** Of the array itself: it prefixes its columns. */
  name: string;
  /** Samples a second. */
  rate: number | undefined;
  /** Unix seconds. */
  time: number | undefined;
  /** The time as a number of which the unit is to be found out; then there is no other. */
  timeNumber: number | undefined;
  /** What stands where the time should, and is none. */
  unreadableTime: unknown;
  /** Other numbers in it. */
  rest: Readonly<Record<string, number>>;
}

/** A header is short; what is longer is not looked at. */
const MAX_HEADER_BYTES = 1 << 16;
/** Time and names aside, a header has few numbers. */
const MAX_REST = 64;
const MAX_AXES = 32;
const TIME_KEYS: ReadonlySet<string> = new Set(["t", "time", "ts", "timestamp", "t0", "x0", "starttime", "tstart"]);
const RATE_KEYS: ReadonlySet<string> = new Set([
  "rate",
  "fs",
  "samplerate",
  "samplingrate",
  "samplingfrequency",
  "samplefrequency",
  "sfreq",
  "srate",
  "sr",
  "samplespersecond",
]);
const STEP_KEYS: ReadonlySet<string> = new Set(["dt", "dx", "sampleinterval", "sampleperiod", "samplingperiod"]);
const NAMES_KEYS: ReadonlySet<string> = new Set([
  "columns",
  "names",
  "fields",
  "channels",
  "labels",
  "channelnames",
  "chnames",
  "columnnames",
]);
const NAME_KEYS: ReadonlySet<string> = new Set(["name", "topic"]);
const ORDER_KEYS: ReadonlySet<string> = new Set(["byteorder", "endian", "endianness"]);
/** Of the array's bytes, and no values. */
const LAYOUT_KEYS: ReadonlySet<string> = new Set([
  "dtype",
  "shape",
  "order",
  "fortranorder",
  "strides",
  "ndim",
  "size",
  "nbytes",
  "itemsize",
]);

/**
 * Whether a frame may be a header: an object that names a `dtype`. This is asked of frames that are mostly others, so it
 * looks at one byte of these.
 */
function mayBeHeader(frame: Buffer): boolean {
  const first = frame[0] ?? 0;
  // JSON; maps of msgpack (80 to 8f, de, df) and CBOR (a1 to bb, bf).
  const isObject = first === 0x7b || (first >= 0x81 && first <= 0x8f) || (first >= 0xa1 && first <= 0xbf);
  if (!isObject && first !== 0xde && first !== 0xdf) return false;
  return frame.length <= MAX_HEADER_BYTES && frame.includes("dtype");
}

/**
 * @returns undefined if the frame is no header
 * @throws DecodeError not-samples if it is one that cannot be used
 */
export function headerIn(frame: Buffer): ArrayHeader | undefined {
  if (!mayBeHeader(frame)) return undefined;
  const value = objectIn(frame);
  return value === undefined || !Object.hasOwn(value, "dtype") ? undefined : headerOf(value);
}

/** Whether a frame is a JSON object or array, which is no topic. */
export function isJsonFrame(frame: Buffer): boolean {
  if (frame[0] !== 0x7b && frame[0] !== 0x5b) return false;
  const value = jsonIn(frame);
  return typeof value === "object" && value !== null;
}

/** @throws DecodeError not-samples */
export function headerOf(object: Readonly<Record<string, unknown>>): ArrayHeader {
  const { dtype: dtypeValue } = object;
  const keys = new Map<string, string>();
  for (const key of Object.keys(object)) {
    const plain = key.toLowerCase().replace(/[_\- ]/g, "");
    if (!keys.has(plain)) keys.set(plain, key);
  }
  const find = (wanted: ReadonlySet<string>): unknown => {
    for (const key of wanted) {
      const own = keys.get(key);
      if (own !== undefined) return object[own];
    }
    return undefined;
  };
  const dtypeText = typeof dtypeValue === "string" ? dtypeValue : (JSON.stringify(dtypeValue) ?? "");
  const dtype = typeof dtypeValue === "string" ? dtypeOf(dtypeValue, isBig(find(ORDER_KEYS))) : undefined;
  if (dtype === undefined) {
    throw wrongArray(
      `its dtype ${JSON.stringify(dtypeText).slice(0, 80)} is none of int8 to int64, uint8 to uint64, float16 to float64, ` +
        "complex64, complex128 and bool. Send columns of one of these, or JSON",
    );
  }
  const timeValue = find(TIME_KEYS);
  const timeNumber = typeof timeValue === "number" && Math.abs(timeValue) < MAX_TIME ? timeValue : undefined;
  const time = timeIn(timeValue);
  const step = numberIn(find(STEP_KEYS));
  const shape = shapeOf(object.shape);
  const [order, fortranOrder] = [find(new Set(["order"])), find(new Set(["fortranorder"]))];
  if (order === undefined && fortranOrder === undefined) throwIfStrided(object.strides, shape, dtypeBytes(dtype));
  return {
    dtype,
    dtypeText,
    shape,
    isFortran: order === "F" || fortranOrder === true,
    names: namesIn(find(NAMES_KEYS)),
    name: nameIn(find(NAME_KEYS)),
    rate: rateIn(find(RATE_KEYS)) ?? (step !== undefined && step > 0 ? rateIn(1 / step) : undefined),
    time,
    timeNumber,
    unreadableTime: time === undefined && timeNumber === undefined ? (timeValue ?? undefined) : undefined,
    rest: restOf(object),
  };
}

export function wrongArray(what: string): DecodeError {
  return new DecodeError("not-samples", `This is an array with a header before it, and cannot be read: ${what}.`);
}

function objectIn(frame: Buffer): Record<string, unknown> | undefined {
  const value = frame[0] === 0x7b ? jsonIn(frame) : (packedIn(frame, valueOfMsgpack) ?? packedIn(frame, valueOfCbor));
  return isRecord(value) ? value : undefined;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function jsonIn(frame: Buffer): unknown {
  const text = textIfUtf8(frame);
  return text === undefined ? undefined : jsonOrUndefined(text);
}

function packedIn(frame: Buffer, read: (bytes: Buffer) => unknown): unknown {
  try {
    return read(frame);
  } catch (error) {
    if (error instanceof DecodeError || error instanceof PointError) return undefined;
    throw error;
  }
}

/** `[3, 4]`, `3`, and what Python makes of a tuple: `"(3, 4)"`. @throws DecodeError */
function shapeOf(shape: unknown): number[] | undefined {
  if (shape === undefined || shape === null) return undefined;
  const axes =
    typeof shape === "string" && /^[\s\d,()[\]]*$/.test(shape)
      ? (shape.match(/\d+/g) ?? []).map(Number)
      : Array.isArray(shape)
        ? shape
        : [shape];
  if (axes.length > MAX_AXES || !axes.every((axis) => Number.isSafeInteger(axis) && axis >= 0)) {
    throw wrongArray(`its shape ${(JSON.stringify(shape) ?? "").slice(0, 80)} is no list of whole numbers`);
  }
  return axes;
}

/**
 * Of an array that does not lie row by row in its publisher's memory, nobody can tell how its bytes were sent: `tobytes()` puts them
 * row by row, and the array itself goes as it lies.
 * @throws DecodeError not-samples
 */
function throwIfStrided(strides: unknown, shape: readonly number[] | undefined, width: number): void {
  if (!Array.isArray(strides) || strides.length !== shape?.length) return;
  let elements = 1;
  for (let i = strides.length - 1; i >= 0; i--) {
    const axis = shape[i] ?? 1;
    // numpy counts bytes, torch elements.
    if (axis > 1 && strides[i] !== elements * width && strides[i] !== elements) {
      throw wrongArray(
        `its strides ${JSON.stringify(strides).slice(0, 80)} say that it does not lie row by row. Send numpy.ascontiguousarray(a), or say how its ` +
          'bytes are: "order": "C" (as tobytes() makes them) or "F"',
      );
    }
    elements *= axis;
  }
}

function namesIn(names: unknown): string[] | undefined {
  if (!Array.isArray(names) || names.length === 0 || !names.every((name) => typeof name === "string")) return undefined;
  const wrong = names.find((name) => !isSeriesName(name));
  if (wrong !== undefined || new Set(names).size < names.length) {
    throw wrongArray("its columns' names are not all different names of 1 to 256 bytes without control characters");
  }
  return names;
}

function nameIn(name: unknown): string {
  return typeof name === "string" && isSeriesName(name) ? name : "";
}

function numberIn(value: unknown): number | undefined {
  const number = typeof value === "string" && /^\d{1,9}(?:\.\d{1,9})?$/.test(value) ? Number(value) : value;
  return typeof number === "number" && Number.isFinite(number) ? number : undefined;
}

function rateIn(value: unknown): number | undefined {
  const rate = numberIn(value);
  return rate !== undefined && rate > 0 ? rate : undefined;
}

/** Undefined if it is none: then the values have the time of their arrival. */
function timeIn(value: unknown): number | undefined {
  if (value === undefined || value === null || typeof value === "number") return undefined;
  try {
    return writtenTime(value);
  } catch (error) {
    if (error instanceof PointError) return undefined;
    throw error;
  }
}

function isBig(order: unknown): boolean {
  return typeof order === "string" && /^(?:>|b|be|big)/i.test(order);
}

function restOf(object: Readonly<Record<string, unknown>>): Record<string, number> {
  const rest: [string, number][] = [];
  for (const [key, value] of Object.entries(object)) {
    const plain = key.toLowerCase().replace(/[_\- ]/g, "");
    const isKnown = [TIME_KEYS, RATE_KEYS, STEP_KEYS, NAMES_KEYS, LAYOUT_KEYS].some((keys) => keys.has(plain));
    if (!isKnown && typeof value === "number" && Number.isFinite(value) && rest.length < MAX_REST)
      rest.push([key, value]);
  }
  // fromEntries sets own fields only, whatever they are called.
  return Object.fromEntries(rest);
}
