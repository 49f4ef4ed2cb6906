import type { Rights } from "../../protocol/access/rights.ts";
import { isString } from "../../protocol/messages/guards.ts";
import type { AuthEnv } from "./auth-env.ts";
import { wrong } from "./claims.ts";
import { keySetAt } from "./jwks.ts";
import { keysUrlFault } from "./jwt-config.ts";
import type { Authenticated } from "./principal.ts";
import { idOf } from "./principal-id.ts";
import { readOnce } from "./read-once.ts";
import { parseRightsText } from "./rights-text.ts";
import { readHeader, verifiedClaims } from "./signed-token.ts";

/** The variables of Cloudflare Access. Of `wrangler.toml` they may be anything that TOML has. */
export interface CloudflareAccessVars {
  ACCESS_TEAM?: unknown;
  ACCESS_AUD?: unknown;
  ACCESS_RIGHTS?: unknown;
}

/** The same, read. */
export interface CloudflareAccess {
  /** Whether assertions are looked at. Where not, anybody may have sent one. */
  isOn: boolean;
  /** An origin, without a slash at its end: it is also who signs. */
  team: string;
  audience: string;
  /** Of whoever is let in. */
  rights: Rights;
  /** A sentence each. */
  faults: readonly string[];
}

/** What a header has at most that is still looked at; those of Access have some 1,000 characters. */
const MAX_ASSERTION_LENGTH = 8_192;

/** Reads the variables of Cloudflare Access. With one that cannot be read no assertion counts; with wrong rights it gives none. */
export function parseCloudflareAccess(vars: CloudflareAccessVars): CloudflareAccess {
  const { ACCESS_TEAM: team = "", ACCESS_AUD: audience = "", ACCESS_RIGHTS: rightsText = "" } = vars;
  const off = { isOn: false, team: "", audience: "", rights: {} };
  if (team === "" && audience === "") return { ...off, faults: [] };
  const fault = teamFault(team) ?? audienceFault(audience);
  if (fault !== undefined || typeof team !== "string" || typeof audience !== "string")
    return { ...off, faults: [`${fault ?? ""} Until then Cloudflare Access counts for nothing.`] };
  const parsed =
    typeof rightsText === "string" ? parseRightsText(rightsText || DEFAULT_RIGHTS) : { fault: "It is no text." };
  const isRead = "rights" in parsed;
  const faults = isRead ? [] : [`ACCESS_RIGHTS: ${parsed.fault} Until then it gives no rights.`];
  return { isOn: true, team: new URL(team).origin, audience, rights: isRead ? parsed.rights : {}, faults };
}

const DEFAULT_RIGHTS = "**=watch+history";

/** The variables of this Worker, read. */
export const cloudflareAccessOf = readOnce<CloudflareAccessVars, CloudflareAccess>(
  ["ACCESS_TEAM", "ACCESS_AUD", "ACCESS_RIGHTS"],
  parseCloudflareAccess,
);

/** AC8. The principal of whoever Cloudflare Access let in. */
export async function verifyAssertion(assertion: string, env: AuthEnv, nowMs: number): Promise<Authenticated> {
  const { isOn, team, audience, rights } = cloudflareAccessOf(env);
  if (!isOn) return wrong("This Worker is not behind Cloudflare Access.");
  if (assertion.length > MAX_ASSERTION_LENGTH)
    return wrong(`An assertion of Cloudflare Access has ${MAX_ASSERTION_LENGTH} characters at most.`);
  const read = readHeader(assertion);
  if (read.kind === "refused") return read;
  const { alg, kid } = read.header;
  if (alg !== "RS256" && alg !== "ES256") return wrong(`Cloudflare Access signs by RS256 or ES256, and not by ${alg}.`);
  const found = await keySetAt(`${team}/cdn-cgi/access/certs`, "ACCESS_TEAM").keyFor(alg, kid);
  if (found.kind === "refused") return found;
  const expected = {
    audience: { value: audience, variable: "ACCESS_AUD" },
    issuer: { value: team, variable: "ACCESS_TEAM" },
  };
  const verified = await verifiedClaims(assertion, { alg, key: found.key }, expected, nowMs);
  if (verified.kind === "refused") return verified;
  const { claims, expiresAtMs } = verified;
  // A service token has neither e-mail nor `sub`, but a common name.
  const [name] = [claims.email, claims.sub, claims.common_name].filter(isString).filter((each) => each !== "");
  const id = await idOf("cloudflare-access", name, assertion);
  return { kind: "principal", principal: { kind: "cloudflare-access", id, rights, tokenId: null, expiresAtMs } };
}

function teamFault(team: unknown): string | undefined {
  if (team === "") return "ACCESS_AUD is set, and ACCESS_TEAM is not. Set it to https://<team>.cloudflareaccess.com.";
  const fault = keysUrlFault(team);
  if (fault !== undefined) return `ACCESS_TEAM ${fault}`;
  const { origin, href } = new URL(String(team));
  return href === `${origin}/` ? undefined : `ACCESS_TEAM has more than an origin. Write ${origin}`;
}

function audienceFault(audience: unknown): string | undefined {
  if (audience === "") return "ACCESS_TEAM is set, and ACCESS_AUD is not. Set it to the application's AUD tag.";
  if (typeof audience === "string" && /^[\x21-\x7e]{1,512}$/.test(audience)) return undefined;
  return "ACCESS_AUD is no AUD tag, which is one word. Take it from the application's settings.";
}
