import { existsSync } from "node:fs";
import type { Point } from "../../../protocol/frame/frame.ts";
import { messageIn } from "../../../protocol/messages/parsed.ts";
import { parsePointMessage, parseReadCut } from "../../../protocol/messages/read-message.ts";
import { DEFAULT_SERIES } from "../../../protocol/names.ts";
import { SeriesFilter } from "../../../protocol/series-filter.ts";
import { errorAdvice, errorCode } from "../../observability/error-advice.ts";
import { errorText, printableLines } from "../../observability/printable.ts";
import { stopOnSignals } from "../stop.ts";
import type { ToolEnd } from "../tool-end.ts";
import { type ChannelAccess, ChannelError, readChannel } from "./ask.ts";
import { type Output, OutputClosed } from "./output.ts";
import { LineSink, type PointSink, WideSink } from "./point-sink.ts";
import { CSV_WRITER, JSON_WRITER } from "./point-writer.ts";

export type GetFormat = "csv" | "wide" | "json";

export interface GetOptions {
  access: ChannelAccess;
  /** The x of the first and the last point; both are included. */
  from: number | undefined;
  to: number | undefined;
  /** Names, in which `*` stands for any characters; none: all. */
  series: readonly string[];
  format: GetFormat;
  /** A file to write in place of stdout, in the form of `csv` or `wide`. */
  parquet?: { file: string; isOverwriting: boolean } | undefined;
  stdout: Output;
  stderr: Pick<Output, "write">;
  /** Ends it, instead of SIGINT, SIGTERM and SIGHUP. */
  signal?: AbortSignal;
}

/** A line of JSON of a channel has a name of 256 bytes and a label of 256 at most. */
const MAX_LINE_LENGTH = 64 * 1024;

/** Writes what a channel has stored. @returns how it ended: only "ok" if all of it was written */
export async function runGet(options: GetOptions): Promise<ToolEnd> {
  const { stderr } = options;
  const stop = stopOnSignals(options.signal);
  try {
    let note = "No points are stored there, or none of that choice.";
    const points = await get(options, stop.signal, (said) => {
      note = said;
    });
    if (points === 0) stderr.write(`${printableLines(note)}\n`);
    return "ok";
  } catch (error) {
    // Whoever reads has enough.
    if (error instanceof OutputClosed) return "ok";
    const sentence = stop.signal.aborted ? "Stopped before the end: not all was written." : errorText(error);
    stderr.write(`${printableLines(sentence)}\n`);
    return "failed";
  } finally {
    stop.release();
  }
}

/** @param onNote told why there are no points, where the Worker knows */
async function get(options: GetOptions, signal: AbortSignal, onNote: (note: string) => void): Promise<number> {
  const sink = await sinkOf(options);
  let count = 0;
  try {
    for await (const points of pointsOf(options, signal, onNote)) {
      count += points.length;
      await sink.add(points);
    }
    await sink.end();
  } catch (error) {
    sink.abandon();
    throw faultOf(error, options);
  }
  return count;
}

/** What is the file's fault says so. */
function faultOf(error: unknown, { parquet }: GetOptions): unknown {
  if (parquet === undefined || error instanceof ChannelError || errorCode(error) === "") return error;
  return new ChannelError(`${parquet.file} cannot be written: ${errorAdvice(error, "file")}.`);
}

/** @throws ChannelError if the file is there already */
async function sinkOf({ format, stdout, parquet }: GetOptions): Promise<PointSink> {
  if (parquet !== undefined) {
    const { LongParquetSink, WideParquetSink } = await import("./parquet-sinks.ts");
    if (!parquet.isOverwriting && existsSync(parquet.file)) {
      throw new ChannelError(`${parquet.file} is there already. Give another name, or --overwrite.`);
    }
    return format === "wide" ? new WideParquetSink(parquet.file) : new LongParquetSink(parquet.file);
  }
  switch (format) {
    case "csv":
      return new LineSink(stdout, CSV_WRITER);
    case "json":
      return new LineSink(stdout, JSON_WRITER);
    case "wide":
      return new WideSink(stdout);
    default:
      return format satisfies never;
  }
}

/**
 * Points as they come, some at once.
 * @throws ChannelError if these are not all
 */
async function* pointsOf(
  { access, from, to, series }: GetOptions,
  signal: AbortSignal,
  onNote: (note: string) => void,
): AsyncGenerator<Point[]> {
  const query = new URLSearchParams();
  if (from !== undefined) query.set("from", String(from));
  if (to !== undefined) query.set("to", String(to));
  for (const name of series) query.append("series", name);
  // A Worker of before picks whole names alone.
  const filter = new SeriesFilter(series);
  const { body, note } = await readChannel(access, query, "application/x-ndjson", signal);
  if (note !== undefined) onNote(note);
  for await (const lines of linesOf(body)) {
    const points = lines.map(pointIn).filter((point) => filter.has(point.series));
    if (points.length > 0) yield points;
  }
}

/** @throws ChannelError if the body ends before its end, or is no lines of text */
async function* linesOf(body: AsyncIterable<Buffer>): AsyncGenerator<string[]> {
  const decoder = new TextDecoder();
  let rest = "";
  try {
    for await (const chunk of body) {
      const lines = (rest + decoder.decode(chunk, { stream: true })).split("\n");
      rest = lines.pop() ?? "";
      if (rest.length > MAX_LINE_LENGTH) throw new ChannelError("What answered sends no points.");
      if (lines.length > 0) yield lines;
    }
  } catch (error) {
    if (error instanceof ChannelError || error instanceof OutputClosed) throw error;
    throw new ChannelError(`The line was lost: not all was written. ${errorAdvice(error, "request")}.`);
  }
  if (rest !== "") throw new ChannelError("The line was lost: not all was written.");
}

/** @throws ChannelError if the read was cut, or the line is no point */
function pointIn(line: string): Point {
  const point = messageIn(parsePointMessage(line));
  if (point !== undefined) {
    const { series = DEFAULT_SERIES, x, y, text } = point;
    return { series, x, y, ...(text !== undefined && { text }) };
  }
  const cut = messageIn(parseReadCut(line));
  throw new ChannelError(
    cut === undefined ? "What answered sends no points." : `The read was cut: not all was written. ${cut.detail}`,
  );
}
