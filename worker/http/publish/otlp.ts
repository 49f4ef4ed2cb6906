import { PointError } from "../../../protocol/json/point-error.ts";
import { valueOfJson } from "../../../protocol/json/points.ts";
import { timeOf } from "../../../protocol/json/time.ts";
import { MAX_BODY_BYTES } from "../../../protocol/limits.ts";
import { isSeriesName } from "../../../protocol/names.ts";
import { OtlpError, type OtlpPoint, otlpPoints } from "../../../protocol/otlp.ts";
import { Problem } from "../../../protocol/problem.ts";
import { HttpProblem } from "../problem-response.ts";
import { decodeText, typeOf } from "./body.ts";
import type { Publication } from "./published-frames.ts";
import { framesOf } from "./published-points.ts";
import { readBody } from "./read-body.ts";

/** What an exporter is answered: opentelemetry-proto, docs/specification.md, "Partial Success". A 64-bit number is text there. */
export interface OtlpAnswer {
  partialSuccess: { rejectedDataPoints?: string; errorMessage?: string };
}

/**
 * Reads what an exporter sends.
 * @returns the points to publish, if there are any, and what it is answered once they are
 * @throws Problem if it is no OTLP in JSON
 */
export async function readOtlp(
  request: Request,
): Promise<{ publication: Publication | undefined; answer: OtlpAnswer }> {
  if (typeOf(request) !== "application/json") {
    throw new HttpProblem(
      "content-type-unsupported",
      "OpenTelemetry's metrics are taken as JSON: set OTEL_EXPORTER_OTLP_PROTOCOL=http/json, or send application/json.",
      { "Accept-Post": "application/json" },
    );
  }
  const text = decodeText(await readBody(request, MAX_BODY_BYTES, ["gzip", "deflate"]));
  try {
    return publicationOf(otlpPoints(valueOfJson(text)), Date.now() / 1000);
  } catch (error) {
    if (error instanceof OtlpError)
      throw new Problem("no-number", `These are no metrics of OTLP in JSON: ${error.message}.`);
    if (error instanceof PointError) throw new Problem(error.code, error.message);
    throw error;
  }
}

/** @param arrivedAt unix seconds */
export function publicationOf(
  points: readonly OtlpPoint[],
  arrivedAt: number,
): { publication: Publication | undefined; answer: OtlpAnswer } {
  const rows = points.map(({ time, fields }) => {
    const taken = Object.entries(fields).filter(
      ([name, value]) => isSeriesName(name) && (value === null || Number.isFinite(value)),
    );
    return { time, names: taken.map(([name]) => name), values: taken.map(([, value]) => value ?? Number.NaN) };
  });
  const rejected = rows.filter(({ names }) => names.length === 0).length;
  const publication = rows.some(({ values }) => values.some((value) => !Number.isNaN(value)))
    ? framesOf(
        (reader) => {
          for (const { time, names, values } of rows) {
            if (names.length === 0) continue;
            reader.found(names.length);
            reader.add(time === undefined ? arrivedAt : timeOf(time, arrivedAt), time === undefined, names, values);
          }
        },
        arrivedAt,
        {},
      )
    : undefined;
  const errorMessage =
    "A data point needs a finite value, and a name with its attributes that is text of 256 bytes at most without control characters.";
  return {
    publication,
    answer: { partialSuccess: rejected === 0 ? {} : { rejectedDataPoints: String(rejected), errorMessage } },
  };
}
