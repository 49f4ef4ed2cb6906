/** Which relay a viewer is to join; how many are dialled at once; and of whom there are enough. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { chooseRelay, MAX_RELAYS } from "../../../../../worker/channel/relays/choose-relay.ts";
import { fullShares, MAX_FULL_SHARES } from "../../../../../worker/channel/relays/full-shares.ts";
import { Turns } from "../../../../../worker/channel/relays/turns.ts";

const choose = (relays: Record<string, number>, region: "weur" | "oc" = "weur", most = 10): string | undefined =>
  chooseRelay(
    "lab",
    Object.entries(relays).map(([name, viewers]) => ({ name, viewers })),
    region,
    most,
  );

test("[RL2b] of the region's relays the one with the fewest viewers; a new one if all are full, or there is none", () => {
  assert.equal(choose({}), "lab#weur-1");
  assert.equal(choose({ "lab#weur-1": 5, "lab#weur-2": 4, "lab#oc-1": 0 }), "lab#weur-2");
  assert.equal(choose({ "lab#weur-1": 10, "lab#oc-1": 0 }), "lab#weur-2");
  assert.equal(choose({ "lab#weur-2": 10 }), "lab#weur-1", "a number that is free");
  assert.equal(choose({ "lab#weur-1": 5 }, "oc"), "lab#oc-1");
});

test("[RL2b] with as many relays as there may be, the one with the fewest viewers wherever; or none", () => {
  const many = (viewers: (i: number) => number): Record<string, number> =>
    Object.fromEntries(Array.from({ length: MAX_RELAYS }, (_, i) => [`lab#weur-${i + 1}`, viewers(i)]));
  assert.equal(
    choose(
      many((i) => (i === 7 ? 8 : 9)),
      "oc",
    ),
    "lab#weur-8",
  );
  assert.equal(choose(many(() => 10)), undefined);
});

test("[RL4c] a token is full by what all hubs count together; of different bounds the smallest counts", () => {
  assert.deepEqual(fullShares([]), []);
  const hubs = [
    [
      ["b", 1, 3],
      ["a", 2, 2],
    ],
    [
      ["b", 1, 3],
      ["c", 1, 3],
    ],
    [["b", 1, 4]],
  ] as const;
  assert.deepEqual(fullShares(hubs.map((hub) => hub.map(([who, viewers, most]) => [who, viewers, most]))), ["a", "b"]);
  assert.deepEqual(fullShares([[["a", 2, 5]], [["a", 1, 3]]]), ["a"]);
});

test("[RL4c] not more are told than a relay can keep: those with the most viewers", () => {
  const one = (i: number): [string, number, number] => [`${i}`.padStart(8, "0"), i + 1, 1];
  const told = fullShares([Array.from({ length: MAX_FULL_SHARES + 10 }, (_, i) => one(i))]);
  assert.deepEqual([told.length, told[0]], [MAX_FULL_SHARES, "00000010"]);
});

test("[RL3a] so many have a turn at once, the others in order, also after one that failed", async () => {
  const turns = new Turns(2);
  const begun: number[] = [];
  const ends: (() => void)[] = [];
  const takes = Array.from({ length: 4 }, (_, i) =>
    turns.take(async () => {
      begun.push(i);
      await new Promise<void>((resolve) => ends.push(resolve));
      if (i === 0) throw new Error("no");
    }),
  );
  const settled = Promise.allSettled(takes);
  assert.deepEqual(begun, [0, 1]);
  for (let i = 0; i < 4; i++) {
    ends[i]?.();
    await new Promise<void>((resolve) => setImmediate(resolve));
    assert.ok(begun.length <= i + 3);
  }
  assert.deepEqual(
    [begun, (await settled).map(({ status }) => status)],
    [
      [0, 1, 2, 3],
      ["rejected", "fulfilled", "fulfilled", "fulfilled"],
    ],
  );
  assert.equal(await turns.take(async () => 7), 7);
});
