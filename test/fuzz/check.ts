/** What must hold whatever a publisher sends. */
import { isUtf8 } from "node:buffer";
import { inflate, wrappingOf } from "../../bridge/decode/inflate.ts";
import type { DecodeFault } from "../../bridge/decode/message.ts";
import { hasControl } from "../../protocol/characters.ts";
import type { Row } from "../../protocol/frame/frame-builder.ts";
import { MAX_COLUMNS, MAX_LABEL_BYTES } from "../../protocol/limits.ts";
import { isSeriesName } from "../../protocol/names.ts";

/** All there are; `decode-failed` is an exception that nobody foresaw. */
export const DECODE_FAULTS = {
  "not-json": true,
  "no-number": true,
  "not-finite": true,
  "time-not-a-number": true,
  "columns-differ": true,
  "too-deep": true,
  "series-name-invalid": true,
  "topic-not-text": true,
  "topic-too-long": true,
  "too-many-frames": true,
  "message-too-large": true,
  "decode-failed": false,
  "format-unknown": true,
  "not-msgpack": true,
  "not-cbor": true,
  "not-csv": true,
  "not-lines": true,
  "preset-needed": true,
  "not-samples": true,
  "inflate-failed": true,
  "inflate-too-large": true,
  "envelope-wrong": true,
  unsupported: true,
  "channel-name-invalid": true,
  "too-many-channels": true,
  "too-many-series": true,
  "control-message": true,
} satisfies Record<DecodeFault, boolean>;

/** What is wrong with a refusal; undefined if nothing is. */
export function refusalFault(code: string, detail: string): string | undefined {
  if (!Object.hasOwn(DECODE_FAULTS, code)) return `refused with a code that there is not: ${code}`;
  if (code === "decode-failed") return `refused by an exception that nobody foresaw: ${detail}`;
  return detail.length > 600 ? `refused in ${detail.length} characters: ${detail.slice(0, 200)}…` : undefined;
}

/** What is wrong with a line of the log; undefined if nothing is. */
export function lineFault(line: string): string | undefined {
  return hasControl(line) || line.length > 600 ? `a line is ${JSON.stringify(line)}` : undefined;
}

/** What is wrong with rows; undefined if nothing is. */
export function rowsFault(rows: readonly Row[]): string | undefined {
  let lastNames: readonly string[] | undefined;
  for (const { x, names, values, marks } of rows) {
    if (!Number.isFinite(x)) return `x is ${x}`;
    if (names.length === 0 || names.length > MAX_COLUMNS) return `a row has ${names.length} names`;
    if (names.length !== values.length) return `a row has ${names.length} names and ${values.length} values`;
    const value = values.find((each) => typeof each !== "number" || Math.abs(each) === Infinity);
    if (value !== undefined) return `a value is ${String(value)}`;
    if (names !== lastNames) {
      const name = names.find((each) => typeof each !== "string" || !isSeriesName(each));
      if (name !== undefined) return `a series is named ${JSON.stringify(name)}`;
      lastNames = names;
    }
    for (const mark of marks ?? []) {
      if (!names.includes(mark.series)) return `a mark is of ${mark.series}, which its row has not`;
      if (!Number.isFinite(mark.value)) return `a mark has the value ${mark.value}`;
      const text = Buffer.from(mark.text ?? "");
      if (text.length > MAX_LABEL_BYTES || !isUtf8(text)) return `a mark is called ${JSON.stringify(mark.text)}`;
    }
  }
  return undefined;
}

const OBJECT_KEYS = Reflect.ownKeys(Object.prototype).map(String).sort().join();
const ARRAY_KEYS = Reflect.ownKeys(Array.prototype).map(String).sort().join();

/** What became of the prototypes; undefined if nothing did. */
export function pollutionFault(): string | undefined {
  if ("polluted" in {}) return "an object has a field that nobody gave it";
  if (Reflect.ownKeys(Object.prototype).map(String).sort().join() !== OBJECT_KEYS)
    return "Object.prototype has changed";
  if (Reflect.ownKeys(Array.prototype).map(String).sort().join() !== ARRAY_KEYS) return "Array.prototype has changed";
  return undefined;
}

/**
 * A message of up to 4 KiB, as it is inflated, is read within 10 ms, a larger one within 1.25 ms more for each KiB: the
 * most that points cost which are written in two bytes each.
 */
const LIMIT_MS = 10;
const SMALL_BYTES = 4 * 1024;
const MORE_MS_PER_BYTE = 1.25 / 1024;

export function limitMsOf(frames: readonly Buffer[]): number {
  const bytes = inflatedBytes(frames);
  return bytes <= SMALL_BYTES ? LIMIT_MS : LIMIT_MS + bytes * MORE_MS_PER_BYTE;
}

export const SMALLEST_LIMIT_MS = LIMIT_MS;

/** What this thread has computed, in milliseconds: without the time in which other processes had the machine. */
export function threadMs(): number {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1000;
}

function inflatedBytes(frames: readonly Buffer[]): number {
  return frames.reduce((sum, frame) => sum + inflatedLength(frame), 0);
}

function inflatedLength(frame: Buffer): number {
  const wrapping = wrappingOf(frame);
  try {
    return wrapping === undefined ? frame.length : Math.max(frame.length, inflate(frame, wrapping).length);
  } catch (error) {
    // So much is inflated before it is known to be too much.
    const isLarge = error instanceof Error && "code" in error && error.code === "inflate-too-large";
    return isLarge ? 16 * 1024 * 1024 : frame.length;
  }
}
