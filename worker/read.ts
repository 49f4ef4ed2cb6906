import type { Channel } from "./channel.ts";
import type { Representation } from "./negotiate.ts";
import { csvText } from "./protocol/csv.ts";
import { decodeFrame, type Point, pointsOf } from "./protocol/frame.ts";
import { splitFrames } from "./protocol/header.ts";
import { FRAME_TYPE } from "./protocol/limits.ts";
import { numberText, pointText } from "./protocol/points.ts";
import type { ReadQuery } from "./query.ts";

/** Reading what is stored: frames as they are, or points as text, while they come from the Channel. */

/** What one request to the Channel brings at most. */
const READ_BYTES = 1024 * 1024;

type Stored = Exclude<Representation, "text/html">;

/** What is stored, in the order of its numbers, in the representation asked for; read as fast as it is taken. */
export function storedPoints(
  channel: DurableObjectStub<Channel>,
  query: ReadQuery,
  type: Stored,
): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder();
  const parts = type === FRAME_TYPE ? storedFrames(channel, query) : asText(select(channel, query), type, query.text);
  return new ReadableStream({
    async pull(controller) {
      const { done, value } = await parts.next();
      if (done) controller.close();
      else controller.enqueue(typeof value === "string" ? encoder.encode(value) : value);
    },
    async cancel() {
      await parts.return(undefined);
    },
  });
}

/** Whole frames that reach into the range of x and hold any of the last so many points of the channel. */
async function* storedFrames(channel: DurableObjectStub<Channel>, query: ReadQuery): AsyncGenerator<Uint8Array> {
  const { seq: end } = await channel.position();
  yield* framesBetween(channel, query, query.points === undefined ? 0 : Math.max(0, end - query.points), end);
}

async function* framesBetween(channel: DurableObjectStub<Channel>, query: ReadQuery, start: number, end: number) {
  for (let seq = start; seq < end; ) {
    const batch = await channel.after(seq, READ_BYTES, query.fromX, query.toX);
    if (batch.frames.byteLength > 0) yield batch.frames;
    seq = batch.seq;
  }
}

/** The points that the query asks for, an array for each batch. */
async function* select(channel: DurableObjectStub<Channel>, query: ReadQuery): AsyncGenerator<Point[]> {
  const { seq: end } = await channel.position();
  const { points: wanted, fromX, toX, series } = query;
  if (wanted === undefined) return yield* pointsBetween(channel, query, 0, end);
  const filtered = Number.isFinite(fromX) || Number.isFinite(toX) || series.size > 0;
  // The numbers tell where the last so many of all points begin. Of some, they are counted first, then read again.
  if (!filtered) return yield* pointsBetween(channel, query, Math.max(0, end - wanted), end);
  let skip = -wanted;
  for await (const points of pointsBetween(channel, query, 0, end)) skip += points.length;
  for await (const points of pointsBetween(channel, query, 0, end)) {
    yield points.slice(Math.max(0, skip));
    skip -= points.length;
  }
}

/** The points numbered after `start` up to `end` that are in the range and of the series asked for. */
async function* pointsBetween(channel: DurableObjectStub<Channel>, query: ReadQuery, start: number, end: number) {
  const { fromX, toX, series } = query;
  for await (const bytes of framesBetween(channel, query, start, end)) {
    const points: Point[] = [];
    for (const frame of splitFrames(bytes).map(decodeFrame)) {
      let number = frame.header.seq - frame.header.points;
      for (const point of pointsOf(frame)) {
        number++;
        const wanted = number > start && number <= end && (series.size === 0 || series.has(point.series));
        if (wanted && point.x >= fromX && point.x <= toX) points.push(point);
      }
    }
    yield points;
  }
}

async function* asText(
  batches: AsyncIterable<Point[]>,
  type: Exclude<Stored, typeof FRAME_TYPE>,
  withText: boolean,
): AsyncGenerator<string> {
  if (type === "text/csv") yield withText ? "x,series,y,text\r\n" : "x,series,y\r\n";
  if (type === "application/json") yield "[";
  let separator = "";
  for await (const points of batches) {
    if (points.length === 0) continue;
    const lines = points.map((point) =>
      type === "text/csv" ? csvLine(point, withText) : pointText(point.series, point.x, point.y, point.text),
    );
    if (type === "application/json") {
      yield separator + lines.join(",\n");
      separator = ",\n";
    } else {
      yield type === "text/csv" ? lines.join("") : `${lines.join("\n")}\n`;
    }
  }
  if (type === "application/json") yield "]\n";
}

function csvLine({ series, x, y, text = "" }: Point, withText: boolean): string {
  return `${numberText(x)},${csvText(series)},${numberText(y)}${withText ? `,${csvText(text)}` : ""}\r\n`;
}
