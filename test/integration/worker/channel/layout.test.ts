/** What panels are made from: scales that are decided once, and what the owner stored. */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { ARRANGEMENT_TYPE } from "../../../../protocol/limits.ts";
import { messageIn } from "../../../../protocol/messages/parsed.ts";
import { parseProblem } from "../../../../protocol/messages/publish.ts";
import { parseServerMessage, type ServerMessage } from "../../../../protocol/messages/server-message.ts";
import { type Edge, startEdge } from "../../../support/edge.ts";
import { frameOfRows, newChannel, post, publishFrames, rowOf } from "../../../support/publish.ts";
import { openViewer, type Viewer } from "../../../support/sockets.ts";
import { until } from "../../../support/watcher.ts";

const A = "00000000000000aa";
let edge: Edge;
before(async () => {
  edge = await startEdge();
});
after(() => edge.close());

type Of<Type extends ServerMessage["type"]> = Extract<ServerMessage, { type: Type }>;

function told(viewer: Viewer): ServerMessage[] {
  return viewer.messages.flatMap((message) => {
    return typeof message === "string" ? (messageIn(parseServerMessage(message)) ?? []) : [];
  });
}

const layoutsOf = (viewer: Viewer): Of<"layout">[] =>
  told(viewer).flatMap((one) => (one.type === "layout" ? [one] : []));

async function open(channel: string): Promise<Viewer> {
  return await openViewer(edge.channelUrl(channel), { subprotocol: "plotcast.v1" });
}

/** What a viewer that comes now is told, by series; and the arrangement. */
async function hello(channel: string): Promise<[Record<string, number | null>, string | undefined]> {
  const viewer = await open(channel);
  const { series, scales, arrangement } = await until(viewer, "hello", () =>
    told(viewer).find((one): one is Of<"hello"> => one.type === "hello"),
  );
  await viewer.close();
  assert.equal(scales?.length, series.length);
  return [Object.fromEntries(series.map((name, i) => [name, scales?.[i] ?? null])), arrangement];
}

async function share(channel: string, arrangement: string, headers: Record<string, string> = {}): Promise<Response> {
  return await post(edge, channel, arrangement, { "Content-Type": ARRANGEMENT_TYPE, ...headers });
}

async function clear(channel: string): Promise<void> {
  await fetch(edge.channelUrl(channel), { method: "DELETE", headers: { Authorization: `Bearer ${edge.token}` } });
}

const rows = (from: number, to: number, values: (x: number) => Record<string, number>) =>
  Array.from({ length: to - from }, (_, i) => rowOf(from + i, values(from + i)));

test("[CH17a] [CH17b] [VW20a] a scale is the largest size of the first points, once they reach over 2 in x, and stays", async () => {
  const channel = newChannel();
  await publishFrames(
    edge,
    channel,
    frameOfRows(
      A,
      1,
      rows(10, 12, (x) => ({ a: -x, none: 0, late: Number.NaN })),
    ),
  );
  assert.deepEqual((await hello(channel))[0], { a: null, none: null, late: null });
  const next = rows(12, 13, () => ({ a: -123.456, none: 0, late: 5 }));
  await publishFrames(edge, channel, frameOfRows(A, 2, next));
  assert.deepEqual((await hello(channel))[0], { a: 120, none: 0, late: null });
  await publishFrames(
    edge,
    channel,
    frameOfRows(
      A,
      3,
      rows(14, 20, () => ({ a: 1e9, none: 7, late: 0.000123456 })),
    ),
  );
  assert.deepEqual((await hello(channel))[0], { a: 120, none: 0, late: 5 });
  await edge.evict(channel);
  assert.deepEqual((await hello(channel))[0], { a: 120, none: 0, late: 5 }, "it is stored");
});

test("[CH17a] points that stand at one x tell it when they were taken over 2 s", async () => {
  const channel = newChannel();
  const beganMs = Date.now();
  await publishFrames(edge, channel, frameOfRows(A, 1, [rowOf(1, { a: 3 })]));
  let seq = 1;
  let scales: Record<string, number | null> = {};
  while (Date.now() - beganMs < 30_000) {
    await publishFrames(edge, channel, frameOfRows(A, ++seq, [rowOf(1, { a: 4 })]));
    [scales] = await hello(channel);
    if (scales.a !== null) break;
  }
  assert.ok(Date.now() - beganMs >= 1_900, "not before");
  assert.deepEqual(scales, { a: 4 });
});

test("[VW20b] [CH17d] who watches is told after the frames, once; who only watches decides nothing", async () => {
  const channel = newChannel();
  const viewer = await open(channel);
  await publishFrames(
    edge,
    channel,
    frameOfRows(
      A,
      1,
      rows(0, 5, () => ({ a: 3, b: 0.5 })),
    ),
  );
  await until(viewer, "a layout", () => layoutsOf(viewer)[0]);
  assert.deepEqual(layoutsOf(viewer), [{ type: "layout", series: ["a", "b"], scales: [3, 0.5], arrangement: "" }]);
  const at = viewer.messages.findIndex((one) => typeof one === "string" && one.includes('"layout"'));
  assert.ok(
    viewer.messages.slice(0, at).some((one) => typeof one !== "string"),
    "the frame came before",
  );
  await publishFrames(
    edge,
    channel,
    frameOfRows(
      A,
      2,
      rows(5, 9, () => ({ a: 3e6, b: 0.5, c: 1 })),
    ),
  );
  await until(viewer, "another", () => layoutsOf(viewer)[1]);
  assert.deepEqual(layoutsOf(viewer)[1]?.series, ["c"]);
  await viewer.close();
});

test("[CH17c] [CH18b] DELETE forgets the scales, and leaves what the owner stored", async () => {
  const channel = newChannel();
  await publishFrames(
    edge,
    channel,
    frameOfRows(
      A,
      1,
      rows(0, 5, () => ({ a: 3 })),
    ),
  );
  assert.equal((await share(channel, "#window=1m&panel=b,a")).status, 204);
  await clear(channel);
  assert.deepEqual(await hello(channel), [{}, "panel=b,a"]);
  await publishFrames(
    edge,
    channel,
    frameOfRows(
      A,
      2,
      rows(0, 5, () => ({ b: 9, a: 50 })),
    ),
  );
  await edge.evict(channel);
  assert.deepEqual(await hello(channel), [{ b: 9, a: 50 }, "panel=b,a"]);
});

test("[CH18a] [CH18b] an arrangement is for everybody, also who watches; another takes its place, an empty one takes it away", async () => {
  const channel = newChannel();
  await publishFrames(edge, channel, frameOfRows(A, 1, [rowOf(1, { a: 1 })]));
  const viewer = await open(channel);
  const answer = await share(channel, "panel=a;log&hide=b");
  assert.deepEqual([answer.status, answer.headers.get("plotcast")], [204, "1"]);
  for (const [i, text] of ["panel=a;log&hide=b", "panel=a", ""].entries()) {
    if (i > 0) assert.equal((await share(channel, text)).status, 204);
    const layout = await until(viewer, `layout ${i}`, () => layoutsOf(viewer)[i]);
    assert.deepEqual(layout, { type: "layout", series: [], scales: [], arrangement: text });
    await edge.evict(channel);
    assert.equal((await hello(channel))[1], text);
  }
  await viewer.close();
});

test("[CH18a] [GD1a] [GD4a] what is no arrangement, is too long, or comes without the token is refused and changes nothing", async () => {
  const channel = newChannel();
  const longest = `panel=${"a".repeat(16_384 - 6)}`;
  assert.equal((await share(channel, longest)).status, 204);
  for (const [body, headers, status, code] of [
    [`${longest}a`, {}, 413, "body-too-large"],
    ["nonsense", {}, 400, "arrangement-invalid"],
    ["window=1m", {}, 400, "arrangement-invalid"],
    ["panel=x", { Authorization: "Bearer wrong" }, 401, "token-wrong"],
  ] as const) {
    const answer = await share(channel, body, headers);
    const problem = messageIn(parseProblem(await answer.text()));
    assert.deepEqual([answer.status, problem?.code], [status, code]);
  }
  assert.equal((await hello(channel))[1], longest);
});

test("[CH18c] on a channel to which nothing was published it is kept, and who waits there is told the numbering", async () => {
  const channel = newChannel();
  const viewer = await open(channel);
  assert.equal((await share(channel, "")).status, 204);
  await share(channel, "panel=b,a");
  await until(viewer, "a layout", () => layoutsOf(viewer)[0]);
  assert.ok(told(viewer).some((one) => one.type === "live" && one.epoch > 0));
  await edge.evict(channel);
  await publishFrames(edge, channel, frameOfRows(A, 1, [rowOf(1, { a: 1 })]));
  await until(viewer, "the frame", () => viewer.messages.find((one) => typeof one !== "string"));
  assert.deepEqual(await hello(channel), [{ a: null }, "panel=b,a"]);
  await viewer.close();
});
