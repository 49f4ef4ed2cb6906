import { closeSync, openSync, rmSync, writeFileSync } from "node:fs";
import { type KeyPair, makeKeys } from "../../../config/syntax/curve-key.ts";
import { errorAdvice } from "../../../observability/error-advice.ts";
import { SourceError } from "../../errors.ts";

export interface KeyFiles {
  publicFile: string;
  secretFile: string;
  publicKey: string;
}

export const NO_CURVE =
  "This build of ZeroMQ has no CURVE. The prebuilt one of the npm package zeromq has it: install that " +
  "(npm install zeromq), or build libzmq with libsodium.";

/**
 * Writes `<base>.key` (public) and `<base>.key_secret` (both, mode 0600), as pyzmq's `zmq/auth/certs.py` and czmq's
 * `zcert.c` do and read.
 * @throws SourceError if a file is there already, or cannot be written; nothing is then left behind
 */
export function writeKeys(base: string, keys: KeyPair = makeKeys(), now = new Date()): KeyFiles {
  const publicFile = `${base}.key`;
  const secretFile = `${base}.key_secret`;
  const { publicKey, secretKey } = keys;
  const generated = `#   ****  Generated on ${now.toISOString()} by Plotcast  ****\n`;
  const secretText = `${generated}${SECRET_BANNER}metadata\ncurve\n    public-key = "${publicKey}"\n    secret-key = "${secretKey}"\n`;
  const publicText = `${generated}${PUBLIC_BANNER}metadata\ncurve\n    public-key = "${publicKey}"\n`;
  writeNew(secretFile, secretText, 0o600);
  try {
    writeNew(publicFile, publicText, 0o644);
  } catch (error) {
    rmSync(secretFile, { force: true });
    throw error;
  }
  return { publicFile, secretFile, publicKey };
}

const SECRET_BANNER = `#   ZeroMQ CURVE **Secret** Certificate
#   DO NOT PROVIDE THIS FILE TO OTHER USERS nor change its permissions.

`;
const PUBLIC_BANNER = `#   ZeroMQ CURVE Public Certificate
#   Exchange securely, or use a secure mechanism to verify the contents
#   of this file after exchange.

`;

function writeNew(file: string, text: string, mode: number): void {
  let handle: number;
  try {
    handle = openSync(file, "wx", mode);
  } catch (error) {
    const code = error instanceof Error && "code" in error ? error.code : undefined;
    if (code === "EEXIST") {
      throw new SourceError(`${file} is there already and was not touched. Give another name, or remove it first.`);
    }
    if (code === "ENOENT") throw new SourceError(`${file} cannot be written: its directory does not exist.`);
    throw new SourceError(`${file} cannot be written: ${errorAdvice(error, "file")}.`);
  }
  try {
    writeFileSync(handle, text);
  } finally {
    closeSync(handle);
  }
}

/** What to put where, once {@link writeKeys} has written a pair. */
export function whatToPutWhere({ publicFile, secretFile, publicKey }: KeyFiles): string {
  return `Public key: ${publicKey}
  ${publicFile}: this key. Anyone may have it.
  ${secretFile}: both keys. It stays on this machine, with whoever uses the pair.

If the bridge is the server (it usually is when publishers connect to it):
  the bridge has both keys; each publisher has the bridge's public key as its server key, and a pair of its own;
  the bridge's allow list has the publishers' public keys. Without a list, whoever has the bridge's public key may send.
If the publisher is the server (when the bridge connects to it):
  the bridge has both keys and the publisher's public key as its server key;
  the publisher's own list has the bridge's public key.
`;
}
