/** Counts what one event of each kind costs, on the real Worker, by the difference of two runs. */
import { setTimeout as sleep } from "node:timers/promises";
import { FRAME_TYPE, PRESENCE_TYPE, SUBPROTOCOL } from "../../../protocol/limits.ts";
import type { Edge } from "../../support/edge.ts";
import { bulkyFrame, frameOf, newChannel, post, publishFrames, read } from "../../support/publish.ts";
import { TestPublisher } from "../../support/publish-socket.ts";
import { openViewer, type Viewer } from "../../support/sockets.ts";
import { type Counts, channelOfRows, countsOf, startCounting } from "../measure.ts";
import { COUNTED, type Counters, NOTHING, type Uplink } from "./counters.ts";

const A = "00000000000000aa";
/** 38 frames of 100 points fill it. */
const SMALL_STORE = { STORE_BYTES: String(64 * 1024) };
const POINTS = 100;
const BODIES = 200;
const VIEWERS = 5;
const VISITS = 3;
/** As many frames as one slice of a read looks at (RD3), and two slices more. */
const FRAMES = { few: 1024, many: 3 * 1024 };
const WAKES = 10;
/** What a page asks for when it joins (page/main.ts). */
const TAIL = "?points=1000&seconds=300&newest=600";
const [HALF_HOUR_MS, MINUTE_MS] = [1_800_000, 60_000];
/** Half an hour passes in six seconds. */
const SPEED = 300;
/** Beside the one viewer of an idle hour. */
const FURTHER_VIEWERS = 20;

/** How one publisher's frames get to a channel. */
interface Publisher {
  /** A body of one frame; resolves when the channel has confirmed it. */
  publish(frame: Uint8Array): Promise<unknown>;
  close(): Promise<unknown>;
}

/** Each uplink that is counted. */
const UPLINKS: Record<Uplink, (edge: Edge, channel: string) => Promise<Publisher>> = {
  post: async (edge, channel) => ({
    publish: (frame) => publishFrames(edge, channel, frame),
    close: async () => {},
  }),
  ws: async (edge, channel) => {
    const publisher = await TestPublisher.open(edge, channel);
    return { publish: (frame) => publisher.publish(frame), close: () => publisher.viewer.close() };
  },
};

/** @param viewers who watch meanwhile, and keep up */
export async function countBodies(viewers = VIEWERS): Promise<Counters["body"]> {
  await using edge = await startCounting(SMALL_STORE);
  const body: Counters["body"] = {};
  for (const uplink of ["post", "ws"] as const) {
    const channel = newChannel();
    const publisher = await UPLINKS[uplink](edge, channel);
    body[uplink] = await countBody(edge, channel, publisher, viewers);
    await publisher.close();
  }
  return body;
}

export async function countVisits(): Promise<Pick<Counters, "visit" | "storedFrame">> {
  await using edge = await startCounting();
  const [few, many] = [await channelOfRows(edge, FRAMES.few), await channelOfRows(edge, FRAMES.many)];
  const visit = await countVisit(edge, few);
  const [ofMany, ofFew] = [
    await countsOf(edge, () => readAll(edge, many), 0),
    await countsOf(edge, () => readAll(edge, few), 0),
  ];
  return { visit, storedFrame: share(difference(ofMany, ofFew), FRAMES.many - FRAMES.few) };
}

export async function countHours(): Promise<Pick<Counters, "liveHour" | "idleHour" | "idleViewerHour">> {
  await using edge = await startCounting({ TIME_SPEED: String(SPEED), TIME_FROM_MS: String(Date.now()) });
  const liveHour = difference(await countLiveHour(edge, 1), await countLiveHour(edge, 0));
  const idleHour = await countIdleHour(edge, 1);
  const further = share(difference(await countIdleHour(edge, 1 + FURTHER_VIEWERS), idleHour), FURTHER_VIEWERS);
  return { liveHour, idleHour, idleViewerHour: rounded(further) };
}

export async function countWakes(): Promise<Pick<Counters, "wake">> {
  await using edge = await startCounting(SMALL_STORE);
  return { wake: await countWake(edge) };
}

/** All of them. It takes a minute. */
export async function countAll(): Promise<Counters> {
  return {
    body: await countBodies(),
    ...(await countVisits()),
    ...(await countHours()),
    ...(await countWakes()),
  };
}

/** One body to a channel whose store is full, with viewers that keep up, and ping. */
async function countBody(edge: Edge, channel: string, publisher: Publisher, viewerCount: number): Promise<Counts> {
  let n = 0;
  const viewers: Viewer[] = [];
  const publishAll = async () => {
    for (const until = n + BODIES; n < until; ) {
      await publisher.publish(bulkyFrame(A, ++n, POINTS));
      for (const viewer of viewers) viewer.send("ping");
    }
  };
  await publishAll();
  // What follows of joining is no body's.
  await countsOf(edge, async () => viewers.push(...(await watch(edge, channel, viewerCount))));
  const counts = await countsOf(edge, publishAll, 0);
  await leave(viewers);
  return share(counts, BODIES);
}

/** The page's requests (test/browser/visit-cost.test.ts), while another watches: so all are told who comes and goes. */
async function countVisit(edge: Edge, channel: string): Promise<Counts> {
  const [watcher] = await watch(edge, channel, 1);
  if (watcher === undefined) throw new Error("Nobody watches.");
  const isTold = (viewers: number) => watcher.nextMessage(`${viewers} viewers`, tells(viewers));
  const counts = await countsOf(edge, async () => {
    for (let n = 0; n < VISITS; n++) {
      await (await read(edge, channel, "text/html")).arrayBuffer();
      const told = isTold(2);
      const viewer = await openViewer(new URL(TAIL, edge.channelUrl(channel)), { subprotocol: SUBPROTOCOL });
      await viewer.nextMessage("live", isLive);
      // Whether there is a room with something in it, and the points before the newest 600.
      await (await read(edge, channel, "application/json", "?room")).arrayBuffer();
      await (await read(edge, channel, FRAME_TYPE, "?after=0&through=424")).arrayBuffer();
      await told;
      const toldAgain = isTold(1);
      await viewer.close();
      await toldAgain;
    }
  });
  await leave([watcher]);
  return share(counts, VISITS);
}

async function readAll(edge: Edge, channel: string): Promise<void> {
  await (await read(edge, channel, FRAME_TYPE)).arrayBuffer();
}

/** An hour in which a frame comes every half minute, and somebody watches or nobody does. */
async function countLiveHour(edge: Edge, viewerCount: number): Promise<Counts> {
  const channel = newChannel();
  await publishFrames(edge, channel, frameOf(A, 1, [1]));
  await announce(edge, channel);
  const viewers = await watch(edge, channel, viewerCount);
  // Where nobody watches nothing depends on time.
  const speed = viewerCount === 0 ? Number.POSITIVE_INFINITY : SPEED;
  const counts = await countHour(edge, speed, MINUTE_MS / 2, async (n) => {
    await publishFrames(edge, channel, frameOf(A, 1 + n, [n], n));
  });
  await leave(viewers);
  return counts;
}

/** The first hour in which no frame comes. The bridge says that it is there. */
async function countIdleHour(edge: Edge, viewerCount: number): Promise<Counts> {
  const channel = newChannel();
  await publishFrames(edge, channel, frameOf(A, 1, [1]));
  await announce(edge, channel);
  const viewers = await watch(edge, channel, viewerCount);
  const counts = await countHour(edge, SPEED, MINUTE_MS, () => announce(edge, channel));
  await leave(viewers);
  return counts;
}

/**
 * Does something every so many milliseconds of the fast clock, for half an hour, and counts twice what that costs. A whole hour is too long:
 * viewers would have to ping (VW9c), and where the machine is slow for a moment their pings would come too late.
 */
async function countHour(
  edge: Edge,
  speed: number,
  everyMs: number,
  act: (n: number) => Promise<void>,
): Promise<Counts> {
  const beganAt = performance.now();
  const counts = await countsOf(
    edge,
    async () => {
      for (let n = 1; n <= HALF_HOUR_MS / everyMs; n++) {
        await sleep(Math.max(0, beganAt + ((n - 1) * everyMs) / speed - performance.now()));
        await act(n);
      }
      await sleep(Math.max(0, beganAt + HALF_HOUR_MS / speed - performance.now()));
    },
    0,
  );
  // Frames and announcements were as many as half an hour has. Alarms came as long as it took, which is longer on a slow machine.
  const halfHours = Math.max(1, ((performance.now() - beganAt) * SPEED) / HALF_HOUR_MS);
  const hour = share(counts, 1 / 2);
  return { ...hour, alarmsSet: hour.alarmsSet / halfHours, alarms: hour.alarms / halfHours };
}

/**
 * An object with a full store, 7 publishers and 50 series, beside one that was in memory. What it reads depends on how much it stored
 * since its index was written last: this is the most.
 */
async function countWake(edge: Edge): Promise<Counts> {
  const channel = newChannel();
  const ask = () => countsOf(edge, () => read(edge, channel, "application/problem+json"), 0);
  let most = NOTHING;
  for (let n = 1; n <= 1000 + WAKES; n++) {
    const publisher = (1 + (n % 7)).toString(16).padStart(16, "0");
    await publishFrames(edge, channel, frameOf(publisher, n, [n], n, `series ${n % 50}`));
    if (n <= 1000) continue;
    const awake = await ask();
    await edge.evict(channel);
    const wake = difference(await ask(), awake);
    if (wake.rowsRead > most.rowsRead) most = wake;
  }
  return most;
}

async function watch(edge: Edge, channel: string, count: number): Promise<Viewer[]> {
  const url = new URL("?points=0", edge.channelUrl(channel));
  const viewers = await Promise.all(Array.from({ length: count }, () => openViewer(url, { subprotocol: SUBPROTOCOL })));
  for (const viewer of viewers) await viewer.nextMessage("live", isLive);
  return viewers;
}

async function leave(viewers: readonly Viewer[]): Promise<void> {
  for (const viewer of viewers) await viewer.close();
}

async function announce(edge: Edge, channel: string): Promise<void> {
  const body = JSON.stringify({ publisher: A, here: true });
  const { status } = await post(edge, channel, body, { "Content-Type": PRESENCE_TYPE });
  if (status !== 204) throw new Error(`An announcement was answered ${status}.`);
}

function isLive(message: unknown): boolean {
  return /"type":"live"/.test(String(message));
}

function tells(viewers: number): (message: unknown) => boolean {
  return (message) => new RegExp(`"type":"status","viewers":${viewers}\\b`).test(String(message));
}

function difference(counts: Counts, without: Counts): Counts {
  const rest = { ...NOTHING };
  for (const name of COUNTED) rest[name] = Math.max(0, counts[name] - without[name]);
  return rest;
}

function share(counts: Counts, of: number): Counts {
  const each = { ...NOTHING };
  for (const name of COUNTED) each[name] = counts[name] / of;
  return each;
}

/** One alarm or row more or less in an hour is chance, and no viewer's. */
function rounded(counts: Counts): Counts {
  const whole = { ...NOTHING };
  for (const name of COUNTED) whole[name] = Math.round(counts[name]);
  return whole;
}
