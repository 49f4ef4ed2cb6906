/** What a visit of the page costs (docs/COST.md) is counted by the requests that it makes. This sees that it makes them. */
import assert from "node:assert/strict";
import { after, test } from "node:test";
import { fileURLToPath } from "node:url";
import { channelOfRows, countsOf } from "../cost/measure.ts";
import { readCounters } from "../cost/month/counters.ts";
import { Stage } from "./stage.ts";

const main = fileURLToPath(new URL("../cost/counting-worker.js", import.meta.url));
const stage = await Stage.open({ main });
after(() => stage.close());

test("[PG1] a visit of the page makes the requests that docs/COST.md counts", async (t) => {
  const frames = 1024;
  const channel = await channelOfRows(stage.edge, frames);
  const { visit } = await readCounters();
  const counts = await countsOf(stage.edge, async () => {
    const tab = await stage.openTab(t, channel);
    await tab.holds(frames);
  });
  const { workerRequests, requests, messages, closes, rowsWritten } = counts;
  // It has not left yet.
  const [requestsSoFar, closesSoFar] = [visit.requests - 1, visit.closes - 1];
  assert.deepEqual(
    { workerRequests, requests, messages, closes, rowsWritten },
    {
      workerRequests: visit.workerRequests,
      requests: requestsSoFar,
      messages: visit.messages,
      closes: closesSoFar,
      rowsWritten: visit.rowsWritten,
    },
  );
});
