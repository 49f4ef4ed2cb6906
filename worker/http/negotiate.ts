import Negotiator from "negotiator";
import { FRAME_TYPE } from "../../protocol/limits.ts";
import { Problem } from "../../protocol/problem.ts";
import { MAX_ACCEPT_LENGTH } from "./problem-response.ts";

/** What a GET of a channel may answer, the first being what a client gets that does not care. */
export const REPRESENTATIONS = [
  "application/x-ndjson",
  "application/json",
  "text/csv",
  FRAME_TYPE,
  "text/event-stream",
  "text/html",
] as const;
/** What Prometheus asks for: only who names one of these gets it. */
export const METRICS_TYPES = ["application/openmetrics-text", "text/plain"] as const;
export type MetricsType = (typeof METRICS_TYPES)[number];
export type Representation = (typeof REPRESENTATIONS)[number] | MetricsType;
/** What is stored may be had as. */
export type StoredType = Exclude<Representation, "text/html" | "text/event-stream" | MetricsType>;

export function isMetrics(type: Representation): type is MetricsType {
  return METRICS_TYPES.some((each) => each === type);
}

/**
 * The representation that an Accept header asks for.
 * @throws Problem `not-acceptable` if it accepts none
 */
export function negotiate(accept: string | undefined): Representation {
  if (accept !== undefined && accept.length > MAX_ACCEPT_LENGTH) {
    throw new Problem("not-acceptable", `Accept has ${MAX_ACCEPT_LENGTH} characters at most.`);
  }
  // Parameters such as charset pick nothing here; q does.
  const headers = accept === undefined ? {} : { accept: accept.replace(/;\s*(?!q=)[^;,]*/gi, "") };
  // Many clients that are not Prometheus accept plain text, too.
  const named = METRICS_TYPES.filter(
    (each) => each !== "text/plain" || /text\/plain\s*;[^,]*version=/i.test(accept ?? ""),
  );
  const offered = [...REPRESENTATIONS, ...named];
  const chosen = new Negotiator({ headers }).mediaType(offered);
  const type = offered.find((representation) => representation === chosen);
  if (type !== undefined) return type;
  throw new Problem("not-acceptable", `A channel can be had as ${REPRESENTATIONS.join(", ")}.`);
}
