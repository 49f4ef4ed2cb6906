import { ALL_RIGHTS, type Rights } from "../../protocol/access/rights.ts";
import type { Principal } from "./principal.ts";

/** The tokens that are secrets of the Worker itself. */
export interface SecretTokenVars {
  PUBLISH_TOKEN?: string | undefined;
  ADMIN_TOKEN?: string | undefined;
}

/** So many words of a secret count: the token, and the one before or after it while it is exchanged. */
const MAX_AT_ONCE = 2;
const PUBLISH_RIGHTS: Rights = { "**": ["publish"] };
/** Where there is no ADMIN_TOKEN, whoever publishes owns the channels: it empties them, and says what everybody sees. */
const OWNER_RIGHTS: Rights = { "**": ["publish", "admin"] };

interface Known {
  digest: Uint8Array;
  principal: Principal;
}

let known: { key: string; tokens: Known[] } | undefined;

/** What in these variables has no effect, a sentence each. */
export function secretTokenFaults({ PUBLISH_TOKEN = "", ADMIN_TOKEN = "" }: SecretTokenVars): string[] {
  const faults = Object.entries({ PUBLISH_TOKEN, ADMIN_TOKEN })
    .filter(([, text]) => wordsOf(text).length > MAX_AT_ONCE)
    .map(
      ([name]) =>
        `${name} has more than ${MAX_AT_ONCE} tokens with blanks between them; only the first ${MAX_AT_ONCE} count.`,
    );
  const both = wordsOf(PUBLISH_TOKEN).find((token) => wordsOf(ADMIN_TOKEN).includes(token));
  if (both !== undefined)
    faults.push("ADMIN_TOKEN and PUBLISH_TOKEN are the same; whoever publishes may then do everything.");
  return faults;
}

/** Whether anybody can publish by a secret of the Worker's. */
export function hasSecretToken({ PUBLISH_TOKEN = "", ADMIN_TOKEN = "" }: SecretTokenVars): boolean {
  return wordsOf(`${PUBLISH_TOKEN} ${ADMIN_TOKEN}`).length > 0;
}

/** GD1b. The principal of a token that is one of these secrets; undefined: it is none. All are compared, in constant time. */
export async function secretPrincipal(token: string, vars: SecretTokenVars): Promise<Principal | undefined> {
  const [tokens, given] = await Promise.all([knownOf(vars), sha256(token)]);
  let found: Principal | undefined;
  for (const { digest, principal } of tokens) if (equalInConstantTime(digest, given)) found ??= principal;
  return found;
}

/** Assigned when it is there: a promise belongs to the request that made it. */
async function knownOf({ PUBLISH_TOKEN = "", ADMIN_TOKEN = "" }: SecretTokenVars): Promise<Known[]> {
  const key = JSON.stringify([PUBLISH_TOKEN, ADMIN_TOKEN]);
  if (known?.key === key) return known.tokens;
  const [publish, admin] = [wordsOf(PUBLISH_TOKEN), wordsOf(ADMIN_TOKEN)].map((words) => words.slice(0, MAX_AT_ONCE));
  const publishRights = admin?.length === 0 ? OWNER_RIGHTS : PUBLISH_RIGHTS;
  const all: [string, Principal][] = [
    ...(admin ?? []).map((token): [string, Principal] => [token, principalOf("admin-token", ALL_RIGHTS)]),
    ...(publish ?? []).map((token): [string, Principal] => [token, principalOf("publish-token", publishRights)]),
  ];
  const tokens = await Promise.all(all.map(async ([token, principal]) => ({ digest: await sha256(token), principal })));
  known = { key, tokens };
  return tokens;
}

function principalOf(kind: "admin-token" | "publish-token", rights: Rights): Principal {
  return { kind, id: kind, rights, tokenId: null, expiresAtMs: null };
}

function wordsOf(text: string): string[] {
  return text.split(/\s+/).filter((word) => word !== "");
}

/** Whether two lists of bytes, of one length, are the same. It looks at all of them, wherever they differ. */
export function equalInConstantTime(a: ArrayLike<number>, b: ArrayLike<number>): boolean {
  let difference = 0;
  for (let i = 0; i < a.length; i++) difference |= (a[i] ?? 0) ^ (b[i] ?? 0);
  return difference === 0;
}

export async function sha256(text: string): Promise<Uint8Array> {
  return new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text)));
}
