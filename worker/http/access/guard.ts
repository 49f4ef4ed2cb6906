import type { Capability } from "../../../protocol/access/capability.ts";
import { MAX_CHANNEL_NAME_LENGTH } from "../../../protocol/limits.ts";
import { isChannelName } from "../../../protocol/names.ts";
import { Problem } from "../../../protocol/problem.ts";
import type { AuthEnv } from "../../auth/auth-env.ts";
import { authenticate, MAX_TOKEN_LENGTH } from "../../auth/authenticate.ts";
import { WrongTokens } from "../../auth/bounds/wrong-tokens.ts";
import { verifyAssertion } from "../../auth/cloudflare-access.ts";
import { ANONYMOUS, may, type Principal } from "../../auth/principal.ts";
import { isWithin, RATE_LIMIT_PERIOD_S } from "../../auth/rate-limit-binding.ts";
import { hasSecretToken } from "../../auth/secret-tokens.ts";
import { audienceOf } from "../../auth/watch-policy.ts";
import { channelPath, isBelowChannel, OTLP_PATH } from "../otlp-url.ts";
import { HttpProblem } from "../problem-response.ts";
import type { Access } from "./access.ts";
import { clientAddress } from "./client-address.ts";
import { type Credential, credentialOf } from "./credential.ts";

/** Who may do what, and what a channel is called. Each guard throws a {@link Problem} or passes. */

export const NOT_FOUND = "Channels are at /c/<name>; the one everybody starts with is /c/main.";
/** AC4a: the same for everybody who may not watch, whatever the channel has. */
export const NOT_HERE =
  'Nothing is here for you: no token came, or one that may not do this here. Open a link that has one, or send it as "Authorization: Bearer <token>".';
const CHALLENGE = { "WWW-Authenticate": 'Bearer realm="plotcast"' };

/** A body that takes longer is one whose token may have ended meanwhile. */
const LOOK_AGAIN_AFTER_MS = 1_000;

const wrongTokens = new WrongTokens();
/** Who each request turned out to come from, and how to look again. */
const found = new WeakMap<Request, { principal: Principal; atMs: number; again: () => Promise<Principal> }>();

/** What of a Worker's `ExecutionContext` keeps work going. */
export interface KeepsGoing {
  waitUntil(promise: Promise<unknown>): void;
}
const contexts = new WeakMap<Request, KeepsGoing>();

/**
 * For each request, before its token is looked at. The runtime ends what a request does when its client hangs up, and one request fetches
 * keys and the list of tokens for all: so whoever hung up again and again would keep them from everybody. What verifies a token goes on.
 */
export function verifiesOnWith(request: Request, context: KeepsGoing): void {
  contexts.set(request, context);
}

/**
 * AC4d, GD1, GD2: whoever publishes, deletes or arranges has that right, in the same way for every channel. Nothing of its body is read before.
 * @returns who it is
 */
export async function mustMay(
  request: Request,
  env: AuthEnv,
  access: Access,
  capability: Exclude<Capability, "watch" | "history">,
  channel: string,
): Promise<Principal> {
  if (!canAnybodyPublish(env)) {
    throw new HttpProblem(
      "publishing-not-configured",
      "This Worker has no PUBLISH_TOKEN, so nobody can publish to it. Set one with: npx wrangler secret put PUBLISH_TOKEN",
      { "Retry-After": "60" },
    );
  }
  const principal = await principalOf(request, env, access);
  if (principal.kind === "anonymous") throw tokenMissing();
  if (may(principal, capability, channel)) return principal;
  throw new Problem(
    "not-permitted",
    `This token may not do that here: it has no right "${capability}" for this channel.`,
  );
}

/**
 * AC3, AC4: whoever watches or reads a private channel has that right; a public one is anybody's, and no token is looked at.
 * Whoever may do the one and not the other knows of the channel, and is told which right is missing.
 * @returns who it is; undefined where anybody may
 */
export async function mustWatch(
  request: Request,
  env: AuthEnv,
  access: Access,
  capability: "watch" | "history",
  channel: string,
): Promise<Principal | undefined> {
  if (audienceOf(access.watch, channel) === "public") return undefined;
  const principal = await principalOf(request, env, access);
  if (may(principal, capability, channel)) return principal;
  const other = capability === "watch" ? "history" : "watch";
  if (!may(principal, other, channel)) throw new Problem("not-found", NOT_HERE);
  const detail = {
    watch: 'This token may read what is stored of this channel, but has no right "watch" to follow it.',
    history: 'This token may watch this channel, but has no right "history" to read what is stored.',
  }[capability];
  throw new Problem("not-permitted", detail);
}

/** Who asks. @throws Problem `token-wrong`, `token-expired`, `too-many-requests`, `keys-unavailable` */
export async function principalOf(request: Request, env: AuthEnv, access: Access): Promise<Principal> {
  return await principalBy(await credentialOf(request, access), request, env);
}

/** The same, for who looked at the credential. @throws Problem as {@link principalOf} */
export async function principalBy(credential: Credential, request: Request, env: AuthEnv): Promise<Principal> {
  const nowMs = Date.now();
  if ((request.headers.get("Authorization")?.length ?? 0) > MAX_TOKEN_LENGTH)
    return await refuse(request, env, "Authorization is too long.", nowMs);
  if (credential.kind === "none") return ANONYMOUS;
  const verifying =
    credential.kind === "token"
      ? authenticate(credential.token, env, nowMs)
      : verifyAssertion(credential.assertion, env, nowMs);
  contexts.get(request)?.waitUntil(verifying);
  const authenticated = await verifying;
  if (authenticated.kind === "principal") {
    const { principal } = authenticated;
    found.set(request, { principal, atMs: nowMs, again: () => principalBy(credential, request, env) });
    return principal;
  }
  const { code, detail } = authenticated.refusal;
  switch (code) {
    case "token-wrong":
      return await refuse(request, env, detail, nowMs);
    case "keys-unavailable":
      throw new HttpProblem(code, detail, { "Retry-After": "5" });
    default:
      throw new HttpProblem(code, detail, CHALLENGE);
  }
}

/** Who a request came from, as far as anybody had to know. */
export function whoAsked(request: Request): Principal {
  return found.get(request)?.principal ?? ANONYMOUS;
}

/**
 * AC4f: once a body is whole, or a turn was waited for. Its sender decides how long that takes: so a token that ends would count for as long.
 * @param afterMs since it was looked at
 * @throws Problem as {@link principalOf}
 */
export async function mustStillCount(request: Request, afterMs = LOOK_AGAIN_AFTER_MS): Promise<void> {
  const before = found.get(request);
  if (before !== undefined && Math.abs(Date.now() - before.atMs) >= afterMs) await before.again();
}

/** @param usual the token that mostly does it */
export function tokenMissing(usual: "PUBLISH_TOKEN" | "ADMIN_TOKEN" = "PUBLISH_TOKEN"): Problem {
  return new HttpProblem(
    "token-missing",
    `This needs the header "Authorization: Bearer <token>", with ${usual} or another token that may do it.`,
    CHALLENGE,
  );
}

/** GD10. */
async function refuse(request: Request, env: AuthEnv, detail: string, nowMs: number): Promise<never> {
  const address = clientAddress(request);
  const isTooMany = !(await isWithin(env.WRONG_TOKEN_LIMIT, address));
  const waitMs = wrongTokens.note(address, nowMs) ?? (isTooMany ? RATE_LIMIT_PERIOD_S * 1000 : undefined);
  if (waitMs === undefined) throw new HttpProblem("token-wrong", detail, CHALLENGE);
  throw new HttpProblem(
    "too-many-requests",
    "Too many wrong tokens came from this address. Give it one that this Worker knows, which is taken at once.",
    // Other credentials would do better (RFC 9110, 11.6.1): by this a page knows it from other refusals with 429.
    { ...CHALLENGE, "Retry-After": String(Math.ceil(waitMs / 1000)) },
  );
}

function canAnybodyPublish(env: AuthEnv): boolean {
  return (
    hasSecretToken(env) ||
    [env.JWT_SECRETS, env.JWT_JWKS_URL, env.ACCESS_AUD].some((each) => each !== undefined && each !== "")
  );
}

export function channelName(name: string): string {
  if (isBelowChannel(name)) {
    throw new Problem(
      "channel-name-invalid",
      `No channel's name ends in ${OTLP_PATH}: metrics of OpenTelemetry are sent there by POST, to the channel ${channelPath(name)}.`,
    );
  }
  if (isChannelName(name)) return name;
  throw new Problem(
    "channel-name-invalid",
    `A channel's name is segments of A–Z, a–z, 0–9, ".", "_" and "-" joined by "/", ${MAX_CHANNEL_NAME_LENGTH} characters at most.`,
  );
}
