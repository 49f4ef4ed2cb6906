/** JWTs: what counts, and what is said of those that do not. */
import assert from "node:assert/strict";
import { createHash, createPublicKey } from "node:crypto";
import { test } from "node:test";
import { importJWK } from "jose";
import type { AuthEnv } from "../../../../worker/auth/auth-env.ts";
import { authenticate } from "../../../../worker/auth/authenticate.ts";
import { looksLikeJwt, verifyJwt } from "../../../../worker/auth/jwt.ts";
import { verifiedClaims } from "../../../../worker/auth/signed-token.ts";
import {
  claimsAt,
  ES256,
  HS256,
  NOW_MS,
  OTHER_SECRET,
  publicJwk,
  SECRET,
  type Signer,
  signed,
  signedText,
} from "../../../support/jwt.ts";
import { startKeyServer } from "../../../support/key-server.ts";

/** `{"aud":"plotcast","exp":1767229200,"sub":"alice","plotcast":{"lab/**":["watch","history"]}}`, made once by each algorithm. */
const TOKENS = {
  HS256:
    "eyJhbGciOiJIUzI1NiJ9.eyJhdWQiOiJwbG90Y2FzdCIsImV4cCI6MTc2NzIyOTIwMCwic3ViIjoiYWxpY2UiLCJwbG90Y2FzdCI6eyJsYWIvKioiOlsid2F0Y2giLCJoaXN0b3J5Il19fQ.XSwtFcrK3ijW9heRzS0AkRgrmH4RcP4LN5-7mPdpXxg",
  ES256:
    "eyJhbGciOiJFUzI1NiIsImtpZCI6ImVjIn0.eyJhdWQiOiJwbG90Y2FzdCIsImV4cCI6MTc2NzIyOTIwMCwic3ViIjoiYWxpY2UiLCJwbG90Y2FzdCI6eyJsYWIvKioiOlsid2F0Y2giLCJoaXN0b3J5Il19fQ.sHCsoFlXGk9hEXBgQPJgJevGRZoZtzZ5I7ZJ-ySWGIuyKBboBXwwzB7HVHJeLIq8nKzHWVg5cnQ9v6q9hrA-Ig",
  EdDSA:
    "eyJhbGciOiJFZERTQSIsImtpZCI6ImVkIn0.eyJhdWQiOiJwbG90Y2FzdCIsImV4cCI6MTc2NzIyOTIwMCwic3ViIjoiYWxpY2UiLCJwbG90Y2FzdCI6eyJsYWIvKioiOlsid2F0Y2giLCJoaXN0b3J5Il19fQ.KFqCgYIcAk49dr3HL5SwYSHEKpzr45n5SYvkGLInJ78cl4_-K0SZfRXFoRZL_Q4CDR4nQlVYoRk_CaL46IwTDQ",
  RS256:
    "eyJhbGciOiJSUzI1NiIsImtpZCI6InJzYSJ9.eyJhdWQiOiJwbG90Y2FzdCIsImV4cCI6MTc2NzIyOTIwMCwic3ViIjoiYWxpY2UiLCJwbG90Y2FzdCI6eyJsYWIvKioiOlsid2F0Y2giLCJoaXN0b3J5Il19fQ.kUyl8EogirfiuQRmIY5QOkp9CD6vBeWK9RLBdi_cb8w3Ewtq6umzrJWuEnf9ARNZ1vtjZNlsDpPpyzjepkWIOXe4dxZQOgJ1dW9uizJsc24MKrCKoyHpaMV_0al5Y_PVXCgt73-nHHbDvSE4nBGQS8eIuvPSbHEWsFn_bmzeUF_d3PKGw6nlMNggYnbwMpMd1zNnsraf498PA1uYQSivXhi7YCyKGhSsn4HNcu4ESvSaMWcXyMLu0suEA3tBBYXwKiRRAwamtq4Epglk7NidbgfX9tfj2fEgrS6hxt8yUiYHH3rRFbn3j5BAh563r41s2C2QMeG2hfdJIuLTbiImpQ",
};
const RSA_KEY = {
  kty: "RSA",
  kid: "rsa",
  use: "sig",
  alg: "RS256",
  n: "39yX0WZMl99S_l-et4UJPrjP8m8Y69cD2l-bWJiYb8KUDPdaif_-KghB3qQZsP-P7p2vhknMEHJku5x5PC2jwK6ugNQiIK6xjIWBjqLRdacFp7jIEKkeFODGZm_uOQc3aTlIq4pUZa74aFLuL6ghbrrT1GSVzo-YEZGFsEG8r2gmfm_tOaJwrhg80fp7yHM9I614601PHl56HDBsNvaAYHb9lc3Sj8j3V-_kefJov0skjz31LQQ1qt1lo9Zwm8GfCM9E8ZT9fbhJkVkXzZ6OBi0fncPFDIOobbzXEETmCnl7ryMJQLf6sLZSLhrMjVeyIJvWCRjHXsjPKgITAWrx4Q",
  e: "AQAB",
};
const EC_KEY = {
  kty: "EC",
  kid: "ec",
  crv: "P-256",
  x: "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",
  y: "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0",
};
const ED_KEY = { kty: "OKP", kid: "ed", crv: "Ed25519", x: "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo" };

const ENV: AuthEnv = { JWT_SECRETS: SECRET };
const keys = await startKeyServer({ keys: [RSA_KEY, EC_KEY, ED_KEY] });
const KEYS_ENV: AuthEnv = { JWT_JWKS_URL: keys.url };
test.after(() => keys.close());

async function refusal(token: string, env: AuthEnv = ENV, nowMs = NOW_MS): Promise<{ code: string; detail: string }> {
  const found = await authenticate(token, env, nowMs);
  assert.ok(found.kind === "refused", "it counts");
  return found.refusal;
}

async function assertWrong(token: string, detail: RegExp, env?: AuthEnv, nowMs?: number): Promise<void> {
  const found = await refusal(token, env, nowMs);
  assert.equal(found.code, "token-wrong", found.detail);
  assert.match(found.detail, detail);
  assert.ok(found.detail.length < 400 && found.detail.endsWith("."), found.detail);
}

for (const [alg, token] of Object.entries(TOKENS)) {
  test(`[AC7a] [AC7b] a token that was made once by ${alg} counts until its exp, with its rights`, async () => {
    const env = alg === "HS256" ? ENV : KEYS_ENV;
    const found = await authenticate(token, env, NOW_MS);
    assert.ok(found.kind === "principal", JSON.stringify(found));
    const { rights, ...others } = found.principal;
    assert.deepEqual(others, { kind: "jwt", id: "jwt:alice", tokenId: null, expiresAtMs: 1_767_229_200_000 });
    assert.deepEqual({ ...rights }, { "lab/**": ["watch", "history"] });
    assert.equal((await authenticate(token, env, 1_767_229_199_999)).kind, "principal");
    assert.equal((await refusal(token, env, 1_767_229_200_000)).code, "token-expired");
  });

  test(`[AC7c] a token by ${alg} of which any part is changed is wrong`, async () => {
    const env = alg === "HS256" ? ENV : KEYS_ENV;
    const [header = "", payload = "", signature = ""] = token.split(".");
    const admin = Buffer.from(Buffer.from(payload, "base64url").toString().replace("watch", "admin")).toString(
      "base64url",
    );
    await assertWrong(`${header}.${admin}.${signature}`, /signature is wrong/, env);
    await assertWrong(`${header}.${payload}.${signature.slice(0, -4)}AAAA`, /signature is wrong/, env);
    await assertWrong(`${header}.${payload}.AAAA`, /signature is wrong/, env);
    await assertWrong(`${header}.${payload}.`, /signature is wrong/, env);
  });
}

test("[AC7c] the tokens of RFC 7515 (A.1, A.2, A.3) are signed right, and are for nobody", async () => {
  const hmac = { kty: "oct", k: SECRET };
  const rsa = {
    kty: "RSA",
    n: "ofgWCuLjybRlzo0tZWJjNiuSfb4p4fAkd_wWJcyQoTbji9k0l8W26mPddxHmfHQp-Vaw-4qPCJrcS2mJPMEzP1Pt0Bm4d4QlL-yRT-SFd2lZS-pCgNMsD1W_YpRPEwOWvG6b32690r2jZ47soMZo9wGzjb_7OMg0LOL-bSf63kpaSHSXndS5z5rexMdbBYUsLA9e-KXBdQOS-UTo7WTBEMa2R2CapHg665xsmtdVMTBQY4uDZlxvb3qCo5ZwKh9kG4LT6_I5IhlJH7aGhyxXFvUK-DWNmoudF8NAco9_h9iaGNj8q2ethFkMLs91kzk2PAcDTW9gb54h4FRWyuXpoQ",
    e: "AQAB",
  };
  const payload = "eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ";
  for (const [alg, jwk, token] of [
    ["HS256", hmac, `eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9.${payload}.dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk`],
    [
      "RS256",
      rsa,
      `eyJhbGciOiJSUzI1NiJ9.${payload}.cC4hiUPoj9Eetdgtv3hF80EGrhuB__dzERat0XF9g2VtQgr9PJbu3XOiZj5RZmh7AAuHIm4Bh-0Qc_lF5YKt_O8W2Fp5jujGbds9uJdbF9CUAr7t1dnZcAcQjbKBYNX4BAynRFdiuB--f_nZLgrnbyTyWzO75vRK5h6xBArLIARNPvkSjtQBMHlb1L07Qe7K0GarZRmB_eSN9383LcOLn6_dO--xi12jzDwusC-eOkHWEsqtFZESc6BfI7noOPqvhJ1phCnvWh6IeYI2w9QOYEUipUTI8np6LbgGY9Fs98rqVt5AXLIhWkWywlVmtVrBp0igcN_IoypGlUPQGe77Rw`,
    ],
    [
      "ES256",
      EC_KEY,
      `eyJhbGciOiJFUzI1NiJ9.${payload}.DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q`,
    ],
  ] as const) {
    const bytes = await importJWK(jwk, alg);
    const hash = { name: "HMAC", hash: "SHA-256" };
    const key =
      bytes instanceof Uint8Array ? await crypto.subtle.importKey("raw", bytes, hash, false, ["verify"]) : bytes;
    const expected = { audience: { value: "plotcast", variable: "JWT_AUDIENCE" }, issuer: undefined };
    const found = await verifiedClaims(token, { alg, key }, expected, NOW_MS);
    assert.ok(found.kind === "refused");
    assert.match(found.refusal.detail, /^The JWT is for nobody \(it has no "aud"\)/);
  }
});

test("[AC7a] without JWT_SECRETS and JWT_JWKS_URL no JWT counts", async () => {
  for (const env of [{}, { JWT_SECRETS: "", JWT_JWKS_URL: "" }, { JWT_SECRETS: "short" }])
    await assertWrong(TOKENS.HS256, /takes no JWTs/, env);
});

for (const [what, claims, detail] of [
  ["another audience", { aud: "other" }, /is for "other", and must be for "plotcast" \(JWT_AUDIENCE\)/],
  ["several other audiences", { aud: ["a", "b"] }, /is for others/],
  ["no audience", { aud: undefined }, /is for nobody/],
  ["an audience that is an object", { aud: { plotcast: 1 } }, /is for others/],
  ["no exp", { exp: undefined }, /has no "exp"/],
  ["an exp that is a text", { exp: "1767229200" }, /"exp" must be a number of seconds/],
  ["an exp in milliseconds", { exp: 1_767_229_200_000 }, /"exp" must be a number of seconds/],
  ["an exp of null", { exp: null }, /"exp" must be a number/],
  ["an exp before 1970", { exp: -1e300 }, /"exp" must be a number/],
  ["an nbf that is a text", { nbf: "soon" }, /"nbf" must be a number/],
  ["a sub that is a number", { sub: 7 }, /"sub" must be a text/],
  ["no claim plotcast", { plotcast: undefined }, /has no claim "plotcast"/],
  ["a claim that is null", { plotcast: null }, /Rights are an object/],
  ["a claim that is an array", { plotcast: ["watch"] }, /Rights are an object/],
  ["a claim that is a text", { plotcast: '{"**":["watch"]}' }, /Rights are an object/],
  ["a claim that is a number", { plotcast: 1 }, /Rights are an object/],
  ["an empty claim", { plotcast: {} }, /no rights/],
  ["capabilities that are a text", { plotcast: { "**": "watch" } }, /must be a list/],
  ["no capability", { plotcast: { "**": [] } }, /must be a list/],
  ["an unknown capability", { plotcast: { "**": ["watch", "fly"] } }, /must be a list of some of watch, history/],
  ["capabilities within capabilities", { plotcast: { "**": [["watch"]] } }, /must be a list/],
  ["a pattern within a pattern", { plotcast: { lab: { "**": ["watch"] } } }, /must be a list/],
  ["no pattern", { plotcast: { "": ["watch"] } }, /is empty/],
  ["a pattern that is none", { plotcast: { "**/x": ["watch"] } }, /last segment/],
  [
    "65 patterns",
    { plotcast: Object.fromEntries(Array.from({ length: 65 }, (_, i) => [`p${i}`, ["watch"]])) },
    /64 patterns at most/,
  ],
] as const) {
  test(`[AC7c] ${what} is wrong`, async () => await assertWrong(signed(claimsAt(NOW_MS, claims)), detail));
}

test("[AC7a] 64 patterns, several audiences and a time that is no whole number count", async () => {
  const plotcast = Object.fromEntries(Array.from({ length: 64 }, (_, i) => [`p${i}`, ["watch"]]));
  const more = { plotcast, aud: ["other", "plotcast"], exp: NOW_MS / 1000 + 1.5 };
  const found = await verifyJwt(signed(claimsAt(NOW_MS, more)), ENV, NOW_MS);
  assert.ok(found.kind === "principal");
  assert.equal(Object.keys(found.principal.rights).length, 64);
  assert.equal(found.principal.expiresAtMs, NOW_MS + 1500);
});

test("[AC7c] __proto__ in a claim is a channel's name, and nothing else", async () => {
  const claims = JSON.stringify(claimsAt(NOW_MS)).replace('"lab/**"', '"__proto__"');
  const found = await verifyJwt(signed(claims), ENV, NOW_MS);
  assert.ok(found.kind === "principal");
  assert.deepEqual(Object.entries(found.principal.rights), [["__proto__", ["watch", "history"]]]);
  assert.equal("watch" in {}, false);
  await assertWrong(signed('{"__proto__":{"aud":"plotcast","exp":1767229200}}'), /is for nobody/);
});

test("[AC7a] with JWT_ISSUER the issuer must be that one, and else it may be any", async () => {
  const env = { ...ENV, JWT_ISSUER: "https://id.example" };
  const by = (iss?: unknown): string => signed(claimsAt(NOW_MS, { iss }));
  assert.equal((await authenticate(by("https://id.example"), env, NOW_MS)).kind, "principal");
  assert.equal((await authenticate(by("anybody"), ENV, NOW_MS)).kind, "principal");
  await assertWrong(
    by("https://id.example/"),
    /is by "https:\/\/id\.example\/", and must be by "https:\/\/id\.example"/,
    env,
  );
  await assertWrong(by(), /is by nobody/, env);
  await assertWrong(by(["https://id.example"]), /is by others/, env);
});

test("[AC7a] JWT_AUDIENCE is the audience, and then plotcast is not", async () => {
  const env = { ...ENV, JWT_AUDIENCE: "lab" };
  assert.equal((await authenticate(signed(claimsAt(NOW_MS, { aud: "lab" })), env, NOW_MS)).kind, "principal");
  await assertWrong(TOKENS.HS256, /must be for "lab"/, env);
});

test("[AC7d] nbf may be five minutes ahead, and no second more", async () => {
  const startingIn = (seconds: number): string => signed(claimsAt(NOW_MS, { nbf: NOW_MS / 1000 + seconds }));
  assert.equal((await authenticate(startingIn(300), ENV, NOW_MS)).kind, "principal");
  await assertWrong(
    startingIn(301),
    /counts only in 5 minutes: its nbf is 2026-01-01T00:05:01\.000Z, and this Worker's clock says 2026-01-01T00:00:00\.000Z/,
  );
});

test("[AC7d] exp is exact, and a clock that is five minutes off is seen in the sentence", async () => {
  const endedAt = (seconds: number): string => signed(claimsAt(NOW_MS, { exp: NOW_MS / 1000 + seconds }));
  assert.equal((await authenticate(endedAt(0.001), ENV, NOW_MS)).kind, "principal");
  for (const [seconds, ago] of [
    [0, "1 second"],
    [-90, "90 seconds"],
    [-300, "5 minutes"],
    [-90_000, "25 hours"],
    [-31_536_000, "365 days"],
  ] as const) {
    const { code, detail } = await refusal(endedAt(seconds));
    assert.equal(code, "token-expired");
    assert.ok(detail.startsWith(`The JWT expired ${ago} ago: its exp is `), detail);
    assert.match(detail, /this Worker's clock says 2026-01-01T00:00:00\.000Z/);
  }
  // Made by a clock that is right, looked at by one that is off.
  const token = signed(claimsAt(NOW_MS, { nbf: NOW_MS / 1000, exp: NOW_MS / 1000 + 60 }));
  assert.equal((await authenticate(token, ENV, NOW_MS - 300_000)).kind, "principal");
  assert.match((await refusal(token, ENV, NOW_MS + 300_000)).detail, /expired 4 minutes ago/);
  assert.match((await refusal(token, ENV, NOW_MS - 300_001)).detail, /counts only in 5 minutes/);
});

test("[AC7c] what is signed by another key is said before what it claims", async () => {
  await assertWrong(signed({}, { ...HS256, key: OTHER_SECRET }), /signature is wrong/);
});

for (const [header, detail] of [
  ["none", /not signed: its "alg" is "none"/],
  ["None", /is signed by "None", and only HS256, RS256, ES256, EdDSA count/],
  ["HS512", /is signed by "HS512"/],
  ["HS384", /is signed by "HS384"/],
  ["RS384", /is signed by "RS384"/],
  ["ES384", /is signed by "ES384"/],
  ["dir", /is signed by "dir"/],
  ["x".repeat(3_000), /is signed by "x{64}…"/],
  ["", /is signed by ""/],
  [undefined, /has no "alg"/],
  [["HS256"], /has no "alg"/],
  [{ toString: "HS256" }, /has no "alg"/],
] as const) {
  test(`[AC7b] [AC7c] the algorithm ${JSON.stringify(header)?.slice(0, 30)} does not count, with a signature or without`, async () => {
    const token = signed({ aud: "plotcast" }, HS256, { alg: header });
    for (const env of [ENV, KEYS_ENV]) {
      await assertWrong(token, detail, env);
      await assertWrong(token.replace(/[^.]*$/, ""), detail, env);
    }
  });
}

test("[AC7b] a public key is no secret: HS256 signed with it, in any form, is wrong", async () => {
  const publicKey = createPublicKey(typeof ES256.key === "string" ? "" : ES256.key);
  const forms = [
    publicKey.export({ type: "spki", format: "pem" }).toString(),
    publicKey.export({ type: "spki", format: "der" }).toString("latin1"),
    JSON.stringify(publicJwk(ES256)),
    EC_KEY.x,
    "",
  ];
  const both = { ...KEYS_ENV, JWT_SECRETS: SECRET };
  for (const key of forms) {
    for (const kid of ["ec", undefined]) {
      const signer: Signer = { alg: "HS256", key, ...(kid !== undefined && { kid }) };
      await assertWrong(signed(claimsAt(NOW_MS), signer), /has no JWT_SECRETS/, KEYS_ENV);
      await assertWrong(
        signed(claimsAt(NOW_MS), signer),
        kid === undefined ? /signature is wrong/ : /a "kid" that/,
        both,
      );
    }
  }
});

test("[AC7b] a secret is for HS256 alone, and a key of the URL for its own algorithm alone", async () => {
  await assertWrong(signed(claimsAt(NOW_MS), ES256), /signed by ES256, and this Worker has no JWT_JWKS_URL/);
  for (const alg of ["RS256", "EdDSA"])
    await assertWrong(signed(claimsAt(NOW_MS), ES256, { alg }), /no key for/, KEYS_ENV);
});

test("[AC7b] the secret is chosen by kid; without one it is the secret without a kid", async () => {
  const named = { JWT_SECRETS: `new:${SECRET} old:${OTHER_SECRET}` };
  const by = (key: string, kid?: string): string =>
    signed(claimsAt(NOW_MS), { ...HS256, key, ...(kid !== undefined && { kid }) });
  for (const token of [by(SECRET, "new"), by(OTHER_SECRET, "old")])
    assert.equal((await authenticate(token, named, NOW_MS)).kind, "principal");
  await assertWrong(by(SECRET, "old"), /signature is wrong/, named);
  await assertWrong(by(SECRET, "other"), /a "kid" that JWT_SECRETS does not have/, named);
  await assertWrong(by(SECRET, "__proto__"), /a "kid" that JWT_SECRETS does not have/, named);
  await assertWrong(by(SECRET, ""), /a "kid" that JWT_SECRETS does not have/, named);
  await assertWrong(by(SECRET), /has no "kid", and each of JWT_SECRETS has one/, named);
  await assertWrong(by(SECRET, "new"), /a "kid" that JWT_SECRETS does not have/);
  await assertWrong(signed(claimsAt(NOW_MS), HS256, { kid: 7 }), /"kid" must be a text/);
  const mixed = { JWT_SECRETS: `${SECRET} new:${OTHER_SECRET}` };
  for (const token of [by(SECRET), by(OTHER_SECRET, "new")])
    assert.equal((await authenticate(token, mixed, NOW_MS)).kind, "principal");
});

test("[AC7b] a key that a token brings along, or says where it is, does not count", async () => {
  const elsewhere = await startKeyServer({ keys: [publicJwk(ES256)] });
  test.after(() => elsewhere.close());
  const header = { jwk: publicJwk(ES256), jku: elsewhere.url, x5u: elsewhere.url, x5c: ["AAAA"], kid: "mine" };
  const token = signed(claimsAt(NOW_MS), ES256, header);
  await assertWrong(token, /no key for ES256 with the "kid" "mine"/, KEYS_ENV);
  await assertWrong(token, /no JWT_JWKS_URL/);
  assert.equal(elsewhere.requests, 0);
});

test("[AC7c] extensions in the header are refused, also those that a library knows", async () => {
  for (const crit of [["b64"], ["exp"], [], "b64", null])
    await assertWrong(signed(claimsAt(NOW_MS), HS256, { crit, b64: true }), /\("crit"\)/);
  const unencoded = signed(claimsAt(NOW_MS), HS256, { b64: false });
  assert.equal((await authenticate(unencoded, ENV, NOW_MS)).kind, "principal", "without crit it says nothing");
});

test("[AC7c] what is no JWT in some part of it is wrong", async () => {
  for (const token of [
    "a.b.c",
    "a.b.",
    "e30.e30.",
    "e30.e30.AAAA",
    "bnVsbA.e30.AAAA",
    "W10.e30.AAAA",
    "ImEi.e30.AAAA",
    signedText("{", "{}", HS256),
    signedText('{"alg":"HS256"}', "{", HS256),
    signedText('{"alg":"HS256"}', "[]", HS256),
    signedText('{"alg":"HS256"}', "null", HS256),
    signedText('{"alg":"HS256"}', '"text"', HS256),
    `${"A".repeat(4_000)}.e30.AAAA`,
    signedText('{"alg":"HS256"}', "[".repeat(2_900), HS256),
  ])
    await assertWrong(token, /header cannot be read|no "alg"|no JSON object/);
});

test("[AC7c] a JWT within a JWT, and an encrypted one, are wrong", async () => {
  await assertWrong(signedText('{"alg":"HS256","cty":"JWT"}', TOKENS.HS256, HS256), /token within a token/);
  for (const token of [`${TOKENS.HS256}.x.y`, "eyJhbGciOiJkaXIifQ..AAAA.AAAA.AAAA"]) {
    assert.equal(looksLikeJwt(token), false);
    assert.equal((await refusal(token)).code, "token-wrong");
  }
});

test("[AC7c] with any one character of a token another, nothing is thrown, and it does not count", async () => {
  for (const [alg, token] of Object.entries(TOKENS)) {
    const env = alg === "HS256" ? ENV : KEYS_ENV;
    // The last of a signature has bits that stand for nothing.
    for (let i = 0; i < token.length - 1; i++) {
      const changed = `${token.slice(0, i)}${token[i] === "A" ? "B" : "A"}${token.slice(i + 1)}`;
      assert.equal((await refusal(changed, env)).code, "token-wrong", changed);
    }
  }
});

test("[AC1d] a token of 4,096 characters is looked at, and a longer one is not", async () => {
  const filler = (length: number): string => signed(claimsAt(NOW_MS, { x: "x".repeat(length) }));
  const short = filler(0);
  const room = Math.floor(((4_096 - short.length) * 3) / 4) - 3;
  assert.equal((await authenticate(filler(room), ENV, NOW_MS)).kind, "principal");
  await assertWrong(filler(room + 20), /4096 characters at most/);
});

for (const [sub, id] of [
  ["alice", "jwt:alice"],
  ["auth0|5f7c8ec7c33c6c004bbafe82", "jwt:auth0|5f7c8ec7c33c6c004bbafe82"],
  ["Åsa", "jwt:%C3%85sa"],
  ["%C3%85sa", "jwt:%25C3%2585sa"],
  ["~b5bb9d8014a0f9b1", "jwt:%7Eb5bb9d8014a0f9b1"],
  ["a\nb", "jwt:a%0Ab"],
  ["\ud800", "jwt:%EF%BF%BD"],
  ["x".repeat(124), `jwt:${"x".repeat(124)}`],
  // printf x%.0s $(seq 125) | sha256sum
  ["x".repeat(125), `jwt:${"x".repeat(107)}~102be737ac85a616`],
  [`${"x".repeat(2_000)}y`, `jwt:${"x".repeat(107)}~885053f7ebc51376`],
  [`${"x".repeat(2_000)}z`, `jwt:${"x".repeat(107)}~c8ce44d1e10e4b82`],
] as const) {
  test(`[AC7h] the principal of sub ${JSON.stringify(sub).slice(0, 40)} (${sub.length}) is ${id.slice(0, 40)}`, async () => {
    const found = await verifyJwt(signed(claimsAt(NOW_MS, { sub })), ENV, NOW_MS);
    assert.equal(found.kind === "principal" && found.principal.id, id);
    assert.ok(id.length <= 128);
  });
}

test("[AC7h] without sub each token is its own principal, however its signature is written, and a kid is no name", async () => {
  const env = { ...KEYS_ENV, JWT_SECRETS: `rig:${SECRET}` };
  const idOf = async (token: string): Promise<string> => {
    const found = await verifyJwt(token, env, NOW_MS);
    return found.kind === "principal" ? found.principal.id : assert.fail(found.refusal.detail);
  };
  const rig = { ...HS256, kid: "rig" };
  const tokens = [
    signed(claimsAt(NOW_MS, { sub: undefined }), rig),
    signed(claimsAt(NOW_MS, { sub: "" }), rig),
    signed(claimsAt(NOW_MS, { sub: undefined, jti: "2" }), rig),
    signed(claimsAt(NOW_MS, { sub: undefined }), ES256),
    signed(claimsAt(NOW_MS, { sub: undefined }), ES256, { kid: undefined }),
  ];
  const ids = await Promise.all(tokens.map(idOf));
  assert.equal(new Set(ids).size, tokens.length);
  for (const [i, token] of tokens.entries()) {
    const hash = createHash("sha256")
      .update(token.replace(/\.[^.]*$/, ""))
      .digest("hex");
    assert.equal(ids[i], `jwt:~${hash.slice(0, 16)}`);
    // The last character of a signature has bits that stand for nothing.
    const others = [..."ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"].map(
      (last) => token.slice(0, -1) + last,
    );
    const same = await Promise.all(others.map((other) => verifyJwt(other, env, NOW_MS)));
    const good = same.flatMap((found) => (found.kind === "principal" ? [found.principal.id] : []));
    assert.ok(good.length >= 4, `${good.length}`);
    assert.deepEqual(new Set(good), new Set([ids[i]]));
  }
});
