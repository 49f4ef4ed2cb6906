import assert from "node:assert/strict";
import { test } from "node:test";
import { unitOf } from "../../../../page/layout/unit.ts";

test("[PG12] a name that ends in a unit in brackets has a label and a unit", () => {
  assert.deepEqual(unitOf("temp.motor [°C]"), { label: "temp.motor", unit: "°C" });
  assert.deepEqual(unitOf("speed (m/s)"), { label: "speed", unit: "m/s" });
  assert.deepEqual(unitOf("speed[m/s] "), { label: "speed", unit: "m/s" });
  assert.deepEqual(unitOf("k [1/(m s)]"), { label: "k", unit: "1/(m s)" });
  assert.deepEqual(unitOf("a [x] [V]"), { label: "a [x]", unit: "V" });
});

test("[PG12] empty brackets, places in an array, and brackets that are all of the name are no unit", () => {
  for (const name of [
    ...["temp", "", "temp []", "temp [ ]", "temp ()", "accel[0]", "m(12)", "[V]", "(V)", "temp [V", "temp V]"],
    ...["temp [V)", "f(x) of t", "k (1/(m s))", "]", ")"],
  ]) {
    assert.deepEqual(unitOf(name), { label: name, unit: "" });
  }
});
