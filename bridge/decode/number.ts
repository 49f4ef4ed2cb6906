import { exactNumber } from "./exact-number.ts";
import { counterIn } from "./layout.ts";
import type { Content } from "./message.ts";

/** A publisher's number as it stands in a message; undefined if it is none. */
export function numberFrom(value: unknown): number | undefined {
  const number = typeof value === "string" && /^\d{1,15}$/.test(value) ? Number(value) : value;
  return typeof number === "number" && Number.isSafeInteger(number) && number >= 0 ? number : undefined;
}

const MAX_COUNTER = 2 ** 64;

/**
 * Takes the publisher's number out of an object. Of one above 2^53 it is the lower 53 bits: neighbours differ by one.
 * @param frames of the message
 * @returns undefined if there is none
 */
export function takeNumber(
  content: Content,
  field: string | undefined,
  frames: readonly Buffer[] = [],
): number | undefined {
  if (field === undefined || content.kind !== "value") return undefined;
  const { value } = content;
  if (typeof value !== "object" || value === null || Array.isArray(value) || !Object.hasOwn(value, field)) {
    return undefined;
  }
  const found: unknown = Reflect.get(value, field);
  const isLarge = typeof found === "number" && found > Number.MAX_SAFE_INTEGER && found <= MAX_COUNTER;
  const number = isLarge
    ? exactNumber(frames, field, found)
    : typeof found === "string"
      ? counterIn(found)
      : numberFrom(found);
  if (number !== undefined || isLarge) Reflect.deleteProperty(value, field);
  return number;
}
