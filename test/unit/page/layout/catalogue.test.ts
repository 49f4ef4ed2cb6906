import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { SeriesStore } from "../../../../page/data/store/series-store.ts";
import { Arrangement } from "../../../../page/layout/arrangement.ts";
import { Catalogue } from "../../../../page/layout/catalogue.ts";
import { rowOf } from "../../../support/channel-data.ts";
import { ingest } from "../../../support/named.ts";

function storeOf(values: Record<string, number>): SeriesStore {
  const store = new SeriesStore();
  for (const [name, value] of Object.entries(values)) ingest(store, rowOf(1, { [name]: value }));
  return store;
}

const ALL = ["flow", "level", "count", "cell1", "cell2", "accel.x", "accel.z", "accel.y", "gone"];
const SCALES = [12, 0.5, 1e6, 3.2, 3.1, 9.8, 0, 1, 700];

test("[PG60d] the channel's order and scales decide, not what this page has seen, when, or in which order", () => {
  const visit = fc.record({
    seen: fc.shuffledSubarray(ALL, { minLength: 1 }),
    factors: fc.array(fc.double({ min: 1e-6, max: 1e6, noNaN: true }), {
      minLength: ALL.length,
      maxLength: ALL.length,
    }),
  });
  const whole = new Arrangement().arrange(
    listOf(ALL, SCALES, storeOf(Object.fromEntries(ALL.map((name) => [name, 1])))),
  );
  assert.deepEqual(
    whole.map(({ names }) => names),
    [["flow", "level"], ["count"], ["cell1", "cell2"], ["accel.x", "accel.y", "accel.z"], ["gone"]],
  );
  fc.assert(
    fc.property(visit, ({ seen, factors }) => {
      const store = storeOf(Object.fromEntries(seen.map((name, i) => [name, factors[i] ?? 1])));
      const panels = new Arrangement().arrange(listOf(ALL, SCALES, store));
      const expected = whole.flatMap(({ names, slots }) => {
        const here = names.flatMap((name, i) => (seen.includes(name) ? [[name, slots[i]]] : []));
        return here.length === 0 ? [] : [here];
      });
      assert.deepEqual(
        panels.map(({ names, slots }) => names.map((name, i) => [name, slots[i]])),
        expected,
      );
    }),
  );
});

function listOf(names: readonly string[], scales: readonly number[], store: SeriesStore) {
  const catalogue = new Catalogue();
  catalogue.learn(names, scales);
  return catalogue.list(store.series, new Set([...store.series].map(({ name }) => name)));
}

test("[PG60d] one that comes later stands behind those that were there, and has its scale when the channel says it", () => {
  const catalogue = new Catalogue();
  catalogue.learn(["a", "b"], [1, null]);
  const store = storeOf({ late: 5, b: 2, sum: 7, a: 1 });
  const list = (): [string, number][] =>
    catalogue.list(store.series, new Set(ALL)).map(({ name, magnitude }) => [name, magnitude]);
  assert.deepEqual(list(), [
    ["a", 1],
    ["b", 0],
    ["late", 0],
    ["sum", 0],
  ]);
  catalogue.learn(["late", "b"], [4.5, 2]);
  assert.deepEqual(list().slice(1, 3), [
    ["b", 2],
    ["late", 4.5],
  ]);
  catalogue.clear();
  catalogue.isFile = true;
  assert.deepEqual(list(), [
    ["late", 5],
    ["b", 2],
    ["sum", 7],
    ["a", 1],
  ]);
});
