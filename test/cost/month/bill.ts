/** What a month costs, from how a channel is used and what each event of it was counted to cost. */
import type { Counts } from "../measure.ts";
import { type Counters, summed, type Uplink } from "./counters.ts";
import type { Billed, Prices } from "./prices.ts";

/** How one channel is used, which is all that its account has. */
export interface Use {
  /** Of the page, all at once, in each hour in which frames come. */
  viewers: number;
  /** Bodies with one frame each. A bridge collects, so these are what it sends, not what its publishers do. */
  framesPerSecond: number;
  /** Hours of each day in which frames come. In the others publishers say nothing, and bridge and viewers stay. */
  hoursPerDay: number;
  uplink: Uplink;
  /** How often an hour each viewer's place is taken by one that opens the page anew. */
  visitsPerHour: number;
}

/** One line of the bill. */
export interface Item {
  readonly name: Billed | "base";
  /** A month. */
  readonly used: number;
  /** Of these so many are free. */
  readonly included: number;
  readonly dollars: number;
}

/** What Cloudflare's examples reckon with. */
const DAYS = 30;
const HOUR_S = 3600;
/** `STORE_SECONDS` and `STORE_BYTES` of wrangler.toml, and what is trimmed but not yet overwritten (CH16c). */
const STORE_S = 900;
const STORE_GB = (9 / 8) * 0.033554432;
/** What a visit of the counters has read already. */
const FRAMES_OF_A_VISIT = 1024;
/** While nobody watches, a bridge publishes once a second. */
const UNWATCHED_PER_S = 1;
/**
 * Not counted, since time is not the same twice: V8's profiler (test/bench/live/profile.ts) found 0.7 ms for a POST, and 1.4 ms for a read of
 * 1,625 frames. For a body by WebSocket workerd took 0.5 ms, with what the object does, which is not billed so; for a POST 1.4 ms.
 */
const CPU_MS = { request: 1, message: 0.5, frameRead: 0.001 };
/** So long an object is awake for one event, at most. It takes some milliseconds. */
const AWAKE_S_PER_EVENT = 1;

/**
 * Each item of a month's bill; {@link sumOf} adds them.
 * @throws Error if bodies of this uplink were not counted
 */
export function billOf(use: Use, counters: Counters, prices: Prices): Item[] {
  return itemsOf(monthOf(use, counters, prices), prices);
}

/** What so much of each costs in a month. */
export function itemsOf(used: Readonly<Record<Billed, number>>, prices: Prices): Item[] {
  const base: Item = { name: "base", used: 1, included: 0, dollars: prices.baseDollars };
  return [base, ...BILLED.map((name) => itemOf(name, used[name], prices))];
}

export function sumOf(items: readonly Item[]): number {
  return items.reduce((sum, { dollars }) => sum + dollars, 0);
}

const BILLED = [
  "workerRequests",
  "workerCpuMs",
  "objectRequests",
  "durationGbS",
  "rowsRead",
  "rowsWritten",
  "storedGb",
] as const satisfies readonly Billed[];

function itemOf(name: Billed, used: number, { of }: Prices): Item {
  const { included, per, dollars, isRoundedUp } = of[name];
  const units = Math.max(0, used - included) / per;
  return { name, used, included, dollars: dollars * (isRoundedUp ? Math.ceil(units) : units) };
}

/** What is billed of a month, in the units of the prices. */
function monthOf(use: Use, counters: Counters, prices: Prices): Record<Billed, number> {
  const counts = countsOfMonth(use, counters);
  const { workerRequests, requests, messages, closes, rowsRead, rowsWritten, alarmsSet, alarms } = counts;
  // That a WebSocket ended is not in Cloudflare's list of what is billed. It comes as a message does, so it counts as one.
  const bySocket = messages + closes;
  const liveS = DAYS * use.hoursPerDay * HOUR_S;
  const idle = DAYS * (24 - use.hoursPerDay);
  const idleEvents = idle * (counters.idleHour.requests + counters.idleHour.alarms);
  return {
    workerRequests,
    workerCpuMs:
      CPU_MS.request * workerRequests +
      CPU_MS.message * messages +
      CPU_MS.frameRead * visitsOf(use) * storedFrames(use),
    objectRequests: requests - bySocket + bySocket / prices.messagesPerRequest + alarms,
    // As if it never slept while frames come: it is billed for less, since it may hibernate between two.
    durationGbS: prices.objectGb * (liveS + AWAKE_S_PER_EVENT * idleEvents),
    rowsRead,
    rowsWritten: rowsWritten + alarmsSet,
    storedGb: STORE_GB,
  };
}

/** All that is counted, in a month. */
export function countsOfMonth(use: Use, counters: Counters): Counts {
  const { viewers, hoursPerDay, uplink } = use;
  const body = counters.body[uplink];
  if (body === undefined) throw new Error(`Bodies by the uplink "${uplink}" were not counted yet.`);
  const [live, idle] = [DAYS * hoursPerDay, DAYS * (24 - hoursPerDay)];
  const perS = bodiesPerSecond(use);
  const visits = visitsOf(use);
  const furtherFrames = Math.max(0, storedFrames(use) - FRAMES_OF_A_VISIT);
  const idleEvents = counters.idleHour.requests + counters.idleHour.alarms;
  // Joining and leaving is told once a second at most, by one alarm for all (RD6d), which sets the next.
  const visited = summed([[visits, counters.visit]]);
  const alarms = Math.min(visited.alarms, live * HOUR_S);
  const alarmsSet = Math.min(visited.alarmsSet, 2 * live * HOUR_S);
  return summed([
    [perS * HOUR_S * live, body],
    [1, { ...visited, alarms, alarmsSet }],
    [visits * furtherFrames, counters.storedFrame],
    [viewers === 0 ? 0 : live, counters.liveHour],
    [idle, counters.idleHour],
    [idle * viewers, counters.idleViewerHour],
    // Each event of an idle hour finds the object asleep, and so does the first body of a day.
    [idle * idleEvents + DAYS, counters.wake],
  ]);
}

/** How many bodies come in a second. */
export function bodiesPerSecond({ viewers, framesPerSecond }: Use): number {
  return viewers === 0 ? Math.min(framesPerSecond, UNWATCHED_PER_S) : framesPerSecond;
}

function storedFrames(use: Use): number {
  return bodiesPerSecond(use) * STORE_S;
}

/** In a month. */
function visitsOf({ viewers, hoursPerDay, visitsPerHour }: Use): number {
  return viewers * visitsPerHour * DAYS * hoursPerDay;
}
