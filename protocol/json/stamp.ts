import { isObject } from "./json.ts";

/** Times as objects of seconds and a fraction, as ROS, Protobuf and C's structs have them: PT2a and PT6. */

/** Where an object's time stands, and what is there. */
export interface FoundTime {
  path: string;
  time: unknown;
}

/** Seconds, the fraction's name, and how many of these are a second. */
const FORMS = [
  ["sec", "nanosec", 1e9], // ROS 2, builtin_interfaces/Time
  ["secs", "nsecs", 1e9], // ROS 1, as rosbridge sends it
  ["sec", "nsec", 1e9],
  ["sec", "ns", 1e9],
  ["seconds", "nanos", 1e9], // google.protobuf.Timestamp
  ["seconds", "nanoseconds", 1e9],
  ["tv_sec", "tv_nsec", 1e9],
  ["tv_sec", "tv_usec", 1e6],
  ["sec", "usec", 1e6],
] as const;

/**
 * The seconds of `{"sec": 1795874400, "nanosec": 250000000}` and its like.
 * @returns undefined if it is none
 */
export function stampSeconds(value: unknown): number | undefined {
  if (!isObject(value)) return undefined;
  for (const [whole, part, perSecond] of FORMS) {
    if (!Object.hasOwn(value, whole) || !Object.hasOwn(value, part)) continue;
    const seconds = value[whole];
    const fraction = value[part];
    if (typeof seconds !== "number" || typeof fraction !== "number") continue;
    if (Number.isFinite(seconds) && fraction >= 0 && fraction < perSecond) return seconds + fraction / perSecond;
  }
  return undefined;
}

/** The time of an object that has it as ROS does: `stamp`, or that of its `header`. Undefined: it has none. */
export function stampIn(object: Record<string, unknown>): FoundTime | undefined {
  if (Object.hasOwn(object, "stamp") && stampSeconds(object.stamp) !== undefined) {
    return { path: "stamp", time: object.stamp };
  }
  if (!Object.hasOwn(object, "header")) return undefined;
  const { header } = object;
  if (!isObject(header) || !Object.hasOwn(header, "stamp") || stampSeconds(header.stamp) === undefined)
    return undefined;
  return { path: "header.stamp", time: header.stamp };
}
