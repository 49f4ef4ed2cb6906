/**
 * Whether a spool knows of everything that was sent: then an empty file is beside it. That the file is there means yes
 * and not no, because removing one needs no room: the full disk that keeps the spool from being written allows it.
 */
import { closeSync, constants, existsSync, openSync, rmSync } from "node:fs";

export const WHOLE_SUFFIX = ".whole";

export function isWhole(spoolFile: string): boolean {
  return existsSync(spoolFile + WHOLE_SUFFIX);
}

/** @returns whether it could be marked */
export function markWhole(spoolFile: string): boolean {
  try {
    const flags = constants.O_WRONLY | constants.O_CREAT | constants.O_NOFOLLOW;
    closeSync(openSync(spoolFile + WHOLE_SUFFIX, flags, 0o600));
    return true;
  } catch {
    // Then the next start knows less than it could, which is no harm.
    return false;
  }
}

/** @returns whether the mark is gone */
export function markNotWhole(spoolFile: string): boolean {
  try {
    rmSync(spoolFile + WHOLE_SUFFIX, { force: true });
    return true;
  } catch {
    return false;
  }
}
