import { type DataRecord, DecodeError, type FieldValue, type Message } from "../decode/message.ts";
import { isPlainObject } from "./fields.ts";
import { topicAndPayload, valueOfJsonBytes } from "./payload.ts";
import type { Preset } from "./preset.ts";

/**
 * OpenTelemetry metrics in OTLP's JSON: open-telemetry/opentelemetry-proto, opentelemetry/proto/metrics/v1/metrics.proto, and
 * docs/specification.md, "JSON Protobuf Encoding". A series is a metric with its attributes and unit; of histograms and summaries
 * the count, the sum, the least, the greatest and the quantiles.
 */
export const otlp: Preset = {
  name: "otlp",
  summary: "OpenTelemetry metrics (OTLP in JSON): a series for each metric and set of attributes, with its unit",
  create: () => ({ read }),
};

/** Attributes of a resource that tell two of them apart. */
const TELLING = ["service.name", "service.instance.id", "host.name"] as const;
/** opentelemetry.proto.metrics.v1.DataPointFlags. */
const NO_RECORDED_VALUE = 1;

function read(frames: readonly Buffer[]): Message[] {
  const { topic, payload } = topicAndPayload(frames, wrong);
  const value = valueOfJsonBytes(payload);
  if (!isPlainObject(value) || !Array.isArray(value.resourceMetrics)) throw wrong("this has no resourceMetrics");
  const records = listOf(value.resourceMetrics).flatMap(({ resource, scopeMetrics, instrumentationLibraryMetrics }) => {
    const all = attributesOf(isPlainObject(resource) ? resource.attributes : undefined);
    const telling = all.filter(([key]) => TELLING.some((name) => name === key));
    return listOf(scopeMetrics ?? instrumentationLibraryMetrics).flatMap(({ metrics }) =>
      listOf(metrics).flatMap((metric) => recordsOf(metric, telling)),
    );
  });
  return records.length === 0 ? [] : [{ topic, content: { kind: "records", records } }];
}

type Attributes = readonly (readonly [key: string, value: string])[];

function recordsOf(metric: Record<string, unknown>, ofResource: Attributes): DataRecord[] {
  const { name, unit } = metric;
  if (typeof name !== "string" || name === "") throw wrong("a metric has no name");
  const unitBehind = typeof unit !== "string" || unit === "" || unit === "1" ? "" : ` [${unit}]`;
  const kinds = [metric.gauge, metric.sum, metric.histogram, metric.exponentialHistogram, metric.summary];
  const data = kinds.find((each) => isPlainObject(each));
  return listOf(isPlainObject(data) ? data.dataPoints : undefined).flatMap((point): DataRecord[] => {
    const labels = [...ofResource, ...attributesOf(point.attributes)]
      .map(([key, value]) => `${key}=${value}`)
      .join(",");
    const behind = labels === "" ? "" : `{${labels}}`;
    const fields: Record<string, FieldValue> = {};
    for (const [part, value] of valuesIn(point)) {
      const isCount = part === ".count";
      fields[`${name}${part}${behind}${isCount ? "" : unitBehind}`] = value;
    }
    const time = wholeNumber(point.timeUnixNano);
    if (Object.keys(fields).length === 0) return [];
    return [time === undefined || time === 0 ? { fields } : { time, fields }];
  });
}

/** The values of a data point, each with what stands behind the metric's name. */
function valuesIn(point: Record<string, unknown>): [part: string, value: FieldValue][] {
  if (((wholeNumber(point.flags) ?? 0) & NO_RECORDED_VALUE) !== 0) return [["", null]];
  const single = numberOf(point.asDouble) ?? wholeNumber(point.asInt);
  if (single !== undefined) return [["", single]];
  const values: [string, FieldValue | undefined][] = [
    [".count", wholeNumber(point.count)],
    [".sum", numberOf(point.sum)],
    [".min", numberOf(point.min)],
    [".max", numberOf(point.max)],
    ...listOf(point.quantileValues).map(({ quantile, value }): [string, FieldValue | undefined] => [
      `.p${Number(quantile) * 100}`,
      numberOf(value),
    ]),
  ];
  return values.flatMap(([part, value]): [string, FieldValue][] => (value === undefined ? [] : [[part, value]]));
}

function attributesOf(list: unknown): Attributes {
  return listOf(list).flatMap(({ key, value }): [string, string][] => {
    if (typeof key !== "string" || !isPlainObject(value)) return [];
    const [text] = Object.values(value);
    return typeof text === "object" ? [] : [[key, String(text)]];
  });
}

function listOf(value: unknown): Record<string, unknown>[] {
  if (value === undefined) return [];
  if (!Array.isArray(value) || !value.every(isPlainObject)) throw wrong("a list in it is none");
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

function wrong(what: string): DecodeError {
  return new DecodeError("envelope-wrong", `--preset otlp expects [topic,] metrics of OTLP in JSON; ${what}.`);
}
