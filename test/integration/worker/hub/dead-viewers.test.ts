/** Viewers whose network dies while nothing is published: nothing is sent that could fail, and nobody says that they go. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { SUBPROTOCOL } from "../../../../protocol/limits.ts";
import { BlackHole } from "../../../support/black-hole.ts";
import { startEdge } from "../../../support/edge.ts";
import { frameOf, newChannel, publishFrames } from "../../../support/publish.ts";
import { openViewer } from "../../../support/sockets.ts";
import { Watcher } from "../../../support/watcher.ts";

const A = "00000000000000aa";
const HOUR_MS = 3_600_000;

test("[VW9] viewers whose network died on an idle channel are not counted an hour later, nor after an eviction", async (t) => {
  const edge = await startEdge({ main: fileURLToPath(new URL("../../../support/late-worker.js", import.meta.url)) });
  t.after(() => edge.close());
  const line = await BlackHole.to(edge.url);
  t.after(() => line.close());
  const later = (ms: number) => fetch(new URL(`/later?ms=${ms}`, edge.url));
  const viewersSeen = async (): Promise<number> => {
    const watcher = await Watcher.open(edge, channel);
    const { viewers } = await watcher.tells("hello");
    await watcher.close();
    return viewers;
  };
  const channel = newChannel();
  await publishFrames(edge, channel, frameOf(A, 1, [1]));
  const url = new URL(`/c/${channel}`, line.url);
  const text = await openViewer(url);
  await text.nextMessage("the stored point");
  const frames = await openViewer(url, { subprotocol: SUBPROTOCOL });
  frames.send("ping");
  await frames.nextMessage("pong", (message) => message === "pong");
  line.die();
  for (const viewer of [text, frames]) viewer.cut();
  assert.equal(await viewersSeen(), 3);
  await later(301_000);
  assert.equal(await viewersSeen(), 2, "its pings have ceased");
  await later(HOUR_MS - 301_000 - 60_000);
  assert.equal(await viewersSeen(), 2);
  await later(61_000);
  assert.equal(await viewersSeen(), 1);
  await edge.evict(channel);
  assert.equal((await publishFrames(edge, channel, frameOf(A, 2, [2]))).viewers, 0);
  assert.equal(await viewersSeen(), 1);
  assert.deepEqual(edge.logs, []);
});
