import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import type { Segment } from "../../../../../page/data/segment.ts";
import { csvBlob, csvChunks } from "../../../../../page/lazy/export/csv.ts";
import { fileName, type WindowData } from "../../../../../page/lazy/export/window-data.ts";

const partOf = (...points: [x: number, y: number][]): Segment => ({
  x: Float64Array.from(points, ([x]) => x),
  y: Float64Array.from(points, ([, y]) => y),
});

function windowOf(series: Record<string, Segment[]>, options: Partial<WindowData> = {}): WindowData {
  const all = Object.entries(series).map(([name, segments]) => ({ name, colour: "#000", segments }));
  return { channel: "lab/bench", minX: 0, maxX: 100, time: false, series: all, ...options };
}

const csv = async (window: WindowData): Promise<string[]> => (await (await csvBlob(window)).text()).split("\r\n");

test("[PG15] CSV has every point in the window once, in the order of x, equal x in the order of the series", async () => {
  const window = windowOf({
    b: [partOf([-1, 0], [0, 1], [2, 2]), partOf([2, 3], [100, 4], [101, 5])],
    a: [partOf([0, 10], [1, 11], [2, 12])],
  });
  assert.deepEqual(await csv(window), [
    "x,series,y",
    "0,b,1",
    "0,a,10",
    "1,a,11",
    "2,b,2",
    "2,b,3",
    "2,a,12",
    "100,b,4",
    "",
  ]);
});

test("[PG15] CSV writes numbers that read back as the same float64, and no breaks", async () => {
  const y = [-0, 5e-324, 1.7976931348623157e308, 0.1, Number.NaN, 2 ** 53];
  const lines = await csv(windowOf({ y: [partOf(...y.map((value, i): [number, number] => [i / 3, value]))] }));
  const back = lines.slice(1, -1).map((line) => line.split(",").map(Number));
  assert.deepEqual(
    back.map(([x]) => x),
    [0, 1 / 3, 2 / 3, 1, 5 / 3],
  );
  assert.deepEqual(
    back.map((cells) => cells[2]),
    y.filter((value) => !Number.isNaN(value)),
  );
});

test("[PG15] CSV of times has them in UTC too; what is no date has none", async () => {
  const window = windowOf(
    {
      y: [partOf([1.7e9, 1], [1700000000.1234, 2], [1e15, 3])],
    },
    { minX: 1.7e9, maxX: 1e15, time: true },
  );
  assert.deepEqual(await csv(window), [
    "time,x,series,y",
    "2023-11-14T22:13:20.000Z,1700000000,y,1",
    "2023-11-14T22:13:20.123Z,1700000000.1234,y,2",
    ",1000000000000000,y,3",
    "",
  ]);
});

test("[PG15] a series' name is quoted where it must be, and never a formula", async () => {
  const names = { 'a "b", c': "", "=1+1": "", "+a": "", "-a": "", "@a": "", "\ta": "", '=HYPERLINK("x")': "" };
  const segment = partOf([1, 2]);
  const lines = await csv(windowOf(Object.fromEntries(Object.keys(names).map((name) => [name, [segment]]))));
  assert.deepEqual(
    lines.slice(1, -1).map((line) => line.slice(2, -2)),
    ['"a ""b"", c"', "'=1+1", "'+a", "'-a", "'@a", "'\ta", `"'=HYPERLINK(""x"")"`],
  );
});

test("[PG15] CSV of nothing is its header", async () => {
  assert.deepEqual(await csv(windowOf({})), ["x,series,y", ""]);
  assert.deepEqual(await csv(windowOf({ y: [partOf()] })), ["x,series,y", ""]);
});

test("[PG15] any series and parts come out as a stable sort by x has them", async () => {
  const segment = fc
    .array(fc.tuple(fc.integer({ min: -5, max: 30 }), fc.integer()), { maxLength: 20, size: "max" })
    .map((points) => points.sort(([a], [b]) => a - b));
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.array(segment, { maxLength: 4, size: "max" }), { maxLength: 9, size: "max" }),
      async (series) => {
        const window = windowOf(
          Object.fromEntries(series.map((segments, i) => [`s${i}`, segments.map((points) => partOf(...points))])),
          { maxX: 20 },
        );
        const expected = series
          .flatMap((segments, i) => segments.flat().map(([x, y]) => ({ x, line: `${x},s${i},${y}` })))
          .filter(({ x }) => x >= 0 && x <= 20)
          .sort((a, b) => a.x - b.x);
        assert.deepEqual(
          (await csv(window)).slice(1, -1),
          expected.map(({ line }) => line),
        );
      },
    ),
    { numRuns: 300 },
  );
});

test("[PG15] half a million points are strings of about 1 MiB, and rings that go on meanwhile change nothing", async () => {
  const x = Float64Array.from({ length: 250_000 }, (_, i) => i);
  const y = x.map((value) => value / 7);
  const window = windowOf({ a: [{ x, y }], b: [{ x, y }] }, { maxX: 1e6 });
  const chunks = [...csvChunks(window)];
  assert.ok(chunks.length > 5);
  for (const [i, chunk] of chunks.entries()) {
    assert.ok(chunk.length < 1024 * 1024 + 100, `${chunk.length}`);
    assert.ok(chunk.length >= 1024 * 1024 || i === chunks.length - 1);
  }
  const blob = csvBlob(window);
  y.fill(0);
  assert.equal(await (await blob).text(), chunks.join(""));
});

test("[PG15] a file is named after its channel and the end of its window", () => {
  const window = windowOf({}, { channel: "lab/bench-3", maxX: 1.7e9, time: true });
  assert.equal(fileName(window, "csv"), "lab-bench-3-2023-11-14T22-13-20Z.csv");
  assert.equal(fileName({ ...window, time: false }, "png", 0), "lab-bench-3-1970-01-01T00-00-00Z.png");
});
