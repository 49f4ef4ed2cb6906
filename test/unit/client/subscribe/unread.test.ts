import assert from "node:assert/strict";
import { test } from "node:test";
import { Unread } from "../../../../client/subscribe/unread.ts";

const KIB = 1024;

/** Whether a promise is settled once everything that can happen by itself has happened. */
async function isSettled(promise: Promise<unknown>): Promise<boolean> {
  return await Promise.race([
    promise.then(() => true),
    new Promise<boolean>((resolve) => setImmediate(() => resolve(false))),
  ]);
}

test("[CL5a] from 128 KiB on there is no room, until all is read", async () => {
  const unread = new Unread<number>(() => undefined);
  unread.push(1, 63 * KIB);
  unread.push(2, 63 * KIB - 1);
  assert.ok(await isSettled(unread.room()));
  unread.push(3, 0);
  const room = unread.room();
  assert.equal(unread.isAwaited, true);
  for (const expected of [1, 2, 3]) assert.equal(await unread.next(), expected);
  assert.equal(await isSettled(room), false);
  const fourth = unread.next();
  assert.ok(await isSettled(room));
  assert.equal(unread.isAwaited, false);
  unread.push(4);
  assert.equal(await fourth, 4);
});

test("[CL5a] more than 1 MiB is too much; whoever reads it all is said to have", async () => {
  let allRead = 0;
  const unread = new Unread<string>(() => allRead++);
  unread.push("a", 1023 * KIB);
  assert.equal(unread.isTooMuch, false);
  unread.push("b", 0);
  assert.equal(unread.isTooMuch, true);
  await unread.next();
  await unread.next();
  assert.deepEqual([unread.isTooMuch, allRead], [false, 0]);
  const next = unread.next();
  assert.equal(allRead, 1);
  unread.end();
  assert.equal(await next, undefined);
});

test("[CL1e] after the end what waits is still read, unless it was cleared, and nobody waits for room", async () => {
  const unread = new Unread<string>(() => undefined);
  unread.push("a", 128 * KIB);
  unread.push("b");
  const room = unread.room();
  unread.end();
  assert.ok(await isSettled(room));
  assert.ok(await isSettled(unread.room()));
  assert.equal(await unread.next(), "a");
  unread.clear();
  assert.equal(await unread.next(), undefined);
});
