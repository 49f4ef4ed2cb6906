/** Who a named token is, to an isolate that asks the registry. */
import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { stillCounts } from "../../../../worker/auth/authenticate.ts";
import {
  forgetNamedTokens,
  isNamedToken,
  namedPrincipal,
  namedTokenHash,
  newNamedToken,
  noteUse,
} from "../../../../worker/auth/named-tokens.ts";
import type { NamedToken, UseNoted } from "../../../../worker/auth/token-list.ts";

const NOW = 1_800_000_000_000;
const TOKEN = "pct_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
/** printf %s "$TOKEN" | sha256sum */
const SHA256 = "234f36dbc65c800e7240093386c34c848a86f9ae2fd8c75a3dfc304e1677a048";

/** A registry that has one token, and counts what it is asked. */
function registryWith(given: Partial<NamedToken> = {}, outcome: UseNoted | Error = "noted") {
  const own = {
    id: "0123abcd",
    name: "rig",
    sha256: SHA256,
    rights: {},
    expiresAtMs: null,
    countsFor: "token:0123abcd",
  };
  const token = { ...own, ...given };
  const asked: string[] = [];
  const list = { version: 1, tokens: [token] };
  const registry = {
    tokensSince: async (version: number) => {
      asked.push(`list ${version}`);
      return list;
    },
    note: async (tokenId: string, channel: string) => {
      asked.push(`${tokenId} in ${channel}`);
      if (outcome instanceof Error) throw outcome;
      return outcome;
    },
  };
  return {
    asked,
    list,
    env: {
      TOKENS: {
        getByName(name: string) {
          assert.equal(name, "tokens", "there is one registry");
          return registry;
        },
      },
    },
  };
}

beforeEach(() => forgetNamedTokens());

test("[AC6a] a token is pct_ and 32 random bytes, and is known by its SHA-256", async () => {
  assert.equal(await namedTokenHash(TOKEN), SHA256);
  const tokens = Array.from({ length: 100 }, newNamedToken);
  assert.equal(new Set(tokens).size, 100);
  for (const token of tokens) {
    assert.ok(isNamedToken(token));
    assert.match(token, /^pct_[A-Za-z0-9_-]{43}$/);
    assert.equal(Buffer.from(token.slice(4), "base64url").length, 32);
  }
});

test("[AC6a] its principal has its rights, its expiry and its id, and nothing of the token", async () => {
  const { env } = registryWith({ rights: { "lab/**": ["publish"] }, expiresAtMs: NOW + 1 });
  const found = await namedPrincipal(TOKEN, env, NOW);
  assert.deepEqual(found, {
    kind: "principal",
    principal: {
      kind: "named-token",
      id: "named-token:rig",
      rights: { "lab/**": ["publish"] },
      tokenId: "0123abcd",
      expiresAtMs: NOW + 1,
    },
  });
});

test("[AC6e] what has not the form of a token is refused without a question; where there is no registry, everything", async () => {
  const { env, asked } = registryWith();
  for (const token of ["pct_", TOKEN.slice(0, -1), `${TOKEN}A`, `${TOKEN.slice(0, -1)}=`, `${TOKEN.slice(0, -1)}\n`])
    assert.partialDeepStrictEqual(await namedPrincipal(token, env, NOW), { refusal: { code: "token-wrong" } });
  assert.deepEqual(asked, []);
  assert.partialDeepStrictEqual(await namedPrincipal(TOKEN, {}, NOW), { refusal: { code: "token-wrong" } });
});

test("[AC6f] each use is noted once, those in other channels and of other tokens by themselves", async () => {
  const { env, asked } = registryWith();
  for (const channel of ["once/a", "once/b", "once/a"])
    assert.equal(await noteUse({ tokenId: "0123abcd" }, channel, env), undefined);
  assert.equal(await noteUse({ tokenId: "4567abcd" }, "once/a", env), undefined);
  assert.equal(await noteUse({ tokenId: null }, "once/a", env), undefined, "it cannot be revoked");
  assert.deepEqual(asked, ["0123abcd in once/a", "0123abcd in once/b", "4567abcd in once/a"]);
});

const RIG = { kind: "named-token", id: "named-token:rig", rights: {}, tokenId: "0123abcd", expiresAtMs: null } as const;

test("[AC10j] what a token let in counts until 5 s after it was revoked; the list is asked for once in 5 s, not each time", async () => {
  const { env, asked, list } = registryWith();
  assert.equal(await stillCounts(RIG, env, NOW), true);
  list.tokens = [];
  for (let ms = 0; ms < 5000; ms += 10) assert.equal(await stillCounts(RIG, env, NOW + ms), true);
  assert.equal(asked.length, 1);
  assert.equal(await stillCounts(RIG, env, NOW + 5000), false);
  assert.equal(asked.length, 2);
});

test("[AC10j] while the list cannot be had, it counts for a minute", async () => {
  const { env } = registryWith();
  const fails = {
    TOKENS: {
      getByName: () => ({ ...env.TOKENS.getByName("tokens"), tokensSince: () => Promise.reject(new Error("away")) }),
    },
  };
  await stillCounts(RIG, env, NOW);
  assert.equal(await stillCounts(RIG, fails, NOW + 59_999), true);
  assert.equal(await stillCounts(RIG, fails, NOW + 60_000), false);
  assert.equal(await stillCounts(RIG, {}, NOW), false, "where there is no registry");
});

test("[AC10j] what any other token let in counts until it expires, and nobody is asked", async () => {
  const { env, asked } = registryWith();
  const jwt = { kind: "jwt", id: "jwt:alice", rights: {}, tokenId: null, expiresAtMs: NOW } as const;
  assert.deepEqual([await stillCounts(jwt, env, NOW - 1), await stillCounts(jwt, env, NOW)], [true, false]);
  assert.equal(await stillCounts({ ...jwt, expiresAtMs: null }, env, NOW), true);
  const named = { ...jwt, tokenId: "0123abcd" };
  assert.equal(await stillCounts(named, env, NOW), false);
  assert.deepEqual(asked, []);
});

for (const [outcome, code, times] of [
  ["too-many-channels", "quota-exceeded", 1],
  ["too-many-uses", "quota-exceeded", 1],
  [new Error("it restarts"), "keys-unavailable", 2],
] as const) {
  test(`[AC6f] [AC6m] a use that cannot be noted is refused, and asked about again at once, unless there are too many: ${outcome}`, async () => {
    forgetNamedTokens();
    const { env, asked } = registryWith({}, outcome);
    for (let i = 0; i < 2; i++)
      assert.partialDeepStrictEqual(await noteUse({ tokenId: "0123abcd" }, `refused/${code}`, env), { code });
    assert.equal(asked.length, times);
  });
}

test("[AC13l] in as many channels as it may be: the sentence names the quota, or the bound that there is without one", async () => {
  const { env } = registryWith({}, "too-many-channels");
  const sentenceOf = async (more: { QUOTA_TOKEN?: string }) =>
    (await noteUse({ tokenId: "0123abcd" }, "one/more", { ...env, ...more }))?.detail;
  for (const [more, bound] of [
    [{ QUOTA_TOKEN: "channels=1" }, "QUOTA_TOKEN has channels=1"],
    [{ QUOTA_TOKEN: "channels=1001" }, "1000 at most"],
    [{}, "1000 at most"],
  ] as const)
    assert.equal(
      await sentenceOf(more),
      `This token was used in as many channels already as it may be (${bound}). Make another for this channel.`,
    );
});

test("[AC6f] an isolate whose copy is older than a revocation lets in nothing new, and learns of it", async () => {
  const { env, asked } = registryWith({}, "no-such-token");
  assert.equal((await namedPrincipal(TOKEN, env, NOW)).kind, "principal");
  assert.partialDeepStrictEqual(await noteUse({ tokenId: "0123abcd" }, "revoked/a", env), { code: "token-wrong" });
  await namedPrincipal(TOKEN, env, NOW + 1);
  const questions = asked.map((each) => each.replace(/^list .*/, "list"));
  assert.deepEqual(questions, ["list", "0123abcd in revoked/a", "list"]);
});
