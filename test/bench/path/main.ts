/**
 * `npm run bench`: Plotcast as `npm start` runs it, the same behind `wrangler dev`, and the obvious alternative, in one run,
 * on the same machine: points delivered to 100 viewers flat out, and the time from ZeroMQ send to viewer. Ratios last:
 * machines differ, ratios less.
 */
import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { loadavg } from "node:os";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { withDeadline } from "../../support/wait.ts";
import { type BenchWorker, startLocal, startWranglerDev } from "./workers.ts";

const { values: options } = parseArgs({
  options: {
    viewers: { type: "string", default: "100" },
    seconds: { type: "string", default: "8" },
    // On a machine that does other things, too, several: the median of each route counts.
    rounds: { type: "string", default: "1" },
  },
});
const viewerCount = Number(options.viewers);
const seconds = Number(options.seconds);
const rounds = Number(options.rounds);

/** A way from a ZeroMQ socket to viewers. */
interface Route {
  /** Where publishers connect. */
  zmq: string;
  /** Where viewers connect. */
  url: string;
  format: "frames" | "points";
  close(): Promise<void>;
}
interface Measured {
  perSecond: number;
  p50Ms: number;
  p99Ms: number;
  served: number;
}

type RouteName = "npm start" | "wrangler dev" | "ws relay";

function start(file: string, ...args: string[]): ChildProcess {
  return fork(fileURLToPath(new URL(file, import.meta.url)), args, { stdio: ["ignore", "inherit", "inherit", "ipc"] });
}

async function stop(child: ChildProcess): Promise<void> {
  const exited = once(child, "exit");
  child.kill("SIGKILL");
  await exited;
}

async function answer(child: ChildProcess, what: string): Promise<Record<string, unknown>> {
  const [message]: unknown[] = await withDeadline(what, once(child, "message"), 60_000);
  if (typeof message !== "object" || message === null) throw new Error(`${what}: not an object`);
  return { ...message };
}

async function startPlotcast(startWorker: () => Promise<BenchWorker>): Promise<Route> {
  const worker = await startWorker();
  const to = new URL("/c/bench", worker.url);
  // In a process of its own, as users run it, and like the relay.
  const bridge = start("bridge.ts", to.href);
  const { zmq } = await answer(bridge, "the bridge's start");
  return {
    zmq: String(zmq),
    url: to.href.replace("http", "ws"),
    format: "frames",
    close: async () => {
      await stop(bridge);
      await worker.close();
    },
  };
}

async function startRelay(): Promise<Route> {
  const child = start("relay.ts");
  const { zmq, port } = await answer(child, "the relay's start");
  return {
    zmq: String(zmq),
    url: `ws://127.0.0.1:${Number(port)}`,
    format: "points",
    close: () => stop(child),
  };
}

/** What is published: so many points a second (0: flat out), so many in a message. */
interface Load {
  perSecond: number;
  pointsPerMessage: number;
}

/** Measures a route for some seconds after a warm-up. */
async function measure(route: Route, load: Load, viewerCount: number): Promise<Measured> {
  const pointsPerMessage = String(load.pointsPerMessage);
  // Decoding every point for its latency would take the processor from what is measured flat out.
  const timing = load.perSecond === 0 ? "untimed" : "timed";
  const viewers = start("viewers.ts", route.url, String(viewerCount), route.format, pointsPerMessage, timing);
  await answer(viewers, `${viewerCount} viewers open`);
  const publisher = start("publisher.ts", route.zmq, String(load.perSecond), pointsPerMessage);
  const read = async () => {
    viewers.send("read");
    return { ...(await answer(viewers, "the viewers' count")), atMs: performance.now() };
  };
  await new Promise((resolve) => setTimeout(resolve, 3000));
  const from = await read();
  await new Promise((resolve) => setTimeout(resolve, seconds * 1000));
  const until: Record<string, unknown> & { atMs: number } = await read();
  await stop(publisher);
  await stop(viewers);
  const latenciesMs = Array.isArray(until.latenciesMs)
    ? Float64Array.from(until.latenciesMs).sort()
    : new Float64Array();
  return {
    perSecond: (1000 * Number(until.points)) / (until.atMs - from.atMs),
    p50Ms: latenciesMs[Math.floor(latenciesMs.length * 0.5)] ?? Number.NaN,
    p99Ms: latenciesMs[Math.floor(latenciesMs.length * 0.99)] ?? Number.NaN,
    served: Number(until.served),
  };
}

const number = (value: number, digits = 0): string =>
  value.toLocaleString("en", { maximumFractionDigits: digits, minimumFractionDigits: digits });

const ROUTES: Record<RouteName, () => Promise<Route>> = {
  "npm start": () => startPlotcast(startLocal),
  "wrangler dev": () => startPlotcast(startWranglerDev),
  "ws relay": startRelay,
};

type Comparison = Partial<Record<RouteName, Measured>>;

/** Routes with the same load, in turns: the median of each. */
async function compare(
  what: string,
  load: Load,
  viewerCount: number,
  names: readonly RouteName[] = ["npm start", "wrangler dev", "ws relay"],
): Promise<Comparison> {
  const all = new Map<RouteName, Measured[]>(names.map((name) => [name, []]));
  for (let round = 0; round < rounds; round++) {
    for (const [name, measured] of all) {
      const route = await ROUTES[name]();
      measured.push(await measure(route, load, viewerCount));
      await route.close();
    }
  }
  const results: Comparison = {};
  for (const [name, measured] of all) {
    const result = medianOf(measured);
    results[name] = result;
    const { perSecond: rate, p50Ms, p99Ms, served } = result;
    const delivered = `${number(rate).padStart(12)} points/s to ${served} of ${viewerCount} viewers`;
    const latency = load.perSecond === 0 ? "" : `   p50 ${number(p50Ms, 1)} ms   p99 ${number(p99Ms, 1)} ms`;
    console.log(`${what.padEnd(24)} ${name.padEnd(12)} ${delivered}${latency}`);
  }
  return results;
}

function medianOf(measured: readonly Measured[]): Measured {
  const median = (key: keyof Measured): number =>
    measured.map((each) => each[key]).sort((a, b) => a - b)[Math.floor(measured.length / 2)] ?? Number.NaN;
  return { perSecond: median("perSecond"), p50Ms: median("p50Ms"), p99Ms: median("p99Ms"), served: median("served") };
}

/** What one route has in times what another has. */
function ratio(of: Comparison, to: RouteName, key: "perSecond" | "p50Ms" | "p99Ms", digits = 2): string {
  const times = (of["npm start"]?.[key] ?? Number.NaN) / (of[to]?.[key] ?? Number.NaN);
  return number(times, digits).padStart(8);
}

console.log(`load average before: ${number(loadavg()[0] ?? Number.NaN, 1)}`);
const single = (perSecond: number): Load => ({ perSecond, pointsPerMessage: 1 });
// A publisher in Node that sends a message a point takes most of a core, and bounds what is measured: of messages with
// twenty points each it is the way to the viewers that counts.
const flatOut = await compare("flat out, 20 a message", { perSecond: 0, pointsPerMessage: 20 }, viewerCount);
const singles = await compare("flat out, 1 a message", single(0), viewerCount);
const slow = await compare("20 points a second", single(20), viewerCount);
const fast = await compare("1,000 points a second", single(1000), viewerCount);
const crowd = await compare("1,000 points a second", single(1000), 3 * viewerCount, ["npm start", "ws relay"]);

console.log(`
npm start beside wrangler dev, ${viewerCount} viewers
  points delivered flat out       ${ratio(flatOut, "wrangler dev", "perSecond")} times as many   (1.5 or more is wanted)
  the same, 1 point a message     ${ratio(singles, "wrangler dev", "perSecond")} times as many   (the publisher is the bound)
  p50 at 20 points a second       ${ratio(slow, "wrangler dev", "p50Ms")} times as long   (0.75 or less is wanted)
  p50 at 1,000 points a second    ${ratio(fast, "wrangler dev", "p50Ms")} times as long

npm start beside the relay
  points delivered flat out, ${viewerCount} viewers           ${ratio(flatOut, "ws relay", "perSecond", 1)} times as many
  the same, 1 point a message, ${viewerCount} viewers         ${ratio(singles, "ws relay", "perSecond", 1)} times as many
  p99 at 20 points a second, ${viewerCount} viewers           ${ratio(slow, "ws relay", "p99Ms")} times as long
  p99 at 1,000 points a second, ${viewerCount} viewers        ${ratio(fast, "ws relay", "p99Ms")} times as long
  p99 at 1,000 points a second, ${3 * viewerCount} viewers        ${ratio(crowd, "ws relay", "p99Ms")} times as long

load average after: ${number(loadavg()[0] ?? Number.NaN, 1)}`);
