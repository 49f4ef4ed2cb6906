/** Assertions of Cloudflare Access: by the keys of the team, for one application, with the rights of a variable. */
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { test } from "node:test";
import type { AuthEnv } from "../../../../worker/auth/auth-env.ts";
import { parseCloudflareAccess, verifyAssertion } from "../../../../worker/auth/cloudflare-access.ts";
import { accessOf } from "../../../../worker/http/access/access.ts";
import { credentialOf } from "../../../../worker/http/access/credential.ts";
import { EDDSA, ES256, HS256, NOW_MS, publicJwk, rs256, SECRET, signed } from "../../../support/jwt.ts";
import { startKeyServer } from "../../../support/key-server.ts";

const TEAM = "https://team.cloudflareaccess.com";
const AUD = "4714c1358e65fe4b408ad6d432a5f878f08194bdb4752441fd56faefa9b2b6f2";
const RS256 = rs256();
const certs = await startKeyServer({ keys: [publicJwk(RS256), publicJwk(ES256), publicJwk(EDDSA)], public_certs: [] });
test.after(() => certs.close());
const ENV: AuthEnv = { ACCESS_TEAM: certs.origin, ACCESS_AUD: AUD, ACCESS_RIGHTS: "**=watch lab/**=publish" };
const CLAIMS = { aud: [AUD], iss: certs.origin, email: "ann@lab.example", sub: "7335d417", exp: NOW_MS / 1000 + 60 };

test("[AC8] an assertion for this application by this team is a token with ACCESS_RIGHTS", async () => {
  for (const signer of [RS256, ES256]) {
    const found = await verifyAssertion(signed(CLAIMS, signer), ENV, NOW_MS);
    assert.ok(found.kind === "principal", JSON.stringify(found));
    const { rights, ...others } = found.principal;
    assert.deepEqual(others, {
      kind: "cloudflare-access",
      id: "cloudflare-access:ann@lab.example",
      tokenId: null,
      expiresAtMs: NOW_MS + 60_000,
    });
    assert.deepEqual({ ...rights }, { "**": ["watch"], "lab/**": ["publish"] });
  }
});

for (const [what, assertion, code, detail] of [
  ["for another application", signed({ ...CLAIMS, aud: ["other"] }, RS256), "token-wrong", /\(ACCESS_AUD\)/],
  ["by another team", signed({ ...CLAIMS, iss: TEAM }, RS256), "token-wrong", /\(ACCESS_TEAM\)/],
  ["that has expired", signed({ ...CLAIMS, exp: NOW_MS / 1000 }, RS256), "token-expired", /expired 1 second ago/],
  ["by EdDSA", signed(CLAIMS, EDDSA), "token-wrong", /signs by RS256 or ES256, and not by EdDSA/],
  ["by HS256", signed(CLAIMS, HS256), "token-wrong", /not by HS256/],
  ["that is not signed", signed(CLAIMS, HS256, { alg: "none" }), "token-wrong", /"none"/],
  ["by another key", signed(CLAIMS, rs256()), "token-wrong", /signature is wrong/],
  ["that is none", "ann@lab.example", "token-wrong", /header cannot be read/],
  ["that is empty", "", "token-wrong", /header cannot be read/],
  ["of 8,193 characters", "x".repeat(8_193), "token-wrong", /8192 characters at most/],
] as const) {
  test(`[AC8] an assertion ${what} is ${code}`, async () => {
    const found = await verifyAssertion(assertion, { ...ENV, JWT_SECRETS: SECRET }, NOW_MS);
    assert.ok(found.kind === "refused");
    assert.equal(found.refusal.code, code);
    assert.match(found.refusal.detail, detail);
  });
}

for (const [more, id] of [
  [{ email: undefined }, "cloudflare-access:7335d417"],
  [{ email: undefined, sub: "", common_name: "e367.access" }, "cloudflare-access:e367.access"],
  [{ email: 7, sub: "" }, undefined],
] as const) {
  test(`[AC7h] the principal of ${JSON.stringify(more)} is ${id ?? "of its own"}`, async () => {
    const assertion = signed({ ...CLAIMS, ...more }, RS256);
    const hash = createHash("sha256")
      .update(assertion.replace(/\.[^.]*$/, ""))
      .digest("hex");
    const found = await verifyAssertion(assertion, ENV, NOW_MS);
    const expected = id ?? `cloudflare-access:~${hash.slice(0, 16)}`;
    assert.equal(found.kind === "principal" && found.principal.id, expected);
  });
}

test("[AC8] without ACCESS_RIGHTS it may watch and read everything; with wrong ones nothing, and that is said", () => {
  const vars = { ACCESS_TEAM: TEAM, ACCESS_AUD: AUD };
  for (const text of [undefined, ""]) {
    const { rights, faults } = parseCloudflareAccess({ ...vars, ACCESS_RIGHTS: text });
    assert.deepEqual({ rights: { ...rights }, faults }, { rights: { "**": ["watch", "history"] }, faults: [] });
  }
  for (const text of ["**=fly", "admin", 7]) {
    const { isOn, rights, faults } = parseCloudflareAccess({ ...vars, ACCESS_RIGHTS: text });
    assert.deepEqual({ isOn, rights }, { isOn: true, rights: {} });
    assert.match(faults[0] ?? "", /^ACCESS_RIGHTS: .* Until then it gives no rights\.$/);
  }
});

test("[AC8] the team may have a slash at its end", () => {
  assert.equal(parseCloudflareAccess({ ACCESS_TEAM: `${TEAM}/`, ACCESS_AUD: AUD }).team, TEAM);
});

for (const [vars, fault] of [
  [{ ACCESS_TEAM: TEAM }, /^ACCESS_TEAM is set, and ACCESS_AUD is not/],
  [{ ACCESS_AUD: AUD }, /^ACCESS_AUD is set, and ACCESS_TEAM is not/],
  [{ ACCESS_TEAM: "team", ACCESS_AUD: AUD }, /^ACCESS_TEAM is no URL/],
  [{ ACCESS_TEAM: "http://team.cloudflareaccess.com", ACCESS_AUD: AUD }, /^ACCESS_TEAM does not begin with https/],
  [
    { ACCESS_TEAM: `${TEAM}/cdn-cgi/access/certs`, ACCESS_AUD: AUD },
    /has more than an origin\. Write https:\/\/team\./,
  ],
  [{ ACCESS_TEAM: TEAM, ACCESS_AUD: "two words" }, /^ACCESS_AUD is no AUD tag/],
  [{ ACCESS_TEAM: TEAM, ACCESS_AUD: 7 }, /^ACCESS_AUD is no AUD tag/],
] as const) {
  test(`[AC8] with ${JSON.stringify(vars)} no assertion is looked at, and it is said why`, async () => {
    const { isOn, faults } = parseCloudflareAccess(vars);
    assert.equal(isOn, false);
    assert.equal(faults.length, 1);
    assert.match(faults[0] ?? "", fault);
  });
}

test("[AC1a] [AC8] the header counts only where Cloudflare Access is configured: else anybody may have sent it", async (t) => {
  t.mock.method(console, "warn", () => {});
  const request = new Request("https://w.example/c/x", { headers: { "Cf-Access-Jwt-Assertion": "x.y.z" } });
  for (const vars of [{}, { ACCESS_TEAM: TEAM }, { ACCESS_AUD: AUD }])
    assert.deepEqual(await credentialOf(request, accessOf(vars)), { kind: "none" });
  const access = accessOf({ ACCESS_TEAM: TEAM, ACCESS_AUD: AUD });
  assert.deepEqual(await credentialOf(request, access), { kind: "access-assertion", assertion: "x.y.z" });
});

test("[AC1b] the header does not count for a page of another origin: Access makes it of a cookie", async () => {
  const access = accessOf({ ACCESS_TEAM: TEAM, ACCESS_AUD: AUD, ALLOWED_ORIGINS: "*" });
  for (const more of [{ Origin: "https://a.example" }, { "Sec-Fetch-Site": "cross-site" }]) {
    const headers = { "Cf-Access-Jwt-Assertion": "x.y.z", ...more };
    assert.deepEqual(await credentialOf(new Request("https://w.example/c/x", { headers }), access), { kind: "none" });
  }
});
