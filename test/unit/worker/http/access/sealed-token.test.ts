import assert from "node:assert/strict";
import { test } from "node:test";
import { openSealed, sealToken } from "../../../../../worker/http/access/sealed-token.ts";

// By OpenSSL's aes-128-gcm, as Node has it: key 00 01 … 0f, an iv of 12 zeros, the text and its tag, in base64url.
const SEALED = "1.ObXzDPga9-z12CfsFiJbSQhGmpSd";
const KEY = "AAECAwQFBgcICQoLDA0ODw";

test("[AC9a] a token is sealed by AES-GCM: these bytes are opened by this key", async () => {
  assert.equal(await openSealed({ sealed: SEALED, key: KEY }), "pct_a");
});

for (const token of ["pct_a", 'a;b,"c"=%20\\', "\u00e4\u20ac", "x".repeat(4_096)]) {
  test(`[AC9a] what was sealed is opened, and nothing of it is seen: ${token.slice(0, 16)}`, async () => {
    const [one, other] = [await sealToken(token), await sealToken(token)];
    assert.match(one.key, /^[\w-]{22}$/);
    assert.match(one.sealed, /^1\.[\w-]+$/);
    assert.ok(one.key !== other.key && one.sealed !== other.sealed, "a key is made for each");
    // A token that is longer than a cookie can be is refused before it is one.
    if (one.sealed.length <= 4_096) assert.equal(await openSealed(one), token);
    else assert.equal(await openSealed(one), undefined);
    assert.equal(await openSealed({ ...one, key: other.key }), undefined);
  });
}

for (const [what, sealed, key] of [
  ["another key", SEALED, "AQECAwQFBgcICQoLDA0ODw"],
  ["no key", SEALED, ""],
  ["a key of 15 bytes", SEALED, "AAECAwQFBgcICQoLDA0O"],
  ["a key of other characters", SEALED, "AAECAwQFBgcICQoLDA0OD="],
  ["a token as it is", "pct_a", KEY],
  ["another version", SEALED.replace("1.", "2."), KEY],
  ["nothing", "1.", KEY],
  ["no base64url", "1.!!", KEY],
  ["a byte changed", SEALED.replace(/.$/, (last) => (last === "A" ? "B" : "A")), KEY],
  ["cut off", SEALED.slice(0, -4), KEY],
] as const) {
  test(`[AC9b] ${what} opens nothing`, async () => {
    assert.equal(await openSealed({ sealed, key }), undefined);
  });
}
