import { isTimeText } from "./date-field.ts";
import { isObject } from "./json.ts";

/** Whether the name of a field says that its word names what the values beside it are of: PT8. */

/** The last word of such a name: device, sensor_id, stationName, n … */
const NAMING_WORDS = new Set(
  (
    "id uid uuid guid name n device dev sensor node host hostname station source src tag key label topic path metric signal " +
    "channel ch parameter param location room site serial instance entity object machine robot vehicle mmsi imei symbol ticker " +
    "mac address addr"
  ).split(" "),
);
const MAX_NAME_LENGTH = 64;
/** Further records say nothing else. */
const MAX_RECORDS = 64;

/** `payload.0.deviceId` → true */
export function isNameField(path: string): boolean {
  const name = path.slice(path.lastIndexOf(".") + 1);
  if (name.length > MAX_NAME_LENGTH) return false;
  const words = name
    .replace(/([a-z\d])([A-Z])/g, "$1 $2")
    .toLowerCase()
    .split(/[^a-z]+/);
  return NAMING_WORDS.has(words.at(-1) ?? "");
}

/**
 * The field by whose words the records of a list are of several things, though their numbers have the same names: read alike,
 * these would be mixed in one series.
 * @returns undefined if there is none
 */
export function namingField(records: readonly unknown[]): string | undefined {
  const [first, ...others] = records.slice(0, MAX_RECORDS);
  if (!isObject(first) || others.length === 0) return undefined;
  const hasSameNumber = (other: Record<string, unknown>): boolean =>
    Object.keys(first).some((key) => typeof first[key] === "number" && typeof other[key] === "number");
  for (const key of Object.keys(first)) {
    const word = first[key];
    if (typeof word !== "string" || !isNameField(key) || isTimeText(word)) continue;
    const differs = others.some(
      (other) => isObject(other) && typeof other[key] === "string" && other[key] !== word && hasSameNumber(other),
    );
    if (differs) return key;
  }
  return undefined;
}
