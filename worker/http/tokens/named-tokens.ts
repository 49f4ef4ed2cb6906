import { coversRights, parseRights, type Rights } from "../../../protocol/access/rights.ts";
import { MAX_RIGHTS_BYTES } from "../../../protocol/limits.ts";
import { isCountOrNull, parseObject } from "../../../protocol/messages/guards.ts";
import {
  isTokenName,
  SHARE_PREFIX,
  type TokenAnswer,
  type TokenListAnswer,
  type TokenRequest,
} from "../../../protocol/messages/named-tokens.ts";
import { Problem } from "../../../protocol/problem.ts";
import { forgetNamedTokens, namedTokenHash, newNamedToken, REGISTRY_NAME } from "../../auth/named-tokens.ts";
import type { Principal } from "../../auth/principal.ts";
import type { TokenRegistry } from "../../tokens/token-registry.ts";
import type { NewToken } from "../../tokens/token-store.ts";
import type { Access } from "../access/access.ts";
import { HttpProblem } from "../problem-response.ts";
import { decodeText } from "../publish/body.ts";
import { readBody } from "../publish/read-body.ts";
import { mustAdminister } from "./administrator.ts";
import { spendOnChange, spendOnList } from "./maker-bounds.ts";

/** What may be done with all tokens, and with one. */
export const ALLOWED = { all: "GET, HEAD, POST, OPTIONS", one: "DELETE, OPTIONS" } as const;
/** So far ahead a token may expire. */
const MAX_EXPIRES_IN_MS = 10 * 366 * 86_400_000;
const KEYS = new Set(["name", "rights", "expiresAtMs"]);
const SHAPE =
  'A token is asked for with {"name":"lab-rig","rights":{"lab/**":["publish"]},"expiresAtMs":null}, and nothing else.';

/**
 * AC6a: makes a named token.
 * @throws Problem
 */
export async function makeNamedToken(request: Request, env: Env, access: Access): Promise<TokenAnswer> {
  const principal = await mustAdminister(request, env, access);
  await spendOnChange(principal, env);
  const { name, rights, expiresAtMs } = readTokenRequest(decodeText(await readBody(request, MAX_RIGHTS_BYTES)));
  if (!coversRights(principal.rights, "admin", rights)) {
    throw new Problem(
      "not-permitted",
      'This token makes others only for channels for which it has the right "admin"; these rights go beyond.',
    );
  }
  const { token } = await keepNewToken(env, principal, name, rights, expiresAtMs);
  return { name, token, rights, expiresAtMs };
}

/** AC6b: the tokens that the asker may revoke. @throws Problem */
export async function listNamedTokens(request: Request, env: Env, access: Access): Promise<TokenListAnswer> {
  const principal = await mustAdminister(request, env, access);
  spendOnList(principal, Date.now());
  // RPC passes on no object without a prototype.
  return { tokens: await registryOf(env).list({ ...principal.rights }) };
}

/** AC6b: a token counts no more. @throws Problem */
export async function revokeNamedToken(request: Request, env: Env, access: Access, name: string): Promise<void> {
  const principal = await mustAdminister(request, env, access);
  await spendOnChange(principal, env);
  const token = isTokenName(name) ? await registryOf(env).find(name) : undefined;
  // That there is one is no secret: whoever asks could learn it by making one of this name (409).
  if (token !== undefined && !coversRights(principal.rights, "admin", token.rights)) {
    throw new Problem(
      "not-permitted",
      'This token revokes others only for channels for which it has the right "admin"; the rights of this one go beyond.',
    );
  }
  if (token === undefined || !(await registryOf(env).revoke(token.id)))
    throw new Problem("not-found", "There is no token of this name; plotcast token list shows which you may revoke.");
  forgetNamedTokens();
}

/** AC11c: takes back a share link of a channel, and nothing else. Who asks has passed the guard. @throws Problem */
export async function revokeShare(env: Env, channel: string, name: string): Promise<void> {
  const token = isTokenName(name) ? await registryOf(env).find(name) : undefined;
  const isHere = token?.name.startsWith(SHARE_PREFIX) === true && isShareOf(token.rights, channel);
  if (!isHere || !(await registryOf(env).revoke(token.id)))
    throw new Problem("not-found", "This channel has no share link of this name, or it was taken back already.");
  forgetNamedTokens();
}

/** What a share link may do. */
export function shareRights(channel: string): Rights {
  return { [channel]: ["watch", "history"] };
}

function isShareOf(rights: Rights, channel: string): boolean {
  const held = Object.hasOwn(rights, channel) ? rights[channel] : undefined;
  return Object.keys(rights).length === 1 && held?.length === 2 && held.includes("watch") && held.includes("history");
}

/** Makes a token and has its hash kept. @param name with a prefix: it gets one of its own @throws Problem */
export async function keepNewToken(
  env: Env,
  { kind, id, tokenId }: Principal,
  name: NewToken["name"],
  rights: Rights,
  expiresAtMs: number | null,
): Promise<{ token: string; name: string }> {
  const token = newNamedToken();
  const sha256 = await namedTokenHash(token);
  // RPC passes on no object without a prototype.
  const added = await registryOf(env).add({
    name,
    sha256,
    rights: { ...rights },
    expiresAtMs,
    maker: { kind, id, tokenId },
  });
  if ("code" in added) throw new Problem(added.code, added.detail);
  forgetNamedTokens();
  return { token, name: added.name };
}

/** For a method that `/tokens` does not have. */
export function methodNotAllowed(method: string, allowed: string): Problem {
  return new HttpProblem("method-not-allowed", `This knows ${allowed}; not ${method}.`, { Allow: allowed });
}

function registryOf(env: Env): DurableObjectStub<TokenRegistry> {
  return env.TOKENS.getByName(REGISTRY_NAME);
}

/** A word too much is refused: with "expiresAt" misspelt a token would never expire. @throws Problem `rights-invalid` */
function readTokenRequest(text: string): TokenRequest {
  const asked = parseObject(text);
  if (asked === undefined || !Object.keys(asked).every((key) => KEYS.has(key))) throw invalid(SHAPE);
  const { name, rights, expiresAtMs = null } = asked;
  if (!isTokenName(name))
    throw invalid(
      'A token\'s name is 1 to 64 of letters, digits, ".", "_" and "-", such as lab-rig; not ".", "..", or what begins with "pct_".',
    );
  const parsed = parseRights(rights);
  if ("fault" in parsed) throw invalid(parsed.fault);
  const nowMs = Date.now();
  if (!isCountOrNull(expiresAtMs) || (expiresAtMs !== null && expiresAtMs <= nowMs))
    throw invalid("expiresAtMs is a time to come, in milliseconds since 1970, or null.");
  if (expiresAtMs !== null && expiresAtMs > nowMs + MAX_EXPIRES_IN_MS)
    throw invalid("A token expires within ten years, or never: leave out expiresAtMs.");
  return { name, rights: parsed.rights, expiresAtMs };
}

function invalid(detail: string): Problem {
  return new Problem("rights-invalid", detail);
}
