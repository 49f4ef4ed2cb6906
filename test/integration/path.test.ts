/** ZeroMQ publisher → bridge → Worker → viewer, all real. */
import assert from "node:assert/strict";
import { after, before, type TestContext, test } from "node:test";
import { sourceOf } from "../../bridge/config/defaults.ts";
import { createLog } from "../../bridge/observability/log.ts";
import { type Bridge, startBridge } from "../../bridge/pipeline/bridge.ts";
import { type Edge, startEdge } from "../support/edge.ts";
import { connectPublisher, type TestPublisher } from "../support/publisher.ts";
import { openViewer, type Viewer } from "../support/sockets.ts";
import { waitFor } from "../support/wait.ts";

let edge: Edge;
before(async () => {
  edge = await startEdge();
});
after(() => edge.close());

async function bridgeTo(t: TestContext, channel: string): Promise<Bridge> {
  const log = createLog("text", "error");
  const bind = ["tcp://127.0.0.1:*"];
  const bridge = await startBridge({
    to: edge.channelUrl(channel),
    token: edge.token ?? "",
    log,
    sources: [sourceOf({ bind })],
  });
  t.after(() => bridge.close({ drainMs: 1000 }));
  return bridge;
}

async function viewerOf(t: TestContext, channel: string): Promise<Viewer> {
  const viewer = await openViewer(edge.channelUrl(channel));
  t.after(() => viewer.cut());
  return viewer;
}

async function publisherTo(t: TestContext, bridge: Bridge): Promise<TestPublisher> {
  const publisher = await connectPublisher(bridge.addresses[0] ?? "");
  t.after(() => publisher.close());
  return publisher;
}

/** The y of every point that a viewer without a subprotocol got, of one series, in order. */
function valuesOf(viewer: Viewer, series?: string): number[] {
  return viewer.messages
    .map((message): { series?: string; y?: number } => JSON.parse(String(message)))
    .flatMap((point) => (point.series === series && point.y !== undefined ? [point.y] : []));
}

const counting = (n: number): number[] => Array.from({ length: n }, (_, i) => i);

test("[BR4] [CH2] every point that two publishers send is shown once, in order", async (t) => {
  const bridge = await bridgeTo(t, "both");
  const viewer = await viewerOf(t, "both");
  const publishers = await Promise.all([0, 1].map(() => publisherTo(t, bridge)));
  const count = 3000;
  for (const i of counting(count)) {
    await Promise.all(
      publishers.map((publisher, p) => publisher.send(`p${p}`, JSON.stringify({ x: 1.7e9 + i / 100, y: i }))),
    );
  }
  await waitFor(`${2 * count} points at the viewer`, () => viewer.messages.length >= 2 * count || undefined);
  assert.deepEqual(valuesOf(viewer, "p0"), counting(count));
  assert.deepEqual(valuesOf(viewer, "p1"), counting(count));
});

test("[BR6] [CH1] [CH3] the Worker is killed and restarted while points flow: every one is stored once, in order", async (t) => {
  const bridge = await bridgeTo(t, "killed");
  const publisher = await publisherTo(t, bridge);
  let sent = 0;
  const send = async (count: number): Promise<void> => {
    for (let i = 0; i < count; i++) await publisher.send(JSON.stringify({ x: 1.7e9 + sent, y: sent++ }));
  };
  for (let round = 0; round < 3; round++) {
    await send(500);
    await waitFor("a point delivered", () => bridge.ledger.delivered > 0 || undefined);
    await Promise.all([edge.kill(), send(500)]);
    await send(500);
    await edge.restart();
  }
  await waitFor("everything delivered", () => bridge.ledger.delivered >= sent || undefined, { deadlineMs: 60_000 });
  const stored = await (await fetch(edge.channelUrl("killed"))).text();
  const values = stored
    .trim()
    .split("\n")
    .map((line): number => JSON.parse(line).y);
  assert.deepEqual(values, counting(sent));
});

test("[BR5a] while nobody watches the bridge publishes about once a second, and at once when somebody does", async (t) => {
  const bridge = await bridgeTo(t, "unwatched");
  const publisher = await publisherTo(t, bridge);
  const timer = setInterval(() => publisher.send('{"y":1}'), 20);
  t.after(() => clearInterval(timer));
  const beganAtMs = performance.now();
  await waitFor("25 points delivered", () => bridge.ledger.delivered >= 25 || undefined);
  const unwatched = bridge.ledger.posts;
  const seconds = (performance.now() - beganAtMs) / 1000;
  assert.ok(unwatched <= 4 + seconds, `${unwatched} posts in ${seconds} s in which nobody watched`);
  const viewer = await viewerOf(t, "unwatched");
  await waitFor("an answer that says somebody watches", () => bridge.ledger.viewers === 1 || undefined);
  clearInterval(timer);
  const watchedAtMs = performance.now();
  // Each once the one before is there: were that about a second later, it would take half a minute.
  for (let y = 2; y <= 31; y++) {
    await publisher.send(`{"y":${y}}`);
    await waitFor(`point ${y} at the viewer`, () => valuesOf(viewer).at(-1) === y, { everyMs: 1 });
  }
  const tookMs = performance.now() - watchedAtMs;
  assert.ok(tookMs < 15_000, `${tookMs} ms for 30 points that somebody watched`);
});
