import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { OTHER, Rates } from "../../../../bridge/presets/rates.ts";
import { seriesOf } from "../../../support/preset-feed.ts";

const NOW = 1_763_648_912.25;

function ticked(rates: Rates, now: number): Record<string, number | undefined> {
  const messages = rates.tick(now);
  for (const message of messages) assert.equal(message.time, now);
  return seriesOf(messages);
}

describe("[FD1b] rates by the second", () => {
  it("are what came in the last interval, however long it was, then zero", () => {
    const rates = new Rates({ per: "second" });
    assert.deepEqual(ticked(rates, NOW), {});
    rates.count("tx");
    rates.count("tx", 2);
    rates.count("block");
    assert.deepEqual(ticked(rates, NOW + 2), { "tx.per_second": 1.5, "block.per_second": 0.5 });
    assert.deepEqual(ticked(rates, NOW + 3), { "tx.per_second": 0, "block.per_second": 0 });
    assert.deepEqual(ticked(rates, NOW + 3600), { "tx.per_second": 0, "block.per_second": 0 });
  });

  it("begin with the first tick, before which nobody knows how long it was", () => {
    const rates = new Rates({ per: "second" });
    rates.count("tx", 1000);
    assert.deepEqual(ticked(rates, NOW), {});
    rates.count("tx", 3);
    assert.deepEqual(ticked(rates, NOW + 1), { "tx.per_second": 3 });
  });

  it("wait for half a second, so that one message is not many a second", () => {
    const rates = new Rates({ per: "second" });
    rates.tick(NOW);
    rates.count("tx");
    assert.deepEqual(ticked(rates, NOW + 0.25), {});
    assert.deepEqual(ticked(rates, NOW), {});
    assert.deepEqual(ticked(rates, NOW + 0.5), { "tx.per_second": 2 });
  });

  it("begin anew when the clock is set back", () => {
    const rates = new Rates({ per: "second" });
    rates.tick(NOW);
    rates.count("tx", 5);
    assert.deepEqual(ticked(rates, NOW - 3600), {});
    rates.count("tx", 4);
    assert.deepEqual(ticked(rates, NOW - 3599), { "tx.per_second": 4 });
  });
});

describe("[FD1b] rates by the minute", () => {
  it("are what came in the last 60 seconds, and go to zero after", () => {
    const rates = new Rates({ per: "minute" });
    rates.count("block");
    assert.deepEqual(ticked(rates, NOW), { "block.per_minute": 1 });
    for (let second = 1; second < 60; second++) {
      rates.count("block");
      assert.deepEqual(ticked(rates, NOW + second), { "block.per_minute": second + 1 });
    }
    rates.count("block");
    assert.deepEqual(ticked(rates, NOW + 60), { "block.per_minute": 60 });
    assert.deepEqual(ticked(rates, NOW + 119), { "block.per_minute": 1 });
    assert.deepEqual(ticked(rates, NOW + 120), { "block.per_minute": 0 });
  });

  it("are the same however often they are asked for", () => {
    const rates = new Rates({ per: "minute" });
    rates.tick(NOW);
    for (let step = 1; step <= 30; step++) {
      rates.count("a");
      rates.tick(NOW + step * 0.6);
    }
    assert.deepEqual(ticked(rates, NOW + 55), { "a.per_minute": 30 });
    assert.deepEqual(ticked(rates, NOW + 7200), { "a.per_minute": 0 });
  });

  it("begin anew when the clock is set back", () => {
    const rates = new Rates({ per: "minute" });
    rates.count("a", 7);
    rates.tick(NOW);
    rates.count("a");
    assert.deepEqual(ticked(rates, NOW - 3600), { "a.per_minute": 1 });
    assert.deepEqual(ticked(rates, NOW - 3540), { "a.per_minute": 0 });
  });

  it("know a key of which nothing has come", () => {
    const rates = new Rates({ per: "minute" });
    rates.count("all", 0);
    assert.deepEqual(ticked(rates, NOW), { "all.per_minute": 0 });
  });
});

describe("[FD1c] keys", () => {
  it("beyond the bound are counted as one, and those that came first stay", () => {
    const rates = new Rates({ per: "minute", maxKeys: 2 });
    for (const key of ["a", "b", "c", "d", "a"]) rates.count(key);
    assert.deepEqual(ticked(rates, NOW), { "a.per_minute": 2, "b.per_minute": 1, [`${OTHER}.per_minute`]: 2 });
  });

  it("are bounded by themselves", () => {
    const rates = new Rates({ per: "minute" });
    for (let i = 0; i < 10_000; i++) rates.count(`key-${i}`);
    const messages = rates.tick(NOW);
    assert.equal(messages.length, 257);
    assert.equal(seriesOf(messages)["other.per_minute"], 10_000 - 256);
  });

  it("that can name no series are counted as other", () => {
    const rates = new Rates({ per: "minute" });
    for (const key of ["", "a\nb", "x".repeat(201), "\ud800"]) rates.count(key);
    assert.deepEqual(ticked(rates, NOW), { "other.per_minute": 4 });
  });

  it("may be the names of times and of what every object has", () => {
    const rates = new Rates({ per: "minute" });
    const names = ["time", "t", "x", "y", "__proto__", "constructor", "toString"];
    for (const name of names) rates.count(name);
    assert.deepEqual(Object.keys(ticked(rates, NOW)).sort(), names.map((name) => `${name}.per_minute`).sort());
  });
});

it("[FD1] the rates of any times are finite, none is below zero, and nothing is counted twice", () => {
  const step = fc.record({ by: fc.nat(9), after: fc.double({ min: -100, max: 100, noNaN: true }) });
  fc.assert(
    fc.property(fc.constantFrom("second", "minute"), fc.array(step, { maxLength: 50 }), (per, steps) => {
      const rates = new Rates({ per });
      let now = 0;
      let counted = 0;
      for (const { by, after } of steps) {
        rates.count("a", by);
        counted += by;
        now += after;
        for (const value of Object.values(seriesOf(rates.tick(now)))) {
          assert.ok(value !== undefined && value >= 0 && Number.isFinite(value) && value <= counted * 2);
        }
      }
    }),
  );
});
