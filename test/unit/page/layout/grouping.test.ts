import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { clustersOf, groupKey, keyOf, type Scaled, siblingOf } from "../../../../page/layout/grouping.ts";

function of(magnitudes: Record<string, number>): Scaled[] {
  return Object.entries(magnitudes).map(([name, magnitude]) => ({ name, magnitude }));
}

/** The clusters as text: `a b | c`. */
function grouped(magnitudes: Record<string, number>): string {
  return clustersOf(of(magnitudes))
    .map((cluster) => cluster.join(" "))
    .join(" | ");
}

const counting = (count: number): number[] => Array.from({ length: count }, (_, i) => i);
const names = fc
  .constantFrom(
    "a.",
    "a.b",
    "a.c [V]",
    "b",
    "c",
    "dx",
    "dy",
    "/b/x",
    "/b/y",
    "q.w",
    "[V]",
    "e.pos_x",
    "e.pos_y",
    "m1.t",
    "m2.t",
    "m3.u [V]",
  )
  .chain((name) => fc.option(fc.nat(12), { nil: "" }).map((n) => `${name}${n}`));
const size = fc.oneof(
  fc.constant(0),
  fc.integer({ min: -60, max: 60 }).map((power) => 10 ** (power / 10)),
  fc.double(),
);
const anySeries = fc.uniqueArray(fc.record({ name: names, magnitude: size }), {
  selector: ({ name }) => name,
  maxLength: 14,
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

test("[PG60a] siblings are numbered or x, y, z of one parent, or their parents are numbered; words that are different are none", () => {
  const areSiblings = (...all: string[]): boolean => new Set(all.map((name) => siblingOf(name).stem)).size === 1;
  assert.ok(areSiblings("accel.x", "accel.y", "accel.z"));
  assert.ok(areSiblings("ch00", "ch07", "ch59"));
  assert.ok(areSiblings("pack.cell1_V", "pack.cell12_V"));
  assert.ok(
    areSiblings("gyroX", "gyroY") && areSiblings("vx", "vz") && areSiblings("q.w", "q.x") && areSiblings("x", "y"),
  );
  assert.ok(areSiblings("x_pos [m]", "y_pos [m]"));
  assert.ok(areSiblings("joint.0.pos", "joint.1.pos"));
  assert.ok(!areSiblings("joint.0.pos", "joint.0.vel"));
  assert.ok(areSiblings("motor1.temp", "motor2.temp"));
  assert.ok(!areSiblings("motor1.temp", "motor2.speed") && !areSiblings("motor1.temp", "pump2.temp"));
  assert.ok(!areSiblings("flow", "cell1") && !areSiblings("o2", "co2") && !areSiblings("yaw", "xaw"));
  assert.deepEqual(
    ["accel.z", "ch07", "joint.2.x", "node12.temp"].map((name) => siblingOf(name).index),
    [2, 7, 2, 12],
  );
});

test("[PG12] one panel a group, in the order of the channel", () => {
  assert.equal(grouped({ "accel.0": 1, "accel.1": 2, "accel.2": 0 }), "accel.0 accel.1 accel.2");
  assert.equal(grouped({ a: 1, "b.p": 1, c: 1, "b.q": 1 }), "a c | b.p b.q");
  assert.equal(grouped({}), "");
});

test("[PG60a] siblings are never split, whatever their scales, and stand in their natural order", () => {
  assert.equal(grouped({ "accel.x": 0.01, "accel.z": 1e6, "accel.y": 3 }), "accel.x accel.y accel.z");
  const channels = counting(60).map((i) => `ch${String(i).padStart(2, "0")}`);
  const wild = Object.fromEntries(channels.map((name, i) => [name, 10 ** ((i % 13) - 6)]));
  assert.equal(grouped(wild), channels.join(" "));
  assert.equal(grouped({ ch10: 1, ch9: 1, ch2: 1 }), "ch2 ch9 ch10");
});

test("[PG60f] what each of many numbered parents has one of is one panel; siblings of one parent stay with that", () => {
  const nodes = counting(100).map((i) => `node${i}.temp [°C]`);
  const shuffled = counting(100).map((i) => nodes[(37 * i) % 100] ?? "");
  assert.equal(grouped(Object.fromEntries(shuffled.map((name, i) => [name, 10 ** ((i % 13) - 6)]))), nodes.join(" "));
  assert.equal(grouped({ "m10.t": 1, "m10.v": 2, "m9.t": 1, "m9.v": 2 }), "m9.t m10.t | m9.v m10.v");
  assert.equal(grouped({ "m1.t [K]": 1, "m2.t [°C]": 1, "m3.t [m2/s]": 1, "m4.t [m3/s]": 1 }).split(" | ").length, 4);
  assert.equal(grouped({ "m1.t": 1, "n2.t": 1, "m3.u": 1 }), "m1.t | n2.t | m3.u");
  assert.equal(grouped({ "imu1.x": 1, "imu1.y": 1, "imu2.x": 1, "imu2.y": 1 }), "imu1.x imu1.y | imu2.x imu2.y");
  assert.equal(grouped({ "rack1.cpu0": 1, "rack2.cpu0": 1, "rack2.cpu1": 1 }), "rack1.cpu0 | rack2.cpu0 rack2.cpu1");
  assert.equal(grouped({ "/node1/temp": 1, "/node0/temp": 1 }), "/node0/temp /node1/temp");
});

test("[PG60f] so are those whose values have names, where their parent has nothing else of these", () => {
  const series = ["n1.state", "n2.state", "n1.y", "n3.state", "n3.mode"].map((name) => ({
    name,
    magnitude: 1,
    kind: name.endsWith("y") ? "" : "step",
  }));
  const keyOfKind = (one: Scaled): string => keyOf(one, (kind) => kind === "event");
  assert.deepEqual(clustersOf(series, keyOfKind), [["n1.state", "n2.state"], ["n1.y"], ["n3.state", "n3.mode"]]);
  const events = ["n1.alarm", "n2.alarm", "n1.note"].map((name) => ({ name, magnitude: 0, kind: "event" }));
  assert.deepEqual(clustersOf(events, keyOfKind), [["n1.alarm", "n2.alarm", "n1.note"]]);
});

test("[PG60b] siblings have a panel of their own: cells of 3 V are not with a flow of 12", () => {
  assert.equal(grouped({ cell1: 3.2, flow: 12, cell2: 3.1, cell3: 3.3 }), "cell1 cell2 cell3 | flow");
  assert.equal(
    grouped({ "imu.ax": 9, "imu.ay": 1, "imu.gx": 0.1, "imu.gy": 0.2, "imu.temp": 40 }),
    "imu.ax imu.ay | imu.gx imu.gy | imu.temp",
  );
});

test("[PG60c] others of one group do not share a panel where one would be flat beside another", () => {
  assert.equal(grouped({ small: 1, large: 1000, less: 40, tiny: 0.001 }), "small | large less | tiny");
  assert.equal(grouped({ a: 30, b: 1 }), "a b");
  assert.equal(grouped({ a: 31, b: 1 }), "a | b");
});

test("[PG60c] what is not known yet stands with the largest", () => {
  assert.equal(grouped({ unknown: 0, a: 1, b: 1000, nan: Number.NaN }), "unknown b nan | a");
  assert.equal(grouped({ a: 0, b: 0 }), "a b");
});

test("[PG60] whatever the channel has: each series once, in order, siblings together, and no line flat", () => {
  fc.assert(
    fc.property(anySeries, (series) => {
      const clusters = clustersOf(series);
      assert.deepEqual(clustersOf(structuredClone(series)), clusters, "nothing but the series decides");
      const order = series.map(({ name }) => name);
      assert.deepEqual(clusters.flat().sort(), [...order].sort());
      const firsts = clusters.map((cluster) => Math.min(...cluster.map((name) => order.indexOf(name))));
      assert.deepEqual(
        firsts,
        [...firsts].sort((a, b) => a - b),
      );
      const keys = new Map<string, number>();
      for (const [i, cluster] of clusters.entries()) {
        assert.equal(new Set(cluster.map((name) => groupKey(name).replace(/\d+/, "#"))).size, 1);
        // Those of several parents are siblings, too.
        const isOfMany = new Set(cluster.map(groupKey)).size > 1;
        const stems = new Set(cluster.map((name) => `${isOfMany ? "" : groupKey(name)} ${siblingOf(name).stem}`));
        assert.ok(stems.size === 1 || !isOfMany);
        assert.ok(stems.size === 1 || stems.size === cluster.length, "siblings share with nobody else");
        for (const stem of isOfMany ? [] : stems) {
          assert.ok(!keys.has(stem) || keys.get(stem) === i, `${stem} is split`);
          keys.set(stem, i);
        }
        const sizes = series.flatMap(({ name, magnitude }) =>
          stems.size > 1 && cluster.includes(name) && magnitude > 0 && magnitude < Infinity ? magnitude : [],
        );
        assert.ok(sizes.length === 0 || Math.max(...sizes) / 30 <= Math.min(...sizes));
      }
    }),
  );
});
