/**
 * Many viewers in a process of their own. Arguments: URL, how many, "frames" (plotcast.v1) or "points" (JSON text as
 * it was published), points a message, "timed" or "untimed". Tells its parent `{"ready": n}` once all are open; on any message from it answers with what came
 * since the last: points of all viewers, how many viewers got any, and the latencies in ms that every tenth viewer saw:
 * whoever is first in the sender's loop is served soonest, so one viewer alone tells little.
 */

import { once } from "node:events";
import WebSocket from "ws";
import { decodeFrame, pointsOf } from "../../../protocol/frame/frame.ts";
import { readHeader, splitFrames } from "../../../protocol/frame/header.ts";
import { SUBPROTOCOL } from "../../../protocol/limits.ts";
import { messageIn } from "../../../protocol/messages/parsed.ts";
import { parseServerMessage } from "../../../protocol/messages/server-message.ts";
import type { ViewerMessage } from "../../../protocol/messages/viewer-message.ts";

const [url = "", count = "1", dialect = "frames", pointsPerMessage = "1", timing = "timed"] = process.argv.slice(2);
const counts = new Array<number>(Number(count)).fill(0);
let latenciesMs: number[] = [];
const isTimed = (index: number): boolean => timing === "timed" && (index % 10 === 9 || counts.length < 10);

const nowSeconds = (): number => (performance.timeOrigin + performance.now()) / 1000;

function receiveFrames(socket: WebSocket, index: number, data: Buffer, isBinary: boolean): void {
  if (!isBinary) {
    const message = messageIn(parseServerMessage(data.toString()));
    if (message?.type !== "behind") return;
    socket.send(JSON.stringify({ ...message, type: "continue" } satisfies ViewerMessage));
    return;
  }
  for (const frame of splitFrames(data)) {
    counts[index] = (counts[index] ?? 0) + readHeader(frame).points;
    if (!isTimed(index)) continue;
    const now = nowSeconds();
    for (const { x } of pointsOf(decodeFrame(frame))) latenciesMs.push((now - x) * 1000);
  }
}

/** A point in JSON, or an array of so many as `pointsPerMessage`. */
function receiveText(index: number, data: Buffer): void {
  counts[index] = (counts[index] ?? 0) + Number(pointsPerMessage);
  if (!isTimed(index)) return;
  const message: unknown = JSON.parse(data.toString());
  const now = nowSeconds();
  for (const point of Array.isArray(message) ? message : [message]) latenciesMs.push((now - Number(point?.x)) * 1000);
}

for (const index of counts.keys()) {
  const socket = new WebSocket(url, dialect === "frames" ? SUBPROTOCOL : [], { perMessageDeflate: false });
  socket.on("message", (data, isBinary) => {
    if (!Buffer.isBuffer(data)) return;
    if (dialect === "frames") receiveFrames(socket, index, data, isBinary);
    else receiveText(index, data);
  });
  await once(socket, "open");
}

process.on("message", () => {
  process.send?.({
    points: counts.reduce((sum, n) => sum + n, 0),
    served: counts.filter((n) => n > 0).length,
    least: Math.min(...counts),
    latenciesMs,
  });
  counts.fill(0);
  latenciesMs = [];
});
process.on("disconnect", () => process.exit());
process.send?.({ ready: counts.length });
