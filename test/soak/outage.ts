/**
 * The Worker is dead for so long, while points keep coming; then it is back. How long until the backlog is through, in
 * order, and viewers that were there before are at live data again?
 *
 *     node test/soak/outage.ts [--minutes 10] [--speed 1] [--rate 1000]
 *
 * `--speed N` sends the same points N times as fast, in an Nth of the time. Exit code 1 if any is lost, repeated or out of
 * order, or if it takes more than 5 s.
 */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { parseArgs } from "node:util";
import { startEdge } from "../support/edge.ts";
import { waitFor } from "../support/wait.ts";
import { bytesIn } from "./measure.ts";
import { startBridgeProcess, startPublisherProcess } from "./processes.ts";
import { CountingViewer } from "./viewer.ts";

const { values: options } = parseArgs({
  options: {
    minutes: { type: "string", default: "10" },
    speed: { type: "string", default: "1" },
    rate: { type: "string", default: "1000" },
  },
});
const [minutes, speed, rate] = [Number(options.minutes), Number(options.speed), Number(options.rate)];
const VIEWERS = 3;
const PROMISED_MS = 5000;
/** A point so young is live. */
const LIVE_MS = 1000;

for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => process.exit(1));
const directory = await mkdtemp(join(tmpdir(), "plotcast-outage-"));
const edge = await startEdge({ persistDir: join(directory, "edge") });
const url = edge.channelUrl("outage");
const viewers = Array.from({ length: VIEWERS }, () => new CountingViewer(url));
await waitFor("the viewers live", () => viewers.every(({ isLive }) => isLive));
const bridge = await startBridgeProcess(url, edge.token ?? "", join(directory, "spool.db"));
const publisher = startPublisherProcess(bridge.address, rate);
await waitFor("points at the viewers", () => viewers.every(({ points }) => points > 0));
await sleep(5000);

const sentBefore = await publisher.sent();
await edge.kill();
publisher.pace(rate * speed);
const outageMs = (minutes * 60_000) / speed;
console.log(`${new Date().toISOString()}: the Worker is dead for ${outageMs / 1000} s, at ${rate * speed} points/s`);
await sleep(outageMs);
publisher.pace(rate);
const sentAfter = await publisher.sent();
const held = await bridge.metrics();
const missed = sentAfter - sentBefore;
const spooled = await bytesIn(directory);

const startingMs = performance.now();
await edge.restart();
const backMs = performance.now();
/** From the moment that the Worker listens again. */
const since = (): number => performance.now() - backMs;
console.log(`${new Date().toISOString()}: back, after ${Math.round(backMs - startingMs)} ms of starting`);
let deliveredMs = Number.NaN;
const liveMs = viewers.map(() => Number.NaN);
const connectedMs = viewers.map(() => Number.NaN);
await waitFor(
  "every viewer at live data",
  async () => {
    for (const [i, viewer] of viewers.entries()) {
      if (Number.isNaN(connectedMs[i]) && viewer.connections > 1) connectedMs[i] = since();
      const isBack = (viewer.last ?? 0) >= sentAfter && viewer.latencyMs < LIVE_MS;
      if (Number.isNaN(liveMs[i]) && isBack) liveMs[i] = since();
    }
    // The bridge delivers before anybody sees; so this is asked while it matters.
    if (Number.isNaN(deliveredMs)) {
      const undelivered = (await bridge.metrics()).get("plotcast_bridge_undelivered_points") ?? Number.NaN;
      if (undelivered < rate / 2) deliveredMs = since();
    }
    return !Number.isNaN(deliveredMs) && liveMs.every((ms) => !Number.isNaN(ms));
  },
  { deadlineMs: 120_000, everyMs: 10 },
).catch((error: unknown) => console.log(String(error)));

await sleep(5000);
const last = await publisher.finish();
const failures: string[] = [];
await waitFor("the last point at every viewer", () => viewers.every((viewer) => viewer.last === last), {
  deadlineMs: 30_000,
}).catch((error: unknown) => failures.push(String(error)));
for (const [i, { first, points, faults, gaps }] of viewers.entries()) {
  if (first !== 0 || points !== last + 1) failures.push(`viewer ${i}: ${points} points from ${first}, of ${last + 1}`);
  failures.push(...[...faults, ...gaps].map((fault) => `viewer ${i}: ${fault}`));
}
const [slowest, isBackInTime] = [Math.max(...liveMs), liveMs.every((ms) => ms <= PROMISED_MS)];
if (!isBackInTime) failures.push(`live again after ${slowest} ms, not ${PROMISED_MS}`);
const inSeconds = (ms: number): string => (ms / 1000).toFixed(2);
console.log(`
points sent while the Worker was dead        ${missed}
points undelivered in the bridge             ${held.get("plotcast_bridge_undelivered_points")}
bytes of them (all; on disk alone)           ${held.get("plotcast_bridge_undelivered_bytes")}; ${held.get("plotcast_bridge_spooled_bytes")}
bytes on disk (store and spool)              ${spooled}
from listening again, in s:
  viewers connected                          ${connectedMs.map(inSeconds).join("  ")}
  backlog delivered                          ${inSeconds(deliveredMs)}
  viewers at live data                       ${liveMs.map(inSeconds).join("  ")}
points sent in all                           ${last + 1}
points at the viewers                        ${viewers.map(({ points }) => points).join("  ")}

${failures.length === 0 ? `Nothing lost, repeated or out of order; live again within ${inSeconds(slowest)} s.` : failures.slice(0, 20).join("\n")}`);
for (const viewer of viewers) viewer.close();
publisher.kill();
const code = await bridge.stop();
if (code !== 0) console.log(`The bridge ended with ${code}:\n${bridge.said().slice(-2000)}`);
await edge.close();
await rm(directory, { recursive: true, force: true });
process.exit(failures.length === 0 && code === 0 ? 0 : 1);
