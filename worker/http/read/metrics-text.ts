import { numberText } from "../../../protocol/json/point-text.ts";
import { isDateAt } from "../../../protocol/json/time.ts";
import type { MetricsType } from "../negotiate.ts";
import type { LatestValue } from "./latest-values.ts";

/** What Prometheus needs to know a body by: 3.0 takes no other. */
export const METRICS_CONTENT_TYPES = {
  "text/plain": "text/plain; version=0.0.4; charset=utf-8",
  "application/openmetrics-text": "application/openmetrics-text; version=1.0.0; charset=utf-8",
} as const satisfies Record<MetricsType, string>;

const HEAD = "# HELP plotcast_value The newest value of each series of a channel.\n# TYPE plotcast_value gauge\n";

/**
 * The newest values as gauges, in Prometheus' text format 0.0.4 (times in milliseconds) or OpenMetrics 1.0 (in seconds). An x that is no
 * date is no time, and left out.
 * @see https://prometheus.io/docs/instrumenting/exposition_formats/
 */
export function metricsText(
  channel: string,
  values: ReadonlyMap<string, LatestValue>,
  type: MetricsType,
  nowMs: number,
): string {
  const lines = [...values].map(([series, { x, y }]) => {
    const time = isDateAt(x, nowMs / 1000) ? ` ${type === "text/plain" ? Math.round(x * 1000) : numberText(x)}` : "";
    return `plotcast_value{channel="${escaped(channel)}",series="${escaped(series)}"} ${numberText(y)}${time}\n`;
  });
  return HEAD + lines.join("") + (type === "text/plain" ? "" : "# EOF\n");
}

function escaped(text: string): string {
  return text.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("\n", "\\n");
}
