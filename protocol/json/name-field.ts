import { isTimeText, timeFieldOf } from "./date-field.ts";
import { isObject } from "./json.ts";

/** Whether the name of a field says that its word names what the values beside it are of: PT9. */

/** The last word of such a name: device, sensor_id, stationName, n … */
const NAMING_WORDS = new Set(
  (
    "id uid uuid guid name n device dev sensor node host hostname station source src tag key label topic path metric signal " +
    "channel ch parameter param location room site serial instance entity object machine robot vehicle mmsi imei symbol ticker " +
    "mac address addr type kind model measurement variable quantity target product pair"
  ).split(" "),
);
/** Of these a whole number says it, too: a `sensor` or a `key` may be a reading. */
const NUMBERED_WORDS = new Set(
  "id uid device dev node station channel ch instance machine robot vehicle mmsi".split(" "),
);
/** A word in such a field says how things are, not which. */
const STATE_WORDS = new Set(
  "state status mode level quality severity event alarm message msg text comment note result".split(" "),
);
/** What InfluxDB, Prometheus and OpenTelemetry put such fields in. */
const NAMING_PARENTS = /(?:^|\.)(?:tags|labels|dimensions)\.[^.]+$/i;
const MAX_NAME_LENGTH = 64;
const MAX_PATH_LENGTH = 256;
const MAX_NAMES = 1024;
/** Further records, and further leaves of one, say nothing else. */
const MAX_RECORDS = 64;
const MAX_LEAVES = 64;
const MAX_DEPTH = 4;

const known = new Map<string, string>();

/** `payload.0.deviceId` → true */
export function isNameField(path: string): boolean {
  return NAMING_WORDS.has(lastWordOf(path)) || (path.length <= MAX_PATH_LENGTH && NAMING_PARENTS.test(path));
}

/** Whether a whole number in it tells things apart: `sensor_id`, `channel`. */
export function isNumberedField(path: string): boolean {
  return NUMBERED_WORDS.has(lastWordOf(path));
}

/** Publishers send few names, and send them often. */
function lastWordOf(path: string): string {
  const name = path.slice(path.lastIndexOf(".") + 1);
  if (name.length > MAX_NAME_LENGTH) return "";
  const found = known.get(name);
  if (found !== undefined) return found;
  const words = name
    .replace(/([a-z\d])([A-Z])/g, "$1 $2")
    .toLowerCase()
    .split(/[^a-z]+/);
  const word = words.at(-1) ?? "";
  if (known.size >= MAX_NAMES) known.clear();
  known.set(name, word);
  return word;
}

/**
 * The field by which the records of a list are of several things, though their numbers have the same names: read alike,
 * these would be mixed in one series. Either it has such a name, and its words differ; or the records are of one moment, and
 * each has another word in it, or another number in a `sensor_id`.
 * @returns undefined if there is none
 */
export function namingField(records: readonly unknown[], arrivedAt: number): string | undefined {
  const [first, ...others] = records.slice(0, MAX_RECORDS);
  if (!isObject(first) || others.length === 0) return undefined;
  const leaves = leavesOf(first);
  const may = [...leaves].filter(([path, leaf]) => typeof leaf === "string" || isNumberedField(path));
  if (may.length === 0) return undefined;
  const all = others.filter(isObject).map(leavesOf);
  const rest = all.filter((its) => hasSameNumber(leaves, its));
  if (rest.length === 0) return undefined;
  const isOneMoment = all.length === others.length && areOfOneMoment([first, ...others], arrivedAt);
  return may.find(([path, leaf]) => {
    if (typeof leaf === "string" && isTimeText(leaf)) return false;
    const found = rest.map((its) => its.get(path));
    if (isNameField(path) && found.some((another) => typeof another === "string" && another !== leaf)) {
      return typeof leaf === "string";
    }
    const isKey =
      found.every((another) => typeof another === typeof leaf) && new Set([leaf, ...found]).size > found.length;
    if (!isOneMoment || !isKey) return false;
    return typeof leaf === "string"
      ? !STATE_WORDS.has(lastWordOf(path))
      : [leaf, ...found].every(Number.isInteger) && rest.some((its) => hasSameNumber(leaves, its, path));
  })?.[0];
}

function areOfOneMoment(records: readonly unknown[], arrivedAt: number): boolean {
  const times = records.map((record) => (isObject(record) ? timeFieldOf(record, arrivedAt)?.time : undefined));
  return times.every((time) => typeof time !== "object" && time === times[0]);
}

function hasSameNumber(
  leaves: ReadonlyMap<string, string | number>,
  its: ReadonlyMap<string, string | number>,
  besides?: string,
): boolean {
  for (const [path, leaf] of leaves) {
    if (typeof leaf === "number" && path !== besides && typeof its.get(path) === "number") return true;
  }
  return false;
}

/** The words and numbers of a record by their paths. */
function leavesOf(record: Record<string, unknown>): Map<string, string | number> {
  const leaves = new Map<string, string | number>();
  const visit = (value: object, prefix: string, depth: number): void => {
    for (const [key, item] of Object.entries(value)) {
      if (leaves.size >= MAX_LEAVES) return;
      const path = prefix + key;
      if (typeof item === "string" || typeof item === "number") leaves.set(path, item);
      else if (typeof item === "object" && item !== null && depth < MAX_DEPTH) visit(item, `${path}.`, depth + 1);
    }
  };
  visit(record, "", 0);
  return leaves;
}
