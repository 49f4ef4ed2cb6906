import { isObject } from "../json/json.ts";

/** What is received is `unknown`. These look at it, each at one field. */

/** The fields of a received object. */
export type Fields = Readonly<Record<string, unknown>>;

/** The object that a JSON text is; undefined if it is none. */
export function parseObject(text: string): Fields | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

export function isString(value: unknown): value is string {
  return typeof value === "string";
}

export function isStrings(value: unknown): value is string[] {
  return Array.isArray(value) && value.every(isString);
}

export function isBoolean(value: unknown): value is boolean {
  return typeof value === "boolean";
}

/** A whole number from 0 to 2^53 − 1. */
export function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && Number(value) >= 0;
}

export function isCountOrNull(value: unknown): value is number | null {
  return value === null || isCount(value);
}

export function isNumber(value: unknown): value is number {
  return Number.isFinite(value);
}

/** What may be left out. */
export function optional<T>(guard: (value: unknown) => value is T): (value: unknown) => value is T | undefined {
  return (value): value is T | undefined => value === undefined || guard(value);
}

/** One of these words. */
export function oneOf<const T extends readonly string[]>(words: T): (value: unknown) => value is T[number] {
  return (value): value is T[number] => words.some((word) => word === value);
}

export function listOf<T>(guard: (value: unknown) => value is T): (value: unknown) => value is T[] {
  return (value): value is T[] => Array.isArray(value) && value.every(guard);
}
