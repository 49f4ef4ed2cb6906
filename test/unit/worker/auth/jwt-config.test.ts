/** The variables that say which JWTs count: what is at fault is said, and opens nothing. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { authenticate } from "../../../../worker/auth/authenticate.ts";
import { type JwtVars, parseJwtConfig } from "../../../../worker/auth/jwt-config.ts";
import { accessFaults } from "../../../../worker/http/access/access.ts";
import { claimsAt, NOW_MS, SECRET, signed } from "../../../support/jwt.ts";

test("[AC7a] what is not set: no secret, no keys, the audience plotcast, any issuer", () => {
  const nothing = { secrets: [], jwksUrl: undefined, audience: "plotcast", issuer: undefined, faults: [] };
  assert.deepEqual(parseJwtConfig({}), nothing);
  assert.deepEqual(parseJwtConfig({ JWT_SECRETS: "", JWT_AUDIENCE: "", JWT_ISSUER: "", JWT_JWKS_URL: "" }), nothing);
});

for (const url of [
  "https://id.example/.well-known/jwks.json",
  "https://id.example:8443/keys?tenant=1",
  "http://localhost:9000/keys",
  "http://id.localhost/keys",
  "http://127.0.0.1:9000/keys",
  "http://127.1.2.3/keys",
  "http://[::1]:9000/keys",
]) {
  test(`[AC7a] keys may be fetched from ${url}`, () => {
    assert.deepEqual(parseJwtConfig({ JWT_JWKS_URL: url }).faults, []);
    assert.equal(parseJwtConfig({ JWT_JWKS_URL: url }).jwksUrl, url);
  });
}

for (const [url, fault] of [
  ["id.example/jwks.json", /is no URL/],
  ["/jwks.json", /is no URL/],
  ["https://", /is no URL/],
  ["http://id.example/jwks.json", /does not begin with https/],
  ["http://192.168.1.1/jwks.json", /does not begin with https/],
  ["http://localhost.evil.example/jwks.json", /does not begin with https/],
  ["http://127.0.0.1.evil.example/jwks.json", /does not begin with https/],
  ["ftp://localhost/jwks.json", /does not begin with https/],
  ["data:application/json,{}", /does not begin with https/],
  ["file:///etc/keys", /does not begin with https/],
  ["https://me:secret@id.example/jwks.json", /a user or a password/],
  [7, /is no URL/],
  [["https://id.example/jwks.json"], /is no URL/],
] as const) {
  test(`[AC7b] from ${url} no keys are fetched, and it is said why`, () => {
    const { jwksUrl, faults } = parseJwtConfig({ JWT_JWKS_URL: url });
    assert.equal(jwksUrl, undefined);
    assert.equal(faults.length, 1);
    assert.match(faults[0] ?? "", /^JWT_JWKS_URL .* Until then its keys do not count\.$/);
    assert.match(faults[0] ?? "", fault);
    assert.doesNotMatch(faults[0] ?? "", /secret@/);
  });
}

for (const value of [7, true, ["a"], { a: 1 }, " ", " https://id.example", "a\nb", "x".repeat(513)]) {
  for (const name of ["JWT_ISSUER", "JWT_AUDIENCE"]) {
    test(`[AC7a] with ${name} ${JSON.stringify(value).slice(0, 30)} no JWT counts, and it is said why`, async () => {
      const vars: JwtVars = { JWT_SECRETS: SECRET, JWT_JWKS_URL: "https://id.example/jwks.json", [name]: value };
      const { secrets, jwksUrl, faults } = parseJwtConfig(vars);
      assert.deepEqual({ secrets, jwksUrl }, { secrets: [], jwksUrl: undefined });
      assert.equal(faults.length, 1);
      assert.match(faults[0] ?? "", new RegExp(`^${name} is no text .* no JWT counts\\.$`));
    });
  }
}

test("[AC7b] a secret that is too short is none, and JWT_SECRETS that is no text has none", async () => {
  const short = "thirty-one-characters-of-secret";
  const token = signed(claimsAt(NOW_MS), { alg: "HS256", key: short });
  assert.equal((await authenticate(token, { JWT_SECRETS: short }, NOW_MS)).kind, "refused");
  assert.match(parseJwtConfig({ JWT_SECRETS: 7 }).faults[0] ?? "", /is no text/);
});

test("whoever starts the Worker is told what is wrong with JWTs and Cloudflare Access", () => {
  const faults = accessFaults({
    JWT_SECRETS: "short",
    JWT_ISSUER: " ",
    JWT_JWKS_URL: "http://id.example",
    ACCESS_TEAM: "team",
  });
  assert.deepEqual(
    faults.map((fault) => fault.split(/[ :]/)[0]),
    ["JWT_ISSUER", "JWT_SECRETS", "JWT_JWKS_URL", "ACCESS_TEAM"],
  );
  const right = {
    JWT_SECRETS: SECRET,
    JWT_ISSUER: "me",
    JWT_JWKS_URL: "https://id.example",
    ACCESS_TEAM: "https://t.cloudflareaccess.com",
    ACCESS_AUD: "abc",
  };
  assert.deepEqual(accessFaults(right), []);
});
