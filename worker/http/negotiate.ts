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
  "text/html",
] as const;
export type Representation = (typeof REPRESENTATIONS)[number];

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
  const chosen = new Negotiator({ headers }).mediaType([...REPRESENTATIONS]);
  const type = REPRESENTATIONS.find((representation) => representation === chosen);
  if (type !== undefined) return type;
  throw new Problem("not-acceptable", `A channel can be had as ${REPRESENTATIONS.join(", ")}.`);
}
