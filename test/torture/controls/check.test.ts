/** The check of the torture of controls finds what it is there to find. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { faultsOf, type Said } from "./check.ts";
import { readDone } from "./done.ts";

const said = (outcome: string, more: Partial<Said> = {}): Said => ({
  id: "a",
  control: "k0",
  value: 5,
  outcomes: new Set([outcome]),
  told: outcome,
  ...more,
});
const done = readDone('{"id":"a","control":"k0","value":5}\n{"id":"half');

test("what is as it should be has no fault, and what a killed program left half is not read", () => {
  assert.equal(done.length, 1);
  assert.deepEqual(faultsOf([said("confirmed 5")], done), []);
  assert.deepEqual(faultsOf([said("refused in-doubt")], done), []);
  assert.deepEqual(faultsOf([said("refused publisher-away")], []), []);
});

test("each thing that can be wrong is a fault", () => {
  assert.equal(faultsOf([said("confirmed 5")], [...done, ...done]).length, 1);
  assert.equal(faultsOf([said("confirmed 5")], []).length, 1);
  assert.equal(faultsOf([said("refused program-refused")], done).length, 1);
  assert.equal(faultsOf([said("expired", { told: "confirmed 5" })], done).length, 1);
  assert.equal(faultsOf([said("expired", { outcomes: new Set(["expired", "confirmed 5"]) })], done).length, 1);
  assert.equal(faultsOf([said("expired", { outcomes: new Set() })], done).length, 1);
  assert.equal(faultsOf([], done).length, 1);
});
