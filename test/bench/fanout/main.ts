/**
 * `npm run bench:fanout`: many viewers of one channel, without relays and with them, in turns. Each must get every frame. What is measured:
 * the JavaScript of the channel, sends included, for each frame; the CPU of workerd, in which channel, relays and Worker are one process;
 * and how long a join takes.
 */
import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { loadavg } from "node:os";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { type Edge, startEdge } from "../../support/edge.ts";
import { frameOf, newChannel, publishFrames } from "../../support/publish.ts";
import { waitFor, withDeadline } from "../../support/wait.ts";
import { cpuMsOf, mustHaveFiles } from "../live/process.ts";
import { Profiler } from "../live/profile.ts";

const { values: options } = parseArgs({
  options: {
    viewers: { type: "string", default: "5000" },
    frames: { type: "string", default: "20" },
    "relay-after": { type: "string", default: "200" },
    "relay-viewers": { type: "string", default: "2500" },
  },
});
const [viewers, frames] = [Number(options.viewers), Number(options.frames)];
const A = "00000000000000aa";
const OTHER_FILES = 512;
const PROCESSES = 2;

await mustHaveFiles(viewers + OTHER_FILES);
console.log(
  "| RELAY_AFTER | joins, ms each | CPU of workerd for a join, ms | for a frame, ms | JavaScript of the channel for a frame, ms | of relays | lost or repeated |",
);
console.log("| --- | --- | --- | --- | --- | --- | --- |");
for (const after of ["0", options["relay-after"]]) console.log(`| ${(await measure(after)).join(" | ")} |`);
console.log(`${viewers} viewers, ${frames} frames, one a second; load ${loadavg()[0]?.toFixed(1)}`);

async function measure(relayAfter: string): Promise<(string | number)[]> {
  const vars = { RELAY_AFTER: relayAfter, RELAY_VIEWERS: options["relay-viewers"], QUOTA_ADDRESS: "viewers=none" };
  const edge = await startEdge({ inspected: true, vars });
  const profiler = await Profiler.open(edge);
  try {
    return [relayAfter, ...(await measureOn(edge, profiler))];
  } finally {
    profiler.close();
    await edge.close();
  }
}

async function measureOn(edge: Edge, profiler: Profiler): Promise<string[]> {
  const channel = newChannel();
  let n = 0;
  const publish = (): Promise<unknown> => publishFrames(edge, channel, frameOf(A, ++n, Array<number>(10).fill(n)));
  await publish();
  const [beforeJoinsMs, startedMs] = [await cpuMsOf(edge.pid), performance.now()];
  const children = await Promise.all(Array.from({ length: PROCESSES }, () => joined(edge.channelUrl(channel))));
  const [joinMs, joinCpuMs] = [performance.now() - startedMs, (await cpuMsOf(edge.pid)) - beforeJoinsMs];
  await sleep(3000);
  await Promise.all([profiler.start(), publish()]);
  await sleep(1000);
  const beforeMs = await cpuMsOf(edge.pid);
  for (let i = 0; i < frames; i++) {
    const sentMs = performance.now();
    await publish();
    await sleep(Math.max(0, sentMs + 1000 - performance.now()));
  }
  const cpuMs = (await cpuMsOf(edge.pid)) - beforeMs;
  const [{ object, relay }] = await Promise.all([profiler.stop(), publish()]);
  const wrong = await wrongCounts(children, n);
  for (const child of children) child.kill();
  await Promise.all(children.map((child) => once(child, "exit")));
  const each = (ms: number): string => (ms / frames).toFixed(2);
  return [
    (joinMs / viewers).toFixed(2),
    (joinCpuMs / viewers).toFixed(2),
    each(cpuMs),
    (object / (frames + 1)).toFixed(2),
    (relay / (frames + 1)).toFixed(2),
    String(wrong),
  ];
}

async function joined(url: URL): Promise<ChildProcess> {
  const file = fileURLToPath(new URL("../live/viewers.ts", import.meta.url));
  const child = fork(file, [url.href, "WebSocket, frames", String(viewers / PROCESSES)]);
  await withDeadline(`${viewers} viewers`, once(child, "message"), 300_000);
  return child;
}

/** How many viewers do not have exactly the frames that were published. */
async function wrongCounts(children: readonly ChildProcess[], published: number): Promise<number> {
  let wrong = viewers;
  const look = async (): Promise<boolean> => {
    const counts = await Promise.all(
      children.map(async (child) => {
        child.send("count");
        const [answer]: unknown[] = await once(child, "message");
        return Array.isArray(answer) ? answer.map(Number) : [];
      }),
    );
    wrong = counts.flat().filter((count) => count !== published).length;
    return wrong === 0;
  };
  await waitFor("every frame at every viewer", look, { deadlineMs: 60_000, everyMs: 1000 }).catch(() => undefined);
  return wrong;
}
