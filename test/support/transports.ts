/** A viewer of a channel by each transport, as a client of its own would be: what came, in order, and where it is. */
import assert from "node:assert/strict";
import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import WebSocket from "ws";
import { type Cursor, cursorText, parseCursor } from "../../protocol/cursor.ts";
import { decodeFrame, type Frame, pointsOf } from "../../protocol/frame/frame.ts";
import { splitFrames } from "../../protocol/frame/header.ts";
import { isObject } from "../../protocol/json/json.ts";
import { FRAME_TYPE } from "../../protocol/limits.ts";
import { occupy } from "./relayed.ts";

export interface SeenPoint {
  series: string;
  x: number;
  y: number;
}

export interface SeenGap {
  reason: string;
  points: number | null;
}

/** What a viewer is sent, in the order in which it counts. */
export type Item =
  /** `at`: its number; undefined where the transport does not say. */
  | ({ kind: "point"; at: Cursor | undefined } & SeenPoint)
  /** `at`: what follows goes on from there; undefined where the transport does not say. `series`: "" are all. */
  | ({ kind: "gap"; series: string; at: Cursor | undefined } & SeenGap)
  /** Everything up to here was sent. */
  | { kind: "at"; at: Cursor };

/** The channel, or something on the way, answered something else. */
export class ViewerRefused extends Error {
  readonly status: number;
  /** Whether it is a problem of the Worker's. */
  readonly isProblem: boolean;

  constructor(status: number, type: string | null, text: string) {
    super(`refused with ${status}: ${text.slice(0, 300)}`);
    this.status = status;
    this.isProblem = type?.startsWith("application/problem+json") === true;
  }
}

export interface ViewerOptions {
  /** Told of each item as it comes. */
  onItem?: (item: Item) => void;
  /** Gives it up, also while it is opened. */
  signal?: AbortSignal;
  /** Where to begin; "": where the transport does. */
  cursor?: string;
  /** The rest of the query. */
  query?: Record<string, string>;
  headers?: Record<string, string>;
}

/** One viewer. It reads until it is closed, or the server ends it. */
export interface TransportViewer {
  readonly points: SeenPoint[];
  readonly gaps: SeenGap[];
  /** What it would come back with; "": it knows none. */
  readonly cursor: string;
  /** What it was sent that is no point, gap or cursor. */
  readonly others: string[];
  /** What it was told of what it asked for. */
  readonly notes: readonly string[];
  /** Resolves when the server has ended it. */
  readonly ended: Promise<void>;
  /** Stops reading from the network, until {@link resume}. */
  pause(): void;
  resume(): void;
  close(): void;
}

export interface Transport {
  name: string;
  /** Whether it is told of what is missing; of frames alone, only of a part of them (a hole between whole ones says it). */
  tellsGaps: boolean;
  /** Whether `?series=` picks points of it. */
  filters: boolean;
  open(url: URL, options?: ViewerOptions): Promise<TransportViewer>;
}

const ALL: readonly Transport[] = [
  { name: "a text WebSocket with ids", tellsGaps: true, filters: true, open: openSocket },
  { name: "a WebSocket of frames", tellsGaps: true, filters: true, open: openFramesSocket },
  { name: "a shared WebSocket of frames", tellsGaps: true, filters: true, open: openSharedSocket },
  { name: "events", tellsGaps: true, filters: true, open: (url, options) => openEvents(url, options) },
  {
    name: "events of frames",
    tellsGaps: true,
    filters: true,
    open: (url, options) => openEvents(url, { ...options, query: { ...options?.query, frames: "1" } }),
  },
  {
    name: "events of frames and messages",
    tellsGaps: true,
    filters: true,
    open: (url, options) => openEvents(url, { ...options, query: { ...options?.query, frames: "1", messages: "1" } }),
  },
  { name: "following lines of JSON", tellsGaps: true, filters: true, open: (url, options) => openLines(url, options) },
  { name: "following CSV", tellsGaps: true, filters: true, open: openCsv },
  { name: "following frames", tellsGaps: false, filters: true, open: openFrames },
  {
    name: "a long poll of JSON",
    tellsGaps: true,
    filters: true,
    open: (url, options) => openPoll(url, "application/json", options),
  },
  {
    name: "a long poll of lines",
    tellsGaps: true,
    filters: true,
    open: (url, options) => openPoll(url, "application/x-ndjson", options),
  },
  {
    name: "a long poll of frames",
    tellsGaps: true,
    filters: true,
    open: (url, options) => openPoll(url, FRAME_TYPE, options),
  },
  {
    name: "a long poll of events",
    tellsGaps: true,
    filters: true,
    open: (url, options) =>
      openPoll(url, EVENTS, { ...options, query: { ...options?.query, frames: "1", messages: "1" } }),
  },
];

export const TRANSPORTS: readonly Transport[] = ALL.map((transport) => ({
  ...transport,
  async open(url, options) {
    await occupy(url, options?.headers);
    return await transport.open(url, options);
  },
}));

class Seen implements TransportViewer {
  readonly points: SeenPoint[] = [];
  readonly gaps: SeenGap[] = [];
  readonly others: string[] = [];
  readonly notes: string[] = [];
  cursor = "";
  ended: Promise<void> = Promise.resolve();
  /** Where it is paused: resolves when it is not any more. */
  reading: Promise<void> | undefined;
  socket: WebSocket | undefined;
  readonly #close: () => void;
  readonly #onItem: ((item: Item) => void) | undefined;
  #readOn: (() => void) | undefined;

  constructor({ onItem, signal }: ViewerOptions, close: () => void) {
    this.#onItem = onItem;
    this.#close = close;
    signal?.addEventListener("abort", close, { once: true });
  }

  close(): void {
    this.resume();
    this.#close();
  }

  pause(): void {
    if (this.socket?.readyState === WebSocket.OPEN) this.socket.pause();
    const { promise, resolve } = Promise.withResolvers<void>();
    this.reading ??= promise;
    this.#readOn ??= resolve;
  }

  resume(): void {
    if (this.socket?.readyState === WebSocket.OPEN) this.socket.resume();
    this.#readOn?.();
    this.#readOn = this.reading = undefined;
  }

  take(item: Item): void {
    if (item.at !== undefined) this.cursor = cursorText(item.at);
    if (item.kind === "point") this.points.push({ series: item.series, x: item.x, y: item.y });
    if (item.kind === "gap") this.gaps.push({ reason: item.reason, points: item.points });
    this.#onItem?.(item);
  }

  /** A line of JSON: a point, a gap, or where it leads. */
  takeJson(value: unknown): void {
    if (isObject(value) && typeof value.note === "string") {
      this.notes.push(value.note);
      return;
    }
    const item = itemIn(value);
    if (item === undefined) this.others.push(JSON.stringify(value));
    else this.take(item);
  }

  takeFrames(bytes: Uint8Array): void {
    for (const frame of splitFrames(bytes)) for (const item of itemsOf(decodeFrame(frame))) this.take(item);
  }
}

function itemIn(value: unknown): Item | undefined {
  assert.ok(isObject(value), JSON.stringify(value));
  const { id, gap: reason, points = null, series, x, y, cursor } = value;
  const at = cursorIn(id);
  if (typeof reason === "string") {
    return {
      kind: "gap",
      reason,
      points: numberOrNull(points),
      series: series === undefined ? "" : String(series),
      at,
    };
  }
  if (typeof x === "number" && typeof y === "number") {
    return { kind: "point", series: series === undefined ? "y" : String(series), x, y, at };
  }
  const reached = cursorIn(cursor);
  return reached === undefined ? undefined : { kind: "at", at: reached };
}

function cursorIn(value: unknown): Cursor | undefined {
  return typeof value === "string" ? parseCursor(value) : undefined;
}

/** Of a frame, in the order in which text has it: what is missing behind its last point stands before that (TR2j). */
export function itemsOf({ header: { epoch, seq, points }, blocks, labels }: Frame): Item[] {
  const items: Item[] = [];
  let at = seq - points;
  for (const block of blocks) {
    if (block.kind === "gap") {
      const { reason, points: missing, series } = block;
      const gap: Item = { kind: "gap", reason, points: missing, series, at: { epoch, seq: Math.min(at, seq - 1) } };
      if (at < seq) items.push(gap);
      else items.splice(-1, 0, gap);
      continue;
    }
    for (const { series, x, y } of pointsOf({ blocks: [block], labels })) {
      at++;
      items.push({ kind: "point", series, x, y, at: { epoch, seq: at } });
    }
  }
  return items;
}

function numberOrNull(value: unknown): number | null {
  return typeof value === "number" ? value : null;
}

function urlOf(url: URL, { cursor = "", query = {} }: ViewerOptions, more: Record<string, string>): URL {
  const at = new URL(url);
  const cursorKey: Record<string, string> = cursor === "" ? {} : { cursor };
  at.search = new URLSearchParams({ ...more, ...query, ...cursorKey }).toString();
  return at;
}

async function openSocket(url: URL, options: ViewerOptions = {}): Promise<TransportViewer> {
  const at = urlOf(url, options, { ids: "1" });
  at.protocol = "ws:";
  const socket = new WebSocket(at, { headers: options.headers ?? {} });
  const seen = new Seen(options, () => socket.terminate());
  socket.on("message", (data) => seen.takeJson(JSON.parse(String(data))));
  return await opened(seen, socket);
}

async function openFramesSocket(url: URL, options: ViewerOptions = {}): Promise<TransportViewer> {
  const at = urlOf(url, options, options.cursor === undefined ? { points: "100" } : {});
  at.protocol = "ws:";
  const socket = new WebSocket(at, "plotcast.v1", { headers: options.headers ?? {} });
  const seen = new Seen(options, () => socket.terminate());
  const take = framesTaker(seen, (text) => socket.send(text));
  socket.on("message", (data: Buffer, isBinary) => take(isBinary ? new Uint8Array(data) : String(data)));
  return await opened(seen, socket);
}

/** The same by a connection that other channels may share. */
async function openSharedSocket(url: URL, options: ViewerOptions = {}): Promise<TransportViewer> {
  const { pathname, search } = urlOf(url, options, options.cursor === undefined ? { points: "100" } : {});
  const at = new URL("/c", url);
  at.protocol = "ws:";
  const id = 7;
  const socket = new WebSocket(at, "plotcast.shared.v1", { headers: options.headers ?? {} });
  const seen = new Seen(options, () => socket.terminate());
  const take = framesTaker(seen, (text) => socket.send(`${id} ${text}`));
  const { promise: joined, resolve, reject } = Promise.withResolvers<void>();
  socket.on("message", (data: Buffer, isBinary) => {
    if (isBinary) {
      assert.equal(data.readUInt32LE(0), id);
      return take(new Uint8Array(data.subarray(4)));
    }
    const text = String(data);
    if (text.startsWith(`${id} `)) return take(text.slice(`${id} `.length));
    const message: { type: string; id: number; status: number; detail: string } = JSON.parse(text);
    if (message.type === "hello") {
      socket.send(JSON.stringify({ type: "join", id, to: pathname + search, protocols: ["plotcast.v1"] }));
      return;
    }
    assert.equal(message.id, id);
    if (message.type === "joined") resolve();
    else if (message.type === "refused")
      reject(new ViewerRefused(message.status, "application/problem+json", message.detail));
    else socket.terminate();
  });
  socket.on("close", () => reject(new Error("The connection was closed.")));
  // If it cannot be opened, that is thrown instead.
  joined.catch(() => undefined);
  await opened(seen, socket);
  await joined;
  return seen;
}

/** @returns takes what a channel says to a viewer of frames, text or bytes */
function framesTaker(seen: Seen, send: (text: string) => void): (data: Uint8Array | string) => void {
  const gaps: Item[] = [];
  const takeGaps = (): void => {
    for (const gap of gaps.splice(0)) seen.take(gap);
  };
  return (data) => {
    if (typeof data !== "string") {
      takeGaps();
      seen.takeFrames(data);
      return;
    }
    const message: {
      type: string;
      detail: string;
      reason: string;
      points: number | null;
      epoch: number;
      seq: number;
      series?: string;
    } = JSON.parse(data);
    const { type, detail, reason, points, epoch, seq, series = "" } = message;
    const cursor = { epoch, seq };
    if (type === "note") seen.notes.push(detail);
    if (type === "gap") gaps.push({ kind: "gap", reason, points, series, at: cursor });
    if (["live", "behind", "lost"].includes(type)) takeGaps();
    if (type === "lost") seen.take({ kind: "gap", reason, points, series, at: cursor });
    if (type === "live" || type === "behind") seen.take({ kind: "at", at: cursor });
    if (type === "behind") send(JSON.stringify({ type: "continue", epoch, seq }));
  };
}

async function opened(seen: Seen, socket: WebSocket): Promise<TransportViewer> {
  seen.socket = socket;
  const ended = once(socket, "close").then(() => undefined);
  seen.ended = ended;
  // Why it could not be opened is thrown here.
  ended.catch(() => undefined);
  await once(socket, "open");
  return seen;
}

/** A GET whose body is taken piece by piece. */
async function openBody(
  url: URL,
  accept: string,
  options: ViewerOptions,
  take: (seen: Seen, piece: Buffer) => void,
): Promise<TransportViewer> {
  const controller = new AbortController();
  const { signal } = controller;
  const seen = new Seen(options, () => controller.abort());
  const response = await fetch(url, { headers: { Accept: accept, ...options.headers }, signal });
  await mustBe(200, response);
  takeNote(seen, response);
  const { body } = response;
  assert.ok(body);
  seen.ended = (async () => {
    try {
      for await (const piece of body) {
        if (signal.aborted) return;
        take(seen, Buffer.from(piece));
        await seen.reading;
      }
    } catch (error) {
      if (!signal.aborted) throw error;
    }
  })();
  return seen;
}

function takeNote(seen: Seen, { headers }: Response): void {
  const note = headers.get("Plotcast-Note");
  if (note !== null) seen.notes.push(note);
}

/** @throws ViewerRefused */
async function mustBe(status: number, response: Response): Promise<void> {
  if (response.status === status) return;
  throw new ViewerRefused(response.status, response.headers.get("Content-Type"), await response.text());
}

/** Gives each part of a text that ends in `end`, as it comes. */
function partsOf(end: string, take: (seen: Seen, part: string) => void): (seen: Seen, piece: Buffer) => void {
  let rest: Buffer = Buffer.alloc(0);
  return (seen, piece) => {
    const text = Buffer.concat([rest, piece]).toString("latin1");
    const parts = text.split(end);
    rest = Buffer.from(parts.pop() ?? "", "latin1");
    for (const part of parts) take(seen, Buffer.from(part, "latin1").toString());
  };
}

const EVENTS = "text/event-stream";
/** What is told of the channel or the viewer, and of no points. */
const TOLD: readonly (string | undefined)[] = ["hello", "status", "layout"];

function openEvents(url: URL, options: ViewerOptions = {}): Promise<TransportViewer> {
  const { cursor = "", ...others } = options;
  const lastEventId: Record<string, string> = cursor === "" ? {} : { "Last-Event-ID": cursor };
  const headers = { ...options.headers, ...lastEventId };
  return openBody(urlOf(url, others, {}), EVENTS, { ...options, headers }, eventsTaken());
}

/** Takes the pieces of one stream of events. */
function eventsTaken(): (seen: Seen, piece: Buffer) => void {
  return partsOf("\n\n", (seen, event) => {
    const fields = new Map(
      event
        .split("\n")
        .filter((line) => !line.startsWith(":") && line !== "")
        .map((line): [string, string] => [line.slice(0, line.indexOf(": ")), line.slice(line.indexOf(": ") + 2)]),
    );
    const [id, data = "{}"] = [fields.get("id"), fields.get("data")];
    switch (fields.get("event")) {
      case undefined:
        if (fields.has("data")) seen.takeJson({ id, ...JSON.parse(data) });
        else if (id !== undefined) seen.takeJson({ cursor: id });
        else seen.others.push(event);
        break;
      case "lost":
      case "gap": {
        const { reason, gap: _, ...gap } = JSON.parse(data);
        seen.takeJson({ id, gap: reason, ...gap });
        break;
      }
      case "frames":
        seen.takeFrames(Buffer.from(data, "base64"));
        break;
      case "live":
        seen.takeJson({ cursor: id });
        break;
      case "note":
        seen.notes.push(String(JSON.parse(data).detail));
        break;
      default:
        if (!TOLD.includes(fields.get("event"))) seen.others.push(event);
    }
  });
}

function openLines(url: URL, options: ViewerOptions = {}): Promise<TransportViewer> {
  const take = partsOf("\n", (seen, line) => {
    if (line !== "") seen.takeJson(JSON.parse(line));
  });
  return openBody(urlOf(url, options, { follow: "1", ids: "1" }), "application/x-ndjson", options, take);
}

function openCsv(url: URL, options: ViewerOptions = {}): Promise<TransportViewer> {
  const take = partsOf("\r\n", (seen, line) => {
    if (line === "" || line === "x,series,y,id") return;
    const [x = "", series = "", y = "", id = ""] = line.split(",");
    if (x === "gap") seen.takeJson({ id, gap: series, points: y === "" ? null : Number(y) });
    else if (x === "cursor") seen.takeJson({ cursor: series });
    else if (x === "read-cut") seen.others.push(line);
    else seen.takeJson({ id, series, x: Number(x), y: Number(y) });
  });
  return openBody(urlOf(url, options, { follow: "1", ids: "1" }), "text/csv", options, take);
}

function openFrames(url: URL, options: ViewerOptions = {}): Promise<TransportViewer> {
  let rest = Buffer.alloc(0);
  return openBody(urlOf(url, options, { follow: "1" }), FRAME_TYPE, options, (seen, piece) => {
    rest = Buffer.concat([rest, piece]);
    for (;;) {
      const length = rest.length < 64 ? Number.POSITIVE_INFINITY : 64 + rest.readUInt32LE(44);
      if (rest.length < length) return;
      seen.takeFrames(new Uint8Array(rest.subarray(0, length)));
      rest = rest.subarray(length);
    }
  });
}

/** No more polls than ten a second: each is a read. */
const POLL_EVERY_MS = 100;

async function openPoll(url: URL, accept: string, options: ViewerOptions = {}): Promise<TransportViewer> {
  const controller = new AbortController();
  const { signal } = controller;
  const seen = new Seen(options, () => controller.abort());
  seen.cursor = options.cursor ?? "";
  const ids: Record<string, string> = accept === FRAME_TYPE ? {} : { ids: "1" };
  const poll = async (): Promise<void> => {
    const { points, ...rest } = options.query ?? {};
    const query = points !== undefined && seen.cursor === "" ? { ...rest, points } : rest;
    const at = urlOf(url, { ...options, query, cursor: seen.cursor }, { wait: "5", ...ids });
    const response = await fetch(at, { headers: { Accept: accept, ...options.headers }, signal });
    takeNote(seen, response);
    if (response.status !== 204) await mustBe(200, response);
    const body = Buffer.from(await response.arrayBuffer());
    const cursor = response.headers.get("Plotcast-Cursor") ?? assert.fail("no cursor");
    if (signal.aborted) return;
    for (const { id, reason, points } of JSON.parse(response.headers.get("Plotcast-Gaps") ?? "[]")) {
      seen.takeJson({ id, gap: reason, points });
    }
    if (body.length > 0) take(body);
    seen.takeJson({ cursor });
    await seen.reading;
  };
  const take = (body: Buffer): void => {
    if (accept === EVENTS) return eventsTaken()(seen, body);
    if (accept === FRAME_TYPE) return seen.takeFrames(new Uint8Array(body));
    if (accept === "application/x-ndjson") {
      for (const line of body.toString().trimEnd().split("\n")) seen.takeJson(JSON.parse(line));
      return;
    }
    const answer: { points: unknown[]; gaps: unknown[] } = JSON.parse(body.toString());
    for (const item of inOrder(answer.points, answer.gaps)) seen.takeJson(item);
  };
  seen.ended = (async () => {
    try {
      while (!signal.aborted) {
        await poll();
        await sleep(POLL_EVERY_MS, undefined, { signal });
      }
    } catch (error) {
      if (!signal.aborted) throw error;
    }
  })();
  return seen;
}

/** Each gap before the points that go on from there: JSON has them apart. */
function inOrder(points: readonly unknown[], gaps: readonly unknown[]): unknown[] {
  const waiting = [...gaps];
  const seqOf = (item: unknown): number => (isObject(item) ? (cursorIn(item.id)?.seq ?? 0) : 0);
  const ordered = points.flatMap((point) => {
    const before = waiting.findIndex((gap) => seqOf(gap) >= seqOf(point));
    return [...waiting.splice(0, before < 0 ? waiting.length : before), point];
  });
  return [...ordered, ...waiting];
}
