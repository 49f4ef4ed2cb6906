import assert from "node:assert/strict";
import { test } from "node:test";
import { isNameField, namingField } from "../../../../protocol/json/name-field.ts";

test("[PT9] [MP5e] names of fields that name what values are of", () => {
  for (const name of ["device", "sensor_id", "stationName", "n", "payload.0.deviceId", "mac-address", "ID", "host"]) {
    assert.ok(isNameField(name), name);
  }
  for (const name of ["state", "unit", "temp", "status", "level", "mode", "identity", "names", "", "a".repeat(100)]) {
    assert.ok(!isNameField(name), name);
  }
});

test("[PT9] records of several things differ in such a word, and have a number of the same name", () => {
  assert.equal(
    namingField([
      { n: "a", v: 1 },
      { n: "b", v: 2 },
    ]),
    "n",
  );
  assert.equal(namingField([{ n: "a", v: 1 }, { n: "a", v: 2 }, { v: 3 }, { n: "c", v: 4 }]), "n");
  for (const records of [
    [],
    [{ n: "a", v: 1 }],
    [
      { n: "a", v: 1 },
      { n: "a", v: 2 },
    ],
    [
      { n: "a", v: 1 },
      { n: "b", w: 2 },
    ],
    [
      { n: "a", v: 1 },
      { n: "b", v: "2" },
    ],
    [
      { state: "a", v: 1 },
      { state: "b", v: 2 },
    ],
    [
      { id: "2026-11-28T13:37:00Z", v: 1 },
      { id: "2026-11-28T13:38:00Z", v: 2 },
    ],
    [1, { n: "a", v: 1 }, { n: "b", v: 1 }],
  ]) {
    assert.equal(namingField(records), undefined, JSON.stringify(records));
  }
});
