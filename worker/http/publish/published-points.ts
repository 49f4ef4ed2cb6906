import { concat } from "../../../protocol/bytes.ts";
import { FrameWriter } from "../../../protocol/frame/frame-builder.ts";
import { ANONYMOUS } from "../../../protocol/frame/header.ts";
import { parseJson } from "../../../protocol/json/json.ts";
import type { LeftOutPart } from "../../../protocol/json/part-fault.ts";
import { PointError } from "../../../protocol/json/point-error.ts";
import { type PointContext, RowReader, valueOfJson } from "../../../protocol/json/points.ts";
import { readEach, readShapes } from "../../../protocol/json/shapes.ts";
import { MAX_BODY_POINTS, MAX_POINTS_BYTES } from "../../../protocol/limits.ts";
import { Problem } from "../../../protocol/problem.ts";
import { checkPoints, type Publication } from "./published-frames.ts";

/** How much was not taken, by reason. */
export type LeftOut = NonNullable<Publication["leftOut"]>;

/**
 * Makes frames of a body of JSON: one text, or where that fails and there are several lines, one on each.
 *
 * @param arrivedAt unix seconds
 * @throws PointError if it holds no points, or something else
 * @throws Problem if it is empty, or holds too much
 */
export function readPoints(text: string, arrivedAt: number): Publication {
  const leftOut: LeftOut = {};
  return { ...framesOf((reader) => readText(text, reader), arrivedAt, leftOut), leftOut };
}

/**
 * The same of some lines of a stream.
 * @param leftOut counts what is left out of all its lines
 * @returns why nothing of them can be taken, which in a stream is no fault of the others
 * @throws PointError if one is no JSON
 * @throws Problem if they hold too much
 */
export function readLines(
  text: string,
  firstLine: number,
  arrivedAt: number,
  leftOut: LeftOut,
): Publication | PointError {
  try {
    return framesOf((reader) => readValues(text, reader, firstLine), arrivedAt, leftOut);
  } catch (error) {
    if (!(error instanceof PointError) || error.code === "not-json") throw error;
    const { reason, count }: Pick<LeftOutPart, "reason" | "count"> = error.part ?? {
      reason: "record-unreadable",
      count: 1,
    };
    leftOut[reason] = (leftOut[reason] ?? 0) + count;
    return error;
  }
}

/** A row is read, written into a frame and forgotten before the next is read. */
export function framesOf(read: (reader: RowReader) => void, arrivedAt: number, leftOut: LeftOut): Publication {
  const series = new Set<string>();
  const frames: Uint8Array[] = [];
  let bytes = 0;
  const writer = new FrameWriter(ANONYMOUS, 0, (frame) => {
    bytes += frame.byteLength;
    if (bytes > MAX_POINTS_BYTES) throw tooManyBytes();
    frames.push(frame);
  });
  let points = 0;
  const context: PointContext = {
    arrivedAt,
    topic: "",
    found: checkPoints,
    leftOut: ({ reason, count }) => {
      leftOut[reason] = (leftOut[reason] ?? 0) + count;
    },
  };
  const reader = new RowReader(context, {
    push(row) {
      for (const name of row.names) series.add(name);
      for (const value of row.values) if (!Number.isNaN(value)) points++;
      writer.add(row);
    },
  });
  read(reader);
  writer.end();
  // A frame has a point at least: where a line breaks is stored with the points around it.
  if (points === 0) throw new PointError("no-number", "There is no number here, and null alone cannot be stored.");
  return { frames: concat(frames), series: [...series] };
}

function readText(text: string, reader: RowReader): void {
  if (text.trim() === "") throw new Problem("body-empty", "There is nothing but white space in the body.");
  const whole = isOneLine(text) ? { value: valueOfJson(text) } : tried(text);
  if (whole !== undefined) return readShapes(whole.value, reader);
  readValues(text, reader, 1);
}

function readValues(text: string, reader: RowReader, firstLine: number): void {
  readEach(valuesOf(text, firstLine), (i) => `value ${i + 1}`, reader);
}

/** @throws PointError not-json: then the body is not what was meant, and whoever sent it learns where */
function* valuesOf(text: string, firstLine: number): Generator<unknown> {
  let number = firstLine - 1;
  for (const line of linesOf(text)) {
    number++;
    if (line.trim() === "") continue;
    try {
      yield valueOfJson(line);
    } catch (error) {
      if (error instanceof PointError) throw new PointError(error.code, `Line ${number}: ${error.message}`);
      throw error;
    }
  }
}

/** Whether there is one line that is not blank. */
function isOneLine(text: string): boolean {
  return !text.trim().includes("\n");
}

/** The value of one JSON text; undefined if it is none. */
function tried(text: string): { value: unknown } | undefined {
  try {
    return { value: parseJson(text) };
  } catch {
    return undefined;
  }
}

function* linesOf(text: string): Generator<string> {
  for (let start = 0; start <= text.length; ) {
    const end = text.indexOf("\n", start);
    yield text.slice(start, end < 0 ? text.length : end);
    if (end < 0) return;
    start = end + 1;
  }
}

function tooManyBytes(): Problem {
  return new Problem(
    "body-too-large",
    `The points of a body take ${MAX_POINTS_BYTES} bytes as frames at most: ${MAX_BODY_POINTS} points of short names, ` +
      "fewer of long ones. Publish in several requests.",
  );
}
