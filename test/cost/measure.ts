/** What anonymous requests make cost: requests to objects, rows, alarms. */

import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { PRESENCE_TYPE, SUBPROTOCOL } from "../../protocol/limits.ts";
import { type Edge, startEdge } from "../support/edge.ts";
import { bulkyFrame, frameOf, newChannel, publishFrames } from "../support/publish.ts";
import { rawRequest } from "../support/raw.ts";
import { openViewer } from "../support/sockets.ts";
import { waitFor } from "../support/wait.ts";

export interface Cost {
  requests: number;
  rowsRead: number;
  rowsWritten: number;
  alarmsSet: number;
  alarms: number;
}

/** Longer than any alarm that a single event sets. */
const SETTLED_MS = 2500;
const A = "00000000000000aa";

export async function startCounting(vars: Record<string, string> = {}): Promise<Edge> {
  const main = fileURLToPath(new URL("counting-worker.js", import.meta.url));
  return await startEdge({ main, vars: { STORE_SECONDS: "86400", ...vars } });
}

/**
 * What an action costs, with all that follows of it.
 * @param settledMs for how long something may follow
 */
export async function costOf(edge: Edge, action: () => Promise<unknown>, settledMs = SETTLED_MS): Promise<Cost> {
  await counts(edge);
  await action();
  await sleep(settledMs);
  return await counts(edge);
}

async function counts(edge: Edge): Promise<Cost> {
  const cost: unknown = await (await fetch(new URL("/counts", edge.url))).json();
  const numberOf = (name: string): number => {
    const value = typeof cost === "object" && cost !== null ? Object.entries(cost).find(([key]) => key === name) : [];
    return Number(value?.[1]);
  };
  return {
    requests: numberOf("requests"),
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
export async function get(edge: Edge, channel: string, query = "", method = "GET"): Promise<number> {
  const response = await fetch(new URL(query, edge.channelUrl(channel)), { method });
  return (await response.arrayBuffer()).byteLength;
}

/** @returns how many bytes of messages it got */
export async function joinAndLeave(edge: Edge, channel: string, query = ""): Promise<number> {
  const viewer = await openViewer(new URL(query, edge.channelUrl(channel)), { subprotocol: SUBPROTOCOL });
  await viewer.nextMessage("live or behind", (message) => /"type":"(live|behind)"/.test(String(message)));
  await viewer.close();
  return viewer.messages.reduce((sum, message) => sum + Buffer.byteLength(message), 0);
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
  const each = await Promise.all(Array.from({ length: count }, () => joinAndLeave(edge, channel, "?points=0")));
  return each.reduce((sum, bytes) => sum + bytes, 0);
}

/** A viewer without a subprotocol takes so many points, a message each, and leaves. */
export async function takeText(edge: Edge, channel: string, points: number): Promise<number> {
  const viewer = await openViewer(new URL(`?points=${points}`, edge.channelUrl(channel)));
  await waitFor("every point", () => viewer.messages.length >= points, { deadlineMs: 60_000 });
  await viewer.close();
  return viewer.messages.reduce((sum, message) => sum + Buffer.byteLength(message), 0);
}

/** What anybody may ask and is refused, by what it is. */
export const REFUSED: readonly (readonly [string, (edge: Edge, channel: string) => Promise<number>])[] = [
  ["401: a POST without a token", (edge, channel) => asked(edge, channel, 401, { method: "POST", body: '{"y":1}' })],
  [
    "401: a POST of 1 MiB with a wrong token",
    (edge, channel) => asked(edge, channel, 401, { method: "POST", headers: WRONG, body: "x".repeat(1 << 20) }),
  ],
  [
    "401: an announcement with a wrong token",
    (edge, channel) =>
      asked(edge, channel, 401, { method: "POST", headers: { ...WRONG, "Content-Type": PRESENCE_TYPE }, body: "{}" }),
  ],
  [
    "401: a DELETE with a wrong token",
    (edge, channel) => asked(edge, channel, 401, { method: "DELETE", headers: WRONG }),
  ],
  ["400: a name that is none", (edge) => asked(edge, "a%20b", 400)],
  ["400: a query that is none", (edge, channel) => asked(edge, `${channel}?points=x`, 400)],
  ["403: another name in Host", (edge, channel) => asked(edge, channel, 403, { headers: { Host: "evil.example" } })],
  [
    "403: a page of another site",
    (edge, channel) => asked(edge, channel, 403, { headers: { Origin: "https://evil.example" } }),
  ],
  ["404: another path", (edge) => asked(edge, "../x", 404)],
  ["405: another method", (edge, channel) => asked(edge, channel, 405, { method: "PUT", body: "x" })],
  ["406: another representation", (edge, channel) => asked(edge, channel, 406, { headers: { Accept: "image/png" } })],
  ["OPTIONS", (edge, channel) => asked(edge, channel, 204, { method: "OPTIONS" })],
  ["the page", (edge, channel) => asked(edge, channel, 200, { headers: { Accept: "text/html" } })],
];
const WRONG = { Authorization: "Bearer wrong" };

/** Asks, and sees that the answer has this status. @returns how many bytes its body had */
async function asked(
  edge: Edge,
  channel: string,
  status: number,
  {
    method = "GET",
    headers = {},
    body = "",
  }: { method?: string; headers?: Record<string, string>; body?: string } = {},
): Promise<number> {
  const answer = await rawRequest(edge.url, {
    method,
    path: `/c/${channel}`,
    headers,
    ...(body === "" ? {} : { body }),
  });
  if (answer.status !== status)
    throw new Error(`${method} of ${channel} was answered ${answer.status}, not ${status}.`);
  return (await answer.arrayBuffer()).byteLength;
}
