import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { formatAddress, parseAddress } from "../../../../page/layout/address.ts";
import {
  type Appearance,
  appearanceOf,
  appearanceText,
  labelOf,
  readAppearance,
} from "../../../../page/lazy/appearance.ts";
import { hasControl } from "../../../../protocol/characters.ts";

const appearances: fc.Arbitrary<Appearance> = fc
  .record(
    {
      label: fc
        .string({ minLength: 1, maxLength: 20, unit: "grapheme" })
        .filter((text) => !hasControl(text) && text === text.trim()),
      colour: fc.oneof(
        fc.nat(7),
        fc.nat(0xffffff).map((rgb) => `#${rgb.toString(16).padStart(6, "0")}`),
      ),
      widthPx: fc.constantFrom(0.5, 1, 2.25, 12),
      points: fc.constantFrom("too" as const, "only" as const),
    },
    { requiredKeys: [], noNullPrototype: true },
  )
  .filter((appearance) => Object.keys(appearance).length > 0);

test("[PG90f] how series look goes through an address whole, whatever they are called", () => {
  fc.assert(
    fc.property(
      fc.dictionary(fc.string({ minLength: 1, maxLength: 9 }), appearances, { maxKeys: 5, noNullPrototype: true }),
      (all) => {
        const named = Object.entries(all).filter(([name]) => !hasControl(name));
        const styles = new Map(named.map(([name, appearance]) => [name, appearanceText(appearance) ?? ""]));
        const read =
          parseAddress(formatAddress({ panels: [], hidden: [], styles })).styles ?? new Map<string, string>();
        assert.equal(read.size, styles.size);
        for (const [name, appearance] of named) assert.deepEqual(appearanceOf(read, name), appearance);
      },
    ),
  );
});

test("[PG90f] of a style that makes no sense the rest counts", () => {
  const cases: [text: string, read: Appearance][] = [
    ["", {}],
    ["label=%20%20", {}],
    ["label=", {}],
    ["label=%E0%A4%A", {}],
    ["label=a%00b;width=3", { widthPx: 3 }],
    [`label=${"x".repeat(257)}`, {}],
    ["colour=8;points=only", { points: "only" }],
    ["colour=-1", {}],
    ["colour=%23ff0000", {}],
    ["colour=ff0000;url(evil)", { colour: "#ff0000" }],
    ["colour=FF00aa", { colour: "#ff00aa" }],
    ["colour=ff00", {}],
    ["width=0;points=none", {}],
    ["width=1e9", {}],
    ["width=Infinity;colour=2", { colour: 2 }],
    ["constructor=1;__proto__=2", {}],
  ];
  for (const [text, expected] of cases) assert.deepEqual(readAppearance(text), expected, text);
});

test("[PG90f] what is as the page has it needs no text", () => {
  assert.equal(appearanceText({}), "");
});

test("[PG90a] a new name keeps the unit of the old one, unless it has one of its own", () => {
  const styles = new Map([
    ["temp.motor [°C]", "label=Engine"],
    ["y", "label=Supply%20%5BV%5D"],
    ["p (bar)", "label=Boiler%20(Pa)"],
    ["n", "label=Count%5B0%5D"],
    ["q", "width=3"],
  ]);
  const names = ["temp.motor [°C]", "y", "p (bar)", "n", "q", "other [A]"];
  assert.deepEqual(
    names.map((name) => labelOf(styles, name)),
    ["Engine [°C]", "Supply [V]", "Boiler (Pa)", "Count[0]", "q", "other [A]"],
  );
});
