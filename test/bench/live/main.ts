/**
 * `npm run bench:live`: what a viewer costs the Worker and the object by each transport, side by side: 1,000 viewers of one kind, then of
 * the next, of one channel in which a frame of 10 points is published ten times a second. What is measured is the CPU time of workerd, in
 * which Worker and object are one process, and of that the JavaScript of each; what publishing costs without viewers is taken off.
 */
import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { loadavg } from "node:os";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { startEdge } from "../../support/edge.ts";
import { frameOf, newChannel, publishFrames } from "../../support/publish.ts";
import { waitFor, withDeadline } from "../../support/wait.ts";
import { cpuMsOf, mustHaveFiles } from "./process.ts";
import { Profiler, type Shares } from "./profile.ts";

const { values: options } = parseArgs({
  options: {
    viewers: { type: "string", default: "1000" },
    seconds: { type: "string", default: "10" },
    rounds: { type: "string", default: "3" },
  },
});
const [viewers, seconds, rounds] = [Number(options.viewers), Number(options.seconds), Number(options.rounds)];
/** What workerd and the process of the viewers need beside the viewers' sockets. */
const OTHER_FILES = 256;
const A = "00000000000000aa";
const FRAMES_PER_SECOND = 10;
const POINTS = 10;
// Not a WebSocket of text: that is a message a point, of which viewers that are behind get some thousands a second together (VW4c, VW5d).
const KINDS = ["none", "WebSocket, frames", "events", "events of frames"] as const;

await mustHaveFiles(viewers + OTHER_FILES);

/** In ms a second. */
interface Cost extends Shares {
  /** Of the process. */
  total: number;
}

const edge = await startEdge({ inspected: true, vars: { QUOTA_ADDRESS: "viewers=none" } });
const costs = new Map<string, Cost[]>(KINDS.map((kind) => [kind, []]));
const profiler = await Profiler.open(edge);
try {
  // What is compiled in the first seconds is nobody's.
  await measure("none");
  for (let round = 0; round < rounds; round++) for (const kind of KINDS) costs.get(kind)?.push(await measure(kind));
} finally {
  profiler.close();
  await edge.close();
}

const medianOf = (kind: string, of: keyof Cost): number => {
  const values = (costs.get(kind) ?? []).map((cost) => cost[of]).sort((a, b) => a - b);
  return values[values.length >> 1] ?? Number.NaN;
};
const alone = (of: keyof Cost): number => medianOf("none", of);
console.log(`load ${loadavg()[0]?.toFixed(1)}; publishing alone: ${alone("total").toFixed(1)} ms of CPU a second`);
console.log("| viewers | CPU, ms a second | µs for each viewer and frame | JavaScript of the object | of the Worker |");
console.log("| --- | --- | --- | --- | --- |");
for (const kind of KINDS) {
  if (kind === "none") continue;
  const ms = (of: keyof Cost): number => medianOf(kind, of) - alone(of);
  const micros = (of: keyof Cost): string => ((1000 * ms(of)) / (viewers * FRAMES_PER_SECOND)).toFixed(1);
  const cells = [`${viewers} by ${kind}`, ms("total").toFixed(0), micros("total"), micros("object"), micros("worker")];
  console.log(`| ${cells.join(" | ")} |`);
}

/** What a second takes with viewers of this kind, in ms. */
async function measure(kind: (typeof KINDS)[number]): Promise<Cost> {
  const channel = newChannel();
  let n = 0;
  await publishFrames(edge, channel, frameOf(A, ++n, [0]));
  const child = kind === "none" ? undefined : await joined(edge.channelUrl(channel), kind);
  const publish = async (forSeconds: number): Promise<void> => {
    const startedMs = performance.now();
    for (let i = 0; i < forSeconds * FRAMES_PER_SECOND; i++) {
      await publishFrames(edge, channel, frameOf(A, ++n, Array<number>(POINTS).fill(n)));
      await sleep(Math.max(0, startedMs + ((i + 1) * 1000) / FRAMES_PER_SECOND - performance.now()));
    }
  };
  await Promise.all([profiler.start(), publish(2)]);
  const beforeMs = await cpuMsOf(edge.pid);
  await publish(seconds);
  const cpuMs = (await cpuMsOf(edge.pid)) - beforeMs;
  const [{ object, relay, worker }] = await Promise.all([profiler.stop(), publish(1)]);
  if (child !== undefined) await ended(child, kind, n);
  // The profile has the seconds before and after, too.
  return {
    total: cpuMs / seconds,
    object: object / (seconds + 3),
    relay: relay / (seconds + 3),
    worker: worker / (seconds + 3),
  };
}

async function joined(url: URL, kind: string): Promise<ChildProcess> {
  const child = fork(fileURLToPath(new URL("viewers.ts", import.meta.url)), [url.href, kind, String(viewers)]);
  await withDeadline(`${viewers} by ${kind}`, once(child, "message"), 120_000);
  return child;
}

/** Every viewer must have what was published, or the figure says nothing. */
async function ended(child: ChildProcess, kind: string, frames: number): Promise<void> {
  let counts: number[] = [];
  const hasAll = async (): Promise<boolean> => {
    child.send("count");
    const [answer]: unknown[] = await once(child, "message");
    counts = Array.isArray(answer) ? answer.map(Number) : [];
    return counts.every((count) => count >= frames);
  };
  await waitFor("all frames at all viewers", hasAll, { deadlineMs: 60_000, everyMs: 500 }).catch(() => {
    const lacking = counts.filter((count) => count < frames);
    throw new Error(`${kind}: ${lacking.length} viewers do not have ${frames} frames, but ${lacking.slice(0, 10)}`);
  });
  child.kill();
  await once(child, "exit");
}
