import { isObject } from "../../protocol/json/json.ts";
import { isBoolean, isCount, isString } from "../../protocol/messages/guards.ts";
import { may, type Principal } from "./principal.ts";

/**
 * What a viewer's connection was let in with, as the channel keeps it beside its socket: so it outlives an eviction. Of an anonymous
 * viewer of a public channel there is none.
 */
export interface Grant {
  /** As {@link Principal.id}. */
  principal: string;
  /** As {@link Principal.tokenId}. */
  tokenId: string | null;
  /** Milliseconds since 1970, by the wall clock; null: it does not expire. */
  expiresAtMs: number | null;
  /** Whether it may have more of what is stored than the usual tail (HS1). */
  hasHistory: boolean;
}

/**
 * The grant of a principal that may watch a channel; undefined if it may not, and of an anonymous one.
 * @param needsWatch false where anybody may watch
 */
export function grantOf(principal: Principal, channel: string, needsWatch = true): Grant | undefined {
  if (principal.kind === "anonymous" || (needsWatch && !may(principal, "watch", channel))) return undefined;
  const { id, tokenId, expiresAtMs } = principal;
  return { principal: id, tokenId, expiresAtMs, hasHistory: may(principal, "history", channel) };
}

/** A grant from an attachment, or from the Worker's own header; undefined if it is none. */
export function parseGrant(value: unknown): Grant | undefined {
  if (!isObject(value)) return undefined;
  const { principal, tokenId, expiresAtMs, hasHistory } = value;
  if (!isString(principal) || !(tokenId === null || isString(tokenId)) || !isBoolean(hasHistory)) return undefined;
  return expiresAtMs === null || isCount(expiresAtMs) ? { principal, tokenId, expiresAtMs, hasHistory } : undefined;
}
