import assert from "node:assert/strict";
import { after, before, it } from "node:test";
import { sourceOf } from "../../../../bridge/config/defaults.ts";
import { createLog } from "../../../../bridge/observability/log.ts";
import { startBridge } from "../../../../bridge/pipeline/bridge.ts";
import { type Edge, startEdge } from "../../../support/edge.ts";
import { connectPublisher } from "../../../support/publisher.ts";
import { waitFor } from "../../../support/wait.ts";

//     publisher ─ZeroMQ→ bridge ─HTTP→ the real Worker, which is killed on the way

let edge: Edge;

before(async () => {
  edge = await startEdge();
});

after(async () => {
  await edge.close();
});

it("[BR6] [CH3] every point is stored once and in order, though the Worker is killed while they come", async () => {
  const to = edge.channelUrl("killed");
  const lines: string[] = [];
  const log = createLog("text", "info", (line) => lines.push(line));
  const bridge = await startBridge({
    to,
    token: edge.token ?? "",
    log,
    sources: [sourceOf({ bind: ["tcp://127.0.0.1:*"] })],
  });
  const publisher = await connectPublisher(bridge.addresses[0] ?? "");
  try {
    const count = 6000;
    const send = async (from: number, to: number): Promise<void> => {
      for (let i = from; i < to; i++) {
        await publisher.send(`{"x":${i},"y":${i * 0.1}}`);
        // Paced, so that the Worker is killed while they come.
        if (i % 20 === 0) await new Promise((resolve) => setTimeout(resolve, 1));
      }
    };
    await send(0, 2000);
    await waitFor("some points delivered", () => bridge.ledger.delivered > 500);
    const sending = send(2000, count);
    await edge.kill();
    await waitFor("a try that fails", () => bridge.ledger.retries > 0);
    await edge.restart();
    await sending;
    await waitFor("the last confirmation", () => bridge.ledger.delivered === count, { deadlineMs: 60_000 });

    const answer = await fetch(to, { headers: { accept: "application/json" } });
    const stored: unknown = await answer.json();
    assert.deepEqual(
      stored,
      Array.from({ length: count }, (_, i) => ({ x: i, y: i * 0.1 })),
    );
  } finally {
    publisher.close();
    await bridge.close({ drainMs: 0 });
  }
});
