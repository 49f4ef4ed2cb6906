import assert from "node:assert/strict";
import { test } from "node:test";
import { Companions } from "../../worker/page/hold/companions.ts";
import { rowsOf, runOf } from "../../worker/page/hold/runs.ts";
import { framesOf } from "../../worker/protocol/builder.ts";
import { decodeFrame } from "../../worker/protocol/frame.ts";
import { rowsOfJson } from "../../worker/protocol/points.ts";

test("[PT4] [PG5] a null in the only column of values breaks the line, as often as it comes", () => {
  const text = '{"t":[1,2,3,4,5,6,7,8,9],"y":[1,null,3,null,5,null,7,null,9]}';
  const [bytes] = framesOf(rowsOfJson(text, { arrivedAt: 0, topic: "" }), "0000000000000001", 1);
  assert.ok(bytes);
  const { header, blocks } = decodeFrame(bytes);
  const [table] = blocks;
  assert.ok(table?.kind === "table");
  const { y } = runOf(table, 0, rowsOf(table), new Companions());
  assert.deepEqual([...y], [1, Number.NaN, 3, Number.NaN, 5, Number.NaN, 7, Number.NaN, 9]);
  assert.equal(header.points, 5);
});
