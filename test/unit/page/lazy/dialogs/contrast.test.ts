import assert from "node:assert/strict";
import { test } from "node:test";
import { hasContrast } from "../../../../../page/lazy/dialogs/contrast.ts";

test("[PG90b] a colour can be seen from a contrast of 3 to 1 on", () => {
  const cases: [colour: string, ground: string, isSeen: boolean][] = [
    ["#000000", "#ffffff", true],
    ["#ffff00", "#ffffff", false],
    ["#ffff00", "#0d1117", true],
    ["#0000ff", "#0d1117", false],
    ["#949494", "#ffffff", true],
    ["#969696", "#ffffff", false],
    ["#ffffff", "#ffffff", false],
  ];
  for (const [colour, ground, isSeen] of cases)
    assert.equal(hasContrast(colour, ground), isSeen, `${colour} on ${ground}`);
});
