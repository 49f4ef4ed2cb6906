/** The example dashboard's selector, as jq evaluates it (Infinity has gojq, which is the same language), on what the Worker answers. */
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { after, test } from "node:test";
import { startEdge } from "../support/edge.ts";
import { askAsInfinity, dashboardQueries, interpolated } from "../support/grafana.ts";
import { newChannel, post } from "../support/publish.ts";

const edge = await startEdge();
after(() => edge.close());

/** Each column as Infinity makes it of a value of JSON (grafana/infinity-libs, lib/go/gframer/field.go). */
const MADE: Readonly<Record<string, (value: unknown) => unknown>> = {
  // time.UnixMilli(int64(float64))
  timestamp_epoch: (value) => new Date(Math.trunc(Number(value))).toISOString(),
  string: String,
  number: Number,
};

test("[RT5b] the dashboard's rows are sorted by time, to the millisecond, and each has its series", async () => {
  const channel = newChannel();
  const points = '[{"x":1796066669.125,"temp":3},{"x":1796066660.25,"temp":1.5,"y":2},{"x":1796066660.5,"temp":-0}]';
  assert.equal((await post(edge, channel, points)).status, 200);
  const [query] = await dashboardQueries();
  assert.equal(query?.parser, "jq-backend");
  const fill = (template: string): string =>
    interpolated(template, { channel, series: "*" }, 1_796_066_600_000, 1_796_066_700_000);
  const { body } = await askAsInfinity(edge.url, query, fill);
  const rows: Record<string, unknown>[] = JSON.parse(
    execFileSync("/usr/bin/jq", ["-c", query.rootSelector], { input: body, encoding: "utf8" }),
  );
  const made = rows.map((row) => query.columns.map(({ selector, type }) => MADE[type]?.(row[selector])));
  assert.deepEqual(made, [
    ["2026-11-30T19:24:20.250Z", "temp", 1.5],
    ["2026-11-30T19:24:20.250Z", "y", 2],
    ["2026-11-30T19:24:20.500Z", "temp", -0],
    ["2026-11-30T19:24:29.125Z", "temp", 3],
  ]);
});
