import { csvText } from "../../protocol/csv-text.ts";
import { type Cursor, cursorText } from "../../protocol/cursor.ts";
import type { Point } from "../../protocol/frame/frame.ts";
import { numberText, pointText } from "../../protocol/json/point-text.ts";
import type { TextView } from "./text-view.ts";

/** Points that are missing, as a channel or a publisher tells it. */
export interface ToldGap {
  reason: string;
  /** null: nobody can know. */
  points: number | null;
  /** Whose points; "": those of all series. */
  series: string;
}

/** A point, as viewers of this view get it. @param at its own number */
export function writtenPoint({ series, x, y, text }: Point, at: Cursor, { writing, ids }: TextView): string {
  switch (writing) {
    case "json":
    case "ndjson": {
      const json = pointText(series, x, y, text);
      const line = ids ? `{"id":"${cursorText(at)}",${json.slice(1)}` : json;
      return writing === "json" ? line : `${line}\n`;
    }
    case "csv":
      return `${numberText(x)},${csvText(series)},${numberText(y)}${ids ? `,${cursorText(at)}` : ""}\r\n`;
    case "events":
      return `id: ${cursorText(at)}\ndata: ${pointText(series, x, y, text)}\n\n`;
  }
}

/**
 * What is missing before the next point; "": this view has no place for it.
 * @param at what comes next goes on from there
 */
export function writtenGap({ reason, points, series }: ToldGap, at: Cursor, { writing, ids }: TextView): string {
  const of = series === "" ? {} : { series };
  switch (writing) {
    case "json":
      return ids ? JSON.stringify({ id: cursorText(at), gap: reason, points, ...of }) : "";
    case "ndjson":
      return `${JSON.stringify({ ...(ids && { id: cursorText(at) }), gap: reason, points, ...of })}\n`;
    case "csv":
      return `gap,${csvText(reason)},${points ?? ""}${ids ? `,${cursorText(at)}` : ""}\r\n`;
    case "events":
      return `id: ${cursorText(at)}\nevent: gap\ndata: ${JSON.stringify({ gap: reason, reason, points, ...of })}\n\n`;
  }
}

/** What stands before everything else. */
export function writtenHead({ writing, ids }: TextView): string {
  if (writing !== "csv") return "";
  return ids ? "x,series,y,id\r\n" : "x,series,y\r\n";
}
