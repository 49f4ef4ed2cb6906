import assert from "node:assert/strict";
import { it } from "node:test";
import { crc32 } from "node:zlib";
import fc from "fast-check";
import { checksumOf } from "../../../../../bridge/sources/checksum.ts";
import { ArrivalPaths } from "../../../../../bridge/sources/zeromq/arrival-paths.ts";

it("[BR16] a message is known again by its sum, and alike ones come in their order", () => {
  const paths = new ArrivalPaths();
  const [a, b] = [paths.begin(), paths.begin()];
  paths.passed(a, 7);
  paths.passed(b, 7);
  const c = paths.begin();
  paths.passed(c, 8);
  const take = (sum: number) => {
    const { path, newest } = paths.take(sum);
    return { path, newest };
  };
  assert.deepEqual(take(7), { path: a, newest: b });
  assert.deepEqual(take(8), { path: c, newest: c });
  assert.deepEqual(take(7), { path: b, newest: b });
  assert.deepEqual(take(7), { path: undefined, newest: c }, "it did not come a third time");
});

it("[BR16] of connections whose messages cannot be seen those that send are known, the oldest first", () => {
  let nowMs = 0;
  const paths = new ArrivalPaths(10, () => nowMs);
  const [a, b, c, d] = [paths.begin(), paths.begin(), paths.begin(), paths.begin()];
  const second = (): number => paths.take(0).second();
  assert.equal(second(), Number.POSITIVE_INFINITY, "none has sent anything");
  for (const path of [d, c, a]) paths.heard(path);
  assert.equal(second(), c);
  paths.end(a);
  assert.equal(second(), d);
  nowMs = 10_000;
  paths.heard(d);
  assert.equal(second(), d, "twice 5 s");
  nowMs = 10_001;
  assert.equal(second(), Number.POSITIVE_INFINITY);
  paths.heard(b);
  assert.equal(second(), d);
  paths.clear();
  paths.heard(b);
  assert.equal(second(), Number.POSITIVE_INFINITY);
  assert.equal(paths.begin(), 5, "no number is used twice");
});

it("[BR16f] of the last 131,072 messages it is known how they came, and with one more of the later half", () => {
  const paths = new ArrivalPaths();
  const path = paths.begin();
  for (let sum = 0; sum < 131_072; sum++) paths.passed(path, sum);
  assert.equal(paths.take(0).path, path);
  paths.passed(path, 131_072);
  assert.equal(paths.take(1).path, undefined, "the older half is forgotten");
  assert.equal(paths.take(65_536).path, path);
  paths.passed(path, 5);
  paths.clear();
  assert.equal(paths.take(5).path, undefined);
});

it("[BR16] messages that are all alike, or that are never read, cost no more than others", () => {
  const paths = new ArrivalPaths();
  const path = paths.begin();
  for (let i = 0; i < 1_000_000; i++) paths.passed(path, 7);
  for (let i = 0; i < 131_072; i++) paths.take(7);
  for (let i = 0; i < 1_000_000; i++) paths.passed(path, i);
  assert.equal(paths.take(999_999).path, path);
});

it("[BR16] the sum is zlib's, however a message is cut", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), fc.nat({ max: 300 }), (bytes, cut) => {
      const at = Math.min(cut, bytes.length);
      assert.equal(checksumOf(bytes), crc32(bytes));
      assert.equal(checksumOf(bytes, checksumOf(bytes, 0, 0, at), at), crc32(bytes));
    }),
  );
});
