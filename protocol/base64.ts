/** So many bytes become text at once: a call has only so many arguments. */
const PIECE_BYTES = 8192;

/** Bytes in base64 (RFC 4648, section 4), however many. */
export function toBase64(bytes: Uint8Array): string {
  let characters = "";
  for (let i = 0; i < bytes.length; i += PIECE_BYTES) {
    characters += String.fromCharCode(...bytes.subarray(i, i + PIECE_BYTES));
  }
  return btoa(characters);
}

/** The bytes of base64. @throws if it is none */
export function fromBase64(text: string): Uint8Array<ArrayBuffer> {
  const characters = atob(text);
  const bytes = new Uint8Array(characters.length);
  for (let i = 0; i < bytes.length; i++) bytes[i] = characters.charCodeAt(i);
  return bytes;
}
