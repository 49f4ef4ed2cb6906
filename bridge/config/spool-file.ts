import { basename, dirname, join } from "node:path";
import { crc32 } from "node:zlib";

/** Of the working directory. */
export const DEFAULT_SPOOL_DIR = ".plotcast";

/** The channel's own file in the working directory: bridges to different channels do not share one. */
export function defaultSpoolFile(to: URL): string {
  const name = `${to.host}${to.pathname.slice("/c".length)}`;
  // Names that only differ in what a file's name cannot have are told apart by the sum.
  const sum = crc32(to.href).toString(16).padStart(8, "0");
  return join(DEFAULT_SPOOL_DIR, `spool-${name.replace(/[^A-Za-z0-9.-]+/g, "_").slice(0, 100)}-${sum}.db`);
}

/**
 * The spool of one of a bridge's channels.
 * @param own the bridge's own channel, whose file is `file` itself; other channels' are beside it, or the default ones
 */
export function spoolFileFor(to: URL, own: URL, file: string | undefined): string {
  if (file === undefined) return defaultSpoolFile(to);
  if (to.href === own.href) return file;
  return join(dirname(file), `${basename(file, ".db")}-${basename(defaultSpoolFile(to))}`);
}
