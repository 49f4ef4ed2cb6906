import assert from "node:assert/strict";
import { test } from "node:test";
import { numberIn, tidyText } from "../../../../../page/lazy/dialogs/typed-text.ts";

test("[PG12] a range is typed with a point or with a comma, and what is no number is none", () => {
  const cases: [text: string, value: number][] = [
    ["40.5", 40.5],
    [" 40,5 ", 40.5],
    ["-0,25", -0.25],
    [",5", 0.5],
    ["1e-3", 0.001],
    ["0", 0],
    ["", Number.NaN],
    [" ", Number.NaN],
    ["1,234,567", Number.NaN],
    ["1.234,5", Number.NaN],
    ["1,", Number.NaN],
    ["a", Number.NaN],
  ];
  for (const [text, value] of cases) assert.equal(numberIn(text), value, text);
});

test("[PG90a] what cannot be seen is not in a name", () => {
  assert.equal(tidyText(" En\u200bgi\u202ene\u0000 2 "), "Engine 2");
});
