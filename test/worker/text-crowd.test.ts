/** Anybody can be a viewer of text: many who take all that is stored must not keep a publisher waiting. */
import assert from "node:assert/strict";
import { after, test } from "node:test";
import { startEdge } from "../support/edge.ts";
import { bulkyFrame, newChannel, publishFrames, publishJson } from "../support/publish.ts";
import { openViewer, type Viewer } from "../support/sockets.ts";

const VIEWERS = 200;
const PUBLISHES = 10;
const edge = await startEdge();
after(() => edge.close());

async function publishingMs(channel: string): Promise<number> {
  const began = performance.now();
  for (let i = 0; i < PUBLISHES; i++) await publishJson(edge, channel, i);
  return performance.now() - began;
}

test("[VW4] [VW5] publishes wait little for two hundred viewers of text that take all that is stored", async () => {
  const channel = newChannel();
  for (let n = 1; n <= 20; n++) await publishFrames(edge, channel, bulkyFrame("00000000000000aa", n, 8000));
  const aloneMs = await publishingMs(channel);
  const url = new URL("?points=9007199254740991", edge.channelUrl(channel));
  const viewers: Viewer[] = [];
  for (let i = 0; i < VIEWERS; i++) viewers.push(await openViewer(url));
  const besideMs = await publishingMs(channel);
  for (const viewer of viewers) viewer.cut();
  // Were all looked after at each publish, it would be some 100 times as long.
  assert.ok(besideMs < 40 * aloneMs, `${Math.round(besideMs)} ms, and ${Math.round(aloneMs)} ms alone`);
});
