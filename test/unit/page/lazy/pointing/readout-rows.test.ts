import assert from "node:assert/strict";
import { test } from "node:test";
import { readoutRows } from "../../../../../page/lazy/pointing/readout-rows.ts";

const SERIES = [10, 300, Number.NaN, 200, 90].map((y, i) => ({ name: "abcde"[i] ?? "", y }));
const read = (
  pointerY: number | undefined,
  most: number,
): [names: string, more: number, nearest: string | undefined] => {
  const { rows, more, nearest } = readoutRows(SERIES, pointerY, most);
  return [rows.map(({ name }) => name).join(""), more, nearest?.name];
};

test("[PG77b] where all have room they stand in their order, and the nearest is known", () => {
  assert.deepEqual(read(100, 5), ["abcde", 0, "e"]);
  assert.deepEqual(read(undefined, 5), ["abcde", 0, undefined]);
});

test("[PG77b] of more the nearest come first, and those that have no value there last", () => {
  assert.deepEqual(read(210, 2), ["db", 3, "d"]);
  assert.deepEqual(read(210, 4), ["dbea", 1, "d"]);
  assert.deepEqual(read(undefined, 3), ["abd", 2, undefined]);
  const none = readoutRows([{ name: "a", y: Number.NaN }], 5, 3);
  assert.equal(none.nearest, undefined);
});
