import assert from "node:assert/strict";
import { test } from "node:test";
import type { DecodeConfig } from "../../../bridge/config/config.ts";
import { createMapper } from "../../../bridge/map/mapper.ts";
import { createReader } from "../../../bridge/presets/reader.ts";
import { PointError } from "../../../protocol/json/point-error.ts";
import { ARRIVED_AT, NO_MAP } from "../../support/mapping.ts";

/** How many points and parts left out a message has. @throws as reader and mapper */
function countsOf(format: DecodeConfig["format"], text: string): { points: number; leftOut: number } {
  let leftOut = 0;
  const onLeftOut = ({ count = 1 }): void => {
    leftOut += count;
  };
  const reader = createReader({ format, skipBytes: 0, inflate: "auto" }, undefined, onLeftOut);
  const mapper = createMapper(NO_MAP, onLeftOut);
  const messages = reader.read([Buffer.from("lab"), Buffer.from(text)], ARRIVED_AT);
  const rows = messages.flatMap((message) => mapper.map(message, ARRIVED_AT)).flatMap((mapped) => mapped.rows);
  return { points: rows.length, leftOut };
}

test("[FM10d] 10,000 lines of CSV that cannot be read are left out; a message with one more is refused", () => {
  const good = "1,2.5\n3,4.5\n";
  assert.deepEqual(countsOf("csv", good + "broken,row\n".repeat(10_000)), { points: 2, leftOut: 10_000 });
  assert.throws(() => countsOf("csv", good + "broken,row\n".repeat(10_001)), { code: "not-csv" });
});

test("[FM11c] 10,000 lines in which nothing can be plotted are left out; a message with one more is refused", () => {
  const good = "temp:21.5\nhum:40\n";
  assert.deepEqual(countsOf("name-value", good + "door:open\n".repeat(10_000)), { points: 2, leftOut: 10_000 });
  assert.throws(() => countsOf("name-value", good + "door:open\n".repeat(10_001)), PointError);
});
