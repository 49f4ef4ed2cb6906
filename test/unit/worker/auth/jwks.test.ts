/** The public keys at a URL: which count, how they are fetched, and how they are kept. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { AuthEnv } from "../../../../worker/auth/auth-env.ts";
import { authenticate } from "../../../../worker/auth/authenticate.ts";
import { KeySet, type KeySetWorld } from "../../../../worker/auth/jwks.ts";
import { fetchJson } from "../../../../worker/auth/keys/fetch-json.ts";
import {
  claimsAt,
  EDDSA,
  ES256,
  es256,
  type Jwk,
  NOW_MS,
  privateJwk,
  publicJwk,
  rs256,
  SECRET,
  type Signer,
  signed,
} from "../../../support/jwt.ts";
import { type KeyAnswer, startKeyServer } from "../../../support/key-server.ts";

const RS256 = rs256();
const EC = publicJwk(ES256);
const URL_OF_KEYS = "https://id.example/keys?tenant=secret";

/** A set whose fetches and clock a test has. */
class World implements KeySetWorld {
  now = NOW_MS;
  fetches = 0;
  answer: () => unknown;
  constructor(answer: () => unknown) {
    this.answer = answer;
  }
  nowMs(): number {
    return this.now;
  }
  async fetchJson(): Promise<unknown> {
    this.fetches++;
    return await this.answer();
  }
  async pause(ms: number): Promise<void> {
    this.now += ms;
    await new Promise((resolve) => setImmediate(resolve));
  }
}

function setOf(...keys: unknown[]): { world: World; set: KeySet } {
  const world = new World(() => ({ keys }));
  return { world, set: new KeySet(URL_OF_KEYS, "JWT_JWKS_URL", world) };
}

async function outcome(set: KeySet, alg: "ES256" | "RS256" | "EdDSA", kid: string | undefined): Promise<string> {
  const found = await set.keyFor(alg, kid);
  return found.kind === "key" ? "key" : `${found.refusal.code}: ${found.refusal.detail}`;
}

function away(): never {
  throw new Error("it answers 500");
}

test("[AC7e] keys are fetched once for ten minutes, and then again", async () => {
  const { world, set } = setOf(EC);
  for (let i = 0; i < 5; i++) assert.equal(await outcome(set, "ES256", "ec"), "key");
  world.now += 600_000 - 1;
  assert.equal(await outcome(set, "ES256", "ec"), "key");
  assert.equal(world.fetches, 1);
  world.now += 1;
  assert.equal(await outcome(set, "ES256", "ec"), "key");
  assert.equal(world.fetches, 2);
});

test("[AC7e] a new kid is found once 30 s have gone by, and unknown ones make no more fetches", async () => {
  const { world, set } = setOf(EC);
  await set.keyFor("ES256", "ec");
  world.answer = () => ({ keys: [publicJwk(es256("new"))] });
  for (let i = 0; i < 50; i++)
    assert.match(await outcome(set, "ES256", `x${i}`), /^token-wrong: There is no key for ES256/);
  assert.equal(world.fetches, 1);
  world.now += 30_000;
  assert.equal(await outcome(set, "ES256", "new"), "key");
  assert.match(await outcome(set, "ES256", "ec"), /no key for ES256 with the "kid" "ec"/, "the old one is gone");
  assert.equal(world.fetches, 2);
});

test("[AC7e] while keys cannot be fetched, those that are known count for a day", async (t) => {
  const warn = t.mock.method(console, "warn", () => {});
  const { world, set } = setOf(EC);
  await set.keyFor("ES256", "ec");
  world.answer = away;
  world.now += 86_400_000 - 1;
  assert.equal(await outcome(set, "ES256", "ec"), "key");
  world.now += 1;
  assert.match(await outcome(set, "ES256", "ec"), /^keys-unavailable: /);
  const lines = warn.mock.calls.map(({ arguments: [line] }) => String(line));
  assert.equal(
    lines[0],
    "JWT_JWKS_URL: the keys at https://id.example/keys cannot be fetched: it answers 500. Those known count for a day after they were fetched.",
  );
  world.answer = () => ({ keys: [EC] });
  world.now += 5_000;
  assert.equal(await outcome(set, "ES256", "ec"), "key");
});

test("[AC7e] with none known they are unavailable, asked for every five seconds at most", async (t) => {
  const warn = t.mock.method(console, "warn", () => {});
  const { world, set } = setOf();
  world.answer = away;
  for (let i = 0; i < 10; i++)
    assert.match(await outcome(set, "ES256", "ec"), /^keys-unavailable: .*Try again in 5 s\.$/);
  assert.equal(world.fetches, 1);
  assert.match(String(warn.mock.calls[0]?.arguments[0]), /None is known\.$/);
  world.now += 5_000;
  await outcome(set, "ES256", "ec");
  assert.equal(world.fetches, 2);
});

test("[AC7e] requests that come while one fetches wait for it, each by its own timer", async () => {
  const { world, set } = setOf();
  let arrive: (value: unknown) => void = () => undefined;
  const arrived = new Promise((resolve) => {
    arrive = resolve;
  });
  world.answer = () => arrived;
  const first = outcome(set, "ES256", "ec");
  const others = Array.from({ length: 20 }, () => outcome(set, "ES256", "ec"));
  arrive({ keys: [EC] });
  assert.deepEqual(new Set([await first, ...(await Promise.all(others))]), new Set(["key"]));
  assert.equal(world.fetches, 1);
});

test("[AC7e] a request whose fetch never ends holds up the next for four seconds, and then one fetches by itself", async () => {
  const { world, set } = setOf();
  world.answer = () => new Promise(() => undefined);
  void set.keyFor("ES256", "ec");
  const beganAtMs = world.now;
  assert.match(await outcome(set, "ES256", "ec"), /^keys-unavailable/);
  assert.equal(world.now - beganAtMs, 4_000);
  world.answer = () => ({ keys: [EC] });
  world.now += 1_000;
  assert.equal(await outcome(set, "ES256", "ec"), "key");
});

test("[AC7c] an empty set is a set: what was known counts no more", async () => {
  const { world, set } = setOf(EC);
  await set.keyFor("ES256", "ec");
  world.answer = () => ({ keys: [] });
  world.now += 600_000;
  assert.match(await outcome(set, "ES256", "ec"), /^token-wrong: There is no key/);
});

for (const [what, value] of [
  ["a list", [EC]],
  ["null", null],
  ["a text", "keys"],
  ["no keys", {}],
  ["keys that are an object", { keys: { ec: EC } }],
] as const) {
  test(`[AC7e] ${what} is no key set, and known keys stay`, async (t) => {
    t.mock.method(console, "warn", () => {});
    const { world, set } = setOf(EC);
    await set.keyFor("ES256", "ec");
    world.answer = () => value;
    world.now += 600_000;
    assert.equal(await outcome(set, "ES256", "ec"), "key");
    assert.equal(world.fetches, 2);
  });
}

for (const [what, key, alg, kid] of [
  ["a shared secret", { kty: "oct", k: SECRET, kid: "oct" }, "ES256", "oct"],
  ["a shared secret for ES256", { kty: "oct", k: SECRET, kid: "oct", alg: "ES256" }, "ES256", "oct"],
  ["another curve", { ...EC, crv: "P-384" }, "ES256", "ec"],
  ["X25519", { ...publicJwk(EDDSA), crv: "X25519" }, "EdDSA", "ed"],
  ["a key for encryption", { ...EC, use: "enc" }, "ES256", "ec"],
  ["a key for signing alone", { ...EC, key_ops: ["sign"] }, "ES256", "ec"],
  ["a key for RS384", { ...publicJwk(RS256), alg: "RS384" }, "RS256", "rsa"],
  ["an RSA key of 1,024 bits", publicJwk(rs256("rsa", 1024)), "RS256", "rsa"],
  ["a point that is not on the curve", { ...EC, x: EC.y }, "ES256", "ec"],
  ["a coordinate that is cut", { ...EC, x: String(EC.x).slice(0, 20) }, "ES256", "ec"],
  ["a coordinate that is a number", { ...EC, x: 7 }, "ES256", "ec"],
  ["a kid that is a number", { ...EC, kid: 7 }, "ES256", undefined],
  ["null", null, "ES256", undefined],
  ["a text", "key", "ES256", undefined],
  ["a list", [EC], "ES256", undefined],
  ["only a certificate", { kty: "EC", kid: "ec", x5c: ["AAAA"] }, "ES256", "ec"],
] as const) {
  test(`[AC7b] ${what} in a set is left out, and the others count`, async (t) => {
    t.mock.method(console, "warn", () => {});
    const { set } = setOf(key, publicJwk(es256("good")));
    const before = await outcome(set, alg, kid ?? "undefined");
    assert.match(before, /^token-wrong: There is no key/);
    assert.equal(await outcome(set, "ES256", "good"), "key");
  });
}

for (const signer of [ES256, EDDSA, RS256]) {
  test(`[AC7b] a private key of ${signer.alg} in a set does not count, and it is said`, async (t) => {
    const warn = t.mock.method(console, "warn", () => {});
    const { set } = setOf(privateJwk(signer));
    const alg = signer.alg === "ES256" ? "ES256" : signer.alg === "EdDSA" ? "EdDSA" : "RS256";
    assert.match(await outcome(set, alg, signer.kid), /^token-wrong: There is no key/);
    assert.equal(warn.mock.callCount(), 1);
    assert.match(String(warn.mock.calls[0]?.arguments[0]), /^JWT_JWKS_URL: One of the keys is no public key/);
  });
}

test("[AC7c] of two keys with one kid neither counts, unless they are for different algorithms", async () => {
  const { set } = setOf(EC, publicJwk(es256("ec")), { ...publicJwk(RS256), kid: "ec" });
  assert.match(
    await outcome(set, "ES256", "ec"),
    /^token-wrong: Several keys for ES256 fit this token\. Each key must/,
  );
  assert.equal(await outcome(set, "RS256", "ec"), "key");
});

test("[AC7c] a token without a kid is verified by the only key of its algorithm", async () => {
  const one = setOf(EC, publicJwk(RS256));
  assert.equal(await outcome(one.set, "ES256", undefined), "key");
  const two = setOf(EC, publicJwk(es256("other")));
  assert.match(await outcome(two.set, "ES256", undefined), /fit this token, which has no "kid"/);
});

test("of a set the first 64 keys are looked at", async () => {
  const { set } = setOf(...Array.from({ length: 64 }, () => ({ kty: "EC" })), EC);
  assert.match(await outcome(set, "ES256", "ec"), /no key/);
});

const server = await startKeyServer({});
test.after(() => server.close());

for (const [what, answer, why] of [
  ["an error", (response) => response.writeHead(500).end('{"keys":[]}'), /^it answers 500$/],
  ["nothing here", (response) => response.writeHead(404).end("<html>"), /^it answers 404$/],
  ["no content", (response) => response.writeHead(204).end(), /^it answers 204$/],
  [
    "a redirect",
    (response) => response.writeHead(302, { Location: "/elsewhere" }).end(),
    /^it leads elsewhere \(a redirect is not followed\)$/,
  ],
  ["a page", "<html></html>", /^it is not JSON$/],
  ["half of it", '{"keys":[', /^it is not JSON$/],
  ["nothing", "", /^it is not JSON$/],
  ["64 KiB and a byte", JSON.stringify({ keys: [], x: "x".repeat(65_536 - 17) }), /^it has more than 64 KiB$/],
  ["silence", () => undefined, /^it takes longer than 0\.2 s$/],
  ["silence after its headers", (response) => void response.writeHead(200).write("{"), /^it takes longer than 0\.2 s$/],
  ["an end in the middle", (response) => response.writeHead(200).write("{", () => response.destroy()), /./],
] as const satisfies readonly (readonly [string, KeyAnswer, RegExp])[]) {
  test(`[AC7e] ${what} is no set of keys`, async () => {
    server.answer = answer;
    const before = server.requests;
    await assert.rejects(
      fetchJson(server.url, 200),
      (error: Error) => why.test(error.message) || assert.fail(error.message),
    );
    assert.equal(server.requests, before + 1);
  });
}

test("[AC7e] 64 KiB are read, and no more of what never ends", async () => {
  server.answer = JSON.stringify({ keys: [], x: "x".repeat(65_536 - 18) });
  assert.deepEqual(Object.keys(Object(await fetchJson(server.url))), ["keys", "x"]);
  server.answer = (response) => {
    const more = (): void => {
      while (response.write("x".repeat(10_000)));
      response.once("drain", more);
    };
    more();
  };
  await assert.rejects(fetchJson(server.url), /more than 64 KiB/);
});

test("[AC7e] tokens count by keys from a real server, while it is away and after they were rotated", async (t) => {
  t.mock.method(console, "warn", () => {});
  t.mock.timers.enable({ apis: ["Date"], now: NOW_MS });
  const keys = await startKeyServer({ keys: [EC] });
  t.after(() => keys.close());
  const env: AuthEnv = { JWT_JWKS_URL: keys.url };
  const code = async (signer: Signer): Promise<string> => {
    const found = await authenticate(signed(claimsAt(Date.now()), signer), env, Date.now());
    return found.kind === "principal" ? "counts" : found.refusal.code;
  };
  assert.equal(await code(ES256), "counts");
  await keys.close();
  t.mock.timers.tick(600_000);
  assert.equal(await code(ES256), "counts");
  keys.answer = { keys: [publicJwk(RS256)] } satisfies { keys: Jwk[] };
  await keys.open();
  t.mock.timers.tick(30_000);
  assert.deepEqual([await code(RS256), await code(ES256)], ["counts", "token-wrong"]);
  assert.equal(keys.requests, 2);
});
