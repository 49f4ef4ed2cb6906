import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject } from "node:crypto";

/** Both as Z85 text, 40 characters. */
export interface KeyPair {
  publicKey: string;
  secretKey: string;
}

const KEY_BYTES = 32;
/** PKCS #8 of an X25519 key without the key itself: RFC 8410. */
const X25519_PKCS8 = Buffer.from("302e020100300506032b656e04220420", "hex");

/** A new pair for CURVE, whose keys are Curve25519's: https://rfc.zeromq.org/spec/26/ */
export function makeKeys(): KeyPair {
  const { publicKey, privateKey } = generateKeyPairSync("x25519");
  return {
    publicKey: encodeZ85(rawPublic(publicKey)),
    secretKey: encodeZ85(privateKey.export({ format: "der", type: "pkcs8" }).subarray(-KEY_BYTES)),
  };
}

/** The public key that goes with a secret one. */
export function publicKeyOf(secretKey: string): string | undefined {
  const secret = decodeZ85(secretKey);
  if (secret?.length !== KEY_BYTES) return undefined;
  const key = createPrivateKey({ key: Buffer.concat([X25519_PKCS8, secret]), format: "der", type: "pkcs8" });
  return encodeZ85(rawPublic(createPublicKey(key)));
}

function rawPublic(key: KeyObject): Buffer {
  return key.export({ format: "der", type: "spki" }).subarray(-KEY_BYTES);
}

/** Whether it is a CURVE key as Z85 text: 40 characters for 32 bytes. */
export function isKey(text: string): boolean {
  return decodeZ85(text)?.length === KEY_BYTES;
}

/** What is wrong with a key, undefined if nothing is. Never quotes it: it may be a secret one. */
export function keyFault(key: string): string | undefined {
  if (isKey(key)) return undefined;
  return `a CURVE key is 40 characters of Z85 text (this has ${key.length})`;
}

const ALPHABET = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ.-:+=^!/*?&<>()[]{}@%$#";
const VALUES = new Map([...ALPHABET].map((character, value) => [character, value]));

/**
 * The text of bytes, 5 characters for each 4: https://rfc.zeromq.org/spec/32/
 * @param bytes a multiple of 4
 */
export function encodeZ85(bytes: Uint8Array): string {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let text = "";
  for (let at = 0; at + 4 <= bytes.length; at += 4) {
    const word = view.getUint32(at);
    for (let scale = 85 ** 4; scale >= 1; scale /= 85) text += ALPHABET[Math.floor(word / scale) % 85];
  }
  return text;
}

/** The bytes of a text; undefined if it is no Z85. */
export function decodeZ85(text: string): Buffer | undefined {
  if (text.length % 5 !== 0) return undefined;
  const bytes = Buffer.alloc((text.length / 5) * 4);
  for (let at = 0; at < text.length; at += 5) {
    let word = 0;
    for (const character of text.slice(at, at + 5)) {
      const value = VALUES.get(character);
      if (value === undefined) return undefined;
      word = word * 85 + value;
    }
    if (word > 0xffff_ffff) return undefined;
    bytes.writeUInt32BE(word, (at / 5) * 4);
  }
  return bytes;
}
