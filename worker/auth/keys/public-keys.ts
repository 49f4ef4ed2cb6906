import { type CryptoKey, importJWK, type JWK } from "jose";
import { isObject } from "../../../protocol/json/json.ts";
import type { PublicKeyAlgorithm } from "../signed-token.ts";

/** A key that may verify. */
export interface PublicKey {
  kid: string | undefined;
  alg: PublicKeyAlgorithm;
  key: CryptoKey;
}

/** Of the keys of a set that fit a token: exactly one counts. */
export type KeyChoice = { kind: "key"; key: CryptoKey } | { kind: "none" } | { kind: "several" };

/** So many of a set are looked at: importing one takes time. */
const MAX_KEYS = 64;
const MIN_RSA_BITS = 2_048;

/**
 * The public keys of a JSON Web Key Set, and a sentence on each that is published and should not be. Those that cannot verify by the
 * algorithms that count are left out: RSA below 2,048 bits, other curves, keys for encryption, shared secrets (`oct`).
 *
 * jose's own `createLocalJWKSet` keeps promises of imports across requests, and in a Worker whoever awaits one of a request that is gone
 * waits for ever. So all are imported here, by the request that fetched them.
 *
 * @throws Error whose message ends a sentence, if it is no set
 */
export async function publicKeysIn(value: unknown): Promise<{ keys: PublicKey[]; faults: string[] }> {
  if (!isObject(value) || !Array.isArray(value.keys))
    throw new Error('it is no JSON Web Key Set, which is {"keys":[…]}');
  const jwks: unknown[] = value.keys.slice(0, MAX_KEYS);
  const isPrivate = (jwk: unknown): boolean => isObject(jwk) && ("d" in jwk || "k" in jwk || "priv" in jwk);
  const faults = jwks
    .filter(isPrivate)
    .map(
      () => "One of the keys is no public key: whoever can fetch it can make tokens. It does not count; replace it.",
    );
  const found = await Promise.all(jwks.filter((jwk) => !isPrivate(jwk)).map(publicKeyOf));
  return { keys: found.filter((key) => key !== undefined), faults };
}

/** The key for a token's header. Without `kid` it is the only one of that algorithm. */
export function chooseKey(keys: readonly PublicKey[], alg: PublicKeyAlgorithm, kid: string | undefined): KeyChoice {
  const [found, ...others] = keys.filter((each) => each.alg === alg && (kid === undefined || each.kid === kid));
  if (found === undefined) return { kind: "none" };
  return others.length === 0 ? { kind: "key", key: found.key } : { kind: "several" };
}

async function publicKeyOf(jwk: unknown): Promise<PublicKey | undefined> {
  if (!isObject(jwk)) return undefined;
  const { kid, use, key_ops: operations } = jwk;
  if (kid !== undefined && typeof kid !== "string") return undefined;
  if (use !== undefined && use !== "sig") return undefined;
  if (operations !== undefined && !(Array.isArray(operations) && operations.includes("verify"))) return undefined;
  const bare = bareKeyOf(jwk);
  if (bare === undefined || (jwk.alg !== undefined && jwk.alg !== bare.alg)) return undefined;
  try {
    const key = await importJWK(bare.jwk, bare.alg);
    return !(key instanceof Uint8Array) && isLongEnough(key) ? { kid, alg: bare.alg, key } : undefined;
  } catch {
    return undefined;
  }
}

/** What of a key is the key, and the one algorithm that it is for. */
function bareKeyOf(jwk: Record<string, unknown>): { jwk: JWK; alg: PublicKeyAlgorithm } | undefined {
  const { kty, crv, x, y, n, e } = jwk;
  if (kty === "RSA" && typeof n === "string" && typeof e === "string") return { jwk: { kty, n, e }, alg: "RS256" };
  if (typeof x !== "string") return undefined;
  if (kty === "EC" && crv === "P-256" && typeof y === "string") return { jwk: { kty, crv, x, y }, alg: "ES256" };
  return kty === "OKP" && crv === "Ed25519" ? { jwk: { kty, crv, x }, alg: "EdDSA" } : undefined;
}

function isLongEnough({ algorithm }: CryptoKey): boolean {
  return !("modulusLength" in algorithm) || Number(algorithm.modulusLength) >= MIN_RSA_BITS;
}
