/** What a publish costs of its token's quotas. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { ANONYMOUS } from "../../../../../worker/auth/principal.ts";
import { accessOf } from "../../../../../worker/http/access/access.ts";
import { spendOnPublish } from "../../../../../worker/http/access/quotas.ts";
import { frameOf } from "../../../../support/publish.ts";

test("[AC13e] a body that one quota refuses is not counted by the other", () => {
  const access = accessOf({ QUOTA_TOKEN: "points=10/s bytes=100B/s" });
  const body = frameOf("00000000000000aa", 1, [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
  assert.ok(body.byteLength > 100 && body.byteLength <= 400, String(body.byteLength));
  const publish = (nowMs: number) => spendOnPublish(access, { ...ANONYMOUS, id: "token" }, body, nowMs);
  publish(0);
  for (let i = 0; i < 5; i++) assert.throws(() => publish(1000), /bytes=100\/s/);
  publish(5000);
  // It is counted, and not a second time.
  assert.throws(() => publish(5000), /points=10\/s/);
});
