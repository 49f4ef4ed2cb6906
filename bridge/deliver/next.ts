import { fullJitterMs } from "../../worker/protocol/backoff.ts";

/** What a POST came to. */
export type Outcome =
  | {
      kind: "answer";
      status: number;
      code: string;
      detail: string;
      retryAfterMs: number | undefined;
      viewers: number | undefined;
    }
  /** No answer: `reason` is what the network said, such as ECONNREFUSED. */
  | { kind: "failed"; reason: string };

/** What follows from it. */
export type Next =
  | { do: "delivered" }
  /** `message` for people; `waitIsAsked`: the server named the time, so nothing shortens it. */
  | { do: "retry"; afterMs: number; waitIsAsked: boolean; message: string }
  /** Only a person can mend it: try again now and then, and say what to do. */
  | { do: "hold"; afterMs: number; message: string }
  | { do: "setAside"; code: string; message: string; tooLarge: boolean };

export interface RetryPolicy {
  baseDelayMs: number;
  maxDelayMs: number;
  holdMs: number;
}

export const RETRY_POLICY: RetryPolicy = { baseDelayMs: 250, maxDelayMs: 2_000, holdMs: 10_000 };

/** setTimeout fires at once beyond 2^31 ms; nobody means more than an hour. */
const MAX_RETRY_AFTER_MS = 3_600_000;

/**
 * Whether the frames were delivered, and if not, what to do with them. Only what the Worker can never take is set aside;
 * whatever a person could mend, or another try, keeps the frames.
 *
 * @param attempt how many tries failed before this one, from 0
 * @param random a number in [0, 1)
 */
export function whatNext(outcome: Outcome, attempt: number, random: number, policy: RetryPolicy = RETRY_POLICY): Next {
  const jitterMs = fullJitterMs(attempt, policy.baseDelayMs, policy.maxDelayMs, random);
  if (outcome.kind === "failed") {
    return { do: "retry", afterMs: jitterMs, waitIsAsked: false, message: `no answer (${outcome.reason})` };
  }
  const { status, code, detail, retryAfterMs } = outcome;
  if (status >= 200 && status < 300) return { do: "delivered" };
  const said = [String(status), code, detail && `- ${detail}`].filter((part) => part !== "").join(" ");
  switch (status) {
    case 400:
    case 413:
    case 415:
    case 422:
      return { do: "setAside", code: code || `http-${status}`, message: said, tooLarge: status === 413 };
    case 401:
    case 403:
      return {
        do: "hold",
        afterMs: policy.holdMs,
        message: `${said || status} (check PUBLISH_TOKEN, here and at the Worker)`,
      };
    case 408:
    case 425:
    case 429:
      return retry();
    default:
      if (status < 500) {
        return { do: "hold", afterMs: policy.holdMs, message: `${said} (check the URL given with --to)` };
      }
      if (code === "publishing-not-configured") return { do: "hold", afterMs: policy.holdMs, message: said };
      return retry();
  }

  function retry(): Next {
    return retryAfterMs === undefined
      ? { do: "retry", afterMs: jitterMs, waitIsAsked: false, message: said }
      : { do: "retry", afterMs: Math.max(jitterMs, retryAfterMs), waitIsAsked: true, message: said };
  }
}

/**
 * `Retry-After` in milliseconds from now: seconds or an HTTP date, an hour at most; undefined if it is neither.
 * @param nowMs milliseconds since 1970
 */
export function retryAfterMs(header: unknown, nowMs: number): number | undefined {
  if (typeof header !== "string") return undefined;
  const text = header.trim();
  const ms = /^\d+$/.test(text)
    ? Number(text) * 1000
    : /^[A-Z][a-z]{2}/.test(text)
      ? Date.parse(text) - nowMs
      : Number.NaN;
  return Number.isNaN(ms) ? undefined : Math.min(MAX_RETRY_AFTER_MS, Math.max(0, ms));
}
