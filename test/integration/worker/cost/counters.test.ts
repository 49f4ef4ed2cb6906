/** What docs/COST.md was reckoned from is counted again, on the real Worker. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Counts } from "../../../cost/measure.ts";
import { disagreements, type Kind } from "../../../cost/month/bounds.ts";
import { countBodies, countHours, countVisits, countWakes } from "../../../cost/month/count.ts";
import { readCounters } from "../../../cost/month/counters.ts";

const ADVICE = "If it is right, `npm run cost -- --write` writes it down.";
const committed = await readCounters();

function sameAgain(kind: Kind, counted: Counts | undefined, before: Counts | undefined): void {
  assert.ok(counted && before, `${kind} is not both counted and written down. ${ADVICE}`);
  assert.deepEqual(disagreements(kind, counted, before), [], ADVICE);
}

test("[CH16a] [CH16b] [VW6a] a body costs the requests and rows of counters.json, whether anybody watches, and pings, or nobody", async () => {
  for (const viewers of [5, 0]) {
    const body = await countBodies(viewers);
    assert.deepEqual(Object.keys(body), Object.keys(committed.body), ADVICE);
    sameAgain("body", body.post, committed.body.post);
    if (body.ws !== undefined) sameAgain("body", body.ws, committed.body.ws);
    for (const { rowsWritten, alarmsSet } of Object.values(body)) assert.ok(rowsWritten + alarmsSet <= 1.1);
  }
});

test("[RD3] [RD6] a visit costs the requests, rows and alarms of counters.json", async () => {
  const { visit, storedFrame } = await countVisits();
  sameAgain("visit", visit, committed.visit);
  sameAgain("storedFrame", storedFrame, committed.storedFrame);
});

test("[CH9f] [AC13m] an hour with frames, and one without, cost the requests, rows and alarms of counters.json", async () => {
  const { liveHour, idleHour, idleViewerHour } = await countHours();
  sameAgain("liveHour", liveHour, committed.liveHour);
  sameAgain("idleHour", idleHour, committed.idleHour);
  sameAgain("idleViewerHour", idleViewerHour, committed.idleViewerHour);
});

test("[CH16d] an object with a full store wakes for the rows of counters.json", async () => {
  const { wake } = await countWakes();
  sameAgain("wake", wake, committed.wake);
  assert.ok(wake.rowsRead <= 20, `${wake.rowsRead} rows read`);
});
