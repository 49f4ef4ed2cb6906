import assert from "node:assert/strict";
import { test } from "node:test";
import { type LatestRow, type Sorting, type SortKey, sortedRows, toggled } from "../../../../page/lazy/table-sort.ts";

const NONE = Number.NaN;
const row = (name: string, lastY: number, unit = "", rate = 1): LatestRow => ({
  ...{ series: name, name, colour: "", unit },
  stats: {
    points: 1,
    lastX: lastY,
    lastY,
    min: lastY,
    max: lastY,
    mean: lastY,
    rms: Math.abs(lastY),
    rate,
    integers: false,
  },
});
const ROWS = [row("ch10", 3, "V"), row("ch2", NONE), row("b", -7, "A"), row("a", 3, "V", 5)];
const names = (sorting: Sorting | undefined): string =>
  sortedRows(ROWS, sorting)
    .map(({ name }) => name)
    .join(" ");

test("[PG83b] rows are sorted by any column: numbers by size, names as people count, what is missing at the end", () => {
  assert.equal(names(undefined), "ch10 ch2 b a");
  assert.equal(names({ key: "name", direction: "ascending" }), "a b ch2 ch10");
  assert.equal(names({ key: "name", direction: "descending" }), "ch10 ch2 b a");
  assert.equal(names({ key: "last", direction: "descending" }), "ch10 a b ch2");
  assert.equal(names({ key: "last", direction: "ascending" }), "b ch10 a ch2");
  assert.equal(names({ key: "unit", direction: "ascending" }), "b ch10 a ch2");
  assert.equal(names({ key: "rate", direction: "descending" }), "a ch10 ch2 b");
  for (const key of ["x", "min", "max", "mean"] as const)
    assert.equal(names({ key, direction: "ascending" }), "b ch10 a ch2");
  assert.equal(names({ key: "rms", direction: "descending" }), "b ch10 a ch2");
});

test("[PG83b] a press sorts, the next the other way, the third as it was; numbers begin with the largest", () => {
  const presses = (key: SortKey): (string | undefined)[] => {
    const first = toggled({ key: key === "min" ? "max" : "min", direction: "ascending" }, key);
    const second = toggled(first, key);
    return [first, second, toggled(second, key)].map((sorting) => sorting?.direction);
  };
  assert.deepEqual(presses("max"), ["descending", "ascending", undefined]);
  assert.deepEqual(presses("name"), ["ascending", "descending", undefined]);
});
