/** How long a wrong token takes to be refused tells nothing about the right one. */
import assert from "node:assert/strict";
import { mock, test } from "node:test";
import { Problem } from "../../../../../protocol/problem.ts";
import { equalInConstantTime, mayPublish } from "../../../../../worker/http/access/guard.ts";

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
    const request = new Request("http://localhost/c/x", {
      method: "POST",
      headers: { Authorization: `Bearer ${given}` },
    });
    const refused = await mayPublish(request, right).then(
      () => false,
      (error: unknown) => error instanceof Problem && error.code === "token-wrong",
    );
    assert.equal(refused, given !== right);
    const texts = digest.mock.calls.slice(before).map(({ arguments: [, data] }) => {
      assert.ok(data instanceof Uint8Array);
      return new TextDecoder().decode(data);
    });
    assert.ok(texts.includes(given), `the digest of ${given} was not made`);
  }
  digest.mock.restore();
});
