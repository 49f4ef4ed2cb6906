import assert from "node:assert/strict";
import { test } from "node:test";
import { splitNames } from "../../../../page/lazy/name-parts.ts";

/** What is each name's own. */
const own = (...names: string[]): string[] => splitNames(names).map(([, own]) => own);

test("[PG86b] of names what all begin and end with is told from what is each one's own", () => {
  assert.deepEqual(own("house.north.inlet", "house.north.outlet", "house.south.inlet"), [
    "north.inlet",
    "north.outlet",
    "south.inlet",
  ]);
  assert.deepEqual(own("node1.temp", "node12.temp"), ["node1", "node12"]);
  assert.deepEqual(own("pack cell_1 volt", "pack cell_2 volt"), ["1", "2"]);
  assert.deepEqual(own("/arm/x", "/arm/y"), ["x", "y"]);
  assert.deepEqual(splitNames(["a.b.z", "a.c.z"]), [
    ["a.", "b", ".z"],
    ["a.", "c", ".z"],
  ]);
});

test("[PG86b] something is left of each name, and all of one that is alone", () => {
  assert.deepEqual(own("a.b.c"), ["a.b.c"]);
  assert.deepEqual(own("a.b", "a.b.b"), ["b", "b.b"]);
  assert.deepEqual(own("a", "b"), ["a", "b"]);
  assert.deepEqual(own("same.name", "same.name"), ["name", "name"]);
  assert.deepEqual(own(), []);
});
