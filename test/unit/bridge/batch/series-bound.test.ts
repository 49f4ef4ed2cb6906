import assert from "node:assert/strict";
import { it } from "node:test";
import { SeriesBound } from "../../../../bridge/batch/series-bound.ts";

const row = (...names: string[]) => ({ x: 1, arrival: false, names, values: names.map((_, i) => i) });

it("[BR22a] [BR22b] the first series of a channel pass as they are; points of those beyond the bound are left out and counted", () => {
  const bound = new SeriesBound(2);
  const rows = [row("a"), row("a", "b")];
  assert.equal(bound.pass(rows), rows);
  assert.deepEqual(bound.pass([row("c"), row("a", "c", "d", "b"), row("b")]), [
    { ...row("a", "b"), values: [0, 3] },
    row("b"),
  ]);
  assert.equal(bound.takeLost(), 3);
  assert.equal(bound.takeLost(), 0);
});

it("[BR22] a line that breaks in a series beyond the bound has lost no point", () => {
  const bound = new SeriesBound(1);
  bound.pass([row("a")]);
  assert.deepEqual(bound.pass([{ ...row("b"), values: [Number.NaN] }]), []);
  assert.equal(bound.takeLost(), 0);
});

it("[BR22c] a break of a series that has had no point is not sent, and takes no place", () => {
  const bound = new SeriesBound(2);
  const [broken, mixed] = [
    { ...row("error"), values: [Number.NaN] },
    { ...row("a", "error"), values: [1, Number.NaN] },
  ];
  assert.deepEqual(bound.pass([broken, mixed, row("b")]), [{ ...row("a"), values: [1] }, row("b")]);
  assert.deepEqual(bound.pass([{ ...row("a"), values: [Number.NaN] }]), [{ ...row("a"), values: [Number.NaN] }]);
  assert.equal(bound.takeLost(), 0);
});
