import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import type { MapConfig } from "../../../../bridge/config/config.ts";
import type { Mapped } from "../../../../bridge/map/mapped.ts";
import { createMapper } from "../../../../bridge/map/mapper.ts";
import { Changes, MinMax, type Thinned } from "../../../../bridge/map/thin.ts";

function thinned(width: number, values: readonly (readonly [x: number, y: number])[]): Thinned[] {
  const thin = new MinMax(width);
  return [...values.flatMap(([x, y]) => [...thin.add(x, y, false)]), ...thin.take()];
}

const text = (mapped: readonly Mapped[]): string[] =>
  mapped.flatMap(({ rows }) =>
    rows.flatMap(({ x, names, values }) => names.map((name, i) => `${name} ${x} ${values[i]}`)),
  );

/** Feeds `[x, y]` that arrive at x. */
function feed(map: MapConfig, values: readonly (readonly [number, number])[], field = "y"): string[] {
  const mapper = createMapper(map);
  return text([
    ...values.flatMap(([t, y]) => mapper.map({ topic: "", content: { kind: "value", value: { t, [field]: y } } }, t)),
    ...mapper.tick(Number.POSITIVE_INFINITY),
  ]);
}

describe("thinning", () => {
  const series = fc
    .array(
      fc.tuple(fc.integer({ min: -500, max: 500 }), fc.oneof(fc.integer({ min: -9, max: 9 }), fc.constant(Number.NaN))),
      { maxLength: 400, size: "max" },
    )
    .map((values) => values.map(([x, y]): [number, number] => [x / 10, y]).sort(([a], [b]) => a - b));

  it("[MP6a] invents nothing, keeps the order, and leaves two points and a break of each stretch at most", () => {
    fc.assert(
      fc.property(series, fc.integer({ min: 1, max: 50 }), (values, tenths) => {
        const width = tenths / 10;
        const left = thinned(width, values);
        for (const { x, y } of left) assert.ok(values.some(([atX, atY]) => atX === x && Object.is(atY, y)));
        for (const [i, { x }] of left.entries()) assert.ok(i === 0 || x >= (left[i - 1]?.x ?? 0));
        const stretches = new Map<number, number>();
        for (const { x, y } of left) {
          const index = Math.floor(x / width);
          if (!Number.isNaN(y)) stretches.set(index, (stretches.get(index) ?? 0) + 1);
        }
        assert.ok([...stretches.values()].every((points) => points <= 2));
      }),
    );
  });

  it("[MP6a] keeps the peaks of each stretch, and that it was broken", () => {
    fc.assert(
      fc.property(series, fc.integer({ min: 1, max: 50 }), (values, tenths) => {
        const width = tenths / 10;
        const left = thinned(width, values);
        for (const index of new Set(values.map(([x]) => Math.floor(x / width)))) {
          const ys = values.filter(([x]) => Math.floor(x / width) === index).map(([, y]) => y);
          const kept = left.filter(({ x }) => Math.floor(x / width) === index).map(({ y }) => y);
          const numbers = ys.filter((y) => !Number.isNaN(y));
          assert.equal(kept.some(Number.isNaN), ys.some(Number.isNaN));
          if (numbers.length === 0) continue;
          assert.ok(kept.includes(Math.min(...numbers)) && kept.includes(Math.max(...numbers)));
        }
      }),
    );
  });

  it("[MP6] has its stretches at multiples of their width, so the beginning does not matter", () => {
    const values = Array.from({ length: 200 }, (_, i): [number, number] => [i / 10, Math.sin(i) * 100]);
    const tail = ([, ...rest]: Thinned[]): Thinned[] => rest.filter(({ x }) => x >= 4);
    assert.deepEqual(tail(thinned(2, values)), tail(thinned(2, values.slice(13))));
    assert.deepEqual(
      thinned(2, [
        [1, 5],
        [2, 6],
        [3, 1],
        [3.5, 3],
        [4, 7],
      ]).map(({ x }) => x),
      [1, 2, 3, 4],
    );
  });

  it("[MP6] passes a rate that is not too high as it is", () => {
    const values = Array.from({ length: 20 }, (_, i): [number, number] => [i, i % 3]);
    assert.deepEqual(
      feed({ maxRate: 2 }, values),
      values.map(([x, y]) => `y ${x} ${y}`),
    );
  });

  it("[MP6] a field's own rate goes before its source's; others are not thinned", () => {
    const values = Array.from({ length: 100 }, (_, i): [number, number] => [i / 100, i]);
    assert.equal(feed({ maxRate: 10 }, values).length, 10);
    assert.deepEqual(feed({ maxRate: 1000, fields: [{ field: "y", maxRate: 2 }] }, values), ["y 0 0", "y 0.99 99"]);
    assert.equal(feed({ fields: [{ field: "a", maxRate: 2 }, { field: "y" }] }, values).length, 100);
  });

  it("[MP6c] lets go what it holds when its time is over by the clock, and a clock that is set back holds nothing", () => {
    const mapper = createMapper({ maxRate: 2 });
    const map = (value: unknown, arrivedAt: number) =>
      text(mapper.map({ topic: "", content: { kind: "value", value } }, arrivedAt));
    assert.deepEqual(map({ t: 100.2, y: 1 }, 100.3), []);
    assert.deepEqual(map({ t: 100.4, y: 2 }, 100.5), []);
    assert.deepEqual(text(mapper.tick(101)), []);
    assert.deepEqual(text(mapper.tick(101.9)), ["y 100.2 1", "y 100.4 2"]);
    assert.deepEqual(mapper.tick(200), []);
    assert.deepEqual(map({ t: 100.5, y: 3 }, 102), []);
    assert.deepEqual(text(mapper.tick(50)), ["y 100.5 3"]);
  });

  it("[MP6] keeps whether x was the time of arrival, and holds nothing of a late point's stretch", () => {
    const mapper = createMapper({ maxRate: 2 });
    const map = (value: unknown, arrivedAt: number) =>
      mapper.map({ topic: "", content: { kind: "value", value } }, arrivedAt);
    map(5, 100.5);
    const [first] = map({ t: 50, y: 6 }, 101);
    assert.deepEqual(first?.rows, [{ x: 100.5, arrival: true, names: ["y"], values: [5] }]);
    const [second] = mapper.tick(200);
    assert.deepEqual(second?.rows, [{ x: 50, arrival: false, names: ["y"], values: [6] }]);
  });

  it("[MP6b] of a step loses no change, and of events nothing", () => {
    const changes = new Changes(1);
    const values = [0, 0, 1, 1, 0, 0, 0, 0].map((value, i): [number, number] => [i / 4, value]);
    assert.deepEqual(
      values.map(([x, value]) => changes.isKept(x, value)),
      [true, false, true, false, true, false, false, false],
    );
    assert.deepEqual(feed({ maxRate: 2, fields: [{ field: "y", kind: "step" }] }, values), [
      "y 0 0",
      "y 0.5 1",
      "y 1 0",
    ]);
    assert.equal(feed({ maxRate: 2, fields: [{ field: "y", kind: "event" }] }, values).length, values.length);
  });

  it("[MP6] thins samples column by column", () => {
    const columns = [Float64Array.from({ length: 100 }, (_, i) => i), new Float64Array(100)];
    const samples = { x0: 10, dx: 0.01, arrival: false, names: ["a", "b"], columns };
    const mapper = createMapper({ fields: [{ field: "a", maxRate: 2, scale: 2, offset: 1 }] });
    mapper.map({ topic: "mic", content: { kind: "samples", samples } }, 11);
    assert.deepEqual(text(mapper.tick(100)), ["mic.a 10 1", "mic.a 10.99 199"]);
    assert.equal(columns[0]?.[1], 1, "what was received is not changed");
  });
});
