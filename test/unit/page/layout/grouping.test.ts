import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { type Cluster, groupKey, regroup, type Scaled } from "../../../../page/layout/grouping.ts";

function of(magnitudes: Record<string, number>): Scaled[] {
  return Object.entries(magnitudes).map(([name, magnitude]) => ({ name, magnitude }));
}

/** The clusters as text: `a b | c`. */
function grouped(magnitudes: Record<string, number>, previous: readonly Cluster[] = []): string {
  return regroup(previous, of(magnitudes))
    .map((cluster) => cluster.join(" "))
    .join(" | ");
}

function clustersOf(text: string): Cluster[] {
  return text.split(" | ").map((cluster) => cluster.split(" "));
}

const names = fc
  .constantFrom("a.1", "a.2", "a.3 [V]", "b", "c", "d", "e", "/b/x", "/b/y", "[V]")
  .chain((name) => fc.nat(9).map((n) => `${name}${n}`));
const size = fc.oneof(
  fc.constant(0),
  fc.integer({ min: -60, max: 60 }).map((power) => 10 ** (power / 10)),
  fc.double(),
);
const anySeries = fc.uniqueArray(fc.record({ name: names, magnitude: size }), {
  selector: ({ name }) => name,
  maxLength: 12,
  size: "max",
});

test("[PG12] a group is the first segment of a path and the unit", () => {
  assert.equal(groupKey("accel.0"), groupKey("accel.1"));
  assert.equal(groupKey("robot/arm/x"), groupKey("/robot.leg.y"));
  assert.equal(groupKey("temp"), groupKey("pressure"));
  assert.notEqual(groupKey("temp [°C]"), groupKey("pressure [bar]"));
  assert.notEqual(groupKey("motor.temp [°C]"), groupKey("motor.speed [1/s]"));
  assert.notEqual(groupKey("motor"), groupKey("motor.speed"));
});

test("[PG12] one panel a group, in the order of first appearance", () => {
  assert.equal(grouped({ "accel.0": 1, "accel.1": 2, "accel.2": 0 }), "accel.0 accel.1 accel.2");
  assert.equal(grouped({ a: 1, "b.x": 1, c: 1, "b.y": 1 }), "a c | b.x b.y");
  assert.equal(grouped({}), "");
});

test("[PG12] series of very different scale do not share a panel", () => {
  assert.equal(grouped({ small: 1, large: 1000, less: 40, tiny: 0.001 }), "small | large less | tiny");
  assert.equal(grouped({ a: 30, b: 1 }), "a b");
  assert.equal(grouped({ a: 31, b: 1 }), "a | b");
});

test("[PG12] what is not known yet stands with the largest", () => {
  assert.equal(grouped({ unknown: 0, a: 1, b: 1000, nan: Number.NaN }), "unknown b nan | a");
  assert.equal(grouped({ a: 0, b: 0 }), "a b");
  assert.equal(grouped({ a: 0, b: 0, c: 5 }, clustersOf("a b")), "a b c");
});

test("[PG12] clusters stay until they are bad", () => {
  assert.equal(grouped({ a: 99, b: 1 }, clustersOf("a b")), "a b");
  assert.equal(grouped({ a: 101, b: 1 }, clustersOf("a b")), "a | b");
  assert.equal(grouped({ a: 11, b: 1 }, clustersOf("a | b")), "a | b");
  assert.equal(grouped({ a: 9, b: 1 }, clustersOf("a | b")), "a b");
  assert.equal(grouped({ a: 200, b: 9, c: 1 }, clustersOf("a | b | c")), "a b | c", "the whole group anew");
});

test("[PG12] a new series joins the cluster that it fits, else it has its own", () => {
  const previous = clustersOf("a b | c");
  assert.equal(grouped({ a: 1000, b: 11, c: 0.5, new: 40 }, previous), "a b new | c");
  assert.equal(grouped({ a: 1000, b: 11, c: 0.5, new: 5 }, previous), "a b | c new");
  assert.equal(grouped({ a: 1000, b: 11, c: 0.5, new: 1e6 }, previous), "a b | c | new");
  assert.equal(grouped({ a: 1000, c: 0.5 }, previous), "a | c", "and one that is gone is gone");
});

test("[PG12] magnitudes that grow and wobble by a factor of 3 change nothing after the first look", () => {
  const wobbles = fc.array(fc.array(fc.double({ min: 1, max: 3, noNaN: true }), { minLength: 1 }), {
    maxLength: 20,
    size: "max",
  });
  fc.assert(
    fc.property(anySeries, wobbles, (series, steps) => {
      // 1e307 times 3 is still a number.
      const first = series.map((one) => ({ ...one, magnitude: Math.min(one.magnitude, 1e307) }));
      const clusters = regroup([], first);
      for (const factors of steps) {
        const now = first.map(({ name, magnitude }, i) => {
          return { name, magnitude: magnitude * (factors[i % factors.length] ?? 1) };
        });
        assert.equal(regroup(clusters, now), clusters);
      }
    }),
  );
});

test("[PG12] whatever comes: each series once, in order, and the second look changes nothing", () => {
  fc.assert(
    fc.property(fc.array(anySeries, { maxLength: 20, size: "max" }), (looks) => {
      let clusters: readonly Cluster[] = [];
      for (const series of looks) {
        clusters = regroup(clusters, series);
        assert.equal(regroup(clusters, series), clusters);
        const order = series.map(({ name }) => name);
        assert.deepEqual([...clusters.flat()].sort(), [...order].sort());
        for (const cluster of clusters) {
          assert.equal(new Set(cluster.map(groupKey)).size, 1);
          assert.deepEqual(
            cluster,
            order.filter((name) => cluster.includes(name)),
          );
        }
        const firsts = clusters.map(([name = ""]) => order.indexOf(name));
        assert.deepEqual(
          firsts,
          [...firsts].sort((a, b) => a - b),
        );
      }
    }),
  );
});
