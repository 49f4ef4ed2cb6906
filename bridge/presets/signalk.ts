import { type DataRecord, DecodeError, type FieldValue, type Message, type MessageReader } from "../decode/message.ts";
import { isPlainObject } from "./fields.ts";
import { topicAndPayload, valueOfJsonBytes } from "./payload.ts";
import type { Preset } from "./preset.ts";

/**
 * Signal K deltas: https://signalk.org/specification/1.7.0/doc/data_model.html, "Delta format": values by their paths, with the
 * update's timestamp. A path that has parts (a position) is a series for each. Other vessels have their id before the path; a
 * second source of one path has its name behind it, for two instruments are two series.
 */
export const signalk: Preset = {
  name: "signalk",
  summary: "Signal K deltas: a series for each path, other vessels and second sources apart",
  create: () => new SignalKReader(),
};

const SELF = "vessels.self";
/** Paths whose first source is remembered. */
const MAX_PATHS = 4096;
const MAX_DEPTH = 8;

class SignalKReader implements MessageReader {
  #self: string | undefined;
  /** By context and path: the source that came first. */
  readonly #sources = new Map<string, string>();

  read(frames: readonly Buffer[]): Message[] {
    const { topic, payload } = topicAndPayload(frames, wrong);
    const value = valueOfJsonBytes(payload);
    const records = (Array.isArray(value) ? value : [value]).flatMap((delta) => this.#recordsOf(delta));
    return records.length === 0 ? [] : [{ topic, content: { kind: "records", records } }];
  }

  #recordsOf(delta: unknown): DataRecord[] {
    if (!isPlainObject(delta)) throw wrong("this is no object");
    // What a server says first.
    if (typeof delta.self === "string" && delta.updates === undefined) {
      this.#self = delta.self;
      return [];
    }
    const { context = SELF, updates } = delta;
    if (!Array.isArray(updates) || typeof context !== "string") throw wrong("this has no list of updates");
    const vessel = context === SELF || context === this.#self ? "" : `${context.split(/[.:]/).at(-1)}.`;
    return updates.flatMap((update) => this.#recordOf(update, vessel));
  }

  #recordOf(update: unknown, vessel: string): DataRecord[] {
    if (!isPlainObject(update)) throw wrong("an update of this is no object");
    const { values = [], timestamp } = update;
    if (!Array.isArray(values)) throw wrong("the values of an update are no list");
    const source = sourceOf(update);
    const fields = new Map<string, FieldValue>();
    for (const each of values) {
      if (!isPlainObject(each) || typeof each.path !== "string") throw wrong("a value has no path");
      const name = vessel + (each.path === "" ? "vessel" : each.path);
      collect(each.value, this.#named(name, source), "", 0, fields);
    }
    if (fields.size === 0) return [];
    const record = { fields: Object.fromEntries(fields) };
    return [typeof timestamp === "string" ? { ...record, time: timestamp } : record];
  }

  #named(name: string, source: string): (part: string) => string {
    let first = this.#sources.get(name);
    if (first === undefined) {
      first = source;
      if (this.#sources.size < MAX_PATHS) this.#sources.set(name, source);
    }
    return first === source ? (part) => name + part : (part) => `${name}${part}{source=${source}}`;
  }
}

function sourceOf({ $source, source }: Record<string, unknown>): string {
  if (typeof $source === "string") return $source;
  if (!isPlainObject(source)) return "";
  return [source.label, source.src, source.talker].filter((part) => typeof part === "string").join(".");
}

function collect(
  value: unknown,
  named: (part: string) => string,
  part: string,
  depth: number,
  fields: Map<string, FieldValue>,
): void {
  if (value === null || typeof value === "number" || typeof value === "string" || typeof value === "boolean") {
    fields.set(named(part), value);
  } else if (isPlainObject(value) && depth < MAX_DEPTH) {
    for (const [key, each] of Object.entries(value)) collect(each, named, `${part}.${key}`, depth + 1, fields);
  }
}

function wrong(what: string): DecodeError {
  return new DecodeError("envelope-wrong", `--preset signalk expects [topic,] a delta of Signal K in JSON; ${what}.`);
}
