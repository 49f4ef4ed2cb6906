/** A whole bridge that delivers by WebSocket, to the real Worker. */
import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { sourceOf } from "../../../../bridge/config/defaults.ts";
import { createLog } from "../../../../bridge/observability/log.ts";
import { startBridge } from "../../../../bridge/pipeline/bridge.ts";
import { SUBPROTOCOL } from "../../../../protocol/limits.ts";
import { directoryOf, startBridgeProcess } from "../../../support/bridge-process.ts";
import { startEdge } from "../../../support/edge.ts";
import { MeddlingProxy } from "../../../support/meddling-proxy.ts";
import { newChannel } from "../../../support/publish.ts";
import { connectPublisher } from "../../../support/publisher.ts";
import { openViewer } from "../../../support/sockets.ts";
import { waitFor } from "../../../support/wait.ts";

//     publisher ─ZeroMQ→ bridge ─WebSocket→ proxy → Worker → channel

async function stage(t: TestContext) {
  const edge = await startEdge();
  t.after(() => edge.close());
  const channel = newChannel();
  const proxy = await MeddlingProxy.to(t, edge.channelUrl(channel));
  return { edge, channel, proxy };
}

async function numbersAt(url: URL): Promise<unknown> {
  return await (await fetch(new URL("?points=1000000", url), { headers: { Accept: "application/json" } })).json();
}

test("[BR40a] [BR40h] [BR18a] [BR38a] frames and announcements go by WebSocket, the question at the start by POST; /metrics says so", async (t) => {
  const { edge, channel, proxy } = await stage(t);
  const viewer = await openViewer(edge.channelUrl(channel), { subprotocol: SUBPROTOCOL });
  t.after(() => viewer.cut());
  const bridge = await startBridge({
    ...{ to: proxy.url, token: edge.token ?? "", log: createLog("text", "silent"), uplink: "ws" },
    sources: [sourceOf({ bind: ["tcp://127.0.0.1:*"] })],
    metrics: { host: "127.0.0.1", port: 0 },
    checksStart: true,
  });
  t.after(() => bridge.close({ drainMs: 0 }));
  const metric = async (name: string): Promise<number> => {
    const text = await (await fetch(bridge.metricsUrl ?? "")).text();
    return Number(new RegExp(`^plotcast_bridge_${name}\\{.*\\} (.*)$`, "m").exec(text)?.[1]);
  };
  await metric("delivered_points_total");
  // The uplink of the bridge's own channel is there from the start.
  await waitFor("an open WebSocket", async () => (await metric("websocket_open")) === 1);
  const publisher = await connectPublisher(bridge.addresses[0] ?? "");
  t.after(() => publisher.close());
  for (let i = 0; i < 20; i++) {
    await publisher.send(`{"x":${i},"y":${i}}`);
    await waitFor("its confirmation", () => bridge.ledger.delivered === i + 1, { everyMs: 1 });
  }
  assert.equal(await metric("websocket_bodies_total"), bridge.ledger.posts);
  assert.equal(await metric("websocket_fallbacks_total"), 0);
  publisher.close();
  await viewer.nextMessage("that all are gone", (message) => /"goneForMs":\d/.test(String(message)));
  assert.deepEqual(
    await numbersAt(edge.channelUrl(channel)),
    Array.from({ length: 20 }, (_, i) => ({ x: i, y: i })),
  );
  // One WebSocket for all of it, and the question.
  assert.deepEqual(proxy.asked.toSorted(), ["other", "websocket"]);
});

test("[BR40c] [BR12] a bridge that is killed and started again, whose lines are cut and whose Worker is killed, loses and doubles nothing", async (t) => {
  const { edge, channel, proxy } = await stage(t);
  const directory = await directoryOf(t);
  const args = ["--to", proxy.url.href, "--uplink", "ws", "--bind", "tcp://127.0.0.1:*", "--log", "text"];
  let sent = 0;
  const storedCount = async (): Promise<number> => {
    const stored = await numbersAt(edge.channelUrl(channel));
    return Array.isArray(stored) ? stored.length : 0;
  };
  for (let round = 0; round < 3; round++) {
    const { child, exit, address } = startBridgeProcess(t, directory, args, edge.token ?? "");
    const publisher = await connectPublisher(await address());
    await waitFor("a WebSocket", () => proxy.upgraded === 1, { deadlineMs: 20_000 });
    for (let i = 0; i < 300; i++) {
      await publisher.send(`{"x":${sent},"y":${sent++}}`);
      if (i === 100) proxy.cut();
      if (i === 200 && round === 1) await edge.restart();
    }
    // What the bridge has received it has in its spool within a moment; before that, SIGKILL would take it.
    await waitFor("every point", async () => (await storedCount()) === sent, { deadlineMs: 20_000, everyMs: 50 });
    publisher.close();
    child.kill("SIGKILL");
    await exit;
  }
  assert.deepEqual(
    await numbersAt(edge.channelUrl(channel)),
    Array.from({ length: sent }, (_, i) => ({ x: i, y: i })),
  );
});
