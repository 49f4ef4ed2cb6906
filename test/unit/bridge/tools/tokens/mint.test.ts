/** `plotcast token mint`: what it signs the Worker takes, and what it cannot sign it says, without a word of a secret. */
import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { ConfigError } from "../../../../../bridge/config/errors.ts";
import { type MintOptions, mintToken } from "../../../../../bridge/tools/tokens/mint.ts";
import { verifyJwt } from "../../../../../worker/auth/jwt.ts";
import { NOW_MS, OTHER_SECRET, SECRET } from "../../../../support/jwt.ts";

const OPTIONS: MintOptions = {
  rights: { "lab/**": ["watch", "history"] },
  forMs: 3_600_000,
  sub: "alice",
  audience: "plotcast",
  issuer: undefined,
  kid: undefined,
};

async function refusal(options: Partial<MintOptions>, env: Record<string, string>): Promise<string> {
  const error = await mintToken({ ...OPTIONS, ...options }, env, NOW_MS).catch((error: unknown) => error);
  assert.ok(error instanceof ConfigError, String(error));
  for (const secret of [SECRET, OTHER_SECRET, "short-one"]) assert.ok(!error.message.includes(secret), error.message);
  return error.message;
}

test("[AC7f] a token is signed by HS256 with its kid, and these claims", async () => {
  const token = await mintToken({ ...OPTIONS, issuer: "me" }, { JWT_SECRETS: `k1:${SECRET}` }, NOW_MS + 999);
  const [header = "", payload = ""] = token.split(".").map((part) => Buffer.from(part, "base64url").toString());
  assert.deepEqual(JSON.parse(header), { alg: "HS256", kid: "k1" });
  assert.deepEqual(JSON.parse(payload), {
    plotcast: { "lab/**": ["watch", "history"] },
    aud: "plotcast",
    iss: "me",
    iat: 1_767_225_600,
    exp: 1_767_229_200,
    sub: "alice",
  });
});

for (const [what, text, kid] of [
  ["a lone secret", SECRET, undefined],
  ["the only one, which has a kid", `k1:${SECRET}`, undefined],
  ["the one without a kid", `k1:${OTHER_SECRET} ${SECRET}`, undefined],
  ["the one that is named", `k1:${OTHER_SECRET} k2:${SECRET}`, "k2"],
] as const) {
  test(`[AC7f] the Worker takes what ${what} signed`, async () => {
    const token = await mintToken({ ...OPTIONS, kid }, { JWT_SECRETS: ` ${text}\n` }, NOW_MS);
    const found = await verifyJwt(token, { JWT_SECRETS: text }, NOW_MS);
    assert.ok(found.kind === "principal", JSON.stringify(found));
    assert.equal(found.principal.id, "jwt:alice");
    assert.equal(found.principal.expiresAtMs, NOW_MS + 3_600_000);
  });
}

test("[AC7f] what it cannot sign it says, with what to do, and without a word of a secret", async () => {
  assert.match(await refusal({}, {}), /JWT_SECRETS is not set/);
  assert.match(await refusal({}, { JWT_SECRETS: " " }), /JWT_SECRETS is not set/);
  assert.match(await refusal({}, { JWT_SECRETS: "short-one" }), /word 1 has a secret of 9 characters/);
  const two = { JWT_SECRETS: `k1:${SECRET} k2:${OTHER_SECRET}` };
  assert.match(await refusal({}, two), /several secrets\. Name one: --kid k1, or --kid k2$/);
  assert.match(await refusal({ kid: "k3" }, two), /no secret with the kid "k3"; there are k1, k2\.$/);
  assert.match(await refusal({ kid: "k3" }, { JWT_SECRETS: SECRET }), /none has one\.$/);
  assert.match(await refusal({ kid: "" }, { JWT_SECRETS: SECRET }), /none has one\.$/);
  assert.match(
    await refusal({ sub: "x".repeat(4_000) }, { JWT_SECRETS: SECRET }),
    /would have \d+ characters, and 4096/,
  );
});

test("[AC7f] JWT_SECRETS_FILE names a file with the secrets", async (t) => {
  const folder = mkdtempSync(join(tmpdir(), "plotcast-secrets-"));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const file = join(folder, "secrets");
  writeFileSync(file, `k1:${OTHER_SECRET}\n${SECRET}\n`, { mode: 0o600 });
  const token = await mintToken(OPTIONS, { JWT_SECRETS_FILE: file }, NOW_MS);
  assert.equal((await verifyJwt(token, { JWT_SECRETS: SECRET }, NOW_MS)).kind, "principal");
  assert.match(await refusal({}, { JWT_SECRETS_FILE: file, JWT_SECRETS: SECRET }), /both set/);
  // Who puts the secret itself there does not find it in a log.
  assert.match(
    await refusal({}, { JWT_SECRETS_FILE: SECRET }),
    /^The file that JWT_SECRETS_FILE names cannot be read: there/,
  );
  writeFileSync(file, "");
  assert.match(await refusal({}, { JWT_SECRETS_FILE: file }), /is not set/);
  writeFileSync(file, "x".repeat(16_385));
  assert.match(await refusal({}, { JWT_SECRETS_FILE: file }), /larger than 16 KiB/);
});
