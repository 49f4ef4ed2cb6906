/** Takes {@link Costs} from this machine: the real Worker on Miniflare, and the real routing in this process. It takes half a minute. */
import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { SUBPROTOCOL } from "../../protocol/limits.ts";
import { NOTHING_STORED } from "../../worker/channel/log/nothing-stored.ts";
import { Relays } from "../../worker/channel/relays/relays.ts";
import { REGIONS } from "../../worker/relay/relay-name.ts";
import { type Edge, startEdge } from "../support/edge.ts";
import { frameOf, newChannel, publishFrames } from "../support/publish.ts";
import { openViewer } from "../support/sockets.ts";
import { waitFor, withDeadline } from "../support/wait.ts";
import type { Costs } from "./costs.ts";

const A = "00000000000000aa";
/** Sockets of one process are bounded by its open files. */
const VIEWERS = 600;
const FRAMES = 100;
const JOINS = 300;
const MESSAGES = 2_000;
const DIALS = 11;
/** What is the same each time counts for nothing once it was compiled. */
const WARM_UP = 50;
const RELAYS = { few: 10, many: 1_000 };
const CALLS = 2_000;

export async function measureCosts(): Promise<Costs> {
  const edge = await startEdge({ vars: { QUOTA_ADDRESS: "viewers=none", RELAY_AFTER: "0" } });
  const relayed = await startEdge({ vars: { QUOTA_ADDRESS: "viewers=none", RELAY_AFTER: "1", RELAY_VIEWERS: "2" } });
  try {
    const publishUs = await publishCost(edge, 0);
    const sendUs = ((await publishCost(edge, VIEWERS)) - publishUs) / VIEWERS;
    const [few, many] = [routingCosts(RELAYS.few), routingCosts(RELAYS.many)];
    const perRelay = (of: "routeUs" | "countUs"): number => (many[of] - few[of]) / (RELAYS.many - RELAYS.few);
    return {
      sendUs,
      publishUs,
      joinUs: await joinCost(edge),
      messageUs: await messageCost(edge),
      routeUs: few.routeUs,
      routePerRelayUs: perRelay("routeUs"),
      countUs: few.countUs,
      countPerRelayUs: perRelay("countUs"),
      dialMs: await dialCost(relayed),
    };
  } finally {
    await edge.close();
    await relayed.close();
  }
}

/** µs of the runtime's processor for one frame that so many viewers get. */
async function publishCost(edge: Edge, viewers: number): Promise<number> {
  const channel = newChannel();
  let n = 0;
  const publish = async (frames: number): Promise<void> => {
    for (const until = n + frames; n < until; ) await publishFrames(edge, channel, frameOf(A, ++n, [n]));
  };
  await publish(1);
  const child = viewers === 0 ? undefined : await crowdOf(edge.channelUrl(channel), viewers);
  await publish(WARM_UP);
  const us = await cpuUsOf(edge, async () => {
    await publish(FRAMES);
    if (child !== undefined) await hasAll(child, n);
  });
  if (child !== undefined) {
    child.kill();
    await once(child, "exit");
  }
  return us / FRAMES;
}

async function crowdOf(url: URL, viewers: number): Promise<ChildProcess> {
  const main = fileURLToPath(new URL("../bench/live/viewers.ts", import.meta.url));
  const child = fork(main, [url.href, "WebSocket, frames", String(viewers)]);
  await withDeadline(`${viewers} viewers`, once(child, "message"), 60_000);
  return child;
}

async function hasAll(child: ChildProcess, frames: number): Promise<void> {
  await waitFor(
    "all frames at all viewers",
    async () => {
      child.send("count");
      const [counts]: unknown[] = await once(child, "message");
      return Array.isArray(counts) && counts.every((count) => Number(count) >= frames);
    },
    { deadlineMs: 60_000, everyMs: 50 },
  );
}

async function joinCost(edge: Edge): Promise<number> {
  const channel = newChannel();
  for (let n = 1; n <= 100; n++) await publishFrames(edge, channel, frameOf(A, n, Array<number>(10).fill(n)));
  const join = async (): Promise<void> => {
    const viewer = await openViewer(edge.channelUrl(channel), { subprotocol: SUBPROTOCOL });
    await viewer.nextMessage("live", (message) => /"type":"live"/.test(String(message)));
    await viewer.close();
  };
  for (let i = 0; i < WARM_UP; i++) await join();
  const us = await cpuUsOf(edge, async () => {
    for (let i = 0; i < JOINS; i++) await join();
  });
  return us / JOINS;
}

/** A message that is read and answered: one send is in it. */
async function messageCost(edge: Edge): Promise<number> {
  const channel = newChannel();
  await publishFrames(edge, channel, frameOf(A, 1, [1]));
  const viewers = await Promise.all(
    Array.from({ length: 20 }, () => openViewer(edge.channelUrl(channel), { subprotocol: SUBPROTOCOL })),
  );
  const us = await cpuUsOf(edge, async () => {
    for (const viewer of viewers) for (let i = 0; i < MESSAGES / 20; i++) viewer.send('{"type":"ping"}');
    const pongs = () => viewers.flatMap(({ messages }) => messages.filter((text) => text === '{"type":"pong"}')).length;
    await waitFor("the answers", () => pongs() >= MESSAGES);
  });
  for (const viewer of viewers) await viewer.close();
  return us / MESSAGES;
}

/** How much longer it takes to be the first viewer of a relay than to be the second. */
async function dialCost(edge: Edge): Promise<number> {
  const times: number[] = [];
  for (let i = 0; i < DIALS; i++) {
    const channel = newChannel();
    await publishFrames(edge, channel, frameOf(A, 1, [1]));
    const join = async (): Promise<number> => {
      const fromMs = performance.now();
      const viewer = await openViewer(edge.channelUrl(channel), { subprotocol: SUBPROTOCOL });
      await viewer.nextMessage("live", (message) => /"type":"live"/.test(String(message)));
      return performance.now() - fromMs;
    };
    await join();
    times.push((await join()) - (await join()));
  }
  return times.sort((a, b) => a - b)[times.length >> 1] ?? Number.NaN;
}

/** The channel's own code for who joins, and for what relays tell, with so many relays: µs a call. */
function routingCosts(count: number): { routeUs: number; countUs: number } {
  const names = Array.from({ length: count }, (_, i) => `c#${REGIONS[i % REGIONS.length]}-${i}`);
  const relays: Relays = new Relays("c", CALLS * 10, {
    log: () => NOTHING_STORED,
    pause: async () => {},
    nowMs: () => 0,
    dial: async () => ({ kind: "failed" }),
    status: () => ({ goneAtMs: null, aheadMs: 0 }),
    viewersHere: () => 1_000,
    behindHere: () => 0,
    countOf: () => 0,
    sharesHere: () => [],
    kept: { names, rewrites: 0 },
    // As a channel does at each of them (worker/channel/channel.ts): what its viewers are told, and when it wakes.
    changed: () => {
      relays.tellStatus(0);
      relays.dueInMs(0);
      for (let i = 0; i < 2; i++) if (relays.viewers < 0 || relays.behind < 0) throw new RangeError();
    },
  });
  const perCall = (call: (i: number) => void): number => {
    for (let i = 0; i < WARM_UP; i++) call(i);
    const fromMs = performance.now();
    for (let i = 0; i < CALLS; i++) call(i);
    return (1000 * (performance.now() - fromMs)) / CALLS;
  };
  const name = names[0] ?? "";
  return {
    routeUs: perCall(() => relays.routeFor("weur")),
    countUs: perCall((i) => relays.counted(name, { viewers: i, behind: 0, shares: [] })),
  };
}

async function cpuUsOf(edge: Edge, action: () => Promise<void>): Promise<number> {
  const before = await ticksOf(edge.pid);
  await action();
  // A tick of Linux is 10 ms.
  return ((await ticksOf(edge.pid)) - before) * 10_000;
}

async function ticksOf(pid: number): Promise<number> {
  const fields = (await readFile(`/proc/${pid}/stat`, "utf8")).replace(/^.*\) /s, "").split(" ");
  return Number(fields[11]) + Number(fields[12]);
}
