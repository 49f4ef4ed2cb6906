import { CloseCode } from "../../protocol/limits.ts";
import type { AuditEvent } from "../auth/audit-log.ts";
import { RateLimit } from "../auth/bounds/rate-limit.ts";
import { WrongTokens } from "../auth/bounds/wrong-tokens.ts";
import type { Renewal } from "../auth/renewal.ts";
import { REFUSALS, type RefusalKind } from "./renewal-refusals.ts";
import type { ViewerSession } from "./viewer-session.ts";

/** "Try again later", of the IANA registry of close codes: viewers come back by themselves. */
const TRY_AGAIN_LATER = 1013;

/** A token that is good, and by what its viewer is counted. */
export type Granted = Extract<Renewal, { kind: "granted" }>;

/** How a connection ends. */
export interface Ended {
  kind: "ended";
  code: number;
  reason: string;
}

/** What a token comes to that a viewer sent in place of its own: a grant; nothing, as it needs none; or the end of the connection. */
export type RenewalOutcome = Granted | { kind: "not-needed" } | Ended;

/** What renewals need of the channel. */
export interface RenewalParts {
  /** What a token is that a viewer sends in place of its own; other events come meanwhile. It does not reject. */
  verify(token: string): Promise<Renewal>;
  /** AC14: writes down what became of it. @param viewer by what it was counted before, and as which principal it is known */
  audit(event: AuditEvent, viewer: { who: string; principal: string }): void;
}

/**
 * AC10c. Verifies the tokens that viewers send. That costs far more than any other message, and each is answered: so a viewer may ask for
 * it once a second, and one after the other. That holds for anonymous viewers, too, whose tokens are not looked at.
 */
export class Renewals {
  readonly #parts: RenewalParts;
  readonly #limits = new WeakMap<ViewerSession, RateLimit>();
  readonly #underWay = new WeakSet<ViewerSession>();
  /** By what viewers are counted: their addresses are not known here. */
  readonly #wrongTokens = new WrongTokens();

  constructor(parts: RenewalParts) {
    this.#parts = parts;
  }

  /** Other events come before this resolves: the session may be gone then. */
  async verify(session: ViewerSession, token: string, nowMs: number): Promise<RenewalOutcome> {
    const limit = this.#limits.get(session) ?? new RateLimit(1, nowMs);
    this.#limits.set(session, limit);
    if (this.#underWay.has(session) || !limit.take(nowMs))
      return ended(CloseCode.tooManyMessages, "Too many tokens; send one, and wait for the answer.");
    if (session.grant === undefined) return { kind: "not-needed" };
    this.#underWay.add(session);
    const renewal = await this.#parts.verify(token);
    this.#underWay.delete(session);
    switch (renewal.kind) {
      case "granted":
        return renewal;
      case "wrong": {
        const isTooMany = this.#wrongTokens.note(session.who, nowMs) !== undefined;
        return this.refuse(session, isTooMany ? "too-many-wrong" : "wrong");
      }
      case "expired":
      case "no-right":
      case "too-many-channels":
        return this.refuse(session, renewal.kind);
      case "unavailable":
        return ended(TRY_AGAIN_LATER, "The token cannot be verified now; connect again with it.");
      default:
        return renewal satisfies never;
    }
  }

  /** Writes down that a token was refused. @returns how the connection ends */
  refuse({ who, grant }: ViewerSession, kind: RefusalKind): Ended {
    const { status, code, close, reason } = REFUSALS[kind];
    this.#parts.audit({ audit: "refused", status, code }, { who, principal: grant?.principal ?? "anonymous" });
    return ended(close, reason);
  }
}

function ended(code: number, reason: string): Ended {
  return { kind: "ended", code, reason };
}
