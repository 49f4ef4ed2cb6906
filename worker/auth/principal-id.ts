import { toHex } from "../../protocol/bytes.ts";
import type { PrincipalKind } from "./principal.ts";
import { sha256 } from "./secret-tokens.ts";

const MAX_ID_LENGTH = 128;
/** Nobody finds another name, or another token, with the same so many bytes. */
const HASH_BYTES = 8;
/** In an id it stands before a hash, and nowhere else. */
const MARK = "~";

/**
 * The id of whoever a signed token is for: of a bounded length, and in printable ASCII, so that it can stand in a header. No two names have
 * the same. One without a name has an id of its own token: what is signed of it, as a signature can be written in more ways than one.
 *
 * @param name as the token has it; undefined: it has none
 */
export async function idOf(kind: PrincipalKind, name: string | undefined, token: string): Promise<string> {
  if (name === undefined) return `${kind}:${await hashOf(token.slice(0, token.lastIndexOf(".")))}`;
  const id = `${kind}:${inAscii(name)}`;
  if (id.length <= MAX_ID_LENGTH) return id;
  const hash = await hashOf(name);
  return id.slice(0, MAX_ID_LENGTH - hash.length) + hash;
}

/** So that another text comes of every other. */
function inAscii(name: string): string {
  return name
    .toWellFormed()
    .replace(/[^\x20-\x7e]|%/gu, encodeURIComponent)
    .replaceAll(MARK, "%7E");
}

async function hashOf(text: string): Promise<string> {
  return MARK + toHex((await sha256(text)).subarray(0, HASH_BYTES));
}
