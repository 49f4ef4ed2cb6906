import assert from "node:assert/strict";
import { test } from "node:test";
import { NOTHING_STORED } from "../../../../../worker/channel/log/nothing-stored.ts";
import { type Dialled, Relays } from "../../../../../worker/channel/relays/relays.ts";

/** Relays that can be dialled or not, by their names. */
function relaysOf(
  maxViewers: number,
  dial: (name: string) => Dialled = () => ({ kind: "not-needed" }),
  names: readonly string[] = [],
  clock = { nowMs: 1_000 },
): Relays {
  return new Relays("c", maxViewers, {
    log: () => NOTHING_STORED,
    pause: async () => {},
    nowMs: () => clock.nowMs,
    dial: async (name) => dial(name),
    status: () => ({ goneAtMs: null, aheadMs: 0 }),
    viewersHere: () => 0,
    behindHere: () => 0,
    countOf: () => 0,
    sharesHere: () => [],
    changed: () => {},
    kept: { names, rewrites: 0 },
  });
}

test("[RL2b] many Workers that ask at once are sent to several relays, since each sends all that come to it", () => {
  const relays = relaysOf(2000);
  const routes = Array.from({ length: 100 }, () => relays.routeFor("weur"));
  assert.equal(routes.filter((name) => name === "c#weur-1").length, 40);
  assert.equal(relays.count, 3);
});

test("[RL2b] a relay of three viewers takes as many, one an ask", () => {
  const relays = relaysOf(3);
  const routes = Array.from({ length: 4 }, () => relays.routeFor("weur"));
  assert.deepEqual(routes, ["c#weur-1", "c#weur-1", "c#weur-1", "c#weur-2"]);
});

test("[RL2e] nobody is sent to a relay that cannot be dialled; where three cannot, to another region, until they can", async () => {
  let isLost = true;
  const relays = relaysOf(2, (name) => ({ kind: isLost && name.includes("#weur") ? "failed" : "not-needed" }));
  relays.routeFor("enam");
  for (const each of ["c#weur-1", "c#weur-2"]) {
    assert.equal(relays.routeFor("weur"), each);
    await relays.feed(each);
  }
  assert.equal(relays.routeFor("weur"), "c#weur-3");
  await relays.feed("c#weur-3");
  assert.equal(relays.routeFor("weur"), "c#enam-1");
  assert.equal(relays.routeFor("weur"), "c#enam-2");
  isLost = false;
  await relays.feed("c#weur-1");
  assert.equal(relays.routeFor("weur"), "c#weur-1");
});

test("[RL3e] a relay without viewers is kept for a minute after it was made, or after its channel began anew", async () => {
  const clock = { nowMs: 1_000 };
  const relays = relaysOf(2, () => ({ kind: "not-needed" }), ["c#weur-1"], clock);
  relays.routeFor("enam");
  for (clock.nowMs of [1_000, 60_999]) for (const name of ["c#weur-1", "c#enam-1"]) await relays.feed(name);
  assert.equal(relays.count, 2);
  clock.nowMs = 61_000;
  await relays.feed("c#weur-1");
  assert.deepEqual(relays.names, ["c#enam-1"]);
});

test("[RL2b] of one region no more than four relays are filled at once, until they say that they are full", () => {
  const relays = relaysOf(2000);
  for (let i = 0; i < 1000; i++) relays.routeFor("weur");
  assert.equal(relays.count, 4);
  for (const name of relays.names) relays.counted(name, { viewers: 2000, behind: 0, shares: [] });
  assert.equal(relays.routeFor("weur"), "c#weur-5");
});
