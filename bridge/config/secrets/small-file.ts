import { closeSync, openSync, readSync } from "node:fs";

/** Why a file is not read, in plain words that end a sentence and never have what is in it. */
export class FileFault extends Error {
  override readonly name = "FileFault";
  /** There is nothing of that name: it may be a secret that stands where the name of its file belongs. */
  readonly isMissing: boolean;
  constructor(message: string, isMissing = false) {
    super(message);
    this.isMissing = isMissing;
  }
}

const MISSING: readonly unknown[] = ["ENOENT", "ENOTDIR", "ENAMETOOLONG", "ERR_INVALID_ARG_VALUE"];

/**
 * The text of a file that is small: no more than `maxBytes` of it are read, whatever it says of its size. A pipe is read to
 * its end, a device to the bound.
 * @throws FileFault
 */
export function readSmallText(file: string, maxBytes: number): string {
  let bytes: Buffer;
  try {
    bytes = readUpTo(file, maxBytes + 1);
  } catch (error) {
    throw new FileFault(whyUnreadable(error), MISSING.includes(codeOf(error)));
  }
  if (bytes.length > maxBytes) throw new FileFault(`it is larger than ${sizeText(maxBytes)}`);
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: false }).decode(bytes);
  } catch {
    throw new FileFault("it is not UTF-8 text");
  }
}

function readUpTo(file: string, mostBytes: number): Buffer {
  const handle = openSync(file, "r");
  try {
    const bytes = Buffer.alloc(mostBytes);
    let length = 0;
    while (length < mostBytes) {
      const read = readSync(handle, bytes, length, mostBytes - length, null);
      if (read === 0) break;
      length += read;
    }
    return bytes.subarray(0, length);
  } finally {
    closeSync(handle);
  }
}

function sizeText(bytes: number): string {
  return bytes < 2 ** 20 ? `${bytes / 2 ** 10} KiB` : `${bytes / 2 ** 20} MiB`;
}

/** Why a file cannot be read, in plain words. */
export function whyUnreadable(error: unknown): string {
  const code = codeOf(error);
  if (code === "ENOENT") return "there is no such file";
  if (code === "EACCES" || code === "EPERM") return "this user may not";
  if (code === "EISDIR") return "it is a folder";
  if (code === "ENAMETOOLONG") return "its name is too long";
  if (code === "ELOOP") return "its links lead in a circle";
  // Node quotes the name.
  if (code === "ERR_INVALID_ARG_VALUE") return "its name has a zero byte";
  return error instanceof Error ? error.message : "it cannot be read";
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && "code" in error ? error.code : undefined;
}
