import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { CursorState } from "../../../../page/input/cursor-state.ts";

const SEEN = { min: 100, max: 200 };
const parts = fc.double({ min: 0, max: 1, noNaN: true });

test("[PG18] a cursor is at a part of the width, whatever is seen there", () => {
  const state = new CursorState();
  assert.equal(state.xIn(SEEN), undefined);
  state.moveTo(0.25, false);
  assert.equal(state.xIn(SEEN), 125);
  assert.equal(state.xIn({ min: 0, max: 8 }), 2);
});

test("[PG18] the mouse's cursor goes with it; a finger's or a key's stays until the mouse points elsewhere", () => {
  const state = new CursorState();
  state.moveTo(0.5, false);
  state.moveTo(undefined, false);
  assert.equal(state.position, undefined);
  state.moveTo(0.5, true);
  state.moveTo(undefined, false);
  assert.equal(state.position, 0.5);
  state.moveTo(0.7, false);
  state.moveTo(undefined, false);
  assert.equal(state.position, undefined);
});

test("[PG18] steps begin in the middle and end at the edges", () => {
  const state = new CursorState();
  state.step(0);
  assert.deepEqual([state.position, state.isPinned], [0.5, true]);
  state.step(10);
  assert.equal(state.position, 0.55);
  fc.assert(
    fc.property(fc.array(fc.integer({ min: -300, max: 300 }), { maxLength: 50, size: "max" }), (steps) => {
      for (const each of steps) state.step(each);
      assert.ok(state.position !== undefined && state.position >= 0 && state.position <= 1);
    }),
  );
});

test("[PG18] a mark is an x; once more at the same place takes it away, at another it goes there", () => {
  const state = new CursorState();
  state.toggleMark(SEEN);
  assert.equal(state.mark, undefined, "nowhere is nothing to mark");
  state.moveTo(0.5, false);
  state.toggleMark(SEEN);
  assert.equal(state.mark, 150);
  state.toggleMark(SEEN, 0.8);
  assert.equal(state.mark, 180);
  state.toggleMark({ min: 110, max: 210 }, 0.702);
  assert.equal(state.mark, undefined);
});

test("[PG18] each Esc takes the last thing away: what is being chosen, the mark, the cursor", () => {
  const state = new CursorState();
  state.moveTo(0.5, true);
  state.toggleMark(SEEN);
  state.selection = { fromX: 120, to: 0.4 };
  const left = (): unknown[] => [state.selection, state.mark, state.position];
  assert.equal(state.dismiss(), true);
  assert.deepEqual(left(), [undefined, 150, 0.5]);
  assert.equal(state.dismiss(), true);
  assert.deepEqual(left(), [undefined, undefined, 0.5]);
  assert.equal(state.dismiss(), true);
  assert.deepEqual(left(), [undefined, undefined, undefined]);
  assert.equal(state.dismiss(), false);
  state.moveTo(undefined, false);
  assert.equal(state.isPinned, false);
});

test("[PG18] without its cursor nothing is measured: both go at once", () => {
  const state = new CursorState();
  state.moveTo(0.5, true);
  state.toggleMark(SEEN);
  state.clear();
  assert.deepEqual([state.position, state.mark, state.isPinned], [undefined, undefined, false]);
});

test("[PG14] what is being chosen begins at an x and ends at a part of the width, and is never beyond the edges", () => {
  const state = new CursorState();
  assert.equal(state.selectionPart(SEEN), undefined);
  state.selection = { fromX: 150, to: 0.8 };
  assert.deepEqual(state.selectionPart(SEEN), [0.5, 0.8]);
  assert.deepEqual(state.selectionPart({ min: 125, max: 225 }), [0.25, 0.8], "it began where the points are");
  state.selection = { fromX: 150, to: 0.1 };
  assert.deepEqual(state.selectionPart(SEEN), [0.1, 0.5]);
  fc.assert(
    fc.property(fc.double({ min: 0, max: 300, noNaN: true }), parts, (fromX, to) => {
      state.selection = { fromX, to };
      const [left = -1, right = 2] = state.selectionPart(SEEN) ?? [];
      assert.ok(left >= 0 && left <= right && right <= 1, `${left} to ${right}`);
    }),
  );
});
