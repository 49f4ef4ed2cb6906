import { hasControl } from "../../../protocol/characters.ts";
import type { Message } from "../../decode/message.ts";
import { column, emptyNumbers, isPlainObject, type NumberTree, scalarOrArray } from "../fields.ts";
import { timeIn, uidOf } from "./bluesky-runs.ts";

/** What a descriptor says of the events that name it. */
interface Stream {
  name: string;
  /** Of each reading that has one. */
  units: ReadonlyMap<string, string>;
}

/** A run has one for each stream, a few; of more, the oldest are forgotten. */
const MAX_STREAMS = 256;
const MAX_UNITS = 4096;
const MAX_NAME_LENGTH = 64;
const MAX_UNIT_LENGTH = 32;
/** Of readings whose descriptor was sent before the bridge came: no stream's name and no units are known. */
const UNDESCRIBED: Stream = { name: "event", units: new Map() };

/** Makes series of readings: the stream's name, the reading's, and its unit: `primary.det [counts]`. */
export class BlueskyStreams {
  readonly #streams = new Map<string, Stream>();

  describe({ uid, name, data_keys }: Record<string, unknown>): void {
    const key = uidOf(uid);
    if (key === undefined) return;
    this.#streams.delete(key);
    this.#streams.set(key, { name: shortText(name, MAX_NAME_LENGTH) ?? UNDESCRIBED.name, units: unitsOf(data_keys) });
    const [oldest] = this.#streams.keys();
    if (this.#streams.size > MAX_STREAMS && oldest !== undefined) this.#streams.delete(oldest);
  }

  event(prefix: string, { descriptor, data, time }: Record<string, unknown>): Message[] {
    if (!isPlainObject(data)) return [];
    const { name, units } = this.#streamOf(descriptor);
    let readings: NumberTree | undefined;
    for (const [key, value] of Object.entries(data)) {
      const found = scalarOrArray(value);
      if (found === undefined) continue;
      readings ??= emptyNumbers();
      if (Array.isArray(found)) {
        for (const [i, element] of found.entries()) {
          if (element !== null) readings[labelOf(`${key}.${i}`, units.get(key))] = element;
        }
      } else readings[labelOf(key, units.get(key))] = found;
    }
    if (readings === undefined) return [];
    return [{ topic: prefix, ...timeIn(time), content: { kind: "value", value: below(name, readings) } }];
  }

  /** Columns: one row for each time. */
  page(prefix: string, { descriptor, data, time }: Record<string, unknown>): Message[] {
    if (!isPlainObject(data) || !Array.isArray(time)) return [];
    const { name, units } = this.#streamOf(descriptor);
    const readings = emptyNumbers();
    let isEmpty = true;
    for (const [key, values] of Object.entries(data)) {
      const found = Array.isArray(values) ? column(values) : undefined;
      if (found === undefined) continue;
      readings[labelOf(key, units.get(key))] = found;
      isEmpty = false;
    }
    return isEmpty ? [] : [{ topic: prefix, content: { kind: "value", value: { t: time, ...below(name, readings) } } }];
  }

  /** Lists of events by their descriptor: event-model calls it deprecated. */
  bulk(prefix: string, document: Record<string, unknown>): Message[] {
    const messages: Message[] = [];
    for (const events of Object.values(document)) {
      if (!Array.isArray(events)) continue;
      for (const event of events) {
        if (isPlainObject(event)) messages.push(...this.event(prefix, event));
      }
    }
    return messages;
  }

  #streamOf(descriptor: unknown): Stream {
    return (typeof descriptor === "string" ? this.#streams.get(descriptor) : undefined) ?? UNDESCRIBED;
  }
}

/** Below a name, no reading is taken for the time, whatever it is called. */
function below(name: string, readings: NumberTree): NumberTree {
  const value = emptyNumbers();
  value[name] = readings;
  return value;
}

function unitsOf(dataKeys: unknown): Map<string, string> {
  const units = new Map<string, string>();
  if (!isPlainObject(dataKeys)) return units;
  for (const [key, about] of Object.entries(dataKeys)) {
    const unit = isPlainObject(about) ? shortText(about.units, MAX_UNIT_LENGTH) : undefined;
    if (unit !== undefined) units.set(key, unit);
    if (units.size >= MAX_UNITS) break;
  }
  return units;
}

function labelOf(name: string, unit: string | undefined): string {
  return unit === undefined ? name : `${name} [${unit}]`;
}

function shortText(value: unknown, maxLength: number): string | undefined {
  const text = typeof value === "string" ? value.trim() : "";
  return text === "" || text.length > maxLength || hasControl(text) ? undefined : text;
}
