import { fullJitterMs } from "../../../protocol/backoff.ts";
import type { ReceivedPublishAnswer } from "../../../protocol/messages/publish.ts";
import { duration } from "../../../protocol/printable.ts";
import type { Outcome, Refusal } from "./answer.ts";

/** What follows from an outcome. `message` is for people; `trouble` is the same for what is the same trouble. */
export type Next =
  | { do: "delivered"; answer: ReceivedPublishAnswer | undefined }
  /** `waitIsAsked`: the server named the time, so nothing shortens it; `isLong`: longer than is waited. */
  | { do: "retry"; afterMs: number; waitIsAsked: boolean; isLong: boolean; message: string; trouble: string }
  /** Only a person can mend it: try again now and then, and say what to do. */
  | { do: "hold"; afterMs: number; message: string; trouble: string }
  /** The body is too large; `isFinal`: for the Worker itself, so one frame that is cannot be delivered. */
  | { do: "halve"; isFinal: boolean; afterMs: number; code: string; message: string; trouble: string }
  /** The Worker can never take a frame of this body. */
  | { do: "setAside"; code: string; message: string }
  /** The Worker does not believe the numbers of this publisher. */
  | { do: "takeNewId"; message: string };

/** What to do about an answer, for `message`; "" for nothing more than the answer says itself. */
export type Advise = (outcome: Refusal) => string;

export interface RetryPolicy {
  baseDelayMs: number;
  maxDelayMs: number;
  holdMs: number;
}

export const RETRY_POLICY: RetryPolicy = { baseDelayMs: 250, maxDelayMs: 2_000, holdMs: 10_000 };

/** Nobody waits longer because a server asks for it: it may be wrong, or not ours. */
export const MAX_RETRY_AFTER_MS = 60_000;
const DAY_MS = 86_400_000;

/**
 * Whether the frames were delivered, and if not, what to do with them. Only what the Worker itself says that it can
 * never take is set aside; whatever a person could mend, or another try, keeps the frames.
 *
 * @param attempt how many tries failed before this one, from 0
 * @param random a number in [0, 1)
 * @param adviceFor says what a person can do
 */
export function whatNext(
  outcome: Outcome,
  attempt: number,
  random: number,
  policy: RetryPolicy = RETRY_POLICY,
  adviceFor: Advise = () => "",
): Next {
  const jitterMs = fullJitterMs(attempt, policy.baseDelayMs, policy.maxDelayMs, random);
  const { holdMs } = policy;
  switch (outcome.kind) {
    case "taken":
      return { do: "delivered", answer: outcome.answer };
    case "failed": {
      const { reason, code } = outcome;
      const message = `no answer: ${reason}`;
      return { do: "retry", afterMs: jitterMs, waitIsAsked: false, isLong: false, message, trouble: code || reason };
    }
    case "refused":
      return afterRefusal(outcome);
    case "foreign":
      return afterForeign(outcome);
  }

  function afterRefusal(refused: Extract<Outcome, { kind: "refused" }>): Next {
    const { status, code, detail, retryAfterMs } = refused;
    const message = `${status} ${code}${detail && ` - ${detail}`}`;
    const trouble = code;
    if (code === "body-too-large") return { do: "halve", isFinal: true, afterMs: 0, code, message, trouble };
    if (code === "frame-sequence") return { do: "takeNewId", message };
    if (code.startsWith("frame-")) return { do: "setAside", code, message };
    if (code === "publishing-not-configured" || code === "variable-invalid")
      return { do: "hold", afterMs: holdMs, message, trouble };
    if (isPassing(status)) return retry(message, trouble, retryAfterMs);
    return {
      do: "hold",
      // Wrong tokens of one address have a bound that all its bridges share (GD10).
      afterMs: status === 401 ? 3 * holdMs : holdMs,
      message: advised(message, refused),
      trouble,
    };
  }

  function afterForeign(foreign: Extract<Outcome, { kind: "foreign" }>): Next {
    const { status, what, retryAfterMs } = foreign;
    const trouble = `foreign ${status}`;
    const message = `what answered is not Plotcast: ${what}`;
    if (status === 413) {
      return {
        do: "halve",
        isFinal: false,
        afterMs: holdMs,
        code: "http-413",
        message: advised(message, foreign),
        trouble,
      };
    }
    if (isPassing(status)) return retry(message, trouble, retryAfterMs);
    return { do: "hold", afterMs: holdMs, message: advised(message, foreign), trouble };
  }

  function advised(message: string, refusal: Refusal): string {
    const advice = adviceFor(refusal);
    return advice === "" ? message : `${message.replace(/\.$/, "")} ${advice}`;
  }

  function retry(message: string, trouble: string, askedMs: number | undefined): Next {
    if (askedMs === undefined) {
      return { do: "retry", afterMs: jitterMs, waitIsAsked: false, isLong: false, message, trouble };
    }
    const isLong = askedMs > MAX_RETRY_AFTER_MS;
    const asked = askedMs > DAY_MS ? "more than a day" : duration(askedMs);
    const said = isLong ? `${message}; it asks to wait for ${asked}, and is asked again after a minute` : message;
    const afterMs = Math.max(jitterMs, Math.min(MAX_RETRY_AFTER_MS, askedMs));
    return { do: "retry", afterMs, waitIsAsked: true, isLong, message: said, trouble };
  }
}

/** Whether this may be over by itself. */
function isPassing(status: number): boolean {
  return status === 408 || status === 425 || status === 429 || status >= 500;
}
