import assert from "node:assert/strict";
import { test } from "node:test";
import { Problem } from "../../../../protocol/problem.ts";
import { negotiate } from "../../../../worker/http/negotiate.ts";
import { problemResponse } from "../../../../worker/http/problem-response.ts";

for (const [accept, type] of [
  [undefined, "application/x-ndjson"],
  ["*/*", "application/x-ndjson"],
  ["application/*", "application/x-ndjson"],
  ["application/json", "application/json"],
  ["text/csv", "text/csv"],
  ["text/*", "text/csv"],
  ["application/vnd.plotcast.frame", "application/vnd.plotcast.frame"],
  ["text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", "text/html"],
  ["text/csv;q=0.5, application/json;q=0.9", "application/json"],
  ["APPLICATION/JSON", "application/json"],
  ["text/plain, */*", "application/x-ndjson"],
  ["application/json, text/plain, */*", "application/json"],
  ["text/plain;charset=utf-8, text/csv;q=0.1", "text/csv"],
  ["application/x-ndjson;q=0, */*", "application/json"],
] as const) {
  test(`[RT3] Accept: ${accept} is answered with ${type}`, () => assert.equal(negotiate(accept), type));
}

for (const [who, accept, type] of [
  [
    "Prometheus 3",
    "application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.5,application/openmetrics-text;version=0.0.1;q=0.4,text/plain;version=1.0.0;escaping=allow-utf-8;q=0.3,text/plain;version=0.0.4;q=0.2,*/*;q=0.1",
    "application/openmetrics-text",
  ],
  [
    "Prometheus 3 with protobuf first",
    "application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited;q=0.6,application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.5,application/openmetrics-text;version=0.0.1;q=0.4,text/plain;version=1.0.0;escaping=allow-utf-8;q=0.3,text/plain;version=0.0.4;q=0.2,*/*;q=0.1",
    "application/openmetrics-text",
  ],
  [
    "Prometheus 2",
    "application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;q=0.75,text/plain;version=0.0.4;q=0.5,*/*;q=0.1",
    "application/openmetrics-text",
  ],
  ["scrape_protocols: [PrometheusText0.0.4]", "text/plain;version=0.0.4;q=0.5,*/*;q=0.4", "text/plain"],
  ["curl", "text/plain; version=0.0.4", "text/plain"],
] as const) {
  test(`[RT13a] ${who} gets ${type}`, () => assert.equal(negotiate(accept), type));
}

test("[RT2b] an Accept of 1,024 characters is read, one of 1,025 is not", async () => {
  const [read, notRead] = [1024, 1025].map((length) => `text/html,${"a/b,".repeat(253)}`.padEnd(length, "x"));
  assert.equal(negotiate(read), "text/html");
  assert.throws(
    () => negotiate(notRead),
    (error) => error instanceof Problem && error.code === "not-acceptable",
  );
  const types = [read, notRead].map((accept) =>
    problemResponse(new Problem("not-found", ""), accept).headers.get("Content-Type"),
  );
  assert.deepEqual(types, ["text/html; charset=utf-8", "application/problem+json"]);
});

for (const accept of ["image/png", "application/xml, image/*", "*/*;q=0", "application/json;q=0", "text/plain"]) {
  test(`[RT2b] Accept: ${accept} is not acceptable`, () => {
    assert.throws(
      () => negotiate(accept),
      (error) => error instanceof Problem && error.code === "not-acceptable",
    );
  });
}
