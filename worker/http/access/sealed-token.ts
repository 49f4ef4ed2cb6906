import { fromBase64Url, toBase64Url } from "../../../protocol/base64url.ts";

/**
 * What a cookie holds of a token. Cookies know no port: a browser sends one to every server of its host, and each of them can overwrite
 * it. So the token is encrypted, and the key is the page's: it keeps that in its localStorage, which belongs to one port. A server beside
 * this one has the cookie without the key, and a script of the page the key without the cookie.
 */
export interface SealedToken {
  /** For the cookie. */
  sealed: string;
  /** For the page: 22 characters of base64url. */
  key: string;
}

/** How it is sealed: AES-GCM with 128 bits. Another way would have another number. */
const VERSION = "1.";
const KEY_BYTES = 16;
/** A key encrypts one text, once. So this need not differ. */
const ALGORITHM = { name: "AES-GCM", iv: new Uint8Array(12) } as const;
/** No browser keeps a cookie that is longer. */
const MAX_SEALED_LENGTH = 4_096;
const KEY = /^[\w-]{22}$/;

/** Encrypts a token with a key that is made for it. */
export async function sealToken(token: string): Promise<SealedToken> {
  const bytes = crypto.getRandomValues(new Uint8Array(KEY_BYTES));
  const key = await crypto.subtle.importKey("raw", bytes, ALGORITHM.name, false, ["encrypt"]);
  const encrypted = await crypto.subtle.encrypt(ALGORITHM, key, new TextEncoder().encode(token));
  return { sealed: VERSION + toBase64Url(new Uint8Array(encrypted)), key: toBase64Url(bytes) };
}

/** The token of a cookie; undefined if the key is not that of the cookie, or if somebody else wrote the cookie. */
export async function openSealed({ sealed, key }: SealedToken): Promise<string | undefined> {
  if (!KEY.test(key) || !sealed.startsWith(VERSION) || sealed.length > MAX_SEALED_LENGTH) return undefined;
  const [bytes, encrypted] = [fromBase64Url(key), fromBase64Url(sealed.slice(VERSION.length))];
  if (bytes?.length !== KEY_BYTES || encrypted === undefined) return undefined;
  try {
    const imported = await crypto.subtle.importKey("raw", bytes, ALGORITHM.name, false, ["decrypt"]);
    return new TextDecoder().decode(await crypto.subtle.decrypt(ALGORITHM, imported, encrypted));
  } catch {
    return undefined;
  }
}
