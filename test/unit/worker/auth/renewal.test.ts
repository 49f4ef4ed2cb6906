import assert from "node:assert/strict";
import { test } from "node:test";
import { forgetNamedTokens, namedTokenHash } from "../../../../worker/auth/named-tokens.ts";
import { parseQuotas } from "../../../../worker/auth/quota-config.ts";
import { renewal } from "../../../../worker/auth/renewal.ts";
import { viewerShare } from "../../../../worker/auth/viewer-share.ts";

const LAB = { name: "lab", id: "0a" };
const ENV = { ADMIN_TOKEN: "admin", PUBLISH_TOKEN: "publish" };

test("[AC10c] a token that may watch is a grant of its own rights and expiry", async () => {
  assert.deepEqual(await renewal("admin", ENV, LAB, 0), {
    kind: "granted",
    grant: { principal: "admin-token", tokenId: null, expiresAtMs: null, hasHistory: true },
    share: { who: "5d20a2fc", most: null },
  });
});

test("[AC10c] a good token without the right to watch is told apart from one that is none", async () => {
  assert.deepEqual(await renewal("publish", ENV, LAB, 0), { kind: "no-right" });
  for (const token of ["", "wrong", "a".repeat(4097)]) {
    assert.deepEqual(await renewal(token, ENV, LAB, 0), { kind: "wrong" });
  }
});

test("[AC10c] where a token cannot be verified now, that is what it comes to, and nothing is thrown", async () => {
  const broken = {
    get ADMIN_TOKEN(): string {
      throw new Error("the object restarts");
    },
  };
  assert.deepEqual(await renewal("admin", broken, LAB, 0), { kind: "unavailable" });
});

test("[AC10c] one that has expired, and one that is in as many channels as it may be, are told apart, too", async () => {
  const token = "pct_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
  const rig = { id: "0a", name: "rig", sha256: await namedTokenHash(token), expiresAtMs: 9, countsFor: "" };
  const registry = {
    tokensSince: async () => ({ version: 1, tokens: [{ ...rig, rights: { lab: ["watch" as const] } }] }),
    note: async () => "too-many-channels" as const,
  };
  forgetNamedTokens();
  const env = { ...ENV, TOKENS: { getByName: () => registry } };
  assert.deepEqual(await renewal(token, env, LAB, 8), { kind: "too-many-channels" });
  assert.deepEqual(await renewal(token, env, LAB, 9), { kind: "expired" });
  forgetNamedTokens();
});

test("[AC13h] by what its viewer is counted is as of one that joins with it, and so is how many may", async () => {
  const env = { ...ENV, QUOTA_TOKEN: "viewers=7" };
  const renewed = await renewal("admin", env, LAB, 0);
  assert.ok(renewed.kind === "granted");
  const asker = { kind: "token", id: "admin-token" } as const;
  assert.deepEqual(renewed.share, await viewerShare(parseQuotas(env), asker, LAB.id));
  assert.equal(renewed.share.most, 7);
});
