/** Anybody can be a viewer that is behind and asks on: many together must not keep a publisher waiting. */
import assert from "node:assert/strict";
import { after, test } from "node:test";
import { WebSocket } from "ws";
import { SUBPROTOCOL } from "../../../../protocol/limits.ts";
import { startEdge } from "../../../support/edge.ts";
import { bulkyFrame, newChannel, publishFrames, publishJson } from "../../../support/publish.ts";

const edge = await startEdge();
after(() => edge.close());

/** A viewer that takes all that it can, asks on at once, and comes again; what it gets is not kept. */
function greedyViewer(url: URL): { stop: () => void } {
  let socket: WebSocket;
  let isOver = false;
  const join = (): void => {
    socket = new WebSocket(url, [SUBPROTOCOL], { perMessageDeflate: false });
    socket.on("error", () => undefined);
    socket.on("close", () => isOver || join());
    socket.on("message", (data, isBinary) => {
      if (isBinary || !Buffer.isBuffer(data)) return;
      const text = data.toString();
      if (text.startsWith('{"type":"behind"')) socket.send(text.replace("behind", "continue"));
      if (text.startsWith('{"type":"live"')) socket.terminate();
    });
  };
  join();
  const stop = (): void => {
    isOver = true;
    socket.terminate();
  };
  return { stop };
}

async function medianPostMs(channel: string): Promise<number> {
  const tookMs: number[] = [];
  for (let n = 1; n <= 30; n++) {
    const beganAt = performance.now();
    await publishJson(edge, channel, n);
    tookMs.push(performance.now() - beganAt);
  }
  return tookMs.toSorted((a, b) => a - b)[15] ?? 0;
}

test("[VW4a] publishes wait little for 200 viewers that come again and again and take 8 MiB each", async (t) => {
  const channel = newChannel();
  for (let n = 1; n <= 70; n++) await publishFrames(edge, channel, bulkyFrame("00000000000000aa", n, 8000));
  const beforeMs = await medianPostMs(channel);
  const url = new URL("?seconds=86400", edge.channelUrl(channel));
  const viewers = Array.from({ length: 200 }, () => greedyViewer(url));
  const besideMs = await medianPostMs(channel);
  for (const viewer of viewers) viewer.stop();
  // Once more: what else the machine does may have begun meanwhile.
  const aloneMs = Math.max(beforeMs, await medianPostMs(channel));
  t.diagnostic(`the middle POST: ${aloneMs.toFixed(1)} ms, ${besideMs.toFixed(1)} ms`);
  assert.ok(besideMs < 25 * aloneMs, `${besideMs} ms, and ${aloneMs} ms alone`);
});
