/** A real bridge whose token may publish less than it has: publisher → bridge → the real Worker. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { sourceOf } from "../../../../bridge/config/defaults.ts";
import { createLog } from "../../../../bridge/observability/log.ts";
import { startBridge } from "../../../../bridge/pipeline/bridge.ts";
import { startEdge } from "../../../support/edge.ts";
import { newChannel, storedPoints } from "../../../support/publish.ts";
import { connectPublisher } from "../../../support/publisher.ts";
import { waitFor } from "../../../support/wait.ts";

test("[AC13e] [BR6c] [BR6f] over its quota a bridge keeps its points, waits as long as it is asked, and says why", async (t) => {
  const edge = await startEdge({ vars: { QUOTA_TOKEN: "points=100/s" } });
  t.after(() => edge.close());
  const channel = newChannel();
  const log: string[] = [];
  const bridge = await startBridge({
    to: edge.channelUrl(channel),
    token: edge.token ?? "",
    log: createLog("text", "info", (line) => log.push(line)),
    sources: [sourceOf({ bind: ["tcp://127.0.0.1:*"] })],
  });
  t.after(() => bridge.close({ drainMs: 0 }));
  const publisher = await connectPublisher(bridge.addresses[0] ?? "");
  t.after(() => publisher.close());
  let sent = 0;
  /** Each message is 200 points: two seconds' worth. */
  const send = async (): Promise<void> => {
    const values = Array.from({ length: 200 }, () => ++sent);
    await publisher.send(JSON.stringify({ x: values, y: values }));
  };
  await send();
  await waitFor("the first message", () => bridge.ledger.delivered === 200);
  await send();
  await waitFor("the refusal", () => log.some((line) => line.includes("quota-exceeded")));
  await send();
  const points = await waitFor("every point", async () => {
    const stored = await storedPoints(edge, channel);
    return stored.length === sent && stored;
  });
  assert.deepEqual(
    points.map(({ y }) => y),
    Array.from({ length: sent }, (_, i) => i + 1),
  );
  assert.match(
    log
      .filter((line) => line.includes("quota"))
      .join("\n")
      .trimEnd(),
    /^.*Not delivered: 429 quota-exceeded - More was .*QUOTA_TOKEN has points=100\/s\)\. Try again in \d s\. It is sent again then; \d+ points kept\.$/,
  );
});
