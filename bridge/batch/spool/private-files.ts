/**
 * Files that hold points and nobody else should read or choose: made for their owner alone, and never followed through a
 * link. In a shared folder such as /tmp somebody else can have put a link to a file of ours under a name that we will use.
 */
import { chmodSync, closeSync, constants, lstatSync, mkdirSync, openSync, type Stats } from "node:fs";
import { dirname } from "node:path";

const OWNER_ONLY = 0o600;

/** Why a file must not be used, in words that follow its name. */
export function fileFault(file: string): string | undefined {
  const stats = statsOf(file);
  if (stats === undefined) return undefined;
  if (stats.isSymbolicLink()) return "is a link to another file";
  if (!stats.isFile()) return "is no regular file";
  const us = process.getuid?.();
  return us === undefined || stats.uid === us ? undefined : "belongs to another user";
}

/**
 * Makes the file if it is not there, and the folders above it, for their owner alone; one that is there is made so.
 * @throws an error if it must not be used, or the system's
 */
export function makePrivate(file: string): void {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  const fault = fileFault(file);
  if (fault !== undefined) throw new Error(`it ${fault}`);
  const stats = statsOf(file);
  // Not opened if it is there: closing a file releases every lock that this process has on it.
  if (stats === undefined) {
    closeSync(
      openSync(file, constants.O_RDWR | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW, OWNER_ONLY),
    );
  } else restrict(file, stats);
}

/** Takes what others may do with a file away, if it is there. On a disk that cannot be written it stays as it is. */
export function restrict(file: string, stats = statsOf(file)): void {
  if (stats === undefined || !stats.isFile() || (stats.mode & 0o077) === 0) return;
  try {
    chmodSync(file, OWNER_ONLY);
  } catch {
    // Reading and writing do not depend on it.
  }
}

/** Undefined if there is nothing, or if it cannot be known: then whoever opens it is told why. */
function statsOf(file: string): Stats | undefined {
  try {
    return lstatSync(file);
  } catch {
    return undefined;
  }
}
