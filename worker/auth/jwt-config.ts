import { type JwtSecret, parseJwtSecrets } from "../../protocol/access/jwt-secrets.ts";
import { readOnce } from "./read-once.ts";

/** The variables that say which JWTs count. Of `wrangler.toml` they may be anything that TOML has. */
export interface JwtVars {
  JWT_SECRETS?: unknown;
  JWT_AUDIENCE?: unknown;
  JWT_ISSUER?: unknown;
  JWT_JWKS_URL?: unknown;
}

/** The same, read. */
export interface JwtConfig {
  /** By which HS256 counts. */
  secrets: readonly JwtSecret[];
  /** Where the keys are by which ES256, EdDSA and RS256 count. */
  jwksUrl: string | undefined;
  audience: string;
  /** undefined: any. */
  issuer: string | undefined;
  /** A sentence each. */
  faults: readonly string[];
}

const DEFAULT_AUDIENCE = "plotcast";
/** As much as a claim may sensibly have. */
const MAX_TEXT_LENGTH = 512;

/**
 * Reads the variables of JWTs. A fault never opens anything: what cannot be read of the keys is no key, and where audience or issuer cannot be
 * read no JWT counts.
 */
export function parseJwtConfig(vars: JwtVars): JwtConfig {
  const faults: string[] = [];
  const audience = textOf("JWT_AUDIENCE", vars.JWT_AUDIENCE, faults) ?? DEFAULT_AUDIENCE;
  const issuer = textOf("JWT_ISSUER", vars.JWT_ISSUER, faults);
  const isClosed = faults.length > 0;
  const { secrets, faults: secretFaults } = secretsOf(vars.JWT_SECRETS ?? "");
  faults.push(...secretFaults);
  const url = vars.JWT_JWKS_URL ?? "";
  const urlFault = url === "" ? undefined : keysUrlFault(url);
  if (urlFault !== undefined) faults.push(`JWT_JWKS_URL ${urlFault} Until then its keys do not count.`);
  const jwksUrl = typeof url === "string" && url !== "" && urlFault === undefined ? url : undefined;
  return isClosed
    ? { secrets: [], jwksUrl: undefined, audience, issuer, faults }
    : { secrets, jwksUrl, audience, issuer, faults };
}

/** The variables of this Worker, read. */
export const jwtConfigOf = readOnce<JwtVars, JwtConfig>(
  ["JWT_SECRETS", "JWT_AUDIENCE", "JWT_ISSUER", "JWT_JWKS_URL"],
  parseJwtConfig,
);

/** What is wrong with a URL of keys, as the end of a sentence; undefined: they can be fetched from there. */
export function keysUrlFault(text: unknown): string | undefined {
  if (typeof text !== "string" || !URL.canParse(text)) return "is no URL. Write it in full, with https://.";
  const { protocol, hostname, username, password } = new URL(text);
  // `fetch` throws for those.
  if (username !== "" || password !== "")
    return "has a user or a password in it, which cannot be sent. Leave them out.";
  if (protocol === "https:" || (protocol === "http:" && isThisMachine(hostname))) return undefined;
  return "does not begin with https://, so anybody on the way could put in keys of their own. Only localhost may be http://.";
}

function isThisMachine(hostname: string): boolean {
  return /^(?:localhost|.*\.localhost|127(?:\.\d+){3}|\[::1\])$/.test(hostname);
}

function secretsOf(value: unknown): ReturnType<typeof parseJwtSecrets> {
  return typeof value === "string"
    ? parseJwtSecrets(value)
    : { secrets: [], faults: ["JWT_SECRETS is no text. No JWT counts by it."] };
}

function textOf(name: string, value: unknown, faults: string[]): string | undefined {
  if (value === undefined || value === "") return undefined;
  if (typeof value === "string" && value.trim() === value && value.length <= MAX_TEXT_LENGTH && !/\p{C}/u.test(value))
    return value;
  faults.push(
    `${name} is no text of 1 to ${MAX_TEXT_LENGTH} characters without blanks around it. Until it is, no JWT counts.`,
  );
  return undefined;
}
