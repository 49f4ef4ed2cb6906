import type { Content } from "./message.ts";

/** A publisher's number as it stands in a message; undefined if it is none. */
export function numberFrom(value: unknown): number | undefined {
  const number = typeof value === "string" && /^\d{1,15}$/.test(value) ? Number(value) : value;
  return typeof number === "number" && Number.isSafeInteger(number) && number >= 0 ? number : undefined;
}

/** Takes the publisher's number out of an object; undefined, and nothing is taken, if there is none. */
export function takeNumber(content: Content, field: string | undefined): number | undefined {
  if (field === undefined || content.kind !== "value") return undefined;
  const { value } = content;
  if (typeof value !== "object" || value === null || Array.isArray(value) || !Object.hasOwn(value, field)) {
    return undefined;
  }
  const number = numberFrom(Reflect.get(value, field));
  if (number !== undefined) Reflect.deleteProperty(value, field);
  return number;
}
