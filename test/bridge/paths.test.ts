import assert from "node:assert/strict";
import { it } from "node:test";
import { Paths } from "../../bridge/receive/paths.ts";

it("[BR16] a message is known again by its sum, and alike ones come in their order", () => {
  const paths = new Paths();
  const [a, b] = [paths.begin(), paths.begin()];
  paths.passed(a, 7);
  paths.passed(b, 7);
  const c = paths.begin();
  paths.passed(c, 8);
  assert.deepEqual(paths.take(7), { path: a, newest: b, second: b });
  assert.deepEqual(paths.take(8), { path: c, newest: c, second: b });
  assert.deepEqual(paths.take(7), { path: b, newest: b, second: b });
  assert.deepEqual(paths.take(7), { path: undefined, newest: c, second: b }, "it did not come a third time");
});

it("[BR16] connections that are open are known in the order in which they began", () => {
  const paths = new Paths();
  const all = [paths.begin(), paths.begin(), paths.begin()];
  assert.equal(paths.take(0).second, all[1]);
  paths.end(all[0] ?? 0);
  assert.equal(paths.take(0).second, all[2]);
  paths.end(all[2] ?? 0);
  assert.equal(paths.take(0).second, Number.POSITIVE_INFINITY);
  paths.begin();
  paths.clear();
  assert.equal(paths.take(0).second, Number.POSITIVE_INFINITY);
  assert.equal(paths.begin(), 5, "no number is used twice");
});

it("[BR16] of messages that were not read yet the last 131,072 are known", () => {
  const paths = new Paths();
  const path = paths.begin();
  for (let sum = 0; sum < 131_072; sum++) paths.passed(path, sum);
  paths.passed(path, 131_072);
  assert.equal(paths.take(0).path, undefined);
  assert.equal(paths.take(1).path, path);
  paths.passed(path, 5);
  paths.clear();
  assert.equal(paths.take(5).path, undefined);
});
