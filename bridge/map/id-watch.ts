import { isObject } from "../../protocol/json/json.ts";
import { isNumberedField } from "../../protocol/json/name-field.ts";

/** So many messages of a topic show whether it is of several things; later ones cost nothing. */
const LOOKS = 200;
const MAX_IDS = 64;

/** A field that tells by its number what the values beside it are of, and two of its numbers. */
export interface FoundIds {
  place: string;
  names: readonly [string, string];
}

/**
 * Finds out whether a whole number in a field such as `sensor_id` tells several things apart in the messages of one topic:
 * whether it goes and comes again. A number that only goes on may count the messages.
 */
export class IdWatch {
  #looks = LOOKS;
  readonly #fields = new Map<string, { last: number; seen: Set<number> }>();

  /** Whether there is something to look for. */
  get isLooking(): boolean {
    return this.#looks > 0;
  }

  look(value: unknown): FoundIds | undefined {
    this.#looks--;
    if (!isObject(value)) return undefined;
    const keys = Object.keys(value);
    if (keys.length < 2) return undefined;
    for (const key of keys) {
      const id = value[key];
      if (typeof id !== "number" || !Number.isInteger(id) || !isNumberedField(key)) continue;
      const field = this.#fields.get(key);
      if (field === undefined) {
        if (this.#fields.size < MAX_IDS) this.#fields.set(key, { last: id, seen: new Set([id]) });
        continue;
      }
      if (id === field.last) continue;
      if (field.seen.has(id) && keys.some((other) => other !== key && typeof value[other] === "number")) {
        this.#looks = 0;
        return { place: key, names: [String(field.last), String(id)] };
      }
      if (field.seen.size < MAX_IDS) field.seen.add(id);
      field.last = id;
    }
    return undefined;
  }
}
