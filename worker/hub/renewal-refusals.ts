import { CloseCode } from "../../protocol/limits.ts";
import type { ProblemCode } from "../../protocol/problem.ts";
import { REVOKED } from "./revoked-tokens.ts";

/** Why a token is refused that a viewer sent in place of its own. */
export type RefusalKind =
  | "wrong"
  | "expired"
  | "revoked"
  | "no-right"
  | "too-many-wrong"
  | "too-many-viewers"
  | "too-many-channels";

/** How a connection ends for that, and what the audit log has: the same as of a request with this token. */
interface RenewalRefusal {
  close: number;
  /** What the viewer is told. */
  reason: string;
  status: number;
  code: ProblemCode;
}

const WRONG = "That token is wrong or has expired; connect with another.";

export const REFUSALS: Readonly<Record<RefusalKind, RenewalRefusal>> = {
  wrong: { close: CloseCode.tokenExpired, reason: WRONG, status: 401, code: "token-wrong" },
  expired: { close: CloseCode.tokenExpired, reason: WRONG, status: 401, code: "token-expired" },
  revoked: { close: CloseCode.notPermitted, reason: REVOKED, status: 401, code: "token-wrong" },
  "no-right": {
    close: CloseCode.notPermitted,
    reason: "That token has no right to watch this channel.",
    status: 403,
    code: "not-permitted",
  },
  // Who is told this comes back by itself, and is then told by the Worker what there is too much of.
  "too-many-wrong": {
    close: CloseCode.tooManyMessages,
    reason: "Too many wrong tokens came with yours; connect again with one that is right.",
    status: 429,
    code: "too-many-requests",
  },
  "too-many-viewers": {
    close: CloseCode.tooManyMessages,
    reason: "As many viewers of that token watch here already as may; connect again later.",
    status: 429,
    code: "quota-exceeded",
  },
  "too-many-channels": {
    close: CloseCode.tooManyMessages,
    reason: "That token is in use in as many channels as it may; connect again with another.",
    status: 429,
    code: "quota-exceeded",
  },
};
