/** OpenTelemetry's metrics, as its exporters send them. */
import assert from "node:assert/strict";
import { after, test } from "node:test";
import { gzipSync } from "node:zlib";
import { startEdge } from "../../../support/edge.ts";
import { assertProblem } from "../../../support/problem.ts";
import { newChannel, publishHeaders, publishJson, storedPoints } from "../../../support/publish.ts";

const edge = await startEdge();
after(() => edge.close());

const T = "1796066669000000000";
const at = (value: Record<string, unknown>) => ({ timeUnixNano: T, ...value });
const attribute = (key: string, stringValue: string) => ({ key, value: { stringValue } });
const request = (...metrics: unknown[]) => ({
  resourceMetrics: [
    {
      resource: { attributes: [attribute("service.name", "shop"), attribute("telemetry.sdk.language", "go")] },
      scopeMetrics: [{ scope: { name: "x" }, metrics }],
    },
  ],
});

async function send(
  channel: string,
  body: unknown,
  headers: Record<string, string> = publishHeaders(edge, "application/json"),
  method = "POST",
): Promise<Response> {
  const bytes = body instanceof Uint8Array ? Uint8Array.from(body) : JSON.stringify(body);
  const url = new URL(`/c/${channel}/v1/metrics`, edge.url);
  return await fetch(url, { method, headers, body: method === "GET" ? null : bytes });
}

const METRICS = request(
  {
    name: "temp",
    unit: "Cel",
    gauge: { dataPoints: [at({ asDouble: 21.5 }), at({ asInt: "-3", attributes: [attribute("room", "a")] })] },
  },
  {
    name: "requests",
    sum: { isMonotonic: true, aggregationTemporality: 2, dataPoints: [at({ asInt: "9007199254740991" })] },
  },
  {
    name: "latency",
    unit: "ms",
    histogram: { dataPoints: [at({ count: "4", sum: 10.5, bucketCounts: ["1", "3"], explicitBounds: [5] })] },
  },
);
const POINTS = [
  ["temp{service.name=shop} [Cel]", 21.5],
  ["temp{service.name=shop,room=a} [Cel]", -3],
  ["requests{service.name=shop}", 9_007_199_254_740_991],
  ["latency.count{service.name=shop}", 4],
  ["latency.sum{service.name=shop} [ms]", 10.5],
].map(([series, y]) => ({ series, x: 1_796_066_669, y }));

test("[RT14a] [RT14b] gauges, sums and histograms become series, and the exporter is told that all were taken", async () => {
  const channel = newChannel();
  const response = await send(channel, METRICS);
  assert.equal(response.status, 200);
  assert.equal(response.headers.get("Content-Type"), "application/json");
  assert.deepEqual(await response.json(), { partialSuccess: {} });
  assert.deepEqual(await storedPoints(edge, channel), POINTS);
});

test("[RT14a] a body that is compressed is taken, too", async () => {
  const channel = newChannel();
  const headers = { ...publishHeaders(edge, "application/json; charset=utf-8"), "Content-Encoding": "gzip" };
  assert.equal((await send(channel, gzipSync(JSON.stringify(METRICS)), headers)).status, 200);
  assert.deepEqual(await storedPoints(edge, channel), POINTS);
});

test("[RT14b] data points that cannot be taken are counted, and the others are taken", async () => {
  const channel = newChannel();
  const dataPoints = [
    at({ asDouble: 1 }),
    at({}),
    at({ asDouble: 2, attributes: [attribute("long", "x".repeat(256))] }),
  ];
  const response = await send(channel, request({ name: "a", gauge: { dataPoints } }));
  const answer: unknown = await response.json();
  assert.partialDeepStrictEqual(answer, { partialSuccess: { rejectedDataPoints: "2" } });
  assert.match(JSON.stringify(answer), /"errorMessage":"A data point needs a finite value/);
  assert.deepEqual(await storedPoints(edge, channel), [{ series: "a{service.name=shop}", x: 1_796_066_669, y: 1 }]);
});

test("[RT14b] a request without data points, or with missing values alone, is taken and stores nothing", async () => {
  const channel = newChannel();
  for (const body of [
    { resourceMetrics: [] },
    request(),
    request({ name: "a", gauge: { dataPoints: [at({ flags: 1 })] } }),
  ]) {
    const response = await send(channel, body);
    assert.deepEqual([response.status, await response.json()], [200, { partialSuccess: {} }]);
  }
  assert.deepEqual(await storedPoints(edge, channel), []);
});

test("[RT14c] Protobuf is refused with the setting that changes it", async () => {
  const headers = publishHeaders(edge, "application/x-protobuf");
  const { detail } = await assertProblem(
    await send(newChannel(), Uint8Array.of(10, 0), headers),
    415,
    "content-type-unsupported",
  );
  assert.match(detail, /OTEL_EXPORTER_OTLP_PROTOCOL=http\/json/);
});

for (const [what, body] of [
  ["no OTLP", { y: 1 }],
  ["a list that is none", { resourceMetrics: [{ scopeMetrics: 5 }] }],
  ["a metric without a name", request({ gauge: { dataPoints: [at({ asInt: 1 })] } })],
] as const) {
  test(`[RT14c] ${what} is refused`, async () => {
    const { detail } = await assertProblem(await send(newChannel(), body), 400, "no-number");
    assert.match(detail, /^These are no metrics of OTLP in JSON: /);
  });
}

test("[RT14f] traces and logs make no channel of theirs, and it is said how an exporter sends none", async () => {
  const channel = newChannel();
  for (const signal of ["traces", "logs"]) {
    const response = await fetch(new URL(`/c/${channel}/v1/${signal}`, edge.url), {
      method: "POST",
      headers: publishHeaders(edge, "application/json"),
      body: "{}",
    });
    const { detail } = await assertProblem(response, 404, "not-found");
    assert.match(detail, /OTEL_TRACES_EXPORTER=none/);
  }
});

test("[RT14d] it needs the right to publish in the channel", async () => {
  await assertProblem(await send(newChannel(), METRICS, { "Content-Type": "application/json" }), 401, "token-missing");
});

test("[RT14e] no channel's name ends in /v1/metrics; one below /c/v1/metrics is as good as any", async () => {
  for (const method of ["GET", "DELETE"]) {
    const { detail } = await assertProblem(
      await send("lab", "", publishHeaders(edge, "application/json"), method),
      400,
      "channel-name-invalid",
    );
    assert.equal(
      detail,
      "No channel's name ends in /v1/metrics: metrics of OpenTelemetry are sent there by POST, to the channel lab.",
    );
  }
  await publishJson(edge, "v1/metrics", { x: 1, y: 2 });
  assert.deepEqual(await storedPoints(edge, "v1/metrics"), [{ series: "y", x: 1, y: 2 }]);
});

test("[BAD1] the Worker logged no error of its own all the while", () => assert.deepEqual(edge.logs, []));
