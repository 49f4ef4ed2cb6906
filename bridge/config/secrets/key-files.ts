import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { isKey } from "../syntax/curve-key.ts";
import { FileFault, readSmallText } from "./small-file.ts";

/** No file of keys or passwords is larger. */
const MAX_FILE_BYTES = 1024 * 1024;

/** Why a file cannot be used, in a sentence that never has what is in it. */
export class SecretFileError extends Error {
  override readonly name = "SecretFileError";
}

export interface KeysInFile {
  publicKey?: string;
  secretKey?: string;
}

/**
 * A certificate as czmq and pyzmq write it (ZPL, RFC 4: `public-key = "…"` and `secret-key = "…"` under `curve`;
 * zeromq/pyzmq zmq/auth/certs.py, zeromq/czmq src/zcert.c), or a file with nothing but one key.
 * @param kind what a lone key is
 * @throws SecretFileError
 */
export function readKeys(file: string, kind: "publicKey" | "secretKey"): KeysInFile {
  const lines = linesOf(file);
  const [only] = lines;
  if (only !== undefined && lines.length === 1 && isKey(only)) return { [kind]: only };
  const publicKey = entryOf(lines, "public-key");
  const secretKey = entryOf(lines, "secret-key");
  if ([publicKey, secretKey].some((key) => key !== undefined && !isKey(key))) {
    throw new SecretFileError(`${file} has a key that is not Z85 text of 40 characters.`);
  }
  if ((kind === "publicKey" ? publicKey : secretKey) === undefined) {
    const name = kind === "publicKey" ? "public" : "secret";
    throw new SecretFileError(
      `${file} has no ${name} key: it is a ZeroMQ certificate with ${name}-key = "…", or a Z85 key of 40 characters alone.`,
    );
  }
  return { ...(publicKey === undefined ? {} : { publicKey }), ...(secretKey === undefined ? {} : { secretKey }) };
}

/**
 * Public keys: one a line, or a certificate; or of a folder all certificates `*.key`, as pyzmq reads them.
 * @throws SecretFileError
 */
export function readAllowed(file: string): string[] {
  if (isFolder(file)) {
    return readdirSync(file)
      .filter((name) => name.endsWith(".key"))
      .sort()
      .flatMap((name) => readKeys(join(file, name), "publicKey").publicKey ?? []);
  }
  const lines = linesOf(file);
  if (lines.length > 0 && lines.every(isKey)) return lines;
  const { publicKey } = readKeys(file, "publicKey");
  return publicKey === undefined ? [] : [publicKey];
}

/**
 * Users and passwords: `user=password` a line, as czmq's zauth reads them.
 * @throws SecretFileError
 */
export function readUsers(file: string): Map<string, string> {
  const users = new Map<string, string>();
  for (const line of linesOf(file)) {
    const equals = line.indexOf("=");
    if (equals < 1) throw new SecretFileError(`${file} has a line that is not user=password.`);
    users.set(line.slice(0, equals).trim(), line.slice(equals + 1).trim());
  }
  if (users.size === 0) throw new SecretFileError(`${file} has no users: write user=password, one a line.`);
  return users;
}

/** The first line of a file, such as a password. @throws SecretFileError */
export function readSecret(file: string): string {
  const [first = ""] = textOf(file).split(/\r?\n/);
  if (first === "") throw new SecretFileError(`${file} is empty.`);
  return first;
}

/** Lines with something on them that is no comment. */
function linesOf(file: string): string[] {
  return (
    textOf(file)
      .split(/\r?\n/)
      .map((line) => line.trim())
      // A key may begin with #, too.
      .filter((line) => line !== "" && (!line.startsWith("#") || isKey(line)))
  );
}

function entryOf(lines: readonly string[], name: string): string | undefined {
  for (const line of lines) {
    const equals = line.indexOf("=");
    if (equals >= 0 && line.slice(0, equals).trim() === name)
      return line
        .slice(equals + 1)
        .trim()
        .replace(/^(["'])(.*)\1$/, "$2");
  }
  return undefined;
}

function isFolder(file: string): boolean {
  try {
    return statSync(file).isDirectory();
  } catch {
    return false;
  }
}

function textOf(file: string): string {
  try {
    return readSmallText(file, MAX_FILE_BYTES);
  } catch (error) {
    if (!(error instanceof FileFault)) throw error;
    throw new SecretFileError(error.isMissing ? `${error.message}.` : `${file} cannot be read: ${error.message}.`);
  }
}
