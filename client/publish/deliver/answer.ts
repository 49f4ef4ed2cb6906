import { PLOTCAST_HEADER } from "../../../protocol/limits.ts";
import { messageIn } from "../../../protocol/messages/parsed.ts";
import {
  parseProblem,
  parsePublishAnswer,
  type ReceivedProblem,
  type ReceivedPublishAnswer,
} from "../../../protocol/messages/publish.ts";
import { escaped } from "../../../protocol/printable.ts";
import type { ProblemCode } from "../../../protocol/problem.ts";

/** What was sent, as far as an answer must fit it. */
export type Sent =
  | { kind: "frames"; points: number }
  | { kind: "announcement" }
  /** Nothing, to see whether the token is right: the Worker looks at that first, then finds the body empty. */
  | { kind: "nothing" };

/** By their names in lower case. */
export type AnswerHeaders = Readonly<Record<string, string | readonly string[] | undefined>>;

/** What a server answered. */
export interface Reply {
  status: number;
  headers: AnswerHeaders;
  /** The beginning of the body. */
  text: string;
}

/** What a POST came to. */
export type Outcome =
  /** Plotcast's own yes; `answer` is undefined for an announcement, and where nothing was sent. */
  | { kind: "taken"; answer: ReceivedPublishAnswer | undefined }
  /** Plotcast's own no: a problem with one of its codes. */
  | { kind: "refused"; status: number; code: ProblemCode; detail: string; retryAfterMs: number | undefined }
  /** Something else answered, so nobody knows what became of the body. `what` describes the answer for a person. */
  | { kind: "foreign"; status: number; what: string; retryAfterMs: number | undefined }
  /**
   * No answer: `reason` says for a person why and what to do, `code` is the error's, such as ECONNREFUSED, or "".
   * `isUnderWay`: there was a connection, and it ended or nothing came.
   */
  | { kind: "failed"; reason: string; code: string; isUnderWay: boolean };

/** An answer that is not the one that was asked for. */
export type Refusal = Extract<Outcome, { kind: "refused" | "foreign" }>;

const PROBLEM_TYPE = "application/problem+json";
const MAX_DETAIL_LENGTH = 300;
const MAX_EXCERPT_LENGTH = 80;
const MAX_HEADER_LENGTH = 60;
/** Of a page, so much is looked at for an excerpt. */
const MAX_PAGE_LENGTH = 4096;
/** A shorter one cannot be told from ordinary text. */
const MIN_SECRET_LENGTH = 4;

/**
 * Reads an answer (SPEC.md, BR25). Only an answer that Plotcast alone can have given confirms or refuses. Login pages,
 * proxies and servers of another kind answer with any status, so a status by itself proves nothing.
 *
 * @param token is left out of what the outcome quotes: a server may echo the request
 * @param nowMs milliseconds since 1970
 */
export function outcomeOf(reply: Reply, sent: Sent, token: string, nowMs = Date.now()): Outcome {
  const { status, headers, text } = reply;
  if (sent.kind === "announcement" && status === 204 && headers[PLOTCAST_HEADER.name] === PLOTCAST_HEADER.value) {
    return { kind: "taken", answer: undefined };
  }
  if (sent.kind === "frames" && status === 200) {
    const answer = messageIn(parsePublishAnswer(text));
    if (answer !== undefined && answer.points === sent.points) return { kind: "taken", answer };
  }
  const other = notTaken(reply, token, nowMs);
  const isTokenRight = other.kind === "refused" && other.code === "body-empty";
  return sent.kind === "nothing" && isTokenRight ? { kind: "taken", answer: undefined } : other;
}

/** What an answer is that is not the one that was asked for: Plotcast's own no, or something else's. */
export function notTaken(reply: Reply, token: string, nowMs = Date.now()): Refusal {
  const { status, headers, text } = reply;
  const waitMs = retryAfterMs(headers["retry-after"], nowMs);
  const problem = mediaType(headers) === PROBLEM_TYPE ? messageIn(parseProblem(text)) : undefined;
  if (problem?.status === status) return refusalBy(problem, token, waitMs);
  return { kind: "foreign", status, what: described(reply, token), retryAfterMs: waitMs };
}

/** Plotcast's own no, whatever it came by. @param waitMs as the server asks for, in milliseconds */
export function refusalBy(
  { status, code, detail }: ReceivedProblem,
  token: string,
  waitMs: number | undefined,
): Extract<Outcome, { kind: "refused" }> {
  const quoted = escaped(without(token, detail), MAX_DETAIL_LENGTH);
  return { kind: "refused", status, code, detail: quoted, retryAfterMs: waitMs };
}

/** `200 text/html from nginx, "Welcome"`: enough to recognise what answered. */
function described({ status, headers, text }: Reply, token: string): string {
  const quoted = (value: string, maxLength: number): string => escaped(without(token, value).trim(), maxLength);
  const server = quoted(textOf(headers, "server"), MAX_HEADER_LENGTH);
  const type = quoted(mediaType(headers), MAX_HEADER_LENGTH);
  const leadsTo = status >= 300 && status < 400 ? quoted(textOf(headers, "location"), MAX_DETAIL_LENGTH) : "";
  const excerpt = quoted(plainText(without(token, text)), MAX_EXCERPT_LENGTH);
  return [
    `${status} ${type || "without a content type"}${server && ` from ${server}`}`,
    leadsTo && `it redirects to ${leadsTo}`,
    excerpt && `"${excerpt}"`,
  ]
    .filter((part) => part !== "")
    .join(", ");
}

/** The words of a page. */
function plainText(text: string): string {
  return text
    .slice(0, MAX_PAGE_LENGTH)
    .replace(/<(script|style)\b[^>]*>.*?<\/\1>/gis, " ")
    .replace(/<[^>]*>/g, " ")
    .replace(/\s+/g, " ");
}

function without(token: string, text: string): string {
  return token.length < MIN_SECRET_LENGTH ? text : text.replaceAll(token, "<token>");
}

function mediaType(headers: AnswerHeaders): string {
  return textOf(headers, "content-type").split(";")[0]?.trim().toLowerCase() ?? "";
}

function textOf(headers: AnswerHeaders, name: string): string {
  return String(headers[name] ?? "");
}

/**
 * `Retry-After` in milliseconds from now: seconds or an HTTP date; undefined if it is neither. It may be any number, up
 * to infinity: whoever waits sets a bound.
 * @param nowMs milliseconds since 1970
 */
export function retryAfterMs(header: unknown, nowMs: number): number | undefined {
  if (typeof header !== "string") return undefined;
  const text = header.trim();
  if (/^\d+$/.test(text)) return Number(text) * 1000;
  // Date.parse takes much that is no date, such as "-1"; an HTTP date begins with the name of a day.
  const ms = /^[A-Z][a-z]{2,8},? /.test(text) ? Date.parse(text) - nowMs : Number.NaN;
  return Number.isNaN(ms) ? undefined : Math.max(0, ms);
}
