import assert from "node:assert/strict";
import { test } from "node:test";
import { relayBounds, ringBounds, storeBounds } from "../../../../worker/hub/bounds-of-env.ts";

const MIB = 1024 * 1024;

test("[RL5b] a ring has 12 MiB, and half of what its channel keeps, at most", () => {
  assert.deepEqual(ringBounds({}), { seconds: 900, bytes: 12 * MIB });
  assert.deepEqual(ringBounds({ STORE_BYTES: String(100 * MIB), STORE_SECONDS: "60" }), {
    seconds: 60,
    bytes: 12 * MIB,
  });
  assert.deepEqual(ringBounds({ STORE_BYTES: String(2 * MIB) }), { seconds: 900, bytes: MIB });
});

test("[RL2a] [RL2b] what is no bound is not taken for one; 0 is never", (t) => {
  const warn = t.mock.method(console, "warn", () => undefined);
  assert.deepEqual(relayBounds({}), { after: 1000, viewers: relayBounds({}).viewers });
  assert.equal(relayBounds({ RELAY_AFTER: "0" }).after, 0);
  assert.equal(warn.mock.callCount(), 0);
  for (const RELAY_AFTER of ["", "-1", "1.5", "many"]) assert.equal(relayBounds({ RELAY_AFTER }).after, 1000);
  assert.equal(storeBounds({ STORE_BYTES: "0" }).bytes, 32 * MIB);
  assert.equal(warn.mock.callCount(), 5);
});
