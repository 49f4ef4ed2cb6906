/** What is kept of named tokens: within bounds, and without the tokens themselves. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { ALL_RIGHTS } from "../../../../protocol/access/rights.ts";
import { type NewToken, TokenStore, type UseBounds } from "../../../../worker/tokens/token-store.ts";
import { memorySql } from "../../../support/memory-sql.ts";

const NOW = 1_800_000_000_000;
const DAY = 86_400_000;

/** Nothing is still to be told. */
const BOUNDS: UseBounds = { most: 1000, pending: () => 0, nowMs: NOW };

let hashes = 0;
function newToken(given: Partial<NewToken> = {}): NewToken {
  const sha256 = (++hashes).toString(16).padStart(64, "0");
  return {
    name: "lab-rig",
    sha256,
    rights: { "lab/**": ["publish"] },
    expiresAtMs: null,
    maker: { kind: "admin-token", id: "admin-token", tokenId: null },
    ...given,
  };
}

function idOf(store: TokenStore, name = "lab-rig"): string {
  return store.find(name)?.id ?? assert.fail(`no token ${name}`);
}

test("[AC6a] [AC6b] what was added is listed, and is in the list that isolates keep", () => {
  const store = new TokenStore(memorySql());
  const token = newToken({ rights: { "lab/**": ["publish", "watch"], demo: ["admin"] }, expiresAtMs: NOW + 5 });
  assert.deepEqual(store.add(token, NOW), { name: "lab-rig" });
  const id = idOf(store);
  assert.match(id, /^[0-9a-f]{8}$/);
  const { name, sha256, rights, expiresAtMs } = token;
  const listed = { id, name, sha256, rights, expiresAtMs, countsFor: `token:${id}` };
  assert.deepEqual(store.tokensSince(-1), { version: 1, tokens: [listed] });
  store.note(id, "lab/b", BOUNDS);
  store.note(id, "lab/a", BOUNDS);
  store.note(id, "lab/a", BOUNDS);
  assert.deepEqual(store.list(NOW, ALL_RIGHTS), [
    {
      name,
      rights,
      createdAtMs: NOW,
      expiresAtMs,
      madeBy: "admin-token",
      channels: ["lab/a", "lab/b"],
      channelCount: 2,
    },
  ]);
});

test("[AC6e] the list is told only to whoever has an older one; noting a use changes none", () => {
  const sql = memorySql();
  const store = new TokenStore(sql);
  assert.deepEqual(store.tokensSince(-1), { version: 0, tokens: [] });
  assert.equal(store.tokensSince(0), undefined);
  store.add(newToken(), NOW);
  assert.equal(store.tokensSince(0)?.version, 1);
  assert.equal(store.tokensSince(1), undefined);
  store.note(idOf(store), "lab/a", BOUNDS);
  assert.equal(store.tokensSince(1), undefined);
  store.remove(idOf(store), NOW);
  assert.deepEqual(store.tokensSince(1), { version: 2, tokens: [] });
  assert.deepEqual(new TokenStore(sql).tokensSince(1), { version: 2, tokens: [] }, "after an eviction");
});

test("[AC6d] a name that is in use is refused; after it was revoked it is free, and has another id", () => {
  const store = new TokenStore(memorySql());
  store.add(newToken(), NOW);
  const id = idOf(store);
  assert.partialDeepStrictEqual(store.add(newToken(), NOW), { code: "token-exists" });
  assert.equal(store.tokensSince(-1)?.version, 1, "what is refused changes nothing");
  assert.deepEqual(store.remove(id, NOW), { channels: [], countsFor: `token:${id}` });
  assert.equal(store.remove(id, NOW), undefined);
  assert.deepEqual(store.add(newToken(), NOW), { name: "lab-rig" });
  assert.notEqual(idOf(store), id);
});

test("[AC6g] the name of a token that has expired is free, at the very millisecond", () => {
  const store = new TokenStore(memorySql());
  store.add(newToken({ expiresAtMs: NOW + 10 }), NOW);
  store.note(idOf(store), "lab/a", BOUNDS);
  assert.partialDeepStrictEqual(store.add(newToken(), NOW + 9), { code: "token-exists" });
  assert.deepEqual(store.list(NOW + 10, ALL_RIGHTS), []);
  assert.deepEqual(store.add(newToken(), NOW + 10), { name: "lab-rig" });
  assert.equal(store.list(NOW + 10, ALL_RIGHTS)[0]?.channelCount, 0, "what was noted of the former is gone");
});

test("[AC6d] [AC6g] there are 1,000 tokens at most; for a new one those that have expired make room", () => {
  const store = new TokenStore(memorySql());
  for (let i = 1; i <= 1000; i++) {
    const expiresAtMs = i === 7 ? NOW + 10 : null;
    assert.deepEqual(store.add(newToken({ name: `t${i}`, expiresAtMs }), NOW), { name: `t${i}` });
  }
  assert.partialDeepStrictEqual(store.add(newToken(), NOW + 9), { code: "quota-exceeded" });
  assert.deepEqual(store.add(newToken(), NOW + 10), { name: "lab-rig" });
  assert.equal(store.find("t7"), undefined);
  assert.partialDeepStrictEqual(store.add(newToken({ name: "one-more" }), NOW + 10), { code: "quota-exceeded" });
});

test("[AC6d] the rights of all tokens together have 1 MiB at most", () => {
  const store = new TokenStore(memorySql());
  const patterns = Array.from({ length: 64 }, (_, i) => [`${String(i).padStart(3, "0")}${"a".repeat(125)}`, ["watch"]]);
  const rights = Object.fromEntries(patterns);
  const length = JSON.stringify(rights).length;
  const fitting = Math.floor(1_048_576 / length);
  for (let i = 0; i < fitting; i++)
    assert.deepEqual(store.add(newToken({ name: `t${i}`, rights }), NOW), { name: `t${i}` });
  assert.partialDeepStrictEqual(store.add(newToken({ rights }), NOW), { code: "quota-exceeded" });
  assert.deepEqual(store.add(newToken(), NOW), { name: "lab-rig" }, "a short one has room");
});

/** A token of the store, as it comes when it makes others. */
function makerOf(store: TokenStore, name: string): NewToken["maker"] {
  return { kind: "named-token", id: `named-token:${name}`, tokenId: idOf(store, name) };
}

/** Has so many tokens made. @returns what came of the last */
function addMany(store: TokenStore, count: number, prefix: string, given: Partial<NewToken>): unknown {
  let last: unknown;
  for (let i = 1; i <= count; i++) last = store.add(newToken({ name: `${prefix}${i}`, ...given }), NOW);
  return last;
}

test("[AC6j] whoever is not the owner has 100 tokens at most, share links too; others and the owner make theirs", () => {
  const store = new TokenStore(memorySql());
  addMany(store, 2, "lab", {});
  const maker = makerOf(store, "lab1");
  assert.deepEqual(addMany(store, 99, "a", { maker, expiresAtMs: NOW + 10 }), { name: "a99" });
  assert.ok("name" in store.add(newToken({ name: { prefix: "share" }, maker }), NOW));
  assert.partialDeepStrictEqual(store.add(newToken({ name: { prefix: "share" }, maker }), NOW), {
    code: "quota-exceeded",
  });
  assert.deepEqual(store.add(newToken({ name: "b", maker: makerOf(store, "lab2") }), NOW), { name: "b" });
  assert.deepEqual(addMany(store, 200, "o", {}), { name: "o200" });
  assert.deepEqual(store.add(newToken({ maker }), NOW + 10), { name: "lab-rig" }, "expired ones make room");
});

test("[AC6j] makers that somebody made count as theirs, revoked or not", () => {
  const store = new TokenStore(memorySql());
  const jwt: NewToken["maker"] = { kind: "jwt", id: "jwt:alice", tokenId: null };
  addMany(store, 1, "lab", {});
  for (const maker of [jwt, makerOf(store, "lab1")]) {
    assert.deepEqual(store.add(newToken({ name: "a", maker }), NOW), { name: "a" });
    assert.deepEqual(store.add(newToken({ name: "b", maker: makerOf(store, "a") }), NOW), { name: "b" });
    const deepest = makerOf(store, "b");
    assert.deepEqual(addMany(store, 98, `${maker.kind}-`, { maker: deepest }), { name: `${maker.kind}-98` });
    for (const each of [deepest, makerOf(store, "a"), maker])
      assert.partialDeepStrictEqual(store.add(newToken({ maker: each }), NOW), { code: "quota-exceeded" });
    for (const name of ["a", "b"]) store.remove(idOf(store, name), NOW);
    assert.deepEqual(addMany(store, 2, `${maker.kind}-more-`, { maker }), { name: `${maker.kind}-more-2` });
    assert.partialDeepStrictEqual(store.add(newToken({ maker }), NOW), { code: "quota-exceeded" });
  }
});

test("[AC6j] [AC6l] isolates learn whose bound counts what is made with a token", () => {
  const store = new TokenStore(memorySql());
  store.add(newToken({ name: "lab" }), NOW);
  const root = idOf(store, "lab");
  store.add(newToken({ name: "a", maker: makerOf(store, "lab") }), NOW);
  store.add(newToken({ name: "b", maker: makerOf(store, "a") }), NOW);
  store.add(newToken({ name: "c", maker: { kind: "jwt", id: "jwt:alice", tokenId: null } }), NOW);
  assert.deepEqual(Object.fromEntries(store.tokensSince(0)?.tokens.map((each) => [each.name, each.countsFor]) ?? []), {
    lab: `token:${root}`,
    a: `token:${root}`,
    b: `token:${root}`,
    c: "jwt:alice",
  });
});

test("[AC6j] a token that has expired makes no other", () => {
  const store = new TokenStore(memorySql());
  store.add(newToken({ name: "a", expiresAtMs: NOW + 10 }), NOW);
  const maker = makerOf(store, "a");
  assert.deepEqual(store.add(newToken({ name: "b", maker }), NOW + 9), { name: "b" });
  assert.partialDeepStrictEqual(store.add(newToken({ maker }), NOW + 10), { code: "token-expired" });
});

test("[AC6j] the rights that one maker gave have 128 KiB at most", () => {
  const store = new TokenStore(memorySql());
  const maker: NewToken["maker"] = { kind: "jwt", id: "jwt:alice", tokenId: null };
  const patterns = Array.from({ length: 64 }, (_, i) => [`${String(i).padStart(3, "0")}${"a".repeat(115)}`, ["watch"]]);
  const rights = Object.fromEntries(patterns);
  const fitting = Math.floor(131_072 / JSON.stringify(rights).length);
  assert.ok(fitting < 100);
  assert.deepEqual(addMany(store, fitting, "a", { maker, rights }), { name: `a${fitting}` });
  assert.partialDeepStrictEqual(store.add(newToken({ maker, rights }), NOW), { code: "quota-exceeded" });
  assert.deepEqual(store.add(newToken({ maker }), NOW), { name: "lab-rig" }, "a short one has room");
});

test("[AC6j] the last 100 tokens are left to the owner", () => {
  const store = new TokenStore(memorySql());
  const makerNamed = (name: string): NewToken["maker"] => ({ kind: "jwt", id: `jwt:${name}`, tokenId: null });
  for (let i = 0; i < 9; i++) addMany(store, 100, `of-${i}-`, { maker: makerNamed(`${i}`) });
  assert.partialDeepStrictEqual(store.add(newToken({ maker: makerNamed("x") }), NOW), { code: "quota-exceeded" });
  const owner: NewToken["maker"] = { kind: "publish-token", id: "publish-token", tokenId: null };
  assert.deepEqual(addMany(store, 100, "o", { maker: owner }), { name: "o100" });
});

test("[AC6j] a token that was revoked makes no other", () => {
  const store = new TokenStore(memorySql());
  addMany(store, 1, "lab", {});
  const maker = makerOf(store, "lab1");
  store.remove(idOf(store, "lab1"), NOW);
  assert.partialDeepStrictEqual(store.add(newToken({ maker }), NOW), { code: "token-wrong" });
});

test("[AC6f] a token may be used in 1,000 channels, and further in those", () => {
  const store = new TokenStore(memorySql());
  store.add(newToken(), NOW);
  const id = idOf(store);
  for (let i = 1; i <= 1000; i++) assert.equal(store.note(id, `lab/${i}`, BOUNDS), "noted");
  assert.equal(store.note(id, "lab/1001", BOUNDS), "too-many-channels");
  assert.equal(store.note(id, "lab/1000", BOUNDS), "noted");
  assert.equal(store.note("00000000", "lab/1", BOUNDS), "no-such-token");
  assert.equal(
    store.note(id, "lab/1000", { ...BOUNDS, most: 2 }),
    "noted",
    "it was in there before the bound was lowered",
  );
  const listed = store.list(NOW, ALL_RIGHTS)[0];
  assert.equal(listed?.channels.length, 20);
  assert.equal(listed?.channelCount, 1000);
  assert.equal(store.remove(id, NOW)?.channels.length, 1000);
});

/** Has a token used in so many channels. @returns what came of the last */
function use(store: TokenStore, name: string, count: number, pending: UseBounds["pending"] = BOUNDS.pending): unknown {
  let last: unknown;
  for (let i = 1; i <= count; i++) last = store.note(idOf(store, name), `lab/${i}`, { ...BOUNDS, pending });
  return last;
}

test("[AC6m] one maker's tokens are used in 10,000 channels, its own uses included; another's are not in the way", () => {
  const store = new TokenStore(memorySql());
  addMany(store, 2, "lab", {});
  addMany(store, 10, "a", { maker: makerOf(store, "lab1") });
  assert.equal(use(store, "lab1", 5), "noted");
  for (let i = 1; i <= 9; i++) assert.equal(use(store, `a${i}`, 1000), "noted");
  assert.equal(use(store, "a10", 995), "noted");
  assert.equal(use(store, "a10", 996), "too-many-uses");
  assert.equal(use(store, "lab1", 6), "too-many-uses");
  assert.equal(use(store, "a10", 995), "noted", "what is noted already is no new use");
  assert.equal(use(store, "lab2", 1000), "noted");
  assert.deepEqual(store.remove(idOf(store, "a10"), NOW)?.countsFor, `token:${idOf(store, "lab1")}`);
  assert.equal(use(store, "lab1", 1000), "noted");
});

test("[AC6m] what is still to be told counts as a use, of its maker and in all", () => {
  const store = new TokenStore(memorySql());
  addMany(store, 2, "lab", {});
  store.add(newToken({ name: "a", maker: makerOf(store, "lab1") }), NOW);
  const maker = `token:${idOf(store, "lab1")}`;
  const told = (ofMaker: number, inAll: number) => (of?: string) =>
    of === undefined ? inAll : of === maker ? ofMaker : 0;
  assert.equal(use(store, "a", 1, told(10_000, 10_000)), "too-many-uses");
  assert.equal(use(store, "a", 1, told(9999, 9999)), "noted");
  assert.equal(use(store, "a", 2, told(0, 89_999)), "too-many-uses", "the last 10,000 are left to the owner's tokens");
  assert.equal(use(store, "lab2", 1, told(0, 99_999)), "too-many-uses");
  assert.equal(use(store, "lab2", 1, told(0, 99_998)), "noted");
});

test("[AC6g] [AC6m] of a token that has expired nobody is told, and it takes no room", () => {
  const store = new TokenStore(memorySql());
  addMany(store, 1, "lab", {});
  addMany(store, 10, "a", { maker: makerOf(store, "lab1"), expiresAtMs: NOW + 10 });
  for (let i = 1; i <= 10; i++) use(store, `a${i}`, 1000);
  assert.equal(store.note(idOf(store, "lab1"), "lab/1", { ...BOUNDS, nowMs: NOW + 9 }), "too-many-uses");
  assert.equal(store.note(idOf(store, "lab1"), "lab/1", { ...BOUNDS, nowMs: NOW + 10 }), "noted");
  assert.equal(store.remove(idOf(store, "a1"), NOW + 9)?.channels.length, 1000);
  assert.deepEqual(store.remove(idOf(store, "a2"), NOW + 10)?.channels, []);
});

test("[AC6k] a list reads no uses of tokens that it does not have, and 20 of those that it has", () => {
  const sql = memorySql();
  const asked: string[] = [];
  const store = new TokenStore({
    exec(query, ...values) {
      asked.push(query);
      return sql.exec(query, ...values);
    },
  });
  for (const name of ["a", "b", "c"]) {
    store.add(newToken({ name, rights: { [name]: ["publish"] } }), NOW);
    for (let i = 0; i < 30; i++) store.note(idOf(store, name), `${name}${i}`, BOUNDS);
  }
  asked.length = 0;
  const [listed, ...others] = store.list(NOW, { b: ["admin"], c: ["publish"] });
  assert.deepEqual([listed?.name, listed?.channelCount, listed?.channels.length], ["b", 30, 20]);
  assert.deepEqual(others, []);
  const ofUses = asked.filter((query) => query.includes("uses"));
  assert.equal(ofUses.length, 1);
  assert.match(ofUses[0] ?? "", /LIMIT \?$/);
});

test("[AC6g] a token that has expired is kept for a day, and then goes", () => {
  const store = new TokenStore(memorySql());
  assert.equal(store.nextDropAtMs, null);
  store.add(newToken({ name: "for-ever" }), NOW);
  assert.equal(store.nextDropAtMs, null);
  store.add(newToken({ expiresAtMs: NOW + 10 }), NOW);
  assert.equal(store.nextDropAtMs, NOW + 10 + DAY);
  store.dropExpired(NOW + 9 + DAY);
  assert.ok(store.find("lab-rig"));
  store.dropExpired(NOW + 10 + DAY);
  assert.equal(store.find("lab-rig"), undefined);
  assert.ok(store.find("for-ever"));
  assert.equal(store.tokensSince(2)?.tokens.length, 1, "isolates learn of it");
});

test("[AC11b] a share link's token gets a name of its own", () => {
  const store = new TokenStore(memorySql());
  const names = [1, 2].map(() => store.add(newToken({ name: { prefix: "share-" } }), NOW));
  for (const added of names) assert.match("name" in added ? added.name : "", /^share-[0-9a-f]{8}$/);
  assert.notDeepEqual(names[0], names[1]);
});
