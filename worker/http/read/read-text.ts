import { csvText } from "../../../protocol/csv-text.ts";
import { decodeFrame, type Point } from "../../../protocol/frame/frame.ts";
import { splitFrames } from "../../../protocol/frame/header.ts";
import { numberText, pointText } from "../../../protocol/json/point-text.ts";
import type { FRAME_TYPE } from "../../../protocol/limits.ts";
import type { ReadCutMessage } from "../../../protocol/messages/read-message.ts";
import { readTurns } from "../../channel/read-turns.ts";
import type { StoredType } from "../negotiate.ts";
import { chosenPoints, startOf } from "./last-points.ts";
import type { ReadQuery } from "./read-query.ts";
import type { ReadCut, StoredRead } from "./stored-read.ts";

/** Stored points as text: lines of JSON, one JSON array, or CSV. */

export type TextType = Exclude<StoredType, typeof FRAME_TYPE>;

/** So many points become text at once. */
const POINTS_A_TURN = 2048;

/** What is stored, as far as the query asks for it: some lines at a time, never none. */
export async function* storedLines(read: StoredRead, query: ReadQuery, type: TextType): AsyncGenerator<string[]> {
  const after = await startOf(read, query);
  for await (const { frames } of read.forward(after)) {
    const pieces = linesOf(frames, after, query, type);
    for (;;) {
      await readTurns.take();
      const { done, value: lines } = readTurns.spend(() => pieces.next());
      if (done) break;
      yield lines;
    }
  }
}

/** These lines as one text, in pieces. */
export async function* textOf(
  stored: AsyncGenerator<string[]>,
  query: ReadQuery,
  type: TextType,
): AsyncGenerator<string> {
  if (type === "text/csv") yield query.text ? "x,series,y,text\r\n" : "x,series,y\r\n";
  if (type === "application/json") yield "[";
  let separator = "";
  for await (const lines of stored) {
    yield type === "application/json" ? separator + lines.join(",\n") : lines.join("");
    separator = ",\n";
  }
  if (type === "application/json") yield "]\n";
}

/** The lines of the points of these frames, never none at once. */
function* linesOf(frames: Uint8Array, after: number, query: ReadQuery, type: TextType): Generator<string[]> {
  let lines: string[] = [];
  for (const bytes of splitFrames(frames)) {
    for (const { seq, point } of chosenPoints(decodeFrame(bytes), query)) {
      if (seq <= after) continue;
      lines.push(lineOf(point, query, type));
      if (lines.length < POINTS_A_TURN) continue;
      yield lines;
      lines = [];
    }
  }
  if (lines.length > 0) yield lines;
}

function lineOf({ series, x, y, text }: Point, query: ReadQuery, type: TextType): string {
  switch (type) {
    case "text/csv":
      return `${numberText(x)},${csvText(series)},${numberText(y)}${query.text ? `,${csvText(text ?? "")}` : ""}\r\n`;
    case "application/json":
      return pointText(series, x, y, text);
    case "application/x-ndjson":
      return `${pointText(series, x, y, text)}\n`;
  }
}

/**
 * The last of an answer that was cut, for those who do not see that the transfer is not complete: no point in lines of
 * JSON, a row whose x is no number in CSV, and nothing in a JSON array, which has no end.
 */
export function cutText({ reason, message }: ReadCut, query: Pick<ReadQuery, "text">, type: TextType): string {
  switch (type) {
    case "text/csv":
      return `read-cut,${csvText(reason)},${csvText(message)}${query.text ? "," : ""}\r\n`;
    case "application/json":
      return "";
    case "application/x-ndjson":
      return `${JSON.stringify({ code: "read-cut", reason, detail: message } satisfies ReadCutMessage)}\n`;
  }
}
