/** What the simulation finds of 3,000 viewers by a fixed seed. Whoever changes routing, feeds, resume or reconnecting sees here what that does. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { sumOf } from "../cost/month/bill.ts";
import { billOf } from "./bill.ts";
import { DEFAULT_COSTS } from "./costs.ts";
import { isOver, lastingUse } from "./limits.ts";
import { SCENARIOS } from "./scenarios.ts";
import type { Seen } from "./stage.ts";
import { DEFAULTS, type Settings } from "./world.ts";

const SETTINGS: Settings = {
  ...DEFAULTS,
  viewers: 3000,
  relayAfter: 100,
  relayViewers: 200,
  isolates: 100,
  followed: 300,
  seed: 7,
};

/** How late frames were, when all were live again, and what the channel was asked in its worst second. */
interface Expected {
  relays: number;
  latency: readonly number[];
  backAfterS: number | undefined;
  channelRequests: number;
}

const EXPECTED: Readonly<Record<string, Expected>> = {
  steady: { relays: 19, latency: [61, 127, 129], backAfterS: undefined, channelRequests: 12 },
  "mass join": { relays: 19, latency: [61, 126, 133], backAfterS: undefined, channelRequests: 27 },
  "loss of a region": { relays: 22, latency: [77, 245, 247], backAfterS: 2.5, channelRequests: 219 },
  deploy: { relays: 20, latency: [57, 125, 219], backAfterS: 3.9, channelRequests: 440 },
  "restart of the channel": { relays: 20, latency: [58, 125, 775], backAfterS: 3.5, channelRequests: 93 },
};

async function seenOf(name: string, settings = SETTINGS): Promise<Seen> {
  const scenario = SCENARIOS.find((each) => each.name === name) ?? assert.fail(name);
  return await scenario.run(settings);
}

for (const { name, about } of SCENARIOS) {
  test(`${name}: ${about}; every followed viewer gets every number once, and all are live at the end`, async () => {
    const { relays, latency, backAfterMs, channel, lost, repeated, away, viewers } = await seenOf(name);
    assert.deepEqual({ lost, repeated, all: away + viewers }, { lost: 0, repeated: 0, all: SETTINGS.viewers });
    assert.ok(away < SETTINGS.viewers / 1000, `${away} are not live`);
    const found: Expected = {
      relays,
      latency: [latency.p50, latency.p99, latency.max].map(Math.round),
      backAfterS: backAfterMs === undefined ? undefined : Math.round(backAfterMs / 100) / 10,
      channelRequests: channel.requests,
    };
    assert.deepEqual(found, EXPECTED[name]);
  });
}

test("the same seed gives the same, and another something else", async () => {
  const [first, again, other] = [
    await seenOf("restart of the channel"),
    await seenOf("restart of the channel"),
    await seenOf("restart of the channel", { ...SETTINGS, seed: 8 }),
  ];
  assert.deepEqual(again, first);
  assert.notDeepEqual(other, first);
});

test("where sends take more than the time that there is, the processor of a relay is what breaks first", async () => {
  const settings = { ...SETTINGS, viewers: 1000, costs: { ...DEFAULT_COSTS, sendUs: 600 } };
  const seen = await seenOf("steady", settings);
  const [first] = lastingUse(seen, settings).filter(isOver);
  assert.equal(first?.what, "processor of a relay");
  assert.ok(seen.latency.p99 > 1000, `p99 is ${seen.latency.p99} ms`);
});

test("a month's bill has the time of all objects, and what was counted", async () => {
  const seen = await seenOf("steady");
  const items = billOf(seen, SETTINGS.framesPerSecond);
  const month = 30 * 24 * 3600;
  assert.equal(items.find(({ name }) => name === "durationGbS")?.used, 0.128 * (1 + seen.relays) * month);
  const { channel, relays } = seen.use;
  const rows = ((channel.rowsWritten + relays.rowsWritten) * month) / 60;
  assert.equal(items.find(({ name }) => name === "rowsWritten")?.used, rows);
  assert.equal(
    sumOf(items),
    items.reduce((sum, { dollars }) => sum + dollars, 0),
  );
});
