/** What Prometheus scrapes of a channel. */
import assert from "node:assert/strict";
import { after, test } from "node:test";
import { startEdge } from "../../../support/edge.ts";
import { assertProblem } from "../../../support/problem.ts";
import {
  bulkyFrame,
  frameOf,
  frameOfRows,
  newChannel,
  publishFrames,
  publishJson,
  read,
  rowOf,
} from "../../../support/publish.ts";

const A = "00000000000000aa";
const PROMETHEUS =
  "application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.5,application/openmetrics-text;version=0.0.1;q=0.4,text/plain;version=1.0.0;escaping=allow-utf-8;q=0.3,text/plain;version=0.0.4;q=0.2,*/*;q=0.1";
const TEXT = "text/plain;version=0.0.4";
const edge = await startEdge({ vars: { WATCH: "secret/**=token", QUOTA_ADDRESS: "reads=100/s" } });
after(() => edge.close());

async function scrape(channel: string, query = "", accept = TEXT): Promise<string[]> {
  const response = await read(edge, channel, accept, query);
  assert.equal(response.status, 200);
  return (await response.text())
    .trimEnd()
    .split("\n")
    .filter((line) => !line.startsWith("# HELP") && !line.startsWith("# TYPE"))
    .map((line) => line.replace(`plotcast_value{channel="${channel}",series=`, "{"));
}

test("[RT13a] [RT13b] Prometheus gets the newest value of each series, as the type that it likes best", async () => {
  const channel = newChannel();
  await publishJson(edge, channel, { t: 1_796_066_600, temp: 20, old: 1 });
  await publishJson(edge, channel, [
    { t: 1_796_066_669, temp: 21.5 },
    { t: 1_796_066_660, 'a"b': 3 },
  ]);
  const response = await read(edge, channel, PROMETHEUS);
  assert.equal(response.headers.get("Content-Type"), "application/openmetrics-text; version=1.0.0; charset=utf-8");
  assert.equal(response.headers.get("Vary"), "Accept, Origin");
  assert.equal(
    await response.text(),
    `# HELP plotcast_value The newest value of each series of a channel.
# TYPE plotcast_value gauge
plotcast_value{channel="${channel}",series="a\\"b"} 3 1796066660
plotcast_value{channel="${channel}",series="temp"} 21.5 1796066669
plotcast_value{channel="${channel}",series="old"} 1 1796066600
# EOF
`,
  );
  const text = await read(edge, channel, TEXT);
  assert.equal(text.headers.get("Content-Type"), "text/plain; version=0.0.4; charset=utf-8");
  assert.match(await text.text(), /series="temp"\} 21\.5 1796066669000\n/);
});

test("[RT13c] the newest is the last by number, of whatever table it is, and a missing value is none", async () => {
  const channel = newChannel();
  await publishFrames(edge, channel, frameOfRows(A, 1, [rowOf(9, { a: 1, b: 2 }), rowOf(3, { a: 4, c: 5 })]));
  await publishFrames(edge, channel, frameOf(A, 2, [6, Number.NaN], 5, "b"));
  assert.deepEqual((await scrape(channel)).sort(), ['{"a"} 4', '{"b"} 6', '{"c"} 5']);
});

test("[RT13c] a series is found 16 slices back, and not further", async () => {
  const channel = newChannel();
  await publishFrames(edge, channel, frameOf(A, 1, [1], 1, "oldest"));
  await publishFrames(edge, channel, frameOf(A, 2, [2], 1, "older"));
  // Each is a slice of its own, and the last of them has room for the frame before.
  for (let n = 3; n <= 18; n++) await publishFrames(edge, channel, bulkyFrame(A, n, 8000));
  const names = async () => (await scrape(channel)).map((line) => line.split('"')[1]).sort();
  assert.deepEqual(await names(), ["older", "oldest", "y"]);
  await publishFrames(edge, channel, bulkyFrame(A, 19, 8000));
  assert.deepEqual(await names(), ["y"]);
});

test("[RT13d] range and series choose, and other keys are refused", async () => {
  const channel = newChannel();
  for (const x of [1, 2, 3]) await publishJson(edge, channel, { x, "lab.a": x, "lab.b": 10 * x, c: 0 });
  assert.deepEqual(await scrape(channel, "?to=2&series=lab.*"), ['{"lab.a"} 2', '{"lab.b"} 20']);
  for (const query of ["?points=1", "?text=1", "?after=1", "?through=1", "?follow=1", "?seconds=1"]) {
    await assertProblem(await read(edge, channel, PROMETHEUS, query), 400, "query-invalid");
  }
});

test("[RT13e] of a private channel nobody without a token gets anything, and an unknown one has no values", async () => {
  await assertProblem(await read(edge, "secret/a", PROMETHEUS), 404, "not-found");
  assert.deepEqual(await scrape(newChannel(), "", PROMETHEUS), ["# EOF"]);
  const head = await fetch(edge.channelUrl("lab"), { method: "HEAD", headers: { Accept: PROMETHEUS } });
  assert.equal(head.headers.get("Content-Type"), "application/openmetrics-text; version=1.0.0; charset=utf-8");
});

test("[BAD1] the Worker logged no error of its own all the while", () => assert.deepEqual(edge.logs, []));
