/**
 * Does anything grow? A real publisher, bridge, Worker and page for a long time, with viewers that come and go.
 *
 *     node test/soak/main.ts [--minutes 20] [--rate 1000] [--samples FILE]
 *
 * Exit code 1 if something grew or was lost.
 */
import { writeFileSync } from "node:fs";
import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { parseArgs } from "node:util";
import { startEdge } from "../support/edge.ts";
import { waitFor } from "../support/wait.ts";
import { Crowd } from "./crowd.ts";
import { bytesIn, largestWalIn, MAX_WAL_BYTES, readProcess, trendOf } from "./measure.ts";
import { openSoakPage } from "./page.ts";
import { startBridgeProcess, startPublisherProcess } from "./processes.ts";
import { CountingViewer } from "./viewer.ts";
import { WorkerdHeaps } from "./workerd-heaps.ts";

const { values: options } = parseArgs({
  options: {
    minutes: { type: "string", default: "20" },
    rate: { type: "string", default: "1000" },
    /** Where the single samples go, as JSON. */
    samples: { type: "string", default: "" },
  },
});
const minutes = Number(options.minutes);
const WARM_UP_MS = Math.min(2, minutes / 4) * 60_000;
const SAMPLE_EVERY_MS = Math.min(10_000, minutes * 1000);
const PERMANENT = 4;
const MIB = 1024 * 1024;
const MAX_SPOOL_BYTES = MIB / 4;
/** Judged by the second half: a store takes its pages for longer than the warm-up. */
const SETTLES_LATE: ReadonlySet<string> = new Set(["store on disk"]);

for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => process.exit(1));
const directory = await mkdtemp(join(tmpdir(), "plotcast-soak-"));
const [edgeDirectory, spoolDirectory] = [join(directory, "edge"), join(directory, "spool")];
await mkdir(spoolDirectory);
const edge = await startEdge({
  persistDir: edgeDirectory,
  // Some 20 s: what is taken is trimmed soon, from two minutes' warm-up to the end.
  vars: { STORE_BYTES: String(MIB), STORE_SECONDS: "30" },
  inspected: true,
});
const url = edge.channelUrl("soak");
const page = await openSoakPage(edge, "soak");
const permanent = Array.from({ length: PERMANENT }, () => new CountingViewer(url));
await waitFor("the permanent viewers live", () => permanent.every(({ isLive }) => isLive));
const bridge = await startBridgeProcess(url, edge.token ?? "", join(spoolDirectory, "spool.db"));
const publisher = startPublisherProcess(bridge.address, Number(options.rate));
await waitFor("the first point", () => permanent.every(({ points }) => points > 0));
const crowd = new Crowd(url);
await crowd.start();

// V8 collects an idle heap's garbage minutes apart: workerd was seen at 785, 670 and 760 MiB within 20 minutes.
const heaps = await WorkerdHeaps.open(edge);

type Sample = Record<string, number>;
const samples: { atMs: number; sample: Sample }[] = [];

async function takeSample(): Promise<Sample> {
  heaps.collectGarbage();
  const [own, worker, inBridge, store, spool, inPage] = await Promise.all([
    readProcess(bridge.pid),
    readProcess(edge.pid),
    bridge.metrics(),
    bytesIn(edgeDirectory),
    bytesIn(spoolDirectory),
    page.measure(),
  ]);
  return {
    "bridge RSS": own.rss,
    "bridge heap": inBridge.get("nodejs_heap_size_used_bytes") ?? Number.NaN,
    "bridge handles": own.handles,
    "workerd RSS": worker.rss,
    "workerd RssAnon": worker.anonymous,
    "workerd handles": worker.handles,
    "store on disk": store,
    "spool on disk": spool,
    "page JS heap": inPage.heap,
    "page buffers": inPage.buffers,
    "page process RSS": inPage.rss,
    "page DOM nodes": inPage.nodes,
    "page listeners": inPage.listeners,
  };
}

let largestWal = 0;
const startMs = performance.now();
console.log(
  `${new Date().toISOString()}: ${minutes} minutes at ${options.rate} points/s, warm-up ${WARM_UP_MS / 1000} s`,
);
for (let next = startMs; next < startMs + minutes * 60_000; next += SAMPLE_EVERY_MS) {
  await sleep(Math.max(0, next - performance.now()));
  samples.push({ atMs: performance.now() - startMs, sample: await takeSample() });
  largestWal = Math.max(largestWal, await largestWalIn(directory));
  if (options.samples !== "") writeFileSync(options.samples, JSON.stringify(samples));
}
const elapsedMs = performance.now() - startMs;

const last = await publisher.finish();
const failures: string[] = [];
await waitFor("the last point at every viewer", () => permanent.every((viewer) => viewer.last === last), {
  deadlineMs: 30_000,
}).catch((error: unknown) => failures.push(String(error)));
crowd.stop();
for (const [i, { first, points, faults, gaps, connections }] of permanent.entries()) {
  if (first !== 0 || points !== last + 1) failures.push(`viewer ${i}: ${points} points from ${first}, of ${last + 1}`);
  if (connections !== 1) failures.push(`viewer ${i}: ${connections} connections`);
  failures.push(...[...faults, ...gaps].map((fault) => `viewer ${i}: ${fault}`));
}
failures.push(...crowd.faults.map((fault) => `a viewer that came and went: ${fault}`), ...(await page.faults(last)));
const counts = await bridge.metrics();
const count = (name: string): number => counts.get(`plotcast_bridge_${name}_total`) ?? Number.NaN;

const number = (value: number, digits: number): string =>
  value.toLocaleString("en", { minimumFractionDigits: digits, maximumFractionDigits: digits }).padStart(10);
const measured = samples.filter(({ atMs }) => atMs >= WARM_UP_MS);
const settled = samples.filter(({ atMs }) => atMs >= elapsedMs / 2);
console.log(
  `\n${"".padEnd(18)}${["start", "end", "max", "per hour", "noise ±"].map((text) => text.padStart(10)).join("")}`,
);
for (const name of Object.keys(measured[0]?.sample ?? {})) {
  const trend = trendOf(
    (SETTLES_LATE.has(name) ? settled : measured).map(({ atMs, sample }) => ({
      atMs,
      value: sample[name] ?? Number.NaN,
    })),
  );
  const isBytes = !/handles|nodes|listeners/.test(name);
  const columns = [trend.start, trend.end, trend.max, trend.perHour, trend.noise];
  const cells = columns.map((value) => number(isBytes ? value / MIB : value, isBytes ? 2 : 1)).join("");
  // A spool keeps the pages of the longest moment in which the Worker did not answer: a few, once.
  const isFlat = trend.isFlat || (name === "spool on disk" && trend.max <= MAX_SPOOL_BYTES);
  console.log(`${name.padEnd(18)}${cells}  ${isBytes ? "MiB" : "   "} ${isFlat ? "flat" : "GROWS"}`);
  if (!isFlat) failures.push(`${name} grows`);
}
if (largestWal > MAX_WAL_BYTES) failures.push(`a write-ahead log has ${(largestWal / MIB).toFixed(2)} MiB`);
console.log(`
${number(last + 1, 0)} points sent in ${(elapsedMs / 60_000).toFixed(1)} minutes; bridge: ${count("received_messages")} messages received, ${count("delivered_points")} points delivered
${permanent.map(({ points }) => number(points, 0)).join("")} points at the ${PERMANENT} permanent viewers; ${crowd.came} others came and went
${failures.length === 0 ? "Nothing was lost, and nothing grows." : failures.join("\n")}`);

heaps.close();
for (const viewer of permanent) viewer.close();
publisher.kill();
const code = await bridge.stop();
if (code !== 0) console.log(`The bridge ended with ${code}:\n${bridge.said().slice(-2000)}`);
await page.close();
await edge.close();
await rm(directory, { recursive: true, force: true });
process.exit(failures.length === 0 && code === 0 ? 0 : 1);
