/** What anonymous requests make cost: requests to objects, rows, alarms. */

import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { PRESENCE_TYPE, SUBPROTOCOL } from "../../protocol/limits.ts";
import { type Edge, startEdge } from "../support/edge.ts";
import { bulkyFrame, frameOf, newChannel, post, publishFrames } from "../support/publish.ts";
import { openViewer } from "../support/sockets.ts";
import { waitFor } from "../support/wait.ts";

export interface Cost {
  /** To objects of channels: what comes by WebSocket is among them. */
  requests: number;
  rowsRead: number;
  rowsWritten: number;
  alarmsSet: number;
  alarms: number;
}

/** All that is counted. */
export interface Counts extends Cost {
  /** Requests to the Worker, upgrades among them. */
  workerRequests: number;
  /** Of {@link Cost.requests}, messages that came by WebSocket: not pings, which the runtime answers. */
  messages: number;
  /** Of {@link Cost.requests}, WebSockets that ended. */
  closes: number;
  /** How often an object was made: at its first request, and after each eviction. */
  wakes: number;
}

/** Longer than any alarm that a single event sets. */
const SETTLED_MS = 2500;
const A = "00000000000000aa";
/** That a client has hung up is noticed at the next idle line (TR7c). */
const NOTICED_MS = 20_000;
/** Channels below this are private. */
export const PRIVATE = "private";

export async function startCounting(vars: Record<string, string> = {}): Promise<Edge> {
  const main = fileURLToPath(new URL("counting-worker.js", import.meta.url));
  return await startEdge({ main, vars: { STORE_SECONDS: "86400", WATCH: `${PRIVATE}/**=token`, ...vars } });
}

/**
 * What an action costs, with all that follows of it.
 * @param settledMs for how long something may follow
 */
export async function costOf(edge: Edge, action: () => Promise<unknown>, settledMs = SETTLED_MS): Promise<Cost> {
  const { requests, rowsRead, rowsWritten, alarmsSet, alarms } = await countsOf(edge, action, settledMs);
  return { requests, rowsRead, rowsWritten, alarmsSet, alarms };
}

/** The same, with all that is counted. */
export async function countsOf(
  edge: Edge,
  action: () => Promise<unknown>,
  settledMs: number = SETTLED_MS,
): Promise<Counts> {
  await counts(edge);
  await action();
  await sleep(settledMs);
  return await counts(edge);
}

async function counts(edge: Edge): Promise<Counts> {
  const cost: unknown = await (await fetch(new URL("/counts", edge.url))).json();
  const numberOf = (name: string): number => {
    const value = typeof cost === "object" && cost !== null ? Object.entries(cost).find(([key]) => key === name) : [];
    return Number(value?.[1]);
  };
  return {
    workerRequests: numberOf("workerRequests"),
    requests: numberOf("requests"),
    messages: numberOf("messages"),
    closes: numberOf("closes"),
    wakes: numberOf("wakes"),
    rowsRead: numberOf("rowsRead"),
    rowsWritten: numberOf("rowsWritten"),
    alarmsSet: numberOf("alarmsSet"),
    alarms: numberOf("alarms"),
  };
}

/** So many publishers take turns, where many frames are published: each has one POST under way. */
const PUBLISHERS = 16;

/** A channel of so many frames of one point, each published by itself. */
export async function channelOfRows(edge: Edge, frames: number): Promise<string> {
  const channel = newChannel();
  const publish = async (first: number): Promise<void> => {
    const id = first.toString(16).padStart(16, "0");
    for (let n = first; n <= frames; n += PUBLISHERS) await publishFrames(edge, channel, frameOf(id, n, [n], n));
  };
  await Promise.all(Array.from({ length: PUBLISHERS }, (_, i) => publish(i + 1)));
  return channel;
}

/** Publishes so many frames of so many points of one publisher, one after the other. @returns how many points were taken */
export async function publishMany(
  edge: Edge,
  channel: string,
  first: number,
  frames: number,
  points: number,
): Promise<number> {
  for (let n = first; n < first + frames; n++) await publishFrames(edge, channel, bulkyFrame(A, n, points));
  return frames * points;
}

/** A channel of so many frames of 128 KB. */
export async function channelOfBytes(edge: Edge, frames: number): Promise<string> {
  const channel = newChannel();
  for (let n = 1; n <= frames; n++) await publishFrames(edge, channel, bulkyFrame(A, n, 8000));
  return channel;
}

/** @returns how many bytes the answer's body had */
export async function get(edge: Edge, channel: string, query = "", method = "GET", headers = {}): Promise<number> {
  const response = await fetch(new URL(query, edge.channelUrl(channel)), { method, headers });
  return (await response.arrayBuffer()).byteLength;
}

/** @returns how many bytes of messages it got */
export async function joinAndLeave(edge: Edge, channel: string, query = ""): Promise<number> {
  const viewer = await openViewer(new URL(query, edge.channelUrl(channel)), { subprotocol: SUBPROTOCOL });
  await viewer.nextMessage("live or behind", (message) => /"type":"(live|behind)"/.test(String(message)));
  await viewer.close();
  return viewer.messages.reduce((sum, message) => sum + Buffer.byteLength(message), 0);
}

/** A viewer by events that joins, stays for so long where nothing comes, and leaves. */
export async function watchByEvents(edge: Edge, channel: string, stayMs: number): Promise<number> {
  return await stream(edge.channelUrl(channel), "text/event-stream", /event: live/, stayMs);
}

/** A read that follows, from a channel's last point, and leaves. */
export async function follow(edge: Edge, channel: string): Promise<number> {
  return await stream(new URL("?follow=1&points=1", edge.channelUrl(channel)), "application/x-ndjson", /"y"/, 0);
}

async function stream(url: URL, accept: string, isThere: RegExp, stayMs: number): Promise<number> {
  const controller = new AbortController();
  const response = await fetch(url, { headers: { Accept: accept }, signal: controller.signal });
  let text = "";
  const live = waitFor("all that is stored", () => isThere.test(text));
  const reading = (async () => {
    for await (const piece of response.body ?? []) text += Buffer.from(piece).toString();
  })().catch(() => undefined);
  await live;
  await sleep(stayMs);
  controller.abort();
  await reading;
  await sleep(NOTICED_MS);
  return Buffer.byteLength(text);
}

/** A viewer that joins, says something so many times, and leaves or is closed. */
export async function joinAndSay(edge: Edge, channel: string, text: string, times: number): Promise<number> {
  const viewer = await openViewer(new URL("?points=0", edge.channelUrl(channel)), { subprotocol: SUBPROTOCOL });
  await viewer.nextMessage("live", (message) => /"type":"live"/.test(String(message)));
  for (let i = 0; i < times; i++) viewer.send(text);
  const isAnswered = () => viewer.messages.filter((message) => message === "pong").length === times;
  await Promise.race([viewer.closed, waitFor("the answers", isAnswered)]);
  await viewer.close();
  return viewer.messages.reduce((sum, message) => sum + Buffer.byteLength(message), 0);
}

/** So many viewers join, and leave when all are there. */
export async function joinTogether(edge: Edge, channel: string, count: number): Promise<number> {
  return await together(count, () => joinAndLeave(edge, channel, "?points=0"));
}

/** So many at once. @returns how many bytes all had */
export async function together(count: number, one: () => Promise<number>): Promise<number> {
  const each = await Promise.all(Array.from({ length: count }, one));
  return each.reduce((sum, bytes) => sum + bytes, 0);
}

/** Announces so many publishers that nobody published as. */
export async function announce(edge: Edge, channel: string, count: number, here = true): Promise<number> {
  for (let i = 1; i <= count; i++) {
    const body = JSON.stringify({ publisher: i.toString(16).padStart(16, "0"), here });
    const { status } = await post(edge, channel, body, { "Content-Type": PRESENCE_TYPE });
    if (status !== 204) throw new Error(`An announcement was answered ${status}.`);
  }
  return 0;
}

/** Does something while somebody watches. */
export async function watched(edge: Edge, channel: string, action: () => Promise<number>): Promise<number> {
  const viewer = await openViewer(new URL("?points=0", edge.channelUrl(channel)), { subprotocol: SUBPROTOCOL });
  const bytes = await action();
  await viewer.close();
  return bytes;
}

/** A viewer without a subprotocol takes so many points, a message each, and leaves. */
export async function takeText(edge: Edge, channel: string, points: number): Promise<number> {
  const viewer = await openViewer(new URL(`?points=${points}`, edge.channelUrl(channel)));
  await waitFor("every point", () => viewer.messages.length >= points, { deadlineMs: 60_000 });
  await viewer.close();
  return viewer.messages.reduce((sum, message) => sum + Buffer.byteLength(message), 0);
}
