/** By what a channel counts a viewer. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { parseQuotas } from "../../../../worker/auth/quota-config.ts";
import { parseShare, viewerShare } from "../../../../worker/auth/viewer-share.ts";

test("[AC13i] what a channel counts by is 8 hexadecimal digits, another in another channel, and never an address", async () => {
  const quotas = parseQuotas({});
  const anonymous = { kind: "address", address: "192.0.2.1" } as const;
  const shares = [
    await viewerShare(quotas, anonymous, "channel a"),
    await viewerShare(quotas, anonymous, "channel b"),
    await viewerShare(quotas, { kind: "token", id: "jwt:alice" }, "channel a"),
  ];
  for (const { who } of shares) assert.match(who, /^[0-9a-f]{8}$/);
  assert.equal(new Set(shares.map(({ who }) => who)).size, 3);
  assert.deepEqual(await viewerShare(quotas, anonymous, "channel a"), shares[0]);
  assert.deepEqual(
    shares.map(({ most }) => most),
    [2000, 2000, null],
  );
});

test("[AC13h] a share that is none is none", () => {
  assert.deepEqual(parseShare({ who: "0123abcd", most: 2 }), { who: "0123abcd", most: 2 });
  for (const value of [undefined, null, [], "x", {}, { who: "x" }, { who: 1, most: 1 }, { who: "x", most: -1 }]) {
    assert.equal(parseShare(value), undefined, JSON.stringify(value));
  }
});
