import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { type Side, tipPlace } from "../../../../../page/lazy/pointing/tip-place.ts";

const SIDES: readonly Side[] = ["right", "left", "below", "above"];
const WINDOW = { width: 1000, height: 600 };
const TIP = { width: 200, height: 100 };

test("[PG77c] a tip stands at the right of the pointer, else at its left, below or above", () => {
  const at = (left: number, top: number, window = WINDOW) => tipPlace({ left, top }, TIP, window, 18, SIDES);
  assert.deepEqual(at(100, 300), { left: 118, top: 250 });
  assert.deepEqual(at(900, 300), { left: 682, top: 250 });
  assert.deepEqual(at(100, 5), { left: 118, top: 4 }, "it stays inside");
  const narrow = { width: 390, height: 600 };
  assert.deepEqual(at(195, 300, narrow), { left: 95, top: 318 });
  assert.deepEqual(at(195, 590, narrow), { left: 95, top: 472 });
});

test("[PG77c] it leaves free what else is to be read, where there is another side", () => {
  const taken = [{ left: 150, top: 200, width: 100, height: 100 }];
  const place = (sides: readonly Side[]) => tipPlace({ left: 300, top: 300 }, TIP, WINDOW, 18, sides, taken);
  assert.deepEqual(place(["left", "below"]), { left: 200, top: 318 });
  assert.deepEqual(place(["left"]), { left: 82, top: 250 });
});

test("[PG77c] it is inside of the window always, and never over the pointer where one side has room", () => {
  const size = (least: number, most: number) =>
    fc.record({ width: fc.nat(most - least), height: fc.nat(most - least) });
  fc.assert(
    fc.property(size(0, 360), size(0, 1500), fc.nat(100), fc.nat(100), fc.nat(40), (tip, more, x, y, gap) => {
      // As small as a tip, and twice as high: readouts have at most half of the height.
      const window = { width: tip.width + 8 + more.width, height: 2 * (tip.height + gap + 5) + more.height };
      const at = { left: (window.width * x) / 100, top: (window.height * y) / 100 };
      const { left, top } = tipPlace(at, tip, window, gap, SIDES);
      assert.ok(left >= 4 && left + tip.width <= window.width - 4, `${left}`);
      assert.ok(top >= 4 && top + tip.height <= window.height - 4, `${top}`);
      const isAside = at.left < left || at.left > left + tip.width || at.top < top || at.top > top + tip.height;
      assert.ok(isAside || gap === 0 || tip.width * tip.height === 0, `${left}, ${top} covers ${at.left}, ${at.top}`);
    }),
  );
});
