import { valueOfCbor } from "../decode/formats/packed.ts";
import { type DataRecord, DecodeError, type FieldValue, type Message, type MessageReader } from "../decode/message.ts";
import type { OnLeftOut } from "../observability/left-out.ts";
import { isPlainObject } from "./fields.ts";
import { mayBeJson, topicAndPayload, valueOfJsonBytes } from "./payload.ts";
import type { Preset } from "./preset.ts";

/**
 * Sensor Measurement Lists, in JSON or CBOR: RFC 8428. A record's name is its series, with the base name before it and its unit
 * behind; base fields hold for the records after them.
 */
export const senml: Preset = {
  name: "senml",
  summary: "SenML (RFC 8428) in JSON or CBOR: a series for each name, with its unit",
  create: ({ onLeftOut = () => undefined }) => new SenmlReader(onLeftOut),
};

/** Labels in CBOR (RFC 8428, section 6). */
const CBOR_LABELS: ReadonlyMap<string, string> = new Map([
  ["-1", "bver"],
  ["-2", "bn"],
  ["-3", "bt"],
  ["-4", "bu"],
  ["-5", "bv"],
  ["-6", "bs"],
  ["0", "n"],
  ["1", "u"],
  ["2", "v"],
  ["3", "vs"],
  ["4", "vb"],
  ["5", "s"],
  ["6", "t"],
]);
/** A smaller time is relative to now (section 4.5.3). */
const LEAST_ABSOLUTE_TIME = 2 ** 28;
const MAX_VERSION = 10;

/** What holds for the records after it. */
interface Base {
  name: string;
  time: number;
  unit: string;
  value: number;
  sum: number;
}

class SenmlReader implements MessageReader {
  readonly #onLeftOut: OnLeftOut;

  constructor(onLeftOut: OnLeftOut) {
    this.#onLeftOut = onLeftOut;
  }

  read(frames: readonly Buffer[], arrivedAt: number): Message[] {
    const { topic, payload } = topicAndPayload(frames, wrong);
    const pack = mayBeJson(payload) ? valueOfJsonBytes(payload) : valueOfCbor(payload);
    if (!Array.isArray(pack)) throw wrong("this is no list of records");
    const base: Base = { name: "", time: 0, unit: "", value: 0, sum: 0 };
    const records: DataRecord[] = [];
    for (const [i, item] of pack.entries()) {
      const record = labelled(item);
      takeBase(record, base);
      const read = recordOf(record, base, arrivedAt);
      if (typeof read === "object") records.push(read);
      else if (read !== undefined) {
        const place = `record ${i + 1}`;
        this.#onLeftOut({ topic, reason: "record-unreadable", place, sample: JSON.stringify(item), detail: read });
      }
    }
    return records.length === 0 ? [] : [{ topic, content: { kind: "records", records } }];
  }
}

function labelled(record: unknown): Record<string, unknown> {
  // Without it, who knows what it said of those after it.
  if (!isPlainObject(record)) throw wrong("a record of this is no object");
  return Object.fromEntries(Object.entries(record).map(([label, value]) => [CBOR_LABELS.get(label) ?? label, value]));
}

/** @throws DecodeError, since what is wrong in a base field makes every later record wrong */
function takeBase(record: Record<string, unknown>, base: Base): void {
  const version = record.bver ?? MAX_VERSION;
  if (typeof version !== "number" || version > MAX_VERSION)
    throw wrong(`this is of version ${String(version).slice(0, 20)}`);
  // What a reader that does not know it must not pass over (section 4.4).
  const unknown = Object.keys(record).find((label) => label.endsWith("_"));
  if (unknown !== undefined) throw wrong(`the field "${unknown.slice(0, 20)}" of this is not known`);
  base.name = textOr(base.name, record.bn);
  base.time = numberOr(base.time, record.bt);
  base.unit = textOr(base.unit, record.bu);
  base.value = numberOr(base.value, record.bv);
  base.sum = numberOr(base.sum, record.bs);
}

function textOr(fallback: string, value: unknown): string {
  if (value === undefined) return fallback;
  if (typeof value === "string") return value;
  throw wrong("a base name or base unit of this is no text");
}

function numberOr(fallback: number, value: unknown): number {
  if (value === undefined) return fallback;
  if (typeof value === "number") return value;
  throw wrong("a base time or base value of this is no number");
}

/** @returns undefined if it has base fields alone; or what is wrong with it, in a sentence */
function recordOf(record: Record<string, unknown>, base: Base, arrivedAt: number): DataRecord | string | undefined {
  const { n = "", u = base.unit, v, vb, vs, s, t = 0 } = record;
  if (typeof n !== "string" || typeof u !== "string") return "The name and the unit of a record are text.";
  if (typeof t !== "number") return "The time of a record is a number of seconds.";
  const name = base.name + n;
  const unitBehind = (unit: string): string => (unit === "" ? "" : ` [${unit}]`);
  const fields = new Map<string, FieldValue>();
  if (typeof v === "number") fields.set(name + unitBehind(u), v + base.value);
  else if (typeof vb === "boolean") fields.set(name, vb);
  else if (typeof vs === "string") fields.set(name, vs);
  else if (v !== undefined || vb !== undefined || vs !== undefined)
    return "A value is a number (v), a boolean (vb) or text (vs).";
  if (typeof s === "number") fields.set(`${name}.sum${unitBehind(u === "" ? "" : `${u} s`)}`, s + base.sum);
  if (fields.size === 0) return Object.hasOwn(record, "vd") ? "Data (vd) are not drawn." : undefined;
  if (name === "") return "A record has a name, of its own or from a base name before it.";
  const time = base.time + t;
  return { time: time < LEAST_ABSOLUTE_TIME ? arrivedAt + time : time, fields: Object.fromEntries(fields) };
}

function wrong(what: string): DecodeError {
  return new DecodeError("envelope-wrong", `--preset senml expects [topic,] a SenML pack in JSON or CBOR; ${what}.`);
}
