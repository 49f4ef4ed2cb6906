import Negotiator from "negotiator";
import type { FrameFault } from "../../protocol/frame/header.ts";
import type { PointFault } from "../../protocol/json/point-error.ts";
import { PLOTCAST_HEADER } from "../../protocol/limits.ts";
import type { ProblemMessage, ReceivedProblem } from "../../protocol/messages/publish.ts";
import { Problem, type ProblemCode } from "../../protocol/problem.ts";
import { SECURITY_HEADERS } from "./headers.ts";
import { problemPage } from "./problem-page.ts";
import { logLine, saidBack } from "./said-back.ts";

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
  "arrangement-invalid": [400, "Not an arrangement"],
  "session-invalid": [400, "Not a session"],
  "share-invalid": [400, "Not what a share link can be"],
  "rights-invalid": [400, "Not a token's rights"],
  "publisher-reserved": [400, "A publisher's id that is the channel's own"],
  "room-message-invalid": [400, "Not a message of a room"],
  "control-unknown": [404, "No such control"],
  "control-value-invalid": [422, "Not a value of this control"],
  "command-refused": [409, "The command was refused"],
  "command-expired": [504, "The command has expired"],
  "room-full": [503, "The room is full"],
  "token-missing": [401, "Token missing"],
  "token-wrong": [401, "Token wrong"],
  "token-expired": [401, "Token expired"],
  "not-permitted": [403, "Not with this token"],
  "origin-not-allowed": [403, "Origin not allowed"],
  "host-not-allowed": [403, "Not a name of this Worker"],
  "cross-site": [403, "Not for pages of other sites"],
  "not-found": [404, "Nothing here"],
  "method-not-allowed": [405, "Method not allowed"],
  "not-acceptable": [406, "No such representation"],
  "token-exists": [409, "There is a token of that name"],
  "body-too-slow": [408, "The body comes too slowly"],
  "body-too-large": [413, "The body is too large"],
  "content-type-unsupported": [415, "Content type not supported"],
  "content-encoding-unsupported": [415, "Content encoding not supported"],
  "upgrade-required": [426, "The upgrade to WebSocket was lost"],
  "too-many-requests": [429, "Too many requests"],
  "too-many-reads": [429, "Too many reads at once"],
  "quota-exceeded": [429, "More than this token or address may"],
  internal: [500, "Something went wrong here"],
  "variable-invalid": [503, "A variable of this Worker is wrong"],
  "publishing-not-configured": [503, "Publishing is not configured"],
  "keys-unavailable": [503, "Keys cannot be had"],
  "viewers-full": [503, "The channel is full"],
  "too-many-filters": [503, "Too many choices of series at once"],
  "channel-unavailable": [503, "The channel is not available just now"],
} as const satisfies Record<ProblemCode, readonly [number, string]> & Record<FrameFault["code"] | PointFault, unknown>;

export const PROBLEM_TYPE = "application/problem+json";
/** What a longer Accept takes to read is time that publishers wait; those of browsers have some 150 characters. */
export const MAX_ACCEPT_LENGTH = 1024;
/** What somebody meets who types an address, or follows a link: it went wrong, or cannot be had now. */
const FOR_PEOPLE = new Set<ProblemCode>([
  "channel-name-invalid",
  "host-not-allowed",
  "cross-site",
  "not-found",
  "method-not-allowed",
  "not-acceptable",
  "too-many-requests",
  "internal",
  "variable-invalid",
  "channel-unavailable",
]);

/** A refusal whose answer has headers of its own. */
export class HttpProblem extends Problem {
  readonly headers: Record<string, string>;

  constructor(code: ProblemCode, detail: string, headers: Record<string, string>) {
    super(code, detail);
    this.headers = headers;
  }
}

/**
 * What an error is to whoever asked: a refusal as it stands; else of the channel, which may be over soon; else our own fault, whose rest is for the log.
 * @see https://developers.cloudflare.com/durable-objects/best-practices/error-handling/ what a stub throws when its object restarts or is overloaded
 */
export function problemOf(error: unknown): Problem {
  if (error instanceof Problem) return error;
  console.error(logLine(error));
  const mayGoOn = error instanceof Error && "retryable" in error && error.retryable;
  if (mayGoOn || (error instanceof Error && "overloaded" in error && error.overloaded)) {
    const detail = "The channel restarts or has too much to do. Try again in a second.";
    return new HttpProblem("channel-unavailable", detail, { "Retry-After": "1" });
  }
  return new Problem("internal", "This is a fault of Plotcast's own; the Worker's log has more. Try again.");
}

/** What a refusal says where there is no HTTP. */
export function refusalIn(problem: Problem): ReceivedProblem & { retryAfterMs: number | null } {
  const { code } = problem;
  const seconds = problem instanceof HttpProblem ? Number(problem.headers["Retry-After"]) : Number.NaN;
  return {
    status: PROBLEMS[code][0],
    code,
    detail: saidBack(problem.message),
    retryAfterMs: seconds > 0 ? 1000 * seconds : null,
  };
}

/** The answer: as RFC 9457 has it, or as a page, if a person asks and it is something that they meet. */
export function problemResponse(problem: Problem, accept?: string | null): Response {
  const { code } = problem;
  const [status, title] = PROBLEMS[code];
  const shown = { title, status, detail: saidBack(problem.message), code } satisfies Omit<ProblemMessage, "type">;
  const isPage = FOR_PEOPLE.has(code) && prefersPage(accept ?? undefined);
  return new Response(isPage ? problemPage(shown) : `${JSON.stringify({ type: "about:blank", ...shown })}\n`, {
    status,
    headers: {
      ...(isPage ? SECURITY_HEADERS : {}),
      "Content-Type": isPage ? "text/html; charset=utf-8" : PROBLEM_TYPE,
      "Cache-Control": "no-store",
      Vary: "Accept",
      [PLOTCAST_HEADER.name]: PLOTCAST_HEADER.value,
      ...(problem instanceof HttpProblem ? problem.headers : {}),
    },
  });
}

/** Whoever does not care gets the problem; a browser says that it would rather have a page. */
function prefersPage(accept = "*/*"): boolean {
  if (accept.length > MAX_ACCEPT_LENGTH) return false;
  return new Negotiator({ headers: { accept } }).mediaType([PROBLEM_TYPE, "text/html"]) === "text/html";
}
