import assert from "node:assert/strict";
import { test } from "node:test";
import { fullJitterMs } from "../../../protocol/backoff.ts";

test("[BR6b] full jitter is between nothing and a ceiling that doubles up to a bound", () => {
  for (let attempt = 0; attempt < 2000; attempt++) {
    const ceiling = Math.min(30_000, 250 * 2 ** attempt);
    assert.equal(fullJitterMs(attempt, 250, 30_000, 0), 0);
    assert.equal(fullJitterMs(attempt, 250, 30_000, 0.5), ceiling / 2);
    assert.ok(fullJitterMs(attempt, 250, 30_000, 1 - Number.EPSILON) < ceiling);
  }
});
