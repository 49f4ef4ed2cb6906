import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { Pointing } from "../../../../page/input/cursor-state.ts";

const SEEN = { min: 100, max: 200 };
const parts = fc.double({ min: 0, max: 1, noNaN: true });

test("[PG18] a cursor is at a part of the width, whatever is seen there", () => {
  const pointing = new Pointing();
  assert.equal(pointing.at(SEEN), undefined);
  pointing.point(0.25, false);
  assert.equal(pointing.at(SEEN), 125);
  assert.equal(pointing.at({ min: 0, max: 8 }), 2);
});

test("[PG18] the mouse's cursor goes with it; a finger's or a key's stays until the mouse points elsewhere", () => {
  const pointing = new Pointing();
  pointing.point(0.5, false);
  pointing.point(undefined, false);
  assert.equal(pointing.cursor, undefined);
  pointing.point(0.5, true);
  pointing.point(undefined, false);
  assert.equal(pointing.cursor, 0.5);
  pointing.point(0.7, false);
  pointing.point(undefined, false);
  assert.equal(pointing.cursor, undefined);
});

test("[PG18] steps begin in the middle and end at the edges", () => {
  const pointing = new Pointing();
  pointing.step(0);
  assert.deepEqual([pointing.cursor, pointing.stays], [0.5, true]);
  pointing.step(10);
  assert.equal(pointing.cursor, 0.55);
  fc.assert(
    fc.property(fc.array(fc.integer({ min: -300, max: 300 })), (steps) => {
      for (const each of steps) pointing.step(each);
      assert.ok(pointing.cursor !== undefined && pointing.cursor >= 0 && pointing.cursor <= 1);
    }),
  );
});

test("[PG18] a mark is an x; once more at the same place takes it away, at another it goes there", () => {
  const pointing = new Pointing();
  pointing.toggleMark(SEEN);
  assert.equal(pointing.mark, undefined, "nowhere is nothing to mark");
  pointing.point(0.5, false);
  pointing.toggleMark(SEEN);
  assert.equal(pointing.mark, 150);
  pointing.toggleMark(SEEN, 0.8);
  assert.equal(pointing.mark, 180);
  pointing.toggleMark({ min: 110, max: 210 }, 0.702);
  assert.equal(pointing.mark, undefined);
});

test("[PG18] each Esc takes the last thing away: what is being chosen, the mark, the cursor", () => {
  const pointing = new Pointing();
  pointing.point(0.5, true);
  pointing.toggleMark(SEEN);
  pointing.chosen = { fromX: 120, to: 0.4 };
  const left = (): unknown[] => [pointing.chosen, pointing.mark, pointing.cursor];
  assert.equal(pointing.dismiss(), true);
  assert.deepEqual(left(), [undefined, 150, 0.5]);
  assert.equal(pointing.dismiss(), true);
  assert.deepEqual(left(), [undefined, undefined, 0.5]);
  assert.equal(pointing.dismiss(), true);
  assert.deepEqual(left(), [undefined, undefined, undefined]);
  assert.equal(pointing.dismiss(), false);
  pointing.point(undefined, false);
  assert.equal(pointing.stays, false);
});

test("[PG18] without its cursor nothing is measured: both go at once", () => {
  const pointing = new Pointing();
  pointing.point(0.5, true);
  pointing.toggleMark(SEEN);
  pointing.clear();
  assert.deepEqual([pointing.cursor, pointing.mark, pointing.stays], [undefined, undefined, false]);
});

test("[PG14] what is being chosen begins at an x and ends at a part of the width, and is never beyond the edges", () => {
  const pointing = new Pointing();
  assert.equal(pointing.chosenPart(SEEN), undefined);
  pointing.chosen = { fromX: 150, to: 0.8 };
  assert.deepEqual(pointing.chosenPart(SEEN), [0.5, 0.8]);
  assert.deepEqual(pointing.chosenPart({ min: 125, max: 225 }), [0.25, 0.8], "it began where the points are");
  pointing.chosen = { fromX: 150, to: 0.1 };
  assert.deepEqual(pointing.chosenPart(SEEN), [0.1, 0.5]);
  fc.assert(
    fc.property(fc.double({ min: 0, max: 300, noNaN: true }), parts, (fromX, to) => {
      pointing.chosen = { fromX, to };
      const [left = -1, right = 2] = pointing.chosenPart(SEEN) ?? [];
      assert.ok(left >= 0 && left <= right && right <= 1, `${left} to ${right}`);
    }),
  );
});
