import assert from "node:assert/strict";
import { test } from "node:test";
import { Problem } from "../../../../../protocol/problem.ts";
import { accessOf } from "../../../../../worker/http/access/access.ts";
import { mustStillCount, principalOf } from "../../../../../worker/http/access/guard.ts";

for (const [bodyMs, isRefused] of [
  [999, false],
  [1_000, true],
] as const) {
  test(`[AC4f] after a body of ${bodyMs} ms its token is ${isRefused ? "" : "not "}looked at again`, async (t) => {
    t.mock.timers.enable({ apis: ["Date"], now: 1_800_000_000_000 });
    const env = { PUBLISH_TOKEN: "a-token-of-a-rig" };
    const request = new Request("http://localhost/c/main", { headers: { Authorization: "Bearer a-token-of-a-rig" } });
    await principalOf(request, env, accessOf(env));
    env.PUBLISH_TOKEN = "another";
    t.mock.timers.tick(bodyMs);
    const outcome = await mustStillCount(request).catch((error: unknown) => error);
    assert.equal(outcome instanceof Problem && outcome.code, isRefused && "token-wrong");
  });
}
