import type { Grant } from "../auth/grant.ts";
import { isExpired } from "../auth/principal.ts";
import { ExpiryWatch } from "./expiry-watch.ts";
import { type Ended, type Granted, type RenewalOutcome, type RenewalParts, Renewals } from "./renewals.ts";
import { RevokedTokens } from "./revoked-tokens.ts";
import { ViewerCounts } from "./viewer-counts.ts";
import type { ViewerSession } from "./viewer-session.ts";

/** What grants need of the channel. */
export interface GrantParts extends RenewalParts {
  /** The wall clock, by which tokens expire. */
  wallMs(): number;
}

/** A viewer has another grant; or its connection ends. */
export type Taken = { kind: "renewed"; hasLessHistory: boolean } | Ended;

/**
 * What viewers were let in with, and what becomes of that: it expires, another takes its place, it is taken back; and how many viewers
 * each token and each address has. Whoever has the sockets closes them.
 */
export class Grants {
  /** Of each token and each address. */
  readonly viewers = new ViewerCounts();
  readonly #parts: GrantParts;
  readonly #expiry = new ExpiryWatch();
  readonly #revoked = new RevokedTokens();
  readonly #renewals: Renewals;

  constructor(parts: GrantParts) {
    this.#parts = parts;
    this.#renewals = new Renewals(parts);
  }

  /** A viewer joined, or is there again after an eviction. */
  add(session: ViewerSession): void {
    this.viewers.add(session.who, session.most);
    this.#expiry.add(session);
  }

  /** A viewer left. */
  remove(session: ViewerSession): void {
    this.viewers.remove(session.who);
  }

  /** In how long an alarm is due for tokens that expire; undefined: none is. */
  get dueInMs(): number | undefined {
    return this.#expiry.dueInMs(this.#parts.wallMs());
  }

  /** An alarm came. */
  alarmed(): void {
    this.#expiry.alarmed(this.#parts.wallMs());
  }

  /** Warns who is to be warned. @returns the sockets of those whose token has expired */
  expired<Socket>(sessions: ReadonlyMap<Socket, ViewerSession>): Socket[] {
    return this.#expiry.expired(sessions, this.#parts.wallMs());
  }

  /** A token was revoked. @returns the sockets of those that were let in with it */
  revoke<Socket>(tokenId: string, sessions: ReadonlyMap<Socket, ViewerSession>, nowMs: number): Socket[] {
    this.#revoked.add(tokenId, nowMs);
    return [...sessions].flatMap(([socket, { grant }]) => (grant?.tokenId === tokenId ? [socket] : []));
  }

  /** Whether a token was revoked just now, and not every part of the Worker may know it. */
  isRevoked(grant: Grant | undefined, nowMs: number): boolean {
    return this.#revoked.has(grant?.tokenId, nowMs);
  }

  /** Whether a token has expired. */
  isExpired(grant: Grant | undefined): boolean {
    return grant !== undefined && isExpired(grant, this.#parts.wallMs());
  }

  /** What a token is that a viewer sent in place of its own. Other events come before this resolves: the session may be gone then. */
  async verify(session: ViewerSession, token: string, nowMs: number): Promise<RenewalOutcome> {
    return await this.#renewals.verify(session, token, nowMs);
  }

  /** A grant takes the place of a viewer's own, unless it was revoked meanwhile, or as many watch with it as may. */
  take(session: ViewerSession, { grant, share }: Granted, nowMs: number): Taken {
    const { who, grant: before } = session;
    if (this.isRevoked(grant, nowMs)) return this.#renewals.refuse(session, "revoked");
    if (share.who !== who && !this.viewers.hasRoom(share)) return this.#renewals.refuse(session, "too-many-viewers");
    if (grant.principal !== before?.principal)
      this.#parts.audit({ audit: "token-used" }, { who, principal: grant.principal });
    this.viewers.remove(who);
    session.renew(grant, share, this.#parts.wallMs());
    this.add(session);
    return { kind: "renewed", hasLessHistory: before?.hasHistory === true && !grant.hasHistory };
  }
}
