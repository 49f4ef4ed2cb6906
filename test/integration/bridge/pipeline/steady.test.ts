import assert from "node:assert/strict";
import { test } from "node:test";
import { setTimeout } from "node:timers/promises";
import { sourceOf } from "../../../../bridge/config/defaults.ts";
import { createLog } from "../../../../bridge/observability/log.ts";
import { startBridge } from "../../../../bridge/pipeline/bridge.ts";
import { startFakeWorker } from "../../../support/fake-worker.ts";
import { connectPublisher } from "../../../support/publisher.ts";
import { waitFor } from "../../../support/wait.ts";

test("[BR19a] a steady stream is read to its end, though the receiver looks after its socket every second", async (t) => {
  const worker = await startFakeWorker();
  t.after(() => worker.close());
  const bridge = await startBridge({
    to: worker.url,
    token: "test-token",
    sources: [sourceOf({ bind: ["tcp://127.0.0.1:*"] })],
    log: createLog("text", "error"),
  });
  t.after(() => bridge.close({ drainMs: 0 }));
  const publisher = await connectPublisher(bridge.addresses[0] ?? "");
  t.after(() => publisher.close());
  // Some are on their way whenever it looks.
  for (let sent = 0; sent < 8000; sent++) {
    await publisher.send(`{"x":${sent},"y":1}`);
    if (sent % 2 === 1) await setTimeout(1);
  }
  await waitFor("8,000 messages received", () => bridge.ledger.received >= 8000 || undefined, { deadlineMs: 60_000 });
  assert.equal(bridge.ledger.received, 8000);
});
