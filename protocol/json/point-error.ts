import { InputError } from "../input-error.ts";
import type { LeftOutPart } from "./part-fault.ts";

export type PointFault =
  | "not-json"
  | "no-number"
  | "not-finite"
  | "time-not-a-number"
  | "columns-differ"
  | "too-deep"
  | "series-name-invalid";

/** Why a value holds no points. */
export class PointError extends InputError {
  readonly code: PointFault;
  /** What was left out, where that is all. */
  part: LeftOutPart | undefined;
  /** What is wrong and where, in place of the message: worked out only for a fault that is told. */
  readonly explain: (() => string) | undefined;
  /** The topic of the message that was refused, where the reader knows it. */
  topic: string | undefined;
  constructor(code: PointFault, message: string, explain?: () => string) {
    super(message);
    this.name = "PointError";
    this.code = code;
    this.explain = explain;
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
