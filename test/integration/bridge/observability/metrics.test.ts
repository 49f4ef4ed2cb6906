import assert from "node:assert/strict";
import { createServer } from "node:net";
import { test } from "node:test";
import { sourceOf } from "../../../../bridge/config/defaults.ts";
import { parseDuration } from "../../../../bridge/config/syntax/quantities.ts";
import { parseMetricsAddress } from "../../../../bridge/config/syntax/web-address.ts";
import { healthOf } from "../../../../bridge/observability/health.ts";
import { UplinkLedger } from "../../../../bridge/observability/ledger.ts";
import { createLog } from "../../../../bridge/observability/log.ts";
import { MetricsAddressError } from "../../../../bridge/observability/metrics.ts";
import { startBridge } from "../../../../bridge/pipeline/bridge.ts";
import { startFakeWorker } from "../../../support/fake-worker.ts";
import { connectPublisher } from "../../../support/publisher.ts";
import { waitFor } from "../../../support/wait.ts";

const log = createLog("text", "silent");

test("[BR17b] /metrics has every count of the ledger, and reading it changes none", async (t) => {
  const worker = await startFakeWorker();
  t.after(() => worker.close());
  worker.script = (_, number) => (number === 1 ? { take: false, status: 500 } : undefined);
  const metrics = { host: "127.0.0.1", port: 0 };
  const bind = ["tcp://127.0.0.1:*"];
  const bridge = await startBridge({
    to: worker.url,
    token: "t",
    log,
    sources: [sourceOf({ bind, sequenceField: "seq" })],
    metrics,
  });
  t.after(() => bridge.close({ drainMs: 0 }));
  const publisher = await connectPublisher(bridge.addresses[0] ?? "");
  const other = await connectPublisher(bridge.addresses[0] ?? "");
  t.after(() => {
    for (const socket of [publisher, other]) socket.close();
  });
  for (const text of ['{"seq":1,"y":1}', '{"seq":4,"y":4}', "nonsense", "[1,2]"]) await publisher.send(text);
  await waitFor("them read", () => bridge.ledger.received === 4);
  await other.send('{"seq":4,"y":4}');
  await waitFor("the repeat read", () => bridge.ledger.received === 5);
  await waitFor("them delivered", () => bridge.ledger.delivered === 3);
  const url = bridge.metricsUrl ?? "";
  await fetch(url);
  const answer = await fetch(url);
  assert.match(answer.headers.get("content-type") ?? "", /^text\/plain; version=0\.0\.4/);
  const text = await answer.text();
  const value = (name: string): number =>
    Number(
      text
        .split("\n")
        .find((line) => line.startsWith(`${name} `))
        ?.split(" ")[1],
    );
  for (const [name, expected] of [
    ['received_messages_total{source="main"}', 5],
    ['decoded_points_total{source="main"}', 3],
    ['refused_messages_total{source="main",reason="format-unknown"}', 1],
    ['delivered_points_total{channel="main"}', 3],
    ['retries_total{channel="main"}', 1],
    ['gap_points_total{channel="main",reason="publisher-dropped"}', 2],
    ['repeats_total{source="main"}', 1],
    ['unnumbered_messages_total{source="main"}', 1],
    ['publishers{source="main"}', 2],
    ['connection_events_total{source="main",event="accepts"}', 2],
    ['connection_events_total{source="main",event="made_room"}', 0],
    ['connection_events_total{source="main",event="turned_away"}', 0],
    ['oldest_undelivered_seconds{channel="main"}', 0],
    ['post_seconds_count{channel="main"}', bridge.ledger.posts],
  ] as const) {
    assert.equal(value(`plotcast_bridge_${name}`), expected, name);
  }
  assert.ok(value("process_resident_memory_bytes") > 1e6);
  assert.equal((await fetch(new URL("/", url))).status, 404);
  assert.equal((await fetch(url, { method: "POST", body: "x" })).status, 405);
});

test("[BR17e] [BR10e] a port in use is one line that names it and the flag", async (t) => {
  const other = createServer();
  await new Promise<void>((resolve) => other.listen(0, "127.0.0.1", resolve));
  t.after(() => other.close());
  const address = other.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  const to = new URL("http://127.0.0.1:9/c/main");
  const metrics = { host: "127.0.0.1", port };
  await assert.rejects(
    startBridge({ to, token: "t", log, sources: [sourceOf({ bind: ["tcp://127.0.0.1:*"] })], metrics }),
    (error) => {
      assert.ok(error instanceof MetricsAddressError);
      assert.match(error.message, new RegExp(`127\\.0\\.0\\.1:${port}: another program is using it.*--metrics`));
      return true;
    },
  );
});

test("[BR17a] --metrics takes a port or an address, --expect-every a time", () => {
  assert.deepEqual(parseMetricsAddress("9464"), { host: "127.0.0.1", port: 9464 });
  assert.deepEqual(parseMetricsAddress("0.0.0.0:9464"), { host: "0.0.0.0", port: 9464 });
  assert.deepEqual(parseMetricsAddress("[::1]:1"), { host: "::1", port: 1 });
  for (const text of ["", "x", "70000", ":1", "::1:5"])
    assert.throws(() => parseMetricsAddress(text), { code: "commander.invalidArgument" }, text);
  assert.deepEqual(["500ms", "1s", "1.5 min", "2h"].map(parseDuration), [500, 1000, 90_000, 7_200_000]);
  for (const text of ["", "1", "s", "0s", "-1s", "9999h"])
    assert.throws(() => parseDuration(text), { code: "commander.invalidArgument" }, text);
});

test("[BR17c] /healthz says whether what comes in goes out, and why not", async (t) => {
  const worker = await startFakeWorker();
  t.after(() => worker.close());
  const metrics = { host: "127.0.0.1", port: 0 };
  const sources = [sourceOf({ bind: ["tcp://127.0.0.1:*"], expectEveryMs: 200 })];
  const bridge = await startBridge({ to: worker.url, token: "t", log, sources, metrics });
  t.after(() => bridge.close({ drainMs: 0 }));
  const url = new URL("/healthz", bridge.metricsUrl);
  const well = await fetch(url);
  assert.equal(well.status, 200);
  assert.deepEqual(await well.json(), { ok: true, problems: [] });
  await waitFor("the silence", () => bridge.ledger.silences === 1);
  const ill = await fetch(url);
  assert.equal(ill.status, 503);
  assert.deepEqual(await ill.json(), {
    ok: false,
    problems: ["Source main: no message comes though one is due."],
  });
});

test("[BR17c] points that wait for more than a minute, and a spool that fails, are no good health", () => {
  const uplink = {
    channel: "lab/a",
    ledger: new UplinkLedger(),
    held: { points: 5, bytes: 80, oldestAgeMs: 61_000 },
    backlog: { frames: 1, bytes: 80, memoryBytes: 80, bytesOnDisk: 0 },
    isSpoolFailing: true,
  };
  assert.deepEqual(healthOf({ sources: [], uplinks: { all: [uplink] } }).problems, [
    "Channel lab/a: the spool cannot be written.",
    "Channel lab/a: 5 points undelivered, the oldest for 61 s.",
  ]);
  const fine = { ...uplink, held: { points: 5, bytes: 80, oldestAgeMs: 59_000 }, isSpoolFailing: false };
  assert.ok(healthOf({ sources: [], uplinks: { all: [fine] } }).ok);
});
