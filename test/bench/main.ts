/**
 * `npm run bench`: Plotcast and the obvious alternative side by side, in one run, on the same machine: points
 * delivered to 100 viewers flat out, and the time from ZeroMQ send to viewer. Ratios last: machines differ, ratios less.
 */
import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { startEdge } from "../support/edge.ts";
import { withDeadline } from "../support/wait.ts";

const { values: options } = parseArgs({
  options: { viewers: { type: "string", default: "100" }, seconds: { type: "string", default: "8" } },
});
const viewerCount = Number(options.viewers);
const seconds = Number(options.seconds);

/** A way from a ZeroMQ socket to viewers. */
interface Route {
  name: string;
  /** Where publishers connect. */
  zmq: string;
  /** Where viewers connect. */
  url: string;
  dialect: "frames" | "points";
  close(): Promise<void>;
}
interface Measured {
  perSecond: number;
  p50Ms: number;
  p99Ms: number;
  served: number;
}

interface Comparison {
  plotcast: Measured;
  relay: Measured;
}

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

async function startPlotcast(): Promise<Route> {
  const edge = await startEdge();
  const to = edge.channelUrl("bench");
  // In a process of its own, as users run it, and like the relay.
  const bridge = start("bridge.ts", to.href);
  const { zmq } = await answer(bridge, "the bridge's start");
  return {
    name: "Plotcast",
    zmq: String(zmq),
    url: to.href.replace("http", "ws"),
    dialect: "frames",
    close: async () => {
      await stop(bridge);
      await edge.close();
    },
  };
}

async function startRelay(): Promise<Route> {
  const child = start("relay.ts");
  const { zmq, port } = await answer(child, "the relay's start");
  return {
    name: "ws relay",
    zmq: String(zmq),
    url: `ws://127.0.0.1:${Number(port)}`,
    dialect: "points",
    close: () => stop(child),
  };
}

/** Measures a route for some seconds after a warm-up, with so many points a second (0: flat out). */
async function measure(route: Route, perSecond: number, viewerCount: number): Promise<Measured> {
  const viewers = start("viewers.ts", route.url, String(viewerCount), route.dialect);
  await answer(viewers, `${viewerCount} viewers of ${route.name} open`);
  const publisher = start("publisher.ts", route.zmq, String(perSecond));
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

/** Both routes with so many points a second (0: flat out), one after the other. */
async function compare(what: string, perSecond: number, viewerCount: number): Promise<Comparison> {
  const results: Measured[] = [];
  for (const startRoute of [startPlotcast, startRelay]) {
    const route = await startRoute();
    const result = await measure(route, perSecond, viewerCount);
    await route.close();
    results.push(result);
    const { perSecond: rate, p50Ms, p99Ms, served } = result;
    const delivered = `${number(rate).padStart(12)} points/s to ${served} of ${viewerCount} viewers`;
    const latency = perSecond === 0 ? "" : `   p50 ${number(p50Ms, 1)} ms   p99 ${number(p99Ms, 1)} ms`;
    console.log(`${what.padEnd(24)} ${route.name.padEnd(9)} ${delivered}${latency}`);
  }
  const [plotcast, relay] = results;
  if (plotcast === undefined || relay === undefined) throw new Error("A route was not measured.");
  return { plotcast, relay };
}

const flatOut = await compare("flat out", 0, viewerCount);
const slow = await compare("20 points a second", 20, viewerCount);
const fast = await compare("1,000 points a second", 1000, viewerCount);
const crowd = await compare("1,000 points a second", 1000, 3 * viewerCount);

const p99 = ({ plotcast, relay }: Comparison): string => number(plotcast.p99Ms / relay.p99Ms, 2).padStart(8);
console.log(`
points delivered flat out, ${viewerCount} viewers           ${number(flatOut.plotcast.perSecond / flatOut.relay.perSecond, 1).padStart(8)} times the relay's
p99 at 20 points a second, ${viewerCount} viewers           ${p99(slow)} times the relay's
p99 at 1,000 points a second, ${viewerCount} viewers        ${p99(fast)} times the relay's
p99 at 1,000 points a second, ${3 * viewerCount} viewers        ${p99(crowd)} times the relay's`);
