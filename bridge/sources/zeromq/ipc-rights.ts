import { access, constants, stat } from "node:fs/promises";
import { dirname, resolve } from "node:path";

/** The path of an ipc address's socket; undefined if it has no file. */
export function ipcPathOf(address: string): string | undefined {
  const [, path] = /^ipc:\/\/([^@*].*)$/.exec(address) ?? [];
  return path;
}

/** What keeps this user from connecting to a socket, in a sentence without a full stop; undefined if nothing is seen to. */
export async function connectFault(path: string): Promise<string | undefined> {
  for (const folder of foldersOf(path)) {
    if (!(await isAllowed(folder, constants.X_OK))) {
      return `this user may not enter the folder ${folder}. Let its owner change its rights (chmod a+x), or run both as one user`;
    }
  }
  if (await isAllowed(path, constants.W_OK)) return undefined;
  return (
    "this user may not write to the socket, as whoever connects must. Let its owner change its rights (chmod a+w), start the " +
    "publisher with umask 0, or run both as one user"
  );
}

/** Why other users cannot connect to a socket of ours, in a sentence; undefined if they can. */
export async function othersFault(path: string): Promise<string | undefined> {
  for (const folder of foldersOf(path)) {
    const { mode } = await stat(folder);
    if ((mode & constants.S_IXOTH) === 0)
      return lockedOut(path, `the folder ${folder} has mode ${octal(mode)}`, folder, "+x");
  }
  const { mode } = await stat(path);
  if ((mode & constants.S_IWOTH) !== 0) return undefined;
  return lockedOut(path, `its socket has mode ${octal(mode)}`, path, "+w");
}

function lockedOut(path: string, why: string, what: string, right: string): string {
  const always =
    what === path ? " after each start, or start this bridge with umask 0 (umask 2 for the group alone)" : "";
  return (
    `Not every user of this machine can connect to ipc://${path}: ${why}. What others publish there is lost, and not seen here. ` +
    `To let them in: chmod a${right} ${what}${always}.`
  );
}

/** From the root down. */
function foldersOf(path: string): string[] {
  const folders: string[] = [];
  for (let at = dirname(resolve(path)); ; at = dirname(at)) {
    folders.unshift(at);
    if (at === dirname(at)) return folders;
  }
}

function octal(mode: number): string {
  return (mode & 0o7777).toString(8).padStart(4, "0");
}

function isAllowed(path: string, right: number): Promise<boolean> {
  return access(path, right).then(
    () => true,
    // What is not there is no question of rights.
    (error: unknown) => !(error instanceof Error && "code" in error && error.code === "EACCES"),
  );
}
