import { toBase64Url } from "../../protocol/base64url.ts";
import { toHex } from "../../protocol/bytes.ts";
import type { Refusal } from "../../protocol/problem.ts";
import type { AuthEnv } from "./auth-env.ts";
import { keepNewest } from "./keep-newest.ts";
import type { Authenticated, Principal } from "./principal.ts";
import { parseQuotas, type QuotaVars, quotaWord } from "./quota-config.ts";
import { sha256 } from "./secret-tokens.ts";
import { MAX_ASK_MS, type NamedToken, type NamedTokens, TokenListCopy, type UseNoted, withinMs } from "./token-list.ts";

const PREFIX = "pct_";
const RANDOM_BYTES = 32;
/** The prefix, and those bytes in base64url. */
const FORM = /^pct_[\w-]{43}$/;
/** The one object that keeps named tokens has this name. */
export const REGISTRY_NAME = "tokens";
/** In how many channels one token may be used: each is told when it is revoked. */
export const MAX_CHANNELS_OF_TOKEN = 1_000;
/** What an isolate remembers of tokens and channels; what it forgot costs one more request to the registry. */
const MAX_NOTED = 10_000;

/** Of this isolate. */
const copy = new TokenListCopy();
const noted = new Set<string>();
type TooMany = Extract<UseNoted, "too-many-channels" | "too-many-uses">;
/** A token that may be used in no more channels is not asked about again for so long: one request to the registry each would have no bound. */
const FULL_FOR_MS = 5_000;
const fullUntil = new Map<string, { atMs: number; outcome: TooMany }>();

/** Whether a token is one by its form. */
export function isNamedToken(token: string): boolean {
  return token.startsWith(PREFIX);
}

/** A token that nobody can guess. */
export function newNamedToken(): string {
  return PREFIX + toBase64Url(crypto.getRandomValues(new Uint8Array(RANDOM_BYTES)));
}

/** What is stored of a token. */
export async function namedTokenHash(token: string): Promise<string> {
  return toHex(await sha256(token));
}

/** AC6e. Who a named token is, as the isolate's copy of the list has it. */
export async function namedPrincipal(token: string, env: AuthEnv, nowMs: number): Promise<Authenticated> {
  const registry = env.TOKENS?.getByName(REGISTRY_NAME);
  if (registry === undefined || !FORM.test(token)) return refused(UNKNOWN_TOKEN);
  const hash = await namedTokenHash(token);
  const tokens = await listOf(registry, nowMs);
  if (tokens === undefined) return refused(UNAVAILABLE);
  const found = tokens.get(hash);
  if (found === undefined) return refused(UNKNOWN_TOKEN);
  const { id, name, rights, expiresAtMs } = found;
  return {
    kind: "principal",
    principal: { kind: "named-token", id: `named-token:${name}`, rights, tokenId: id, expiresAtMs },
  };
}

/** AC10j. Whether there is still a named token of this id. While nobody can know, it is as if there were none. */
export async function isNamedTokenId(tokenId: string, env: AuthEnv, nowMs: number): Promise<boolean> {
  const registry = env.TOKENS?.getByName(REGISTRY_NAME);
  const tokens = registry && (await listOf(registry, nowMs));
  for (const { id } of tokens?.values() ?? []) if (id === tokenId) return true;
  return false;
}

/** AC6j. Whose bound counts what somebody makes who is not the owner: one, for all that it made and that these made. */
export async function makerOf({ id, tokenId }: Principal, env: AuthEnv, nowMs: number): Promise<string> {
  const registry = env.TOKENS?.getByName(REGISTRY_NAME);
  const tokens = tokenId === null ? undefined : registry && (await listOf(registry, nowMs));
  for (const token of tokens?.values() ?? []) if (token.id === tokenId) return token.countsFor;
  return id;
}

function listOf(registry: NamedTokens, nowMs: number): Promise<ReadonlyMap<string, NamedToken> | undefined> {
  return copy.get((version) => registry.tokensSince(version), nowMs);
}

/** For the isolate that made or revoked one: it counts there at once. */
export function forgetNamedTokens(): void {
  copy.forget();
  fullUntil.clear();
}

/**
 * The registry learns that a token is used in a channel, once from each isolate: so it can tell the channel when the token is revoked.
 * @returns why the token may not be used there; undefined: it may
 */
export async function noteUse(
  { tokenId }: Pick<Principal, "tokenId">,
  channel: string,
  env: AuthEnv,
): Promise<Refusal | undefined> {
  const registry = env.TOKENS?.getByName(REGISTRY_NAME);
  if (tokenId === null || registry === undefined) return undefined;
  const use = `${tokenId} ${channel}`;
  if (noted.has(use)) return undefined;
  const full = fullUntil.get(tokenId);
  if (full !== undefined && full.atMs > Date.now()) return tooMany(full.outcome, env);
  const outcome = await withinMs(MAX_ASK_MS, registry.note(tokenId, channel)).catch((error: unknown) => {
    console.warn(`The use of a token cannot be noted: ${error instanceof Error ? error.message : String(error)}`);
    return "unavailable" as const;
  });
  switch (outcome) {
    case "noted":
      keepNewest(noted.add(use), MAX_NOTED);
      return undefined;
    case "no-such-token":
      // Revoked a moment ago: the copy is older than that.
      forgetNamedTokens();
      return UNKNOWN_TOKEN;
    case "too-many-channels":
    case "too-many-uses":
      if (fullUntil.size >= MAX_NOTED) fullUntil.clear();
      fullUntil.set(tokenId, { atMs: Date.now() + FULL_FOR_MS, outcome });
      return tooMany(outcome, env);
    case "unavailable":
      return UNAVAILABLE;
  }
}

/** For whoever comes with a token that is none, or none any more. */
export const UNKNOWN_TOKEN: Refusal = {
  code: "token-wrong",
  detail: "This token is not known here: it was revoked, or is not whole. Ask whoever gave it to you for another.",
};
const UNAVAILABLE: Refusal = {
  code: "keys-unavailable",
  detail: "The list of tokens cannot be had just now. Try again in five seconds.",
};

const TOO_MANY_USES: Refusal = {
  code: "quota-exceeded",
  detail:
    "This token may be used in no more channels now: it and the others of its maker, or all tokens, are used in as many as they may be, those of tokens that were revoked just now included. Try again in two minutes; if that does not help, revoke tokens that are not needed (plotcast token list).",
};

/** In how many channels a named token may be used: as the quota has it, and as many as can be told of its end. */
export function channelsOfToken(vars: QuotaVars): number {
  return Math.min(MAX_CHANNELS_OF_TOKEN, parseQuotas(vars).token.channels ?? MAX_CHANNELS_OF_TOKEN);
}

function tooMany(outcome: TooMany, env: AuthEnv): Refusal {
  if (outcome === "too-many-uses") return TOO_MANY_USES;
  const most = channelsOfToken(env);
  const isOfQuota = most === parseQuotas(env).token.channels;
  const bound = isOfQuota ? `QUOTA_TOKEN has ${quotaWord("channels", most)}` : `${most} at most`;
  return {
    code: "quota-exceeded",
    detail: `This token was used in as many channels already as it may be (${bound}). Make another for this channel.`,
  };
}

function refused(refusal: Refusal): Authenticated {
  return { kind: "refused", refusal };
}
