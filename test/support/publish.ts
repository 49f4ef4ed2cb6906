/** Publishing and reading as a client would, and the frames to do it with. */

import assert from "node:assert/strict";
import { decodeFrame, pointsOf } from "../../protocol/frame/frame.ts";
import { framesOf, type Row } from "../../protocol/frame/frame-builder.ts";
import { readHeader, splitFrames, viewOf } from "../../protocol/frame/header.ts";
import { FRAME_TYPE } from "../../protocol/limits.ts";
import { messageIn } from "../../protocol/messages/parsed.ts";
import { parsePublishAnswer, type ReceivedPublishAnswer } from "../../protocol/messages/publish.ts";

/** A Worker that answers, whatever runs it. */
export interface Served {
  readonly url: URL;
  /** Its publish token. */
  readonly token: string | null;
  channelUrl(name: string): URL;
}

export interface Point {
  series: string;
  x: number;
  y: number;
}

export type Body = NonNullable<RequestInit["body"]>;

let channels = 0;

/** A channel that no other test has. */
export function newChannel(): string {
  return `test/${process.pid}-${++channels}`;
}

/** The headers of an authorised publish. */
export function publishHeaders(edge: Served, type: string): Record<string, string> {
  return { Authorization: `Bearer ${edge.token ?? ""}`, "Content-Type": type };
}

/**
 * Each has a connection of its own: workerd closes one that was idle for 5 s, and where a test's own process is late by a second `fetch`
 * sends on it at that moment.
 */
export function post(
  edge: Served,
  channel: string,
  body: Body,
  headers: Record<string, string> = {},
): Promise<Response> {
  const ours = { ...publishHeaders(edge, "application/json"), Connection: "close" };
  const init = { method: "POST", headers: { ...ours, ...headers }, body };
  return fetch(edge.channelUrl(channel), init);
}

/** Publishes a JSON value. */
export async function publishJson(edge: Served, channel: string, value: unknown): Promise<ReceivedPublishAnswer> {
  return await answerOf(await post(edge, channel, JSON.stringify(value)));
}

/** Publishes frames in one body. */
export async function publishFrames(
  edge: Served,
  channel: string,
  ...frames: Uint8Array[]
): Promise<ReceivedPublishAnswer> {
  return await answerOf(await post(edge, channel, Buffer.concat(frames), { "Content-Type": FRAME_TYPE }));
}

async function answerOf(response: Response): Promise<ReceivedPublishAnswer> {
  const text = await response.text();
  assert.equal(response.status, 200, text);
  const answer = messageIn(parsePublishAnswer(text));
  assert.ok(answer, `no publish answer: ${text}`);
  return answer;
}

/** One frame with a point of one series for each y; x counts from `firstX`. */
export function frameOf(
  publisher: string,
  publisherSeq: number,
  ys: readonly number[],
  firstX = 0,
  series = "y",
): Uint8Array {
  return frameOfRows(
    publisher,
    publisherSeq,
    ys.map((y, i) => rowOf(firstX + i, { [series]: y })),
  );
}

export function frameOfRows(publisher: string, publisherSeq: number, rows: readonly Row[]): Uint8Array {
  const [frame, ...others] = framesOf(rows, publisher, publisherSeq);
  assert.ok(frame && others.length === 0, "these rows are not one frame");
  return frame;
}

export function rowOf(x: number, values: Record<string, number>): Row {
  return { x, arrival: false, names: Object.keys(values), values: Object.values(values) };
}

/** A frame of `points` of one series that no encoding narrows: 120 bytes and 16 a point. */
export function bulkyFrame(publisher: string, publisherSeq: number, points: number): Uint8Array {
  return frameOfRows(
    publisher,
    publisherSeq,
    Array.from({ length: points }, (_, i) => rowOf(i + Math.random(), { y: Math.random() })),
  );
}

/**
 * A frame of 224 bytes, one point of "a", and so many rows of "b" that are all missing: start and step of their column are not
 * finite. It was taken before FR8.
 */
export function blankFrame(
  publisher: string,
  publisherSeq: number,
  rows: number,
  start = Number.NaN,
  step = 0,
): Uint8Array {
  const three = Array.from({ length: 3 }, () => rowOf(0, { b: 0 }));
  const frame = frameOfRows(publisher, publisherSeq, [rowOf(0, { a: publisherSeq }), ...three]);
  const view = viewOf(frame);
  // The second table ends in start and step of "b", and is of 88 bytes.
  view.setUint32(frame.length - 88 + 8, rows, true);
  view.setFloat64(frame.length - 16, start, true);
  view.setFloat64(frame.length - 8, step, true);
  view.setUint32(40, 1, true);
  return frame;
}

/** What is stored of a channel, read as frames, so that every bit counts. */
export async function storedPoints(edge: Served, channel: string, query = ""): Promise<Point[]> {
  const url = new URL(query, edge.channelUrl(channel));
  const response = await fetch(url, { headers: { Accept: FRAME_TYPE } });
  assert.equal(response.status, 200);
  return pointsIn(new Uint8Array(await response.arrayBuffer()));
}

/** What a reader of one representation gets. */
export async function read(edge: Served, channel: string, accept: string, query = ""): Promise<Response> {
  return await fetch(new URL(query, edge.channelUrl(channel)), { headers: { Accept: accept } });
}

/** The points of frames that stand one after the other. */
export function pointsIn(frames: Uint8Array): Point[] {
  return splitFrames(frames).flatMap((frame) => [...pointsOf(decodeFrame(frame))]);
}

/** The range of numbers that frames hold, checked to be one without holes: after `from`, up to `to`. */
export function numbersIn(frames: Uint8Array): { epoch: number; from: number; to: number } {
  const headers = splitFrames(frames).map((frame) => readHeader(frame));
  const [first] = headers;
  assert.ok(first, "no frames");
  let to = first.seq - first.points;
  for (const { seq, points, epoch } of headers) {
    assert.deepEqual({ before: seq - points, epoch }, { before: to, epoch: first.epoch });
    to = seq;
  }
  return { epoch: first.epoch, from: first.seq - first.points, to };
}
