import assert from "node:assert/strict";
import { test } from "node:test";
import { MissingValueDetector } from "../../../../../page/data/store/missing-values.ts";
import { SeriesStore } from "../../../../../page/data/store/series-store.ts";
import { analyzeRows, columnSegment } from "../../../../../page/data/store/table-rows.ts";
import { decodeFrame } from "../../../../../protocol/frame/frame.ts";
import { framesOf, type Row } from "../../../../../protocol/frame/frame-builder.ts";
import { rowsOfJson } from "../../../../../protocol/json/points.ts";

test("[PT4d] [PG5] a null in the only column of values breaks the line, as often as it comes", () => {
  const text = '{"t":[1,2,3,4,5,6,7,8,9],"y":[1,null,3,null,5,null,7,null,9]}';
  const [bytes] = framesOf(rowsOfJson(text, { arrivedAt: 0, topic: "" }), "0000000000000001", 1);
  assert.ok(bytes);
  const { header, blocks } = decodeFrame(bytes);
  const [table] = blocks;
  assert.ok(table?.kind === "table");
  const { y } = columnSegment(table, 0, analyzeRows(table), new MissingValueDetector());
  assert.deepEqual([...y], [1, Number.NaN, 3, Number.NaN, 5, Number.NaN, 7, Number.NaN, 9]);
  assert.equal(header.points, 5);
});

for (const missing of ["null", "NaN"]) {
  test(`[PT2f] [PG5] ${missing} in a message with other numbers breaks its series' line, and makes no series`, () => {
    const messages = ["1", missing, "3"].map((value, i) => `{"t":${i},"good":1,"flaky":${value},"never":${missing}}`);
    const frames = (rows: readonly Row[]) => framesOf(rows, "0000000000000001", 1).map(decodeFrame);
    const rows = messages.map((text) => rowsOfJson(text, { arrivedAt: 0, topic: "" }));
    for (const all of [frames(rows.flat()), rows.flatMap(frames)]) {
      const store = new SeriesStore();
      for (const frame of all) store.ingest(frame);
      const held = Object.fromEntries([...store.series].map(({ name, ring }) => [name, [...ring.y]]));
      assert.deepEqual(held, { good: [1, 1, 1], flaky: [1, Number.NaN, 3] });
    }
  });
}

test("[PT2f] [PG5] null without a number breaks the lines of its series, and of no other", () => {
  const messages = ['{"t":0,"a":1,"b":2}', '{"t":1,"b":null}', '{"t":2,"a":3,"b":4}'];
  const rows = messages.flatMap((text) => rowsOfJson(text, { arrivedAt: 0, topic: "" }));
  const store = new SeriesStore();
  for (const frame of framesOf(rows, "0000000000000001", 1)) store.ingest(decodeFrame(frame));
  const held = Object.fromEntries([...store.series].map(({ name, ring }) => [name, [...ring.y]]));
  assert.deepEqual(held, { a: [1, 3], b: [2, Number.NaN, 4] });
});
