/**
 * Many viewers in a process of their own. Arguments: URL, how many, "frames" (plotcast.v1) or "points" (JSON text as
 * it was published), points a message, "timed" or "untimed". Tells its parent `{"ready": n}` once all are open; on any message from it answers with what came
 * since the last: points of all viewers, how many viewers got any, and the latencies in ms that every tenth viewer saw:
 * whoever is first in the sender's loop is served soonest, so one viewer alone tells little.
 */
import { once } from "node:events";
import WebSocket from "ws";
import { ChannelViewer, type Frame, pointsOf } from "../../../client/viewer.ts";
import { WsEnvironment } from "../../support/ws-environment.ts";

const [url = "", count = "1", format = "frames", pointsPerMessage = "1", timing = "timed"] = process.argv.slice(2);
const counts = new Array<number>(Number(count)).fill(0);
let latenciesMs: number[] = [];
const isTimed = (index: number): boolean => timing === "timed" && (index % 10 === 9 || counts.length < 10);

const nowSeconds = (): number => (performance.timeOrigin + performance.now()) / 1000;

function receiveFrame(index: number, frame: Frame): void {
  counts[index] = (counts[index] ?? 0) + frame.header.points;
  if (!isTimed(index)) return;
  const now = nowSeconds();
  for (const { x } of pointsOf(frame)) latenciesMs.push((now - x) * 1000);
}

/** A point in JSON, or an array of so many as `pointsPerMessage`. */
function receiveText(index: number, data: Buffer): void {
  counts[index] = (counts[index] ?? 0) + Number(pointsPerMessage);
  if (!isTimed(index)) return;
  const message: unknown = JSON.parse(data.toString());
  const now = nowSeconds();
  for (const point of Array.isArray(message) ? message : [message]) latenciesMs.push((now - Number(point?.x)) * 1000);
}

async function openFrames(index: number): Promise<void> {
  const { promise: isOpen, resolve: opened } = Promise.withResolvers<void>();
  const viewer = new ChannelViewer(
    new URL(url),
    { frame: (frame) => receiveFrame(index, frame), status: () => opened() },
    { environment: new WsEnvironment() },
  );
  viewer.open();
  await isOpen;
}

async function openTexts(index: number): Promise<void> {
  const socket = new WebSocket(url, { perMessageDeflate: false });
  socket.on("message", (data) => {
    if (Buffer.isBuffer(data)) receiveText(index, data);
  });
  await once(socket, "open");
}

for (const index of counts.keys()) await (format === "frames" ? openFrames(index) : openTexts(index));

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
