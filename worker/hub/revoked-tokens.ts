import { keepNewest } from "../auth/keep-newest.ts";

/** An isolate of the Worker may let a revoked token in for some seconds (AC6e); it may take a request as long again to come here. */
export const REVOKED_FOR_MS = 60_000;
export const MAX_REVOKED_TOKENS = 1024;
/** What a viewer is told whose token it was. */
export const REVOKED = "Your token was revoked; ask whoever gave it to you for another.";

/**
 * Tokens that were revoked just now: who still comes with one, because another part of the Worker does not know it yet, is closed like
 * those who were there. In memory: what is evicted was idle for longer than the Worker takes to learn it.
 */
export class RevokedTokens {
  /** The oldest first. */
  readonly #revokedAtMs = new Map<string, number>();

  add(tokenId: string, nowMs: number): void {
    this.#revokedAtMs.delete(tokenId);
    keepNewest(this.#revokedAtMs.set(tokenId, nowMs), MAX_REVOKED_TOKENS);
  }

  has(tokenId: string | null | undefined, nowMs: number): boolean {
    const atMs = this.#revokedAtMs.get(tokenId ?? "");
    return atMs !== undefined && nowMs - atMs < REVOKED_FOR_MS;
  }
}
