/** The vectors of frames, read by a program in Python that was written from SPEC.md alone. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { test } from "node:test";

test("[FR1] Python reads every vector of frames as it is meant, and refuses the broken ones with their codes", (t) => {
  const { status, stdout, error } = spawnSync("python3", ["test/foreign/vectors.py"], { encoding: "utf8" });
  if (error !== undefined) return t.skip("There is no python3 here.");
  assert.equal(status, 0, stdout);
  assert.match(stdout, /^\d+ vectors, 0 differ$/m);
});
