import { isObject } from "../../protocol/json/json.ts";
import { DecodeError } from "../decode/message.ts";

const NAMES = { otlp: "OpenTelemetry metrics", rosbridge: "rosbridge", senml: "SenML", signalk: "a Signal K delta" };

/**
 * The preset that knows the shape of a message: one in which the names of series are themselves values. Read as any JSON, its
 * numbers would be series of places in lists.
 * @returns undefined if there is none
 */
function presetForShape(value: unknown): keyof typeof NAMES | undefined {
  const first = Array.isArray(value) ? value[0] : value;
  if (!isObject(first)) return undefined;
  if (Array.isArray(value)) return isSenml(first) ? "senml" : undefined;
  if (isList(first.resourceMetrics)) return "otlp";
  if (isList(first.updates) && (typeof first.context === "string" || hasPaths(first.updates))) return "signalk";
  return first.op === "publish" && typeof first.topic === "string" && isObject(first.msg) ? "rosbridge" : undefined;
}

/** @throws DecodeError preset-needed */
export function refuseKnownShape(value: unknown): void {
  if (typeof value !== "object") return;
  const preset = presetForShape(value);
  if (preset === undefined) return;
  throw new DecodeError(
    "preset-needed",
    `This has the shape of ${NAMES[preset]}, in which the names of series are values themselves: read it with --preset ${preset}.`,
  );
}

/** RFC 8428: a name, or a base field, and one of the fields for values. */
function isSenml(record: Record<string, unknown>): boolean {
  const isNamed = typeof record.n === "string" || typeof record.bn === "string";
  const hasBase = ["bn", "bt", "bu", "bver"].some((key) => Object.hasOwn(record, key));
  const hasValue = ["v", "vs", "vb", "vd"].some((key) => Object.hasOwn(record, key));
  return isNamed && (hasBase || (hasValue && (typeof record.u === "string" || typeof record.vb === "boolean")));
}

function hasPaths(updates: readonly unknown[]): boolean {
  const [update] = updates;
  if (!isObject(update) || !isList(update.values)) return false;
  const [value] = update.values;
  return isObject(value) && typeof value.path === "string";
}

function isList(value: unknown): value is readonly unknown[] {
  return Array.isArray(value) && value.length > 0;
}
