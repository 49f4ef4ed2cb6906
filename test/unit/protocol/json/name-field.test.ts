import assert from "node:assert/strict";
import { test } from "node:test";
import { isNameField, namingField } from "../../../../protocol/json/name-field.ts";

test("[PT9] [MP5e] names of fields that name what values are of", () => {
  for (const name of [
    "device",
    "sensor_id",
    "stationName",
    "n",
    "payload.0.deviceId",
    "mac-address",
    "ID",
    "host",
    "type",
    "tags.cpu",
    "a.labels.x",
  ]) {
    assert.ok(isNameField(name), name);
  }
  for (const name of ["state", "unit", "temp", "status", "level", "mode", "identity", "names", "", "a".repeat(100)]) {
    assert.ok(!isNameField(name), name);
  }
});

test("[PT9] records of several things differ in such a word, and have a number of the same name", () => {
  assert.equal(
    namingField(
      [
        { n: "a", v: 1 },
        { n: "b", v: 2 },
      ],
      1795874400,
    ),
    "n",
  );
  assert.equal(namingField([{ n: "a", v: 1 }, { n: "a", v: 2 }, { v: 3 }, { n: "c", v: 4 }], 1795874400), "n");
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
    assert.equal(namingField(records, 1795874400), undefined, JSON.stringify(records));
  }
});

test("[PT9] records of one moment are of several things by any word that each has for itself, and by numbers of ids", () => {
  const T = 1795874400;
  const cases: readonly [readonly unknown[], string | undefined][] = [
    [
      [
        { k: "a", v: 1 },
        { k: "b", v: 2 },
      ],
      "k",
    ],
    [
      [
        { t: T, k: "a", v: 1 },
        { t: T, k: "b", v: 2 },
      ],
      "k",
    ],
    [
      [
        { t: T, k: "a", v: 1 },
        { t: T + 1, k: "b", v: 2 },
      ],
      undefined,
    ],
    [
      [
        { k: "a", v: 1 },
        { k: "a", v: 2 },
        { k: "b", v: 3 },
      ],
      undefined,
    ],
    [
      [
        { tags: { host: "a" }, fields: { v: 1 } },
        { tags: { host: "b" }, fields: { v: 2 } },
      ],
      "tags.host",
    ],
    [
      [
        { target: "a", datapoints: [[1, T]] },
        { target: "b", datapoints: [[2, T]] },
      ],
      "target",
    ],
    [
      [
        { id: 1, v: 1 },
        { id: 2, v: 2 },
      ],
      "id",
    ],
    [
      [
        { t: T, id: 1, v: 1 },
        { t: T + 1, id: 2, v: 2 },
      ],
      undefined,
    ],
    [[{ id: 1 }, { id: 2 }], undefined],
    [
      [
        { sensor: 1, v: 1 },
        { sensor: 2, v: 2 },
      ],
      undefined,
    ],
    [
      [
        { status: "ok", v: 1 },
        { status: "low", v: 2 },
      ],
      undefined,
    ],
  ];
  for (const [records, field] of cases) assert.equal(namingField(records, T), field, JSON.stringify(records));
});
