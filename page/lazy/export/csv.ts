import { csvText } from "../../../protocol/csv-text.ts";
import { numberText } from "../../../protocol/json/point-text.ts";
import { yieldToPage } from "../../data/yield.ts";
import { inOrder } from "./merge-series.ts";
import { copyWindow, isoTime, type WindowData } from "./window-data.ts";

const CHUNK_CHARS = 1024 * 1024;

/**
 * Every point in the window as CSV (RFC 4180), in the order of x; breaks are no points. Where x is a time there is a
 * column with it in UTC, to the millisecond: spreadsheets know no unix seconds. Where values have names there is one for
 * these, and what has a name is, as y, a number that stands for it in this file.
 */
export async function csvBlob(window: WindowData): Promise<Blob> {
  const chunks: string[] = [];
  for (const chunk of csvChunks(copyWindow(window))) {
    chunks.push(chunk);
    await yieldToPage();
  }
  return new Blob(chunks, { type: "text/csv;charset=utf-8" });
}

/** The lines of points that were cut to the window before, joined to strings of about 1 MiB. */
export function* csvChunks({ series, time }: WindowData): Generator<string> {
  const names = series.map(({ name }) => csvText(name));
  const called = series.some(({ valueNames }) => valueNames?.kind);
  let lines = [`${time ? "time," : ""}x,series,y${called ? ",text" : ""}\r\n`];
  let chars = 0;
  let lastX = Number.NaN;
  let start = "";
  for (const { series: index, x, y } of inOrder(series)) {
    if (Number.isNaN(y)) continue;
    if (!Object.is(x, lastX)) {
      lastX = x;
      start = time ? `${isoTime(x)},${numberText(x)}` : numberText(x);
    }
    const text = called ? `,${csvText(series[index]?.valueNames?.textOf(y) ?? "")}` : "";
    const line = `${start},${names[index]},${numberText(y)}${text}\r\n`;
    chars += line.length;
    lines.push(line);
    if (chars < CHUNK_CHARS) continue;
    yield lines.join("");
    lines = [];
    chars = 0;
  }
  if (lines.length > 0) yield lines.join("");
}
