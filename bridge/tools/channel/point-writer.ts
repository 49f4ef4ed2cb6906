import { csvText } from "../../../protocol/csv-text.ts";
import type { Point } from "../../../protocol/frame/frame.ts";
import { numberText, pointText } from "../../../protocol/json/point-text.ts";
import { printable, printableJson } from "../../observability/printable.ts";

/** Points that are missing: `points` of them (null: nobody can know). */
export interface ToldGap {
  reason: string;
  points: number | null;
  /** "": of all series. */
  series: string;
}

/** How points become lines of a file or a pipe, as a channel writes them itself (SPEC.md, RT5, TR4d). */
export interface PointWriter {
  /** What stands before everything else. */
  head: string;
  point(point: Point): string;
  gap(gap: ToldGap): string;
}

/** Names of series are others' text: what a terminal would obey is escaped. */
export const JSON_WRITER: PointWriter = {
  head: "",
  point: ({ series, x, y, text }) => `${printableJson(pointText(series, x, y, text))}\n`,
  gap: ({ reason, points, series }) =>
    `${printableJson(JSON.stringify({ gap: reason, points, ...(series !== "" && { series }) }))}\n`,
};

export const CSV_WRITER: PointWriter = {
  head: "x,series,y\r\n",
  point: ({ series, x, y }) => `${numberText(x)},${csvName(series)},${numberText(y)}\r\n`,
  gap: ({ reason, points }) => `gap,${csvName(reason)},${points ?? ""}\r\n`,
};

/** A name as a cell of CSV. */
export function csvName(name: string): string {
  return csvText(printable(name));
}
