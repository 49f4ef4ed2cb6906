/** The tokens that are secrets of the Worker itself: how long a wrong one takes to be refused tells nothing about the right one. */
import assert from "node:assert/strict";
import { mock, test } from "node:test";
import { CAPABILITIES } from "../../../../protocol/access/capability.ts";
import { capabilitiesFor } from "../../../../protocol/access/rights.ts";
import { equalInConstantTime, secretPrincipal, secretTokenFaults } from "../../../../worker/auth/secret-tokens.ts";

/** Bytes that count how many of them are looked at. */
function counted(bytes: readonly number[]): { bytes: ArrayLike<number>; looked: () => number } {
  let count = 0;
  const proxy = new Proxy(bytes, {
    get(target, key, receiver) {
      if (typeof key === "string" && /^\d+$/.test(key)) count++;
      return Reflect.get(target, key, receiver);
    },
  });
  return { bytes: proxy, looked: () => count };
}

test("[GD1] every byte is looked at, wherever two digests differ", () => {
  const digest = Array.from({ length: 32 }, (_, i) => i);
  for (const at of [undefined, 0, 1, 16, 31]) {
    const [a, b] = [counted(digest.map((byte, i) => (i === at ? byte ^ 0x80 : byte))), counted(digest)];
    assert.equal(equalInConstantTime(a.bytes, b.bytes), at === undefined);
    assert.deepEqual([a.looked(), b.looked()], [32, 32], `they differ at ${at}`);
  }
});

test("[GD1] a token is compared by its digest, however long it is and wherever it differs", async () => {
  const digest = mock.method(crypto.subtle, "digest");
  const right = "the-right-token";
  for (const given of [right, "The-right-token", "the-right-tokeN", "x", `${right}${right}`]) {
    const before = digest.mock.callCount();
    const principal = await secretPrincipal(given, { PUBLISH_TOKEN: right });
    assert.equal(principal !== undefined, given === right);
    const texts = digest.mock.calls.slice(before).map(({ arguments: [, data] }) => {
      assert.ok(data instanceof Uint8Array);
      return new TextDecoder().decode(data);
    });
    assert.ok(texts.includes(given), `the digest of ${given} was not made`);
  }
  digest.mock.restore();
});

test("[AC5a] each secret may be two tokens with a blank between them", async () => {
  const vars = { PUBLISH_TOKEN: "new-publish old-publish", ADMIN_TOKEN: " new-admin\nold-admin " };
  for (const [token, kind] of [
    ["new-publish", "publish-token"],
    ["old-publish", "publish-token"],
    ["new-admin", "admin-token"],
    ["old-admin", "admin-token"],
    ["new-publish old-publish", undefined],
    ["", undefined],
  ] as const) {
    assert.equal((await secretPrincipal(token, vars))?.kind, kind, token);
  }
  assert.deepEqual(secretTokenFaults(vars), []);
  assert.match(secretTokenFaults({ PUBLISH_TOKEN: "a b c" })[0] ?? "", /only the first 2 count/);
  assert.equal(await secretPrincipal("c", { PUBLISH_TOKEN: "a b c" }), undefined);
});

test("[AC5b] PUBLISH_TOKEN has admin as long as there is no ADMIN_TOKEN", async () => {
  const alone = await secretPrincipal("p", { PUBLISH_TOKEN: "p" });
  const beside = await secretPrincipal("p", { PUBLISH_TOKEN: "p", ADMIN_TOKEN: "a" });
  const admin = await secretPrincipal("a", { PUBLISH_TOKEN: "p", ADMIN_TOKEN: "a" });
  assert.ok(alone && beside && admin);
  assert.deepEqual(capabilitiesFor(alone.rights, "lab/x"), ["publish", "admin"]);
  assert.deepEqual(capabilitiesFor(beside.rights, "lab/x"), ["publish"]);
  assert.deepEqual(capabilitiesFor(admin.rights, "lab/x"), [...CAPABILITIES]);
});

test("an unset or empty secret is nobody's token", async () => {
  for (const vars of [{}, { PUBLISH_TOKEN: "" }, { PUBLISH_TOKEN: " ", ADMIN_TOKEN: "" }]) {
    for (const token of ["", " ", "undefined"]) assert.equal(await secretPrincipal(token, vars), undefined);
  }
});

test("two secrets that are the same are named", () => {
  assert.match(secretTokenFaults({ PUBLISH_TOKEN: "x", ADMIN_TOKEN: "y x" })[0] ?? "", /are the same/);
});
