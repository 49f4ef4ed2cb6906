import type { Row } from "../../protocol/frame/frame-builder.ts";
import type { PartFault } from "../../protocol/json/part-fault.ts";
import { MAX_COLUMNS } from "../../protocol/limits.ts";
import { isSeriesName } from "../../protocol/names.ts";

/** Values by series. null and NaN: the series has no point there, and its line breaks. */
export type Values = Readonly<Record<string, unknown>>;

/** Why a value is no point; counted by these. */
export type LeftOutReason =
  | Extract<PartFault, "text" | "boolean" | "not-finite" | "name-invalid" | "time-unreadable">
  | "no-number";

export interface Rows {
  rows: Row[];
  leftOut: Map<LeftOutReason, number>;
}

/**
 * What a program publishes at one x, as rows of frames: what is no point is left out, and counted, and the rest is taken.
 * @param x unix seconds, or any other number that is no time
 */
export function rowsOf(values: Values, x: number): Rows {
  const leftOut: Rows["leftOut"] = new Map();
  const names: string[] = [];
  const numbers: number[] = [];
  for (const [name, value] of Object.entries(values)) {
    const fault = faultOf(name, value, x);
    if (fault !== undefined) leftOut.set(fault, (leftOut.get(fault) ?? 0) + 1);
    else {
      names.push(name);
      numbers.push(typeof value === "number" ? value : Number.NaN);
    }
  }
  const rows: Row[] = [];
  for (let i = 0; i < names.length; i += MAX_COLUMNS) {
    const end = i + MAX_COLUMNS;
    rows.push({ x, arrival: false, names: names.slice(i, end), values: numbers.slice(i, end) });
  }
  return { rows, leftOut };
}

function faultOf(name: string, value: unknown, x: number): LeftOutReason | undefined {
  if (!Number.isFinite(x)) return "time-unreadable";
  if (!isSeriesName(name)) return "name-invalid";
  switch (typeof value) {
    case "number":
      return Math.abs(value) === Number.POSITIVE_INFINITY ? "not-finite" : undefined;
    case "string":
      return "text";
    case "boolean":
      return "boolean";
    default:
      return value === null ? undefined : "no-number";
  }
}
