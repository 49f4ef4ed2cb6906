import { isTimeText } from "../../protocol/json/date-field.ts";
import type { LeftOutPart } from "../../protocol/json/part-fault.ts";
import { PointError } from "../../protocol/json/point-error.ts";
import { adviceOf, type LeftOut, partText } from "../observability/left-out.ts";
import { placeOf } from "../observability/name-hints.ts";
import { escaped } from "../observability/printable.ts";

const MAX_PLACE_LENGTH = 80;

/** What is left out of a topic's message, as it is counted and said. */
export function leftOutOf(
  { reason, path, sample, count, others, otherSamples = [] }: LeftOutPart,
  topic: string,
): LeftOut {
  const detail = detailOf({ reason, path, sample });
  return {
    topic,
    reason,
    place: path,
    sample,
    count,
    others,
    otherSamples,
    ...(detail === undefined ? {} : { detail }),
  };
}

/** What to do about this one, where that is more than the reason says. */
function detailOf({ reason, path, sample }: Pick<LeftOutPart, "reason" | "path" | "sample">): string | undefined {
  if (reason === "text") return dateAdvice(path, sample);
  if (reason === "nested-records") return `${adviceOf(reason)} Read them with --records '${recordsPath(path)}'.`;
  return reason === "unnamed" ? `${adviceOf(reason)} --series '${placeOf(path)}.{field}'.` : undefined;
}

/** `data.result.0.values` is reached through every item of the list. */
function recordsPath(path: string): string {
  return escaped(path.replace(/\.\d+(?=\.|$)/g, ""), MAX_PLACE_LENGTH);
}

function dateAdvice(path: string, sample: unknown): string | undefined {
  if (typeof sample !== "string" || !isTimeText(sample) || path === "y") return undefined;
  return `It is a date: if it is that of the values, say time = "${escaped(path, MAX_PLACE_LENGTH)}".`;
}

/** Of a message of which all is left out the reason, with what to do in a bridge. */
export function explained(error: unknown): unknown {
  if (!(error instanceof PointError) || error.part === undefined) return error;
  const { part } = error;
  const what = error.code === "no-number" ? "There is no number to plot." : error.message;
  const refusal = new PointError(
    error.code,
    `${what} ${partText(part.path, part.sample)} ${detailOf(part) ?? adviceOf(part.reason)}`,
  );
  refusal.part = part;
  return refusal;
}
