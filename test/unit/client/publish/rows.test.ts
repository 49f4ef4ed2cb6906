import assert from "node:assert/strict";
import { test } from "node:test";
import { rowsOf } from "../../../../client/publish/rows.ts";

test("[CL7a] [CL7b] numbers become a row, null and NaN break their lines, and the rest is left out and counted", () => {
  const values = {
    a: 1,
    b: null,
    c: Number.NaN,
    d: "2",
    e: true,
    f: Number.POSITIVE_INFINITY,
    g: undefined,
    "": 1,
    "\n": 2,
  };
  const { rows, leftOut } = rowsOf(values, 10.5);
  assert.deepEqual(rows, [{ x: 10.5, arrival: false, names: ["a", "b", "c"], values: [1, Number.NaN, Number.NaN] }]);
  assert.deepEqual(Object.fromEntries(leftOut), {
    text: 1,
    boolean: 1,
    "not-finite": 1,
    "no-number": 1,
    "name-invalid": 2,
  });
});

test("[CL7b] at an x that is none nothing is a point", () => {
  assert.deepEqual(rowsOf({ a: 1, b: 2 }, Number.NaN), { rows: [], leftOut: new Map([["time-unreadable", 2]]) });
});

test("[CL7a] more than 256 series are several rows", () => {
  const values = Object.fromEntries(Array.from({ length: 257 }, (_, i) => [`s${i}`, i]));
  assert.deepEqual(
    rowsOf(values, 0).rows.map(({ names }) => names.length),
    [256, 1],
  );
});
