import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import type { ChannelData } from "../../../../../page/data/channel-data.ts";
import type { Segment } from "../../../../../page/data/segment.ts";
import { Derived } from "../../../../../page/lazy/derive/derived.ts";
import { sample } from "../../../../../page/lazy/derive/evaluate.ts";
import { Viewport } from "../../../../../page/viewport/viewport.ts";
import { channelData, receive, rowOf } from "../../../../support/channel-data.ts";

const NONE = Number.NaN;
type Points = readonly (readonly [x: number, y: number])[];

const segment = (points: Points): Segment => ({
  x: Float64Array.from(points, ([x]) => x),
  y: Float64Array.from(points, ([, y]) => y),
});

/** What comes of an expression over all of these series, as `[x, y]`. */
function calculated(expression: string, all: Record<string, Points>, min = -1e9, max = 1e9): [number, number][] {
  const stored = new Map(Object.entries(all).map(([name, points]) => [name, segment(points)]));
  const derived = new Derived([{ name: "q", expression }], {
    has: (name) => stored.has(name),
    names: () => stored.keys(),
    headX: (name) => stored.get(name)?.x.at(-1) ?? NONE,
    segments: (name, range) => {
      const { x, y } = stored.get(name) ?? segment([]);
      const from = Math.max(0, x.filter((each) => each < range.min).length - 1);
      const to = x.filter((each) => each <= range.max).length + 1;
      return [{ x: x.subarray(from, to), y: y.subarray(from, to) }];
    },
  });
  const [series] = derived.series;
  assert.ok(series);
  const segments = derived.segments(series, { min, max }) ?? [];
  return segments.flatMap(({ x, y }) => Array.from(x, (each, i): [number, number] => [each, y[i] ?? NONE]));
}

const ys = (...of: Parameters<typeof calculated>): number[] => calculated(...of).map(([, y]) => y);
const from0 = (...values: number[]): Points => values.map((y, x) => [x, y]);

test("[PG22] numbers come of numbers", () => {
  const all = { a: from0(1, 2, 4), b: from0(10, -3, 0.5) };
  for (const [expression, ...expected] of [
    ["a - b", -9, 5, 3.5],
    ["a * 1.8 + 32", 33.8, 35.6, 39.2],
    ["-a ^ 2", -1, -4, -16],
    ["2 ^ a / b", 0.2, -4 / 3, 32],
    ["min(a, b)", 1, -3, 0.5],
    ["max(a, b)", 10, 2, 4],
    ["abs(b)", 10, 3, 0.5],
    ["sqrt(a) + log10(b * b)", 3, Math.sqrt(2) + Math.log10(9), 2 + Math.log10(0.25)],
  ] as const) {
    assert.deepEqual(ys(expression, all), expected, expression);
  }
});

test("[PG22] what is no number, or infinite, is a break", () => {
  const all = { a: from0(1, 0, -1), b: from0(NONE, 2, 3) };
  assert.deepEqual(ys("1 / a", all), [1, NONE, -1]);
  assert.deepEqual(ys("sqrt(a)", all), [1, 0, NONE]);
  assert.deepEqual(ys("log10(a)", all), [0, NONE, NONE]);
  assert.deepEqual(ys("10 ^ (999 * a)", all), [NONE, 1, 0]);
  assert.deepEqual(ys("b ^ 0", all), [NONE, 1, 1]);
  assert.deepEqual(ys("max(a, b)", all), [NONE, 2, 3]);
});

test("[PG22c] of two with different x, the first gives x, and the other's last value at or before it counts", () => {
  const a: Points = [
    [1, 1],
    [2, 2],
    [3, 3],
    [9, 4],
  ];
  const b: Points = [
    [2, 10],
    [2.5, 20],
    [3, 30],
    [3, 40],
    [8, 50],
    [10, 60],
  ];
  assert.deepEqual(calculated("a + b", { a, b }), [
    [1, NONE],
    [2, 12],
    [3, 43],
    [9, 54],
  ]);
  assert.deepEqual(calculated("b - a", { a, b }).at(-1), [10, 56]);
});

test("[PG22d] in a gap of either there is nothing: a gap begins right after the point before it", () => {
  const b: Points = [
    [0, 10],
    [2, 20],
    [5, NONE],
    [5, 50],
    [6, 60],
  ];
  const a = from0(0, 1, 2, 3, 4, 5, 6);
  assert.deepEqual(ys("a + b", { a, b }), [10, 11, 22, NONE, NONE, 55, 66]);
  assert.deepEqual(calculated("b + 0 * a", { a, b }), [
    [0, 10],
    [2, 20],
    [5, NONE],
    [5, 50],
    [6, 60],
  ]);
});

test("[PG22] d is the slope from the point before, and none across a break, at the first, or between points at one x", () => {
  const a: Points = [
    [0, 1],
    [2, 5],
    [3, 4],
    [3, 8],
    [5, NONE],
    [5, 1],
    [6, 3],
  ];
  assert.deepEqual(ys("d(a)", { a }), [NONE, 2, -1, NONE, NONE, NONE, 2]);
  assert.deepEqual(ys("d(d(a))", { a: from0(0, 1, 4, 9, 16) }), [NONE, NONE, 2, 2, 2]);
});

test("[PG22] avg is the mean over the last so much of x, of what is there", () => {
  assert.deepEqual(ys("avg(a, 2)", { a: from0(1, 3, 5, 11, 1) }), [1, 2, 4, 8, 6]);
  assert.deepEqual(ys("avg(a, 100)", { a: from0(1, 3, 5, 11) }), [1, 2, 3, 5]);
  assert.deepEqual(ys("avg(a, 0.5)", { a: from0(1, 3, 5) }), [1, 3, 5]);
  assert.deepEqual(ys("avg(a, 3)", { a: from0(1, 3, NONE, 11, 1) }), [1, 2, NONE, 7, 6]);
  assert.deepEqual(
    ys("avg(a, 2)", { a: from0(1e300, 1, 1, 1, 3) }),
    [1e300, 5e299, 1, 1, 2],
    "what was large leaves nothing",
  );
});

test("[PG22e] what is in view depends on nothing but the points: looked at in part, it is what it is as a whole", () => {
  const value = fc.oneof({ weight: 9, arbitrary: fc.integer({ min: -50, max: 50 }) }, fc.constant(NONE));
  const points = fc.array(fc.tuple(fc.integer({ min: 0, max: 40 }), value), {
    minLength: 1,
    maxLength: 60,
    size: "max",
  });
  const expression = fc.constantFrom(
    "a - b",
    "d(a)",
    "avg(a, 4)",
    "avg(d(a) + b, 3)",
    "d(avg(a, 3))",
    "d(d(avg(avg(a,2),3)))",
  );
  const sorted = (of: [number, number][]): [number, number][] => of.sort(([p], [q]) => p - q);
  fc.assert(
    fc.property(points, points, expression, fc.integer({ max: 45 }), fc.nat(20), (a, b, text, min, span) => {
      const all = { a: sorted(a), b: sorted(b) };
      const whole = calculated(text, all);
      const seen = calculated(text, all, min, min + span);
      // One more on each side, as of any series.
      const before = Math.max(0, whole.filter(([x]) => x < min).length - 1);
      const through = whole.filter(([x]) => x <= min + span).length + 1;
      const expected = whole.slice(before, through);
      assert.equal(seen.length, expected.length);
      for (const [i, [x, y]] of seen.entries()) {
        const [wantX = NONE, wantY = NONE] = expected[i] ?? [];
        assert.equal(x, wantX);
        assert.ok(Object.is(y, wantY) || Math.abs(y - wantY) < 1e-9, `${text} at ${x} is ${y}, not ${wantY}`);
      }
    }),
  );
});

test("[PG22] a series is sampled the same, cut into parts wherever", () => {
  const xs = fc.array(fc.nat(30), { maxLength: 20, size: "max" }).map((all) => Float64Array.from(all).sort());
  const points = fc.array(fc.tuple(fc.nat(30), fc.constantFrom(1, 2, 3, NONE)), { maxLength: 20, size: "max" });
  fc.assert(
    fc.property(points, xs, fc.array(fc.nat(20), { maxLength: 12, size: "max" }), (unsorted, x, cuts) => {
      const all = unsorted.sort(([p], [q]) => p - q);
      const edges = [0, ...cuts.filter((cut) => cut < all.length).sort((p, q) => p - q), all.length];
      const into = new Float64Array(x.length);
      const segments = edges.slice(1).map((to, i) => segment(all.slice(edges[i], to)));
      sample(segments, x, into);
      for (const [i, here] of x.entries()) {
        const at = all.findLastIndex(([each]) => each <= here);
        const [heldX = NONE, held = NONE] = all[at] ?? [];
        const isInGap = here > heldX && Number.isNaN(all[at + 1]?.[1] ?? 0);
        assert.ok(Object.is(into[i], isInGap ? NONE : held), `at ${here}: ${into[i]}`);
      }
    }),
  );
});

const DERIVE = [
  { name: "sum", expression: "a + b" },
  { name: "b", expression: "a" },
  { name: "none", expression: "a + gone" },
  { name: "wrong", expression: "a +" },
  { name: "long".repeat(100), expression: "a" },
];

async function derive(source: ChannelData): Promise<ChannelData> {
  await source.derive(
    DERIVE,
    async () => Derived,
    () => {},
  );
  return source;
}

test("[PG22] it is a series among the others, unless another has its name, or it cannot be calculated", async () => {
  const source = await derive(channelData());
  assert.deepEqual([...source.series], []);
  receive(source, [rowOf(1, { a: 1, b: 2 }), rowOf(2, { a: -30, b: 2 })]);
  assert.deepEqual(
    [...source.series].map(({ name }) => name),
    ["a", "b", "sum"],
  );
  const sum = source.seriesOf("sum");
  assert.ok(sum);
  assert.deepEqual([sum.lastY, sum.magnitude, sum.integers], [-28, 28, true], "before it is drawn, it has its panel");
  assert.deepEqual(
    source.segments(sum, { min: 0, max: 3 }).flatMap(({ y }) => [...y]),
    [3, -28],
  );
  receive(source, [rowOf(3, { a: 0.5, b: 2 }), rowOf(4, { sum: 7 })]);
  assert.equal(sum.lastY, 2.5);
  assert.equal(source.seriesOf("sum")?.lastY, 7, "the channel's own");
  await source.derive(
    [],
    async () => Derived,
    () => {},
  );
  assert.equal([...source.series].length, 3);
});

test("[PG22] what could not be loaded is asked for again with the next choice", async () => {
  const source = channelData();
  receive(source, [rowOf(1, { a: 1, b: 2 })]);
  await source.derive(
    DERIVE,
    async () => undefined,
    () => {},
  );
  assert.equal(source.seriesOf("sum"), undefined);
  await derive(source);
  assert.equal(source.seriesOf("sum")?.lastY, 3);
});

test("[PG22] it has the points of every window, though what it is calculated from is hidden", async () => {
  const source = await derive(channelData(new Set(["a", "b"])));
  receive(
    source,
    Array.from({ length: 300 }, (_, i) => rowOf(1.7e9 + i, { a: i, b: 1000 })),
  );
  const view = new Viewport();
  const seen = (name: string): number[] => {
    const series = source.seriesOf(name);
    const sight = view.resolve(source, 1000);
    assert.ok(series && sight);
    return sight.segments(series).flatMap(({ y }) => [...y]);
  };
  for (const [window, points] of [
    ["100 pts", 100],
    ["30 s", 31],
    ["All", 300],
  ] as const) {
    view.selectWindow(window);
    const sums = seen("sum");
    assert.equal(sums.length, points, window);
    assert.deepEqual(
      sums,
      seen("a").map((a) => a + 1000),
    );
  }
  view.selectWindow("100 pts");
  view.pause(source);
  const before = seen("sum");
  receive(source, [rowOf(1.7e9 + 300, { a: 300, b: 1000 })]);
  assert.deepEqual(seen("sum"), before);
});
