/** docs/COST.md says what counters and prices come to. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { disagreements, written } from "../../cost/month/bounds.ts";
import { NOTHING, readCounters } from "../../cost/month/counters.ts";
import { readDocument, withTables } from "../../cost/month/document.ts";
import { isTooMuch, tablesOf } from "../../cost/month/tables.ts";

test("the tables of docs/COST.md are made from the counters; `npm run cost -- --counted --write` makes them anew", async () => {
  const text = await readDocument();
  assert.equal(withTables(text, tablesOf(await readCounters())), text);
});

test("a table without a place in the document, and a place without a table, are faults", () => {
  assert.throws(() => withTables("", { months: "" }), /no place for months/);
  assert.throws(() => withTables("<!-- table: weeks -->\n<!-- end -->", {}), /no table weeks/);
});

test("what is exact must be the same again, and what is a bound between half of it and it", () => {
  const counted = { ...NOTHING, requests: 1, rowsRead: 11.155 };
  const committed = written("body", counted);
  assert.deepEqual(committed, { ...NOTHING, requests: 1, rowsRead: 13 });
  assert.deepEqual(disagreements("body", counted, committed), []);
  assert.deepEqual(disagreements("body", { ...counted, rowsRead: 13 }, committed), []);
  for (const wrong of [{ rowsRead: 13.1 }, { rowsRead: 6.4 }, { requests: 1.005 }, { alarms: 0.005 }]) {
    assert.equal(disagreements("body", { ...counted, ...wrong }, committed).length, 1);
  }
  assert.deepEqual(disagreements("body", { ...counted, wakes: 1 }, committed), []);
  assert.equal(disagreements("wake", { ...NOTHING, wakes: 2 }, { ...NOTHING, wakes: 1 }).length, 1);
});

test("one object sends 27,777 frames a second at most", () => {
  const use = { framesPerSecond: 1, hoursPerDay: 24, uplink: "post", visitsPerHour: 1 } as const;
  assert.deepEqual(
    [27_777, 27_778].map((viewers) => isTooMuch({ ...use, viewers })),
    [false, true],
  );
});
