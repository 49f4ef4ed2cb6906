import Negotiator from "negotiator";
import type { FrameFault } from "../../protocol/frame/header.ts";
import type { PointFault } from "../../protocol/json/points.ts";
import { MARK, MAX_VIEWERS } from "../../protocol/limits.ts";
import type { ProblemCode } from "../../protocol/problem-code.ts";
import { SECURITY_HEADERS } from "./headers.ts";
import { problemPage } from "./problem-page.ts";
import { saidBack } from "./said-back.ts";

export type { ProblemCode } from "../../protocol/problem-code.ts";

/** The status and title of each code. SPEC.md, "Refusals", lists them. */
const PROBLEMS = {
  "channel-name-invalid": [400, "Not a channel name"],
  "query-invalid": [400, "The query cannot be understood"],
  "subprotocol-unsupported": [400, "WebSocket subprotocol not supported"],
  "body-empty": [400, "The body is empty"],
  "body-encoding": [400, "The body cannot be decoded"],
  "not-json": [400, "Not JSON"],
  "no-number": [400, "No number to plot"],
  "not-finite": [400, "Not a finite number"],
  "time-not-a-number": [400, "The time is not a number"],
  "columns-differ": [400, "Columns of different length"],
  "too-deep": [400, "Nested too deep"],
  "series-name-invalid": [400, "Not a series name"],
  "frame-truncated": [400, "The frame is cut short"],
  "frame-magic": [400, "Not a frame"],
  "frame-version": [400, "Frame version not supported"],
  "frame-length": [400, "A length in the frame is wrong"],
  "frame-count": [400, "A count in the frame is wrong"],
  "frame-column": [400, "A column of the frame is wrong"],
  "frame-layout": [400, "The layout of the frame is wrong"],
  "frame-order": [400, "The frames are out of order"],
  "frame-sequence": [400, "A sequence number of the frame is wrong"],
  "frame-publishers-differ": [400, "Frames of several publishers in one body"],
  "presence-invalid": [400, "Not an announcement"],
  "token-missing": [401, "Token missing"],
  "token-wrong": [401, "Token wrong"],
  "origin-not-allowed": [403, "Origin not allowed"],
  "host-not-allowed": [403, "Not a name of this Worker"],
  "cross-site": [403, "Not for pages of other sites"],
  "not-found": [404, "Nothing here"],
  "method-not-allowed": [405, "Method not allowed"],
  "not-acceptable": [406, "No such representation"],
  "body-too-slow": [408, "The body comes too slowly"],
  "body-too-large": [413, "The body is too large"],
  "content-type-unsupported": [415, "Content type not supported"],
  "content-encoding-unsupported": [415, "Content encoding not supported"],
  "upgrade-required": [426, "The upgrade to WebSocket was lost"],
  "too-many-requests": [429, "Too many requests"],
  "too-many-reads": [429, "Too many reads at once"],
  internal: [500, "Something went wrong here"],
  "publishing-not-configured": [503, "Publishing is not configured"],
  "viewers-full": [503, "The channel is full"],
  "channel-unavailable": [503, "The channel is not available just now"],
} as const satisfies Record<ProblemCode, readonly [number, string]> & Record<FrameFault["code"] | PointFault, unknown>;

export const PROBLEM_TYPE = "application/problem+json";
/** What a longer Accept takes to read is time that publishers wait; those of browsers have some 150 characters. */
export const MAX_ACCEPT_LENGTH = 1024;
/** What somebody meets who types an address, or follows a link. */
const FOR_PEOPLE = new Set<ProblemCode>([
  "channel-name-invalid",
  "host-not-allowed",
  "not-found",
  "method-not-allowed",
  "not-acceptable",
]);

/** A refusal as one object says it to another: thrown errors lose their class and fields between them. */
export interface Refusal {
  code: ProblemCode;
  detail: string;
}

/** A refusal: thrown anywhere on the way of a request, answered in one place. */
export class Problem extends Error {
  readonly code: ProblemCode;
  readonly headers: Record<string, string>;

  /** @param detail a sentence that says what to do */
  constructor(code: ProblemCode, detail: string, headers: Record<string, string> = {}) {
    super(detail);
    this.name = "Problem";
    this.code = code;
    this.headers = headers;
  }

  /** The answer: as RFC 9457 has it, or as a page, if a person asks and it is an address that went wrong. */
  toResponse(accept?: string): Response {
    const [status, title] = PROBLEMS[this.code];
    const problem = { title, status, detail: saidBack(this.message), code: this.code };
    const isPage = FOR_PEOPLE.has(this.code) && prefersPage(accept);
    return new Response(isPage ? problemPage(problem) : `${JSON.stringify({ type: "about:blank", ...problem })}\n`, {
      status,
      headers: {
        ...(isPage ? SECURITY_HEADERS : {}),
        "Content-Type": isPage ? "text/html; charset=utf-8" : PROBLEM_TYPE,
        "Cache-Control": "no-store",
        Vary: "Accept",
        [MARK.name]: MARK.value,
        ...this.headers,
      },
    });
  }
}

/** Whoever does not care gets the problem; a browser says that it would rather have a page. */
function prefersPage(accept = "*/*"): boolean {
  if (accept.length > MAX_ACCEPT_LENGTH) return false;
  return new Negotiator({ headers: { accept } }).mediaType([PROBLEM_TYPE, "text/html"]) === "text/html";
}

/** No more viewers than these. */
export function viewersFull(): Problem {
  return new Problem("viewers-full", `${MAX_VIEWERS} watch already.`, { "Retry-After": "30" });
}
