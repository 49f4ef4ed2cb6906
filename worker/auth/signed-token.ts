import { type CryptoKey, compactVerify, decodeProtectedHeader, errors } from "jose";
import { type Claims, type Expected, quoted, readClaims, wrong } from "./claims.ts";

/** What verifies by a public key. Nothing else does: a token says itself how it is signed, and must not choose. */
export const PUBLIC_KEY_ALGORITHMS = ["RS256", "ES256", "EdDSA"] as const;

export type PublicKeyAlgorithm = (typeof PUBLIC_KEY_ALGORITHMS)[number];

export type SigningAlgorithm = PublicKeyAlgorithm | "HS256";

/** As far as a token's header counts. It may hold a key, or say where there is one (`jwk`, `jku`, `x5u`, `x5c`): that is not looked at. */
export interface TokenHeader {
  alg: SigningAlgorithm;
  kid: string | undefined;
}

/** The header of a JWT, before anything of it is verified; or a refusal. */
export function readHeader(token: string): { kind: "header"; header: TokenHeader } | ReturnType<typeof wrong> {
  let header: Record<string, unknown>;
  try {
    header = decodeProtectedHeader(token);
  } catch {
    return wrong("The token looks like a JWT, and its header cannot be read.");
  }
  const { alg, kid, crit } = header;
  if (crit !== undefined)
    return wrong('The JWT\'s header asks for extensions ("crit"), of which this Worker knows none.');
  if (kid !== undefined && typeof kid !== "string") return wrong('The JWT\'s "kid" must be a text.');
  if (alg === "HS256" || isPublicKeyAlgorithm(alg)) return { kind: "header", header: { alg, kid } };
  if (alg === "none") return wrong('The JWT is not signed: its "alg" is "none".');
  const given = typeof alg === "string" ? `is signed by ${quoted(alg)}` : 'has no "alg"';
  return wrong(`The JWT ${given}, and only HS256, ${PUBLIC_KEY_ALGORITHMS.join(", ")} count.`);
}

/** The claims of a token that was signed with this key, by this algorithm, and says what is expected. */
export async function verifiedClaims(
  token: string,
  { alg, key }: { alg: SigningAlgorithm; key: CryptoKey },
  expected: Expected,
  nowMs: number,
): Promise<Claims> {
  let payload: Uint8Array;
  try {
    ({ payload } = await compactVerify(token, key, { algorithms: [alg] }));
  } catch (error) {
    if (error instanceof errors.JWSSignatureVerificationFailed)
      return wrong("The JWT's signature is wrong: another key made it, or the token was changed.");
    if (error instanceof errors.JOSEError) return wrong("The token looks like a JWT, and cannot be read.");
    throw error;
  }
  return readClaims(payload, expected, nowMs);
}

export function isPublicKeyAlgorithm(alg: unknown): alg is PublicKeyAlgorithm {
  return PUBLIC_KEY_ALGORITHMS.some((known) => known === alg);
}
