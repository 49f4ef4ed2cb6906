import { PointError } from "../../protocol/json/point-error.ts";
import { MAX_NESTING } from "../../protocol/limits.ts";

/** What a publisher's structure has of numbers, in objects without a prototype, so that any key is only a key. */
export type NumberTree = { [key: string]: number | (number | null)[] | NumberTree };

/** A longer array is a waveform, a picture or a table, and would be a series for each of its elements. */
const MAX_ELEMENTS = 64;
/** Of one structure; what comes after is left aside. */
const MAX_NUMBERS = 4096;

export function isPlainObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value) && !ArrayBuffer.isView(value);
}

export function emptyNumbers(): NumberTree {
  return Object.create(null);
}

/**
 * The numbers of an object, nested ones and short arrays of numbers too. true and false are 1 and 0. What is not
 * finite, matrices, pictures, text and arrays of objects are left aside.
 * @param leftOut keys of the outermost object that are not wanted
 * @returns undefined if there is none
 * @throws PointError too-deep if there is none but what is nested too deep
 */
export function numbersOf(object: Record<string, unknown>, leftOut?: ReadonlySet<string>): NumberTree | undefined {
  const budget: Budget = { left: MAX_NUMBERS, isTooDeep: false };
  const numbers = collect(object, leftOut, 0, budget);
  if (numbers === undefined && budget.isTooDeep) {
    throw new PointError("too-deep", `Fields are nested deeper than ${MAX_NESTING} levels.`);
  }
  return numbers;
}

interface Budget {
  left: number;
  /** Whether something was left aside because of how deep it is nested. */
  isTooDeep: boolean;
}

function collect(
  object: Record<string, unknown>,
  leftOut: ReadonlySet<string> | undefined,
  depth: number,
  budget: Budget,
): NumberTree | undefined {
  let numbers: NumberTree | undefined;
  for (const [key, value] of Object.entries(object)) {
    if (budget.left <= 0) break;
    if (leftOut?.has(key)) continue;
    // An array in the object is one level more.
    const isNested = isPlainObject(value);
    if (isNested && depth + 1 >= MAX_NESTING) {
      budget.isTooDeep = true;
      continue;
    }
    const found = isNested ? collect(value, undefined, depth + 1, budget) : scalarOrArray(value);
    if (found === undefined) continue;
    budget.left -= Array.isArray(found) ? found.length : 1;
    numbers ??= emptyNumbers();
    numbers[key] = found;
  }
  return numbers;
}

/** A number, or a short array of numbers; undefined if it is neither. */
export function scalarOrArray(value: unknown): number | (number | null)[] | undefined {
  if (!Array.isArray(value)) return scalar(value);
  return value.length > MAX_ELEMENTS ? undefined : column(value);
}

/** An array of numbers, with null where one is missing; undefined if it is not one, or has no number. */
export function column(values: readonly unknown[]): (number | null)[] | undefined {
  const numbers: (number | null)[] = [];
  let isEmpty = true;
  for (const value of values) {
    if (value !== null && typeof value !== "number" && typeof value !== "boolean") return undefined;
    const number = scalar(value) ?? null;
    if (number !== null) isEmpty = false;
    numbers.push(number);
  }
  return isEmpty ? undefined : numbers;
}

/** JSON's 1e999 is not finite. */
function scalar(value: unknown): number | undefined {
  if (typeof value === "boolean") return value ? 1 : 0;
  return typeof value === "number" && Number.isFinite(value) ? value : undefined;
}
