import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { colourOf, LINE_COLOURS, slotsOf } from "../../../../page/layout/colours.ts";

const counting = (count: number): number[] => Array.from({ length: count }, (_, i) => i);

test("[PG62a] a name has one colour, siblings have colours that follow each other, and not all names the same", () => {
  assert.equal(colourOf("temp.motor [°C]"), colourOf("temp.motor [°C]"));
  const x = colourOf("accel.x");
  assert.deepEqual(["accel.x", "accel.y", "accel.z"].map(colourOf), [
    x,
    (x + 1) % LINE_COLOURS,
    (x + 2) % LINE_COLOURS,
  ]);
  const first = ["temp.motor", "vib.x", "power.total", "flow", "level", "cpu.load", "gps.lat", "y", "rssi", "bme.hum"];
  assert.ok(new Set(first.map(colourOf)).size >= 5, first.map(colourOf).join());
  const spread = new Set(
    counting(200).map((i) => colourOf(`station${String.fromCharCode(97 + (i % 26))}${"q".repeat(i % 7)}.v`)),
  );
  assert.equal(spread.size, LINE_COLOURS);
});

test("[PG62b] in a panel all colours differ as far as there are any, then the dashes", () => {
  const names = fc.uniqueArray(fc.string({ minLength: 1 }), { maxLength: 40, size: "max" });
  fc.assert(
    fc.property(names, (all) => {
      const slots = slotsOf(all, colourOf);
      assert.equal(new Set(slots).size, slots.length);
      assert.ok(slots.every((slot) => slot < Math.ceil(all.length / LINE_COLOURS) * LINE_COLOURS));
      assert.equal(new Set(slots.slice(0, LINE_COLOURS)).size, Math.min(all.length, LINE_COLOURS));
      const first = all[0];
      if (first !== undefined) assert.equal(slots[0], colourOf(first));
    }),
  );
});

test("[PG62b] sixty siblings: the first eight are drawn through, and no two that stand together look the same", () => {
  const slots = slotsOf(
    counting(32).map((i) => `ch${i}`),
    colourOf,
  );
  assert.ok(slots.slice(0, 8).every((slot) => slot < 8));
  assert.equal(new Set(slots).size, 32);
});
