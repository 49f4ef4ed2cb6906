/** Viewers without a subprotocol that ask for more than points. */
import assert from "node:assert/strict";
import { after, test } from "node:test";
import { decodeFrame } from "../../../../protocol/frame/frame.ts";
import { FrameBuilder } from "../../../../protocol/frame/frame-builder.ts";
import { startEdge } from "../../../support/edge.ts";
import { frameOf, frameOfRows, newChannel, publishFrames, rowOf } from "../../../support/publish.ts";
import { isBinary, openViewer } from "../../../support/sockets.ts";
import { waitFor } from "../../../support/wait.ts";

const A = "00000000000000aa";
const edge = await startEdge();
after(() => edge.close());

test("[VW6c] a ping as JSON is answered as JSON, to viewers of either kind, and they stay", async () => {
  for (const subprotocol of [undefined, "plotcast.v1"]) {
    const channel = newChannel();
    const viewer = await openViewer(edge.channelUrl(channel), { ...(subprotocol && { subprotocol }) });
    viewer.send('{"type":"ping"}');
    await viewer.nextMessage("the answer", (message) => String(message) === '{"type":"pong"}');
    await publishFrames(edge, channel, frameOf(A, 1, [1]));
    await viewer.nextMessage("a point", (message) => isBinary(message) || message.includes('"y":1'));
    await viewer.close();
  }
});

test("[VW5e] with ids each point has its cursor, and comes back with it to all that it missed, however much that is", async () => {
  const channel = newChannel();
  await publishFrames(edge, channel, frameOf(A, 1, [1, 2]));
  const first = await openViewer(new URL("?ids=1&points=1", edge.channelUrl(channel)));
  const text = String(await first.nextMessage("the point", () => true));
  const [, id = ""] = /^\{"id":"(\d+:2)","x":1,"y":2\}$/.exec(text) ?? assert.fail(text);
  await first.close();
  for (let n = 2; n <= 16; n++) await publishFrames(edge, channel, frameOf(A, n, Array<number>(1000).fill(n)));
  const second = await openViewer(new URL(`?ids=1&cursor=${id}`, edge.channelUrl(channel)));
  await waitFor("15,000 points", () => second.messages.length >= 15_000, { deadlineMs: 60_000 });
  assert.match(String(second.messages[0]), /^\{"id":"\d+:3",/);
  assert.match(String(second.messages.at(-1)), /^\{"id":"\d+:15002",/);
  await second.close();
});

test("[VW5e] after an eviction a viewer still gets the series that it asked for, with ids", async () => {
  const channel = newChannel();
  await publishFrames(edge, channel, frameOf(A, 1, [1], 0, "temp"));
  const viewer = await openViewer(new URL("?ids=1&series=te*", edge.channelUrl(channel)));
  await viewer.nextMessage("the tail", () => true);
  await edge.evict(channel);
  await publishFrames(edge, channel, frameOf(A, 2, [2], 0, "flow"));
  await publishFrames(edge, channel, frameOf(A, 3, [3], 0, "temp"));
  const text = String(await viewer.nextMessage("the next of them", (message) => !String(message).includes('"y":1')));
  assert.match(text, /^\{"id":"\d+:3","series":"temp","x":0,"y":3\}$/);
  await viewer.close();
});

test("[VW21a] [VW21c] after an eviction a viewer of frames still gets the series that it asked for, and what is lost of them", async () => {
  const channel = newChannel();
  await publishFrames(edge, channel, frameOf(A, 1, [1], 0, "temp"));
  const viewer = await openViewer(new URL("?series=temp", edge.channelUrl(channel)), { subprotocol: "plotcast.v1" });
  await viewer.nextMessage("live", (message) => String(message).startsWith('{"type":"live"'));
  await edge.evict(channel);
  const builder = new FrameBuilder();
  builder.addGap({ kind: "gap", reason: "publisher-dropped", points: 4, fromX: null, toX: null, series: "temp" });
  builder.add(rowOf(1, { flow: 2 }));
  await publishFrames(edge, channel, builder.encode(A, 2));
  const lost = String(
    await viewer.nextMessage("what is lost", (message) => String(message).startsWith('{"type":"lost"')),
  );
  assert.match(lost, /^\{"type":"lost","reason":"publisher-dropped","points":4,"series":"temp","epoch":\d+,"seq":2\}$/);
  await publishFrames(edge, channel, frameOfRows(A, 3, [rowOf(2, { temp: 3, flow: 4 })]));
  const next = await viewer.nextMessage("the next frame", isBinary);
  assert.ok(isBinary(next));
  const { header, blocks } = decodeFrame(next);
  assert.deepEqual([header.seq, header.points], [4, 1]);
  assert.deepEqual(
    blocks.map((block) => block.kind === "table" && block.columns.map(({ name, y }) => `${name} ${y}`)),
    [["temp 3"]],
  );
  await viewer.close();
});

test("[TR5c] for a ninth choice of series of one address it is 503, and who asks for one that is there is let in", async () => {
  const channel = newChannel();
  const url = (series: string): URL => new URL(`?series=${series}`, edge.channelUrl(channel));
  const viewers = await Promise.all(Array.from({ length: 8 }, (_, i) => openViewer(url(`s${i}`))));
  const response = await fetch(new URL("?follow=1&series=more", edge.channelUrl(channel)));
  assert.equal(response.status, 503);
  assert.equal(response.headers.get("Retry-After"), "30");
  const problem: { code: string } = JSON.parse(await response.text());
  assert.equal(problem.code, "too-many-filters");
  const same = await openViewer(url("s7"));
  await Promise.all([...viewers, same].map((viewer) => viewer.close()));
});
