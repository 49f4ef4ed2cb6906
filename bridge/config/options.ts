import { basename, dirname, join } from "node:path";
import { crc32 } from "node:zlib";
import { InvalidArgumentError } from "commander";
import { isChannelName } from "../../protocol/names.ts";

/** The values of the command line. Each parser throws commander's InvalidArgumentError with what is wrong. */

const UNITS: Partial<Record<string, number>> = {
  "": 1,
  b: 1,
  kib: 2 ** 10,
  mib: 2 ** 20,
  gib: 2 ** 30,
  kb: 1e3,
  mb: 1e6,
  gb: 1e9,
};
/** Less leaves no room for what is in flight and what is being collected. */
const MIN_BUFFER_BYTES = 2 ** 20;
const MIN_MESSAGE_BYTES = 2 ** 10;

/** Of the working directory. */
export const DEFAULT_SPOOL_DIR = ".plotcast";

/** `64MiB`, `1 GB`, `1048576` → bytes. */
export function parseBytes(text: string): number {
  const bytes = bytesIn(text);
  if (bytes < MIN_BUFFER_BYTES) throw new InvalidArgumentError("It must be 1MiB at least.");
  return bytes;
}

/** The same of a message, which may be small. */
export function parseMessageBytes(text: string): number {
  const bytes = bytesIn(text);
  if (bytes < MIN_MESSAGE_BYTES) throw new InvalidArgumentError("It must be 1KiB at least.");
  return bytes;
}

function bytesIn(text: string): number {
  const [, digits, unit] = /^(\d+(?:\.\d+)?) ?([a-z]*)$/i.exec(text.trim()) ?? [];
  const factor = UNITS[(unit ?? "").toLowerCase()];
  if (digits === undefined || factor === undefined) throw new InvalidArgumentError("Give a size such as 64MiB.");
  const bytes = Math.floor(Number(digits) * factor);
  if (!Number.isSafeInteger(bytes)) throw new InvalidArgumentError("That is more than any machine has.");
  return bytes;
}

/** `1s`, `500ms`, `2 min` → milliseconds. */
export function parseDuration(text: string): number {
  const [, digits, unit] = /^(\d+(?:\.\d+)?) ?(ms|s|min|h)$/.exec(text.trim()) ?? [];
  const factor = { ms: 1, s: 1000, min: 60_000, h: 3_600_000 }[unit ?? ""];
  const ms = digits === undefined || factor === undefined ? Number.NaN : Number(digits) * factor;
  if (!(ms > 0 && ms <= 7 * 86_400_000)) throw new InvalidArgumentError("Give a time such as 500ms, 1s or 2min.");
  return ms;
}

/** `9464`, `0.0.0.0:9464`, `[::1]:9464`; a port alone is of this machine, for this machine. */
export function parseMetricsAddress(text: string): { host: string; port: number } {
  const [, bracketed, plain, digits] = /^(?:(?:\[([^\]]+)\]|([^:[\]]+)):)?(\d{1,5})$/.exec(text.trim()) ?? [];
  const port = Number(digits ?? Number.NaN);
  if (!(port <= 65_535)) throw new InvalidArgumentError("Give a port, or host:port, such as 9464 or 0.0.0.0:9464.");
  return { host: bracketed ?? plain ?? "127.0.0.1", port };
}

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

/** A channel's URL: http or https, path /c/<name>, and nothing else. */
export function parseChannelUrl(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || (url.protocol !== "http:" && url.protocol !== "https:")) {
    throw new InvalidArgumentError("Give the channel's URL, such as http://localhost:8787/c/main.");
  }
  if (url.username !== "" || url.password !== "") {
    throw new InvalidArgumentError("A URL with a password in it is not used: the token comes from PUBLISH_TOKEN.");
  }
  // URL resolves "..", so what was written counts, too.
  const name = /^\/c\/(.+)$/.exec(url.pathname)?.[1];
  if (url.search !== "" || url.hash !== "") {
    throw new InvalidArgumentError("Leave out what comes after the channel's name, from ? or # on.");
  }
  if (name === undefined || !isChannelName(name) || text.includes("/../")) {
    throw new InvalidArgumentError(
      "Its path must be /c/<name>; a name is letters, digits and . _ - in segments joined by /, 128 at most.",
    );
  }
  return url;
}

/** A token as it can stand in a header, or undefined. */
export function tokenFrom(env: Partial<Record<string, string>>): string | undefined {
  const token = env.PUBLISH_TOKEN?.trim();
  return token !== undefined && /^[\x21-\x7e]+$/.test(token) ? token : undefined;
}
