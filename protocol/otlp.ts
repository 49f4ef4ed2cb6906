import { InputError } from "./input-error.ts";
import { isObject } from "./json/json.ts";

/**
 * OpenTelemetry metrics in OTLP's JSON: open-telemetry/opentelemetry-proto, opentelemetry/proto/metrics/v1/metrics.proto, and
 * docs/specification.md, "JSON Protobuf Encoding". A series is a metric with its attributes and unit; of histograms and summaries
 * the count, the sum, the least, the greatest and the quantiles.
 */

/** A data point. */
export interface OtlpPoint {
  /** In nanoseconds since 1970, if it has one. */
  time?: number;
  /** By the names of their series; null is missing. There may be none. */
  fields: Record<string, number | null>;
}

/** Why a value is no OTLP. */
export class OtlpError extends InputError {}

/** Attributes of a resource that tell two of them apart. */
const TELLING = ["service.name", "service.instance.id", "host.name"] as const;
/** opentelemetry.proto.metrics.v1.DataPointFlags. */
const NO_RECORDED_VALUE = 1;

/** Every data point of a request. @throws OtlpError */
export function otlpPoints(value: unknown): OtlpPoint[] {
  if (!isObject(value) || !Array.isArray(value.resourceMetrics)) throw wrong("this has no resourceMetrics");
  return listOf(value.resourceMetrics).flatMap(({ resource, scopeMetrics, instrumentationLibraryMetrics }) => {
    const all = attributesOf(isObject(resource) ? resource.attributes : undefined);
    const telling = all.filter(([key]) => TELLING.some((name) => name === key));
    return listOf(scopeMetrics ?? instrumentationLibraryMetrics).flatMap(({ metrics }) =>
      listOf(metrics).flatMap((metric) => pointsOf(metric, telling)),
    );
  });
}

type Attributes = readonly (readonly [key: string, value: string])[];

function pointsOf(metric: Record<string, unknown>, ofResource: Attributes): OtlpPoint[] {
  const { name, unit } = metric;
  if (typeof name !== "string" || name === "") throw wrong("a metric has no name");
  const unitBehind = typeof unit !== "string" || unit === "" || unit === "1" ? "" : ` [${unit}]`;
  const kinds = [metric.gauge, metric.sum, metric.histogram, metric.exponentialHistogram, metric.summary];
  const data = kinds.find((each) => isObject(each));
  return listOf(isObject(data) ? data.dataPoints : undefined).flatMap((point): OtlpPoint[] => {
    const labels = [...ofResource, ...attributesOf(point.attributes)]
      .map(([key, value]) => `${key}=${value}`)
      .join(",");
    const behind = labels === "" ? "" : `{${labels}}`;
    const fields: Record<string, number | null> = {};
    for (const [part, value] of valuesIn(point)) {
      const isCount = part === ".count";
      fields[`${name}${part}${behind}${isCount ? "" : unitBehind}`] = value;
    }
    const time = wholeNumber(point.timeUnixNano);
    return [time === undefined || time === 0 ? { fields } : { time, fields }];
  });
}

/** The values of a data point, each with what stands behind the metric's name. */
function valuesIn(point: Record<string, unknown>): [part: string, value: number | null][] {
  if (((wholeNumber(point.flags) ?? 0) & NO_RECORDED_VALUE) !== 0) return [["", null]];
  const single = numberOf(point.asDouble) ?? wholeNumber(point.asInt);
  if (single !== undefined) return [["", single]];
  const values: [string, number | null | undefined][] = [
    [".count", wholeNumber(point.count)],
    [".sum", numberOf(point.sum)],
    [".min", numberOf(point.min)],
    [".max", numberOf(point.max)],
    ...listOf(point.quantileValues).map(({ quantile, value }): [string, number | null | undefined] => [
      `.p${Number(quantile) * 100}`,
      numberOf(value),
    ]),
  ];
  return values.flatMap(([part, value]): [string, number | null][] => (value === undefined ? [] : [[part, value]]));
}

function attributesOf(list: unknown): Attributes {
  return listOf(list).flatMap(({ key, value }): [string, string][] => {
    if (typeof key !== "string" || !isObject(value)) return [];
    const [text] = Object.values(value);
    return typeof text === "object" ? [] : [[key, String(text)]];
  });
}

function listOf(value: unknown): Record<string, unknown>[] {
  if (value === undefined) return [];
  if (!Array.isArray(value) || !value.every(isObject)) throw wrong("a list in it is none");
  return value;
}

function numberOf(value: unknown): number | undefined {
  return typeof value === "number" ? value : undefined;
}

/** 64-bit integers are text in Protobuf's JSON. */
function wholeNumber(value: unknown): number | undefined {
  if (typeof value === "number") return value;
  return typeof value === "string" && /^-?\d{1,20}$/.test(value) ? Number(value) : undefined;
}

function wrong(what: string): OtlpError {
  return new OtlpError(what);
}
