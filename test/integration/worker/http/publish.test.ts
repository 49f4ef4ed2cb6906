import assert from "node:assert/strict";
import { after, test } from "node:test";
import { readHeader, splitFrames } from "../../../../protocol/frame/header.ts";
import { FRAME_TYPE } from "../../../../protocol/limits.ts";
import { startEdge } from "../../../support/edge.ts";
import {
  bulkyFrame,
  frameOf,
  newChannel,
  post,
  publishFrames,
  publishJson,
  read,
  storedPoints,
} from "../../../support/publish.ts";
import { openViewer } from "../../../support/sockets.ts";

const A = "00000000000000aa";
const edge = await startEdge();
after(() => edge.close());

async function storedBytes(channel: string): Promise<Uint8Array> {
  return new Uint8Array(await (await read(edge, channel, FRAME_TYPE)).arrayBuffer());
}

test("[RT4a] [RT4b] a publish answers the number of its last point, how many it had, how many watch, and that none is a duplicate", async () => {
  const channel = newChannel();
  assert.deepEqual(await publishJson(edge, channel, [1, 2, 3]), { seq: 3, points: 3, viewers: 0, duplicates: 0 });
  const viewers = [await openViewer(edge.channelUrl(channel)), await openViewer(edge.channelUrl(channel))];
  assert.deepEqual(await publishJson(edge, channel, { a: 1, b: 2 }), { seq: 5, points: 2, viewers: 2, duplicates: 0 });
  await Promise.all(viewers.map((viewer) => viewer.close()));
});

test("[RT4a] the answer is JSON that nobody keeps", async () => {
  const { headers } = await post(edge, newChannel(), "1");
  assert.equal(headers.get("Content-Type"), "application/json");
  assert.equal(headers.get("Cache-Control"), "no-store");
});

test("[FR5b] no byte of a frame but its numbers changes", async () => {
  const channel = newChannel();
  await publishJson(edge, channel, 1);
  const frame = bulkyFrame(A, 7, 5000);
  await publishFrames(edge, channel, frame);
  const stored = splitFrames(await storedBytes(channel))[1]?.slice();
  assert.ok(stored);
  const { seq, epoch } = readHeader(stored);
  assert.ok(seq === 5001 && epoch > 0);
  stored.fill(0, 24, 40);
  assert.deepEqual(stored, frame);
});

test("[FR2a] a frame's values come back with the same bits", async () => {
  const channel = newChannel();
  const ys = [-0, 5e-324, Number.MAX_VALUE, 0.1, -1 / 3];
  await publishFrames(edge, channel, frameOf(A, 1, ys));
  assert.deepEqual(
    (await storedPoints(edge, channel)).map(({ y }) => y),
    ys,
  );
});

test("[PT2b] a point without a time is at the time of arrival", async () => {
  const channel = newChannel();
  const before = Date.now() / 1000;
  await publishJson(edge, channel, { y: 1 });
  const [point] = await storedPoints(edge, channel);
  assert.ok(point && point.x >= before - 0.002 && point.x <= Date.now() / 1000 + 0.002);
});

test("[PT3] [FR6] lines of JSON are all their points, in order within each series", async () => {
  const channel = newChannel();
  const lines = '{"x":1,"y":1}\n[2,2]\n\n[{"x":3,"y":3},{"x":4,"b":4}]\n{"x":[5,6],"y":[5,6]}\n';
  const answer = await (await post(edge, channel, lines, { "Content-Type": "application/x-ndjson" })).json();
  assert.deepEqual(answer, { seq: 6, points: 6, viewers: 0, duplicates: 0 });
  const points = await storedPoints(edge, channel);
  const xOf = (name: string): number[] => points.filter(({ series }) => series === name).map(({ x }) => x);
  assert.deepEqual([xOf("y"), xOf("b")], [[1, 2, 3, 5, 6], [4]]);
});

test("[PT2c] a thousand series at one x are a thousand points", async () => {
  const channel = newChannel();
  const fields = Object.fromEntries(Array.from({ length: 1000 }, (_, i) => [`f${i}`, i]));
  assert.equal((await publishJson(edge, channel, { x: 1, ...fields })).points, 1000);
  const points = await storedPoints(edge, channel);
  assert.deepEqual(Object.fromEntries(points.map(({ series, y }) => [series, y])), fields);
});

test("[PT2c] __proto__ is a series' name as any other", async () => {
  const channel = newChannel();
  await post(edge, channel, '{"x":1,"__proto__":5,"constructor":6}');
  const expected = [
    ["__proto__", 5],
    ["constructor", 6],
  ];
  assert.deepEqual(
    (await storedPoints(edge, channel)).map(({ series, y }) => [series, y]),
    expected,
  );
});

test("[CH2] publishes at once are numbered one after the other, each whole", async () => {
  const channel = newChannel();
  const answers = await Promise.all(
    Array.from({ length: 50 }, (_, i) =>
      publishFrames(edge, channel, frameOf(String(i).padStart(16, "0"), 1, [i, i, i])),
    ),
  );
  assert.deepEqual(
    answers.map(({ seq }) => seq).sort((a, b) => a - b),
    Array.from({ length: 50 }, (_, i) => 3 * (i + 1)),
  );
  const points = await storedPoints(edge, channel);
  const taken = answers.map(({ seq }) => points.slice(seq - 3, seq).map(({ y }) => y));
  assert.deepEqual(
    taken,
    Array.from(answers, (_, i) => [i, i, i]),
  );
});

test("[BAD1] the Worker logged no error of its own all the while", () => assert.deepEqual(edge.logs, []));
