/** JWTs as others make them: signed by node:crypto, so that what verifies them is not what made them. */
import { createHmac, createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject, sign } from "node:crypto";

/** The key of RFC 7515, A.1, as text. */
export const SECRET = "AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow";
export const OTHER_SECRET = "another-secret-of-thirty-two-characters";
/** When the tokens that stand in tests count: 2026-01-01. */
export const NOW_MS = Date.UTC(2026, 0, 1);

/** The key pair of RFC 7515, A.3. */
const EC = createPrivateKey({
  format: "jwk",
  key: {
    kty: "EC",
    crv: "P-256",
    x: "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",
    y: "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0",
    d: "jpsQnnGQmL-YBIffH1136cspYG6-0iY7X1fCE9-E9LI",
  },
});
/** The key pair of RFC 8037, A.1. */
const ED = createPrivateKey({
  format: "jwk",
  key: {
    kty: "OKP",
    crv: "Ed25519",
    x: "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo",
    d: "nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A",
  },
});

export type Jwk = Record<string, unknown>;

/** Who signs: by a secret, or a key pair. */
export interface Signer {
  alg: string;
  kid?: string;
  key: string | KeyObject;
}

export const HS256: Signer = { alg: "HS256", key: SECRET };
export const ES256: Signer = { alg: "ES256", kid: "ec", key: EC };
export const EDDSA: Signer = { alg: "EdDSA", kid: "ed", key: ED };

/** A new one, as RSA keys take long. */
export function rs256(kid = "rsa", modulusLength = 2048): Signer {
  return { alg: "RS256", kid, key: generateKeyPairSync("rsa", { modulusLength }).privateKey };
}

export function es256(kid: string): Signer {
  return { alg: "ES256", kid, key: generateKeyPairSync("ec", { namedCurve: "P-256" }).privateKey };
}

/** What verifies a signer's tokens, as a JWKS has it. */
export function publicJwk({ alg, kid, key }: Signer): Jwk {
  if (typeof key === "string") throw new Error("a secret has no public key");
  return { ...createPublicKey(key).export({ format: "jwk" }), alg, ...(kid !== undefined && { kid }), use: "sig" };
}

/** A key pair as nobody should publish it. */
export function privateJwk({ kid, key }: Signer): Jwk {
  if (typeof key === "string") throw new Error("a secret has no key pair");
  return { ...key.export({ format: "jwk" }), kid };
}

/** A token of any form. `header` goes over what the signer's is. */
export function signed(claims: unknown, signer: Signer = HS256, header: Record<string, unknown> = {}): string {
  const { alg, kid } = signer;
  const head = { alg, ...(kid !== undefined && { kid }), ...header };
  return signedText(JSON.stringify(head), typeof claims === "string" ? claims : JSON.stringify(claims), signer);
}

/** The same of texts that may be no JSON. */
export function signedText(header: string, payload: string, { alg, key }: Signer): string {
  const input = `${base64url(header)}.${base64url(payload)}`;
  if (typeof key === "string") return `${input}.${createHmac("sha256", key).update(input).digest("base64url")}`;
  const digest = alg === "EdDSA" ? null : "sha256";
  return `${input}.${sign(digest, Buffer.from(input), { key, dsaEncoding: "ieee-p1363" }).toString("base64url")}`;
}

/** Claims that count for an hour from this time on. */
export function claimsAt(nowMs: number, more: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    aud: "plotcast",
    exp: Math.floor(nowMs / 1000) + 3_600,
    sub: "alice",
    plotcast: { "lab/**": ["watch", "history"] },
    ...more,
  };
}

function base64url(text: string): string {
  return Buffer.from(text).toString("base64url");
}
