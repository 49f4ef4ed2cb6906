/** What the Worker logs of named tokens. */
import assert from "node:assert/strict";
import { after, test } from "node:test";
import { runInNewContext } from "node:vm";
import { isObject } from "../../../../protocol/json/json.ts";
import { SHARE_TYPE } from "../../../../protocol/limits.ts";
import { startEdge } from "../../../support/edge.ts";
import { ADMIN, askForToken, bearer, makeToken, revokeToken } from "../../../support/named-tokens.ts";
import { post } from "../../../support/publish.ts";
import { waitFor } from "../../../support/wait.ts";

const edge = await startEdge({ vars: { ADMIN_TOKEN: ADMIN } });
after(() => edge.close());

test("[AC14b] [AC14c] that a token is made, revoked or shared is logged by its name, and what was refused, without any token", async () => {
  const owner = await makeToken(edge, "owner", { "lab/**": ["admin"] });
  await makeToken(edge, "rig", { "lab/rig": ["publish"] }, { admin: owner.token });
  await askForToken(edge, { name: "beyond", rights: { main: ["publish"] } }, bearer(owner.token));
  const headers = { ...bearer(owner.token), "Content-Type": SHARE_TYPE };
  const share: unknown = await (await post(edge, "lab/a", '{"forMs":60000}', headers)).json();
  assert.ok(isObject(share));
  await revokeToken(edge, "rig", owner.token);
  await revokeToken(edge, "rig", owner.token);
  const lines = await waitFor("five lines", () => (edge.audited.length >= 5 ? edge.audited : undefined));
  const told = lines
    // The runtime shows an object as JavaScript has it.
    .map((text): unknown => runInNewContext(`(${text})`))
    .filter(isObject)
    .map(({ audit, name, code, channel, principal }) => [audit, name ?? code, channel, principal]);
  const by = "named-token:owner";
  assert.deepEqual(told, [
    ["token-made", "owner", "", "admin-token"],
    ["token-made", "rig", "", by],
    ["refused", "not-permitted", "", by],
    ["shared", share.name, "lab/a", by],
    ["token-revoked", "rig", "", by],
  ]);
  const all = lines.join("\n");
  assert.ok(!all.includes("pct_") && !all.includes(ADMIN), all);
});

test("[AC14c] a token that somebody puts where the channel's name goes, or a token's, is not logged", async () => {
  await using other = await startEdge({ vars: { ADMIN_TOKEN: ADMIN, WATCH: "token" } });
  const { token } = await makeToken(other, "rig", { "lab/**": ["publish"] });
  for (const path of [`/c/${token}`, `/c/lab/${token}`]) await (await fetch(new URL(path, other.url))).text();
  await revokeToken(other, token);
  await (await fetch(new URL(`/tokens/${token}`, other.url), { method: "DELETE" })).text();
  const lines = await waitFor("four lines", () => (other.audited.length >= 4 ? other.audited.join("\n") : undefined));
  assert.match(lines, /'<token>'/);
  assert.match(lines, /'lab\/<token>'/);
  assert.ok(!lines.includes(token.slice(4)), lines);
});
