export type PointFault =
  | "not-json"
  | "no-number"
  | "not-finite"
  | "time-not-a-number"
  | "columns-differ"
  | "too-deep"
  | "series-name-invalid";

/** Why a value holds no points. */
export class PointError extends Error {
  readonly code: PointFault;
  constructor(code: PointFault, message: string) {
    super(message);
    this.name = "PointError";
    this.code = code;
  }
}

/**
 * A received value as a number.
 * @throws PointError if it is none, or has no place in a float64
 */
export function finite(value: unknown): number {
  if (typeof value !== "number") {
    throw new PointError("no-number", "A value is not a number; a number in quotes is text.");
  }
  // JSON has no infinities, but 1e999 is read as one.
  if (!Number.isFinite(value)) throw new PointError("not-finite", "A number is too large for a float64.");
  return value;
}
