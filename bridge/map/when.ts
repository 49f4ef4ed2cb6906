import { isObject } from "../../protocol/json/json.ts";
import { finite, PointError } from "../../protocol/json/point-error.ts";
import { type FoundTime, MAX_TIME } from "../../protocol/json/time.ts";
import type { Message } from "../decode/message.ts";

export type TimeUnit = "s" | "ms" | "us" | "ns" | "100ns" | "d";

const PER_SECOND: Record<TimeUnit, number> = { s: 1, ms: 1e3, us: 1e6, ns: 1e9, "100ns": 1e7, d: 1 / 86_400 };

/**
 * A number of a unit that the configuration gives, as unix seconds.
 * @param epoch the moment it counts from, in unix seconds
 * @throws PointError
 */
export function scaledSeconds(time: number, unit: TimeUnit = "s", epoch = 0): number {
  return bounded(finite(time) / PER_SECOND[unit] + epoch);
}

/**
 * Checks the time that a message's envelope, preset or clock gives it. One x that is not finite makes the Worker refuse
 * the whole frame, with the points of every other source in it.
 * @throws PointError time-not-a-number
 */
export function checkTime({ time, content }: Message): void {
  if (time !== undefined) bounded(time);
  if (content.kind !== "samples") return;
  const { x0, dx, columns } = content.samples;
  bounded(x0);
  bounded(x0 + dx * (columns[0]?.length ?? 0));
}

function bounded(seconds: number): number {
  if (Math.abs(seconds) < MAX_TIME) return seconds;
  throw new PointError("time-not-a-number", "The time is no number of seconds below 1e20. Set the publisher's clock.");
}

/** The field at a path, `header.stamp`; a key may have dots itself. */
export function timeAt(value: unknown, path: string): FoundTime | undefined {
  const found = valueAt(value, path);
  return found === undefined ? undefined : { path, time: found.value };
}

export function valueAt(value: unknown, path: string): { value: unknown } | undefined {
  if (!isObject(value) && !Array.isArray(value)) return undefined;
  if (Object.hasOwn(value, path)) return { value: Reflect.get(value, path) };
  for (let dot = path.indexOf("."); dot >= 0; dot = path.indexOf(".", dot + 1)) {
    const head = path.slice(0, dot);
    const found = Object.hasOwn(value, head) ? valueAt(Reflect.get(value, head), path.slice(dot + 1)) : undefined;
    if (found !== undefined) return found;
  }
  return undefined;
}
