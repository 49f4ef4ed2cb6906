import assert from "node:assert/strict";
import { test } from "node:test";
import { dragKind } from "../../../../../page/lazy/pointing/drag-kind.ts";

test("[PG76a] a drag sideways is one in x, up and down in y, aslant in both, whichever way it goes", () => {
  for (const [across, up, kind] of [
    [5, 0, "x"],
    [300, 23, "x"],
    [300, 25, "box"],
    [900, 60, "x"],
    [900, 90, "box"],
    [10, 9, "x"],
    [3, 8, "none"],
    [3, 11.9, "none"],
    [3, 12, "y"],
    [23, 200, "y"],
    [25, 200, "box"],
    [30, 30, "box"],
    [20, 400, "y"],
  ] as const) {
    for (const sign of [1, -1]) assert.equal(dragKind(sign * across, up), kind, `${sign * across}, ${up}`);
    assert.equal(dragKind(across, -up), kind);
  }
});
