import type { CryptoKey } from "jose";
import { parseRights } from "../../protocol/access/rights.ts";
import type { AuthEnv } from "./auth-env.ts";
import { wrong } from "./claims.ts";
import { type KeyFor, keySetAt } from "./jwks.ts";
import { type JwtConfig, jwtConfigOf } from "./jwt-config.ts";
import type { Authenticated } from "./principal.ts";
import { idOf } from "./principal-id.ts";
import { readHeader, type TokenHeader, verifiedClaims } from "./signed-token.ts";

/** Whether a token is a JWT by its form. */
export function looksLikeJwt(token: string): boolean {
  return /^[\w-]+\.[\w-]+\.[\w-]*$/.test(token);
}

/** AC7. The principal of a JWT, with the rights of its claim `plotcast`; or what is wrong with it, for its bearer. */
export async function verifyJwt(token: string, env: AuthEnv, nowMs: number): Promise<Authenticated> {
  const config = jwtConfigOf(env);
  if (config.secrets.length === 0 && config.jwksUrl === undefined)
    return wrong("This Worker takes no JWTs. To let it, set JWT_SECRETS or JWT_JWKS_URL.");
  const read = readHeader(token);
  if (read.kind === "refused") return read;
  const { header } = read;
  const found = await keyFor(header, config);
  if (found.kind === "refused") return found;
  const { audience, issuer } = config;
  const expected = {
    audience: { value: audience, variable: "JWT_AUDIENCE" },
    issuer: issuer === undefined ? undefined : { value: issuer, variable: "JWT_ISSUER" },
  };
  const verified = await verifiedClaims(token, { alg: header.alg, key: found.key }, expected, nowMs);
  if (verified.kind === "refused") return verified;
  const { claims, expiresAtMs } = verified;
  if (claims.plotcast === undefined)
    return wrong('The JWT has no claim "plotcast", which says what may be done, such as {"lab/**":["watch"]}.');
  const parsed = parseRights(claims.plotcast);
  if ("fault" in parsed) return wrong(`The JWT's claim "plotcast" cannot be read. ${parsed.fault}`);
  const { sub } = claims;
  const id = await idOf("jwt", typeof sub === "string" && sub !== "" ? sub : undefined, token);
  return { kind: "principal", principal: { kind: "jwt", id, rights: parsed.rights, tokenId: null, expiresAtMs } };
}

/** AC7b. Secrets are for HS256 alone, and public keys never: whoever may know a key must not sign with it. */
async function keyFor({ alg, kid }: TokenHeader, { secrets, jwksUrl }: JwtConfig): Promise<KeyFor> {
  if (alg !== "HS256") {
    if (jwksUrl !== undefined) return await keySetAt(jwksUrl, "JWT_JWKS_URL").keyFor(alg, kid);
    return wrong(`The JWT is signed by ${alg}, and this Worker has no JWT_JWKS_URL with keys for that.`);
  }
  if (secrets.length === 0) return wrong("The JWT is signed by HS256, and this Worker has no JWT_SECRETS.");
  const secret = secrets.find((each) => each.kid === kid)?.secret;
  if (secret !== undefined) return { kind: "key", key: await hmacKey(secret) };
  return wrong(
    kid === undefined
      ? 'The JWT has no "kid", and each of JWT_SECRETS has one.'
      : 'The JWT has a "kid" that JWT_SECRETS does not have.',
  );
}

/** Imported once in an isolate. Assigned when it is there: a promise belongs to the request that made it. */
const hmacKeys = new Map<string, CryptoKey>();
const MAX_HMAC_KEYS = 32;

async function hmacKey(secret: string): Promise<CryptoKey> {
  const known = hmacKeys.get(secret);
  if (known !== undefined) return known;
  const bytes = new TextEncoder().encode(secret);
  const key = await crypto.subtle.importKey("raw", bytes, { name: "HMAC", hash: "SHA-256" }, false, ["verify"]);
  if (hmacKeys.size >= MAX_HMAC_KEYS) hmacKeys.clear();
  hmacKeys.set(secret, key);
  return key;
}
