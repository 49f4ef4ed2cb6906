import assert from "node:assert/strict";
import { test } from "node:test";
import { metricsText } from "../../../../../worker/http/read/metrics-text.ts";

const NOW_MS = 1_796_067_469_000;
const HEAD = "# HELP plotcast_value The newest value of each series of a channel.\n# TYPE plotcast_value gauge\n";
const VALUES = new Map([
  ["temp", { x: 1_796_066_669.2504, y: 21.5 }],
  ['a\\b"c\nd é', { x: 7, y: -0 }],
  ["large", { x: 1e9, y: 1e300 }],
]);

test("[RT13b] Prometheus' text has times in milliseconds, and none where x is no date", () => {
  assert.equal(
    metricsText("lab/rig", VALUES, "text/plain", NOW_MS),
    `${HEAD}plotcast_value{channel="lab/rig",series="temp"} 21.5 1796066669250
plotcast_value{channel="lab/rig",series="a\\\\b\\"c\\nd é"} -0
plotcast_value{channel="lab/rig",series="large"} 1e+300 1000000000000
`,
  );
});

test("[RT13b] OpenMetrics has times in seconds, and an end", () => {
  assert.equal(
    metricsText("lab/rig", VALUES, "application/openmetrics-text", NOW_MS),
    `${HEAD}plotcast_value{channel="lab/rig",series="temp"} 21.5 1796066669.2504
plotcast_value{channel="lab/rig",series="a\\\\b\\"c\\nd é"} -0
plotcast_value{channel="lab/rig",series="large"} 1e+300 1000000000
# EOF
`,
  );
});

test("[RT13b] of no values it is well-formed, too", () => {
  assert.equal(metricsText("lab", new Map(), "text/plain", NOW_MS), HEAD);
  assert.equal(metricsText("lab", new Map(), "application/openmetrics-text", NOW_MS), `${HEAD}# EOF\n`);
});
