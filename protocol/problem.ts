/** Every code that a refusal may have. SPEC.md, "Refusals", lists them; `worker/http/problem-response.ts` has status and title of each. */
export const PROBLEM_CODES = [
  "channel-name-invalid",
  "query-invalid",
  "subprotocol-unsupported",
  "body-empty",
  "body-encoding",
  "not-json",
  "no-number",
  "not-finite",
  "time-not-a-number",
  "columns-differ",
  "too-deep",
  "series-name-invalid",
  "frame-truncated",
  "frame-magic",
  "frame-version",
  "frame-length",
  "frame-count",
  "frame-column",
  "frame-layout",
  "frame-order",
  "frame-sequence",
  "frame-publishers-differ",
  "presence-invalid",
  "arrangement-invalid",
  "session-invalid",
  "share-invalid",
  "rights-invalid",
  "publisher-reserved",
  "room-message-invalid",
  "control-unknown",
  "control-value-invalid",
  "command-refused",
  "command-expired",
  "room-full",
  "token-missing",
  "token-wrong",
  "token-expired",
  "not-permitted",
  "origin-not-allowed",
  "host-not-allowed",
  "cross-site",
  "not-found",
  "method-not-allowed",
  "not-acceptable",
  "token-exists",
  "body-too-slow",
  "body-too-large",
  "content-type-unsupported",
  "content-encoding-unsupported",
  "upgrade-required",
  "too-many-requests",
  "too-many-reads",
  "quota-exceeded",
  "internal",
  "variable-invalid",
  "publishing-not-configured",
  "keys-unavailable",
  "viewers-full",
  "too-many-filters",
  "channel-unavailable",
] as const;

export type ProblemCode = (typeof PROBLEM_CODES)[number];

/** Whether received text is one of our codes. */
export function isProblemCode(code: unknown): code is ProblemCode {
  return PROBLEM_CODES.some((known) => known === code);
}

/** A refusal as one object says it to another: thrown errors lose their class and fields between them. */
export interface Refusal {
  code: ProblemCode;
  detail: string;
}

/** A refusal: thrown in every room, answered in one place. */
export class Problem extends Error {
  readonly code: ProblemCode;

  /** @param detail a sentence that says what to do */
  constructor(code: ProblemCode, detail: string) {
    super(detail);
    this.name = "Problem";
    this.code = code;
  }
}
