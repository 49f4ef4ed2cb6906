/** What anonymous requests make cost: requests to objects, rows, alarms. */

import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { SUBPROTOCOL } from "../../worker/protocol/limits.ts";
import { type Edge, startEdge } from "../support/edge.ts";
import { bulkyFrame, frameOf, newChannel, publishFrames } from "../support/publish.ts";
import { openViewer } from "../support/sockets.ts";

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

/** What an action costs, with all that follows of it. */
export async function costOf(edge: Edge, action: () => Promise<unknown>): Promise<Cost> {
  await counts(edge);
  await action();
  await sleep(SETTLED_MS);
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

/** A channel of so many frames of one point. */
export async function channelOfRows(edge: Edge, frames: number): Promise<string> {
  const channel = newChannel();
  for (let n = 1; n <= frames; n += 500) {
    const body = Array.from({ length: Math.min(500, frames + 1 - n) }, (_, i) => frameOf(A, n + i, [n + i], n + i));
    await publishFrames(edge, channel, ...body);
  }
  return channel;
}

/** A channel of so many frames of 128 KB. */
export async function channelOfBytes(edge: Edge, frames: number): Promise<string> {
  const channel = newChannel();
  for (let n = 1; n <= frames; n++) await publishFrames(edge, channel, bulkyFrame(A, n, 8000));
  return channel;
}

export async function get(edge: Edge, channel: string, query = "", method = "GET"): Promise<void> {
  const response = await fetch(new URL(query, edge.channelUrl(channel)), { method });
  await response.arrayBuffer();
}

export async function joinAndLeave(edge: Edge, channel: string, query = ""): Promise<void> {
  const viewer = await openViewer(new URL(query, edge.channelUrl(channel)), { subprotocol: SUBPROTOCOL });
  await viewer.nextMessage("live or behind", (message) => /"type":"(live|behind)"/.test(String(message)));
  await viewer.close();
}
