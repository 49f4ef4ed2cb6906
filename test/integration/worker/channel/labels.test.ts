/** Steps and events on their way through the Channel: as frames untouched, and as text. */
import assert from "node:assert/strict";
import { after, test } from "node:test";
import { framesOf, type Row } from "../../../../protocol/frame/frame-builder.ts";
import { readHeader } from "../../../../protocol/frame/header.ts";
import { FRAME_TYPE } from "../../../../protocol/limits.ts";
import { startEdge } from "../../../support/edge.ts";
import { newChannel, post, publishFrames, publishJson, read } from "../../../support/publish.ts";
import { openViewer } from "../../../support/sockets.ts";
import { until } from "../../../support/watcher.ts";

const A = "00000000000000aa";
const edge = await startEdge();
after(() => edge.close());

const ROWS: readonly Row[] = [
  {
    ...{ x: 1, arrival: false, names: ["temp", "on"], values: [20.5, 1] },
    marks: [{ series: "on", style: "step", value: 1, text: "true" }],
  },
  {
    ...{ x: 2, arrival: false, names: ["log", "level"], values: [7, 3] },
    marks: [
      { series: "log", style: "event", value: 7, text: '=a, "b"' },
      { series: "level", style: "step", value: 3 },
    ],
  },
];
const [FRAME = new Uint8Array()] = framesOf(ROWS, A, 1);
const POINTS = [
  { series: "temp", x: 1, y: 20.5 },
  { series: "on", x: 1, y: 1, text: "true" },
  { series: "log", x: 2, y: 7, text: '=a, "b"' },
  { series: "level", x: 2, y: 3 },
];

test("[FR5b] [FR7] a frame with labels goes through the Channel with nothing changed but seq and epoch", async () => {
  const channel = newChannel();
  await publishFrames(edge, channel, FRAME);
  const stored = new Uint8Array(await (await read(edge, channel, FRAME_TYPE)).arrayBuffer());
  assert.equal(readHeader(stored).seq, 4);
  stored.fill(0, 24, 40);
  assert.deepEqual(stored, FRAME);
});

test("[RT5b] [FR7] what has a name is read with it: as lines of JSON and as an array", async () => {
  const channel = newChannel();
  await publishFrames(edge, channel, FRAME);
  const lines = (await (await read(edge, channel, "application/x-ndjson")).text()).trimEnd().split("\n");
  assert.deepEqual(
    lines.map((line): unknown => JSON.parse(line)),
    POINTS,
  );
  assert.equal(lines[1], '{"series":"on","x":1,"y":1,"text":"true"}');
  assert.deepEqual(await (await read(edge, channel, "application/json")).json(), POINTS);
});

test("[RT5d] [FR7] CSV has a column for names where it is asked for, and is else as it was", async () => {
  const channel = newChannel();
  await publishFrames(edge, channel, FRAME);
  const csv = async (query: string): Promise<string> => await (await read(edge, channel, "text/csv", query)).text();
  assert.equal(await csv(""), "x,series,y\r\n1,temp,20.5\r\n1,on,1\r\n2,log,7\r\n2,level,3\r\n");
  assert.equal(
    await csv("?text=1"),
    `x,series,y,text\r\n1,temp,20.5,\r\n1,on,1,true\r\n2,log,7,"'=a, ""b"""\r\n2,level,3,\r\n`,
  );
});

test("[VW5a] [FR7] a viewer without a subprotocol gets the names, of what is stored and of what comes", async () => {
  const channel = newChannel();
  await publishFrames(edge, channel, FRAME);
  const viewer = await openViewer(edge.channelUrl(channel));
  await until(viewer, "the stored points", () => viewer.messages.length === 4 || undefined);
  const [second = new Uint8Array()] = framesOf(ROWS, A, 2);
  await publishFrames(edge, channel, second);
  await until(viewer, "the new points", () => viewer.messages.length === 8 || undefined);
  assert.deepEqual(
    viewer.messages.map((message): unknown => JSON.parse(String(message))),
    [...POINTS, ...POINTS],
  );
  await viewer.close();
});

test("[FR4a] [BAD1] a frame with labels that do not add up is refused, and nothing of it is stored", async () => {
  const channel = newChannel();
  const [bad = new Uint8Array()] = framesOf(ROWS, A, 2);
  // The style of the first label block.
  bad[72] = 9;
  const response = await post(edge, channel, Buffer.concat([FRAME, bad]), {
    "Content-Type": FRAME_TYPE,
  });
  assert.equal(response.status, 400);
  const problem: unknown = await response.json();
  assert.ok(typeof problem === "object" && problem !== null && "code" in problem);
  assert.equal(problem.code, "frame-column");
  assert.equal(await (await read(edge, channel, "application/json")).text(), "[]\n");
});

test("[PT2e] points that are published as JSON have no names, and a field of text is none", async () => {
  const channel = newChannel();
  await publishJson(edge, channel, { x: 1, y: 2, text: "no name" });
  assert.deepEqual(await (await read(edge, channel, "application/json")).json(), [{ x: 1, y: 2 }]);
});

test("[BAD1] the Worker logged no error of its own all the while", () => assert.deepEqual(edge.logs, []));
