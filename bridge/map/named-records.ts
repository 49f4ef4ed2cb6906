import { isDatedRow, timeFieldOf } from "../../protocol/json/date-field.ts";
import { isObject } from "../../protocol/json/json.ts";
import type { FoundTime } from "../../protocol/json/time.ts";
import { MAX_NESTING } from "../../protocol/limits.ts";
import { DEFAULT_SERIES } from "../../protocol/names.ts";
import { timeAt, valueAt } from "./when.ts";

/** An object of a message whose series its own values name. */
export interface NamedRecord {
  fields: Record<string, unknown>;
  /** What the places of the template have here; undefined where a name is missing. */
  names: readonly string[] | undefined;
  /** Whether it has a time of its own. */
  isTimed: boolean;
  /** Of the object around it, where it has none of its own. */
  time: FoundTime | undefined;
}

export interface RecordsOptions {
  /** Where the list of records is; undefined: the message is a record, or a list of these. */
  path: readonly string[];
  /** Paths of the fields that name series, in a record or in what is around it. */
  namedBy: readonly string[];
  /** Path of the field with the time; undefined: it is found. */
  time: string | undefined;
  arrivedAt: number;
}

/** A name that is longer cannot be that of a series. */
const MAX_NAME_LENGTH = 256;

/** The records of a message's value, and how many parts of it are none. */
export function namedRecords(value: unknown, options: RecordsOptions): { records: NamedRecord[]; others: number } {
  const records: NamedRecord[] = [];
  let others = 0;
  const visit = (here: unknown, path: readonly string[], around: readonly Record<string, unknown>[]): void => {
    if (Array.isArray(here)) {
      if (path.length === 0 && isDatedRow(here, options.arrivedAt)) records.push(datedRecord(here, around, options));
      else for (const item of here) visit(item, path, around);
      return;
    }
    const [step, ...rest] = path;
    if (!isObject(here) || around.length > MAX_NESTING) others++;
    else if (step === undefined) records.push(recordOf(here, around, options));
    else if (Object.hasOwn(here, step)) visit(here[step], rest, [here, ...around]);
    else others++;
  };
  visit(value, options.path, []);
  return { records, others };
}

/** `[date, 1, 2]` with the names that PT3d has for its values. */
function datedRecord(
  [time, ...values]: readonly unknown[],
  around: readonly Record<string, unknown>[],
  options: RecordsOptions,
): NamedRecord {
  const fields = Object.fromEntries(
    values.map((value, i) => [values.length === 1 ? DEFAULT_SERIES : String(i + 1), value]),
  );
  return { ...recordOf(fields, around, options), isTimed: true, time: { path: "0", time } };
}

function recordOf(
  fields: Record<string, unknown>,
  around: readonly Record<string, unknown>[],
  { namedBy, time, arrivedAt }: RecordsOptions,
): NamedRecord {
  const timeOf = (object: Record<string, unknown>): FoundTime | undefined =>
    time === undefined ? timeFieldOf(object, arrivedAt) : timeAt(object, time);
  const names = namedBy.map((path) => nameIn([fields, ...around], path));
  const own = timeOf(fields);
  const outer = own === undefined ? around.map(timeOf).find((found) => found !== undefined) : undefined;
  return {
    fields,
    names: names.every((name) => name !== undefined) ? names : undefined,
    isTimed: own !== undefined,
    time: outer,
  };
}

/** The first that has it. */
function nameIn(objects: readonly Record<string, unknown>[], path: string): string | undefined {
  for (const object of objects) {
    const found = valueAt(object, path)?.value;
    if (typeof found === "number" || typeof found === "boolean") return String(found);
    if (typeof found === "string" && found !== "" && found.length <= MAX_NAME_LENGTH) return found;
  }
  return undefined;
}
