import type { Capability } from "../../protocol/access/capability.ts";
import { includesRight, type Rights } from "../../protocol/access/rights.ts";
import type { Refusal } from "../../protocol/problem.ts";

/** By what a principal is known. */
export type PrincipalKind = "anonymous" | "publish-token" | "admin-token" | "named-token" | "jwt" | "cloudflare-access";

/** Who a request comes from, as far as its token says, and what it may do. */
export interface Principal {
  kind: PrincipalKind;
  /** For logs and counts: `named-token:lab-rig`, `jwt:alice`. It has nothing of the token itself, but for a hash of one without a name. */
  id: string;
  rights: Rights;
  /** Of a token that can be taken back: by what open connections of it are found; null: it cannot. */
  tokenId: string | null;
  /** Milliseconds since 1970; null: it does not expire. */
  expiresAtMs: number | null;
}

/** Whoever brings no token. What it may watch is configuration (`WATCH`), and no right of its own. */
export const ANONYMOUS: Principal = {
  kind: "anonymous",
  id: "anonymous",
  rights: {},
  tokenId: null,
  expiresAtMs: null,
};

/** What a token turned out to be. */
export type Authenticated = { kind: "principal"; principal: Principal } | { kind: "refused"; refusal: Refusal };

/** Whether a principal's own rights include a capability for a channel. Its expiry is not looked at. */
export function may({ rights }: Principal, capability: Capability, channel: string): boolean {
  return includesRight(rights, capability, channel);
}

export function isExpired({ expiresAtMs }: Pick<Principal, "expiresAtMs">, nowMs: number): boolean {
  return expiresAtMs !== null && expiresAtMs <= nowMs;
}

/** Whether it has a secret of the Worker's own: what it makes and lists has no bound of one maker's. */
export function isOwner({ kind }: Pick<Principal, "kind">): boolean {
  return kind === "admin-token" || kind === "publish-token";
}
