import assert from "node:assert/strict";
import { test } from "node:test";
import { RateLimit } from "../../../../../worker/auth/bounds/rate-limit.ts";

function takenOf(limit: RateLimit, times: number, nowMs: number): number {
  return Array.from({ length: times }, () => limit.take(nowMs)).filter(Boolean).length;
}

test("[VW7d] a rate limit gives so many at once and as many again each second", () => {
  const limit = new RateLimit(200, 5000);
  assert.equal(takenOf(limit, 300, 5000), 200);
  assert.equal(takenOf(limit, 300, 5500), 100);
  assert.equal(takenOf(limit, 300, 6500), 200);
  assert.equal(takenOf(limit, 300, 60_000), 200);
});

test("[VW7d] a clock that goes back gives a rate limit nothing", () => {
  const limit = new RateLimit(10, 5000);
  assert.equal(takenOf(limit, 20, 5000), 10);
  assert.equal(takenOf(limit, 20, 1000), 0);
});
