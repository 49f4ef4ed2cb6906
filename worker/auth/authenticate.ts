import type { Refusal } from "../../protocol/problem.ts";
import type { AuthEnv } from "./auth-env.ts";
import { looksLikeJwt, verifyJwt } from "./jwt.ts";
import { isNamedToken, isNamedTokenId, namedPrincipal } from "./named-tokens.ts";
import { type Authenticated, isExpired, type Principal } from "./principal.ts";
import { secretPrincipal } from "./secret-tokens.ts";

/** Longer ones are not looked at. */
export const MAX_TOKEN_LENGTH = 4_096;
const UNKNOWN =
  "This token is wrong: this Worker does not know it. Check that you have all of it, or ask for a new one.";

export const EXPIRED_TOKEN: Refusal = {
  code: "token-expired",
  detail: "The token has expired. Ask whoever gave it to you for a new one.",
};

/**
 * Who a token is: a secret of the Worker's, a named token, or a JWT, whichever it fits first. What it may do is its principal's rights.
 * It costs no request to another object, but for the list of named tokens once in some seconds, and a set of keys once in some minutes.
 */
export async function authenticate(token: string, env: AuthEnv, nowMs: number): Promise<Authenticated> {
  if (token.length > MAX_TOKEN_LENGTH)
    return refused({ code: "token-wrong", detail: `A token has ${MAX_TOKEN_LENGTH} characters at most.` });
  const secret = await secretPrincipal(token, env);
  if (secret !== undefined) return principal(secret, nowMs);
  const other = isNamedToken(token)
    ? await namedPrincipal(token, env, nowMs)
    : looksLikeJwt(token)
      ? await verifyJwt(token, env, nowMs)
      : refused({ code: "token-wrong", detail: UNKNOWN });
  return other.kind === "principal" ? principal(other.principal, nowMs) : other;
}

/**
 * Whether what let something in that lasts still counts: its token has not expired, and is not revoked as far as this isolate knows. It costs
 * no request of its own, as {@link authenticate} does not.
 */
export async function stillCounts(principal: Principal, env: AuthEnv, nowMs: number): Promise<boolean> {
  if (isExpired(principal, nowMs)) return false;
  return principal.tokenId === null || (await isNamedTokenId(principal.tokenId, env, nowMs));
}

function principal(found: Principal, nowMs: number): Authenticated {
  if (!isExpired(found, nowMs)) return { kind: "principal", principal: found };
  return refused(EXPIRED_TOKEN);
}

function refused(refusal: Refusal): Authenticated {
  return { kind: "refused", refusal };
}
