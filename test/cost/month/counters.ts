/** What one event of each kind costs, as it was counted: `counters.json` has it, and a test counts again. */
import { readFile } from "node:fs/promises";
import { isObject } from "../../../protocol/json/json.ts";
import type { Counts } from "../measure.ts";

/** How a publisher's frames come to the channel. */
export type Uplink = "post" | "ws";

export interface Counters {
  /**
   * One body with one frame, to a channel whose store is full. An uplink without an entry was not counted, and has no price.
   * A viewer that keeps up adds nothing to it.
   */
  body: Partial<Record<Uplink, Counts>>;
  /** Somebody opens the page of a channel with 1,024 stored frames, sees all of them, and leaves. */
  visit: Counts;
  /** Each stored frame beyond these 1,024, for one visit. */
  storedFrame: Counts;
  /** An hour in which frames come and somebody watches, beside bodies and visits. */
  liveHour: Counts;
  /** The first hour after the last frame, with viewers, and a bridge that says once a minute that it is there. Later hours cost less. */
  idleHour: Counts;
  /** One viewer more in such an hour. */
  idleViewerHour: Counts;
  /** An object that is not in memory is made again, its store full. */
  wake: Counts;
}

export const NOTHING: Counts = {
  workerRequests: 0,
  requests: 0,
  messages: 0,
  closes: 0,
  rowsRead: 0,
  rowsWritten: 0,
  alarmsSet: 0,
  alarms: 0,
  wakes: 0,
};

export const COUNTED = [
  "workerRequests",
  "requests",
  "messages",
  "closes",
  "rowsRead",
  "rowsWritten",
  "alarmsSet",
  "alarms",
  "wakes",
] as const satisfies readonly (keyof Counts)[];

export const COUNTERS_FILE = new URL("counters.json", import.meta.url);

export async function readCounters(): Promise<Counters> {
  return countersIn(JSON.parse(await readFile(COUNTERS_FILE, "utf8")));
}

/** @throws Error that names what is missing */
export function countersIn(value: unknown): Counters {
  const all = objectIn(value, "the counters");
  const bodies = objectIn(all.body, "body");
  const uplinks = (["post", "ws"] as const).filter((uplink) => bodies[uplink] !== undefined);
  return {
    body: Object.fromEntries(uplinks.map((uplink) => [uplink, countsIn(bodies[uplink], uplink)])),
    visit: countsIn(all.visit, "visit"),
    storedFrame: countsIn(all.storedFrame, "storedFrame"),
    liveHour: countsIn(all.liveHour, "liveHour"),
    idleHour: countsIn(all.idleHour, "idleHour"),
    idleViewerHour: countsIn(all.idleViewerHour, "idleViewerHour"),
    wake: countsIn(all.wake, "wake"),
  };
}

/** Counts of several things, each so many times. */
export function summed(parts: readonly (readonly [number, Counts])[]): Counts {
  const sum = { ...NOTHING };
  for (const name of COUNTED) for (const [times, counts] of parts) sum[name] += times * counts[name];
  return sum;
}

function countsIn(value: unknown, what: string): Counts {
  const object = objectIn(value, what);
  const counts = { ...NOTHING };
  for (const name of COUNTED) {
    const count = object[name] ?? 0;
    if (typeof count !== "number" || !(count >= 0)) throw new Error(`${what} has no count of ${name}.`);
    counts[name] = count;
  }
  return counts;
}

function objectIn(value: unknown, what: string): Record<string, unknown> {
  if (!isObject(value)) throw new Error(`${what} is no object.`);
  return value;
}
