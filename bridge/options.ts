import { InvalidArgumentError } from "commander";
import { isChannelName } from "../worker/protocol/limits.ts";

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

/** `64MiB`, `1 GB`, `1048576` → bytes. */
export function parseBytes(text: string): number {
  const [, digits, unit] = /^(\d+(?:\.\d+)?) ?([a-z]*)$/i.exec(text.trim()) ?? [];
  const factor = UNITS[(unit ?? "").toLowerCase()];
  if (digits === undefined || factor === undefined) throw new InvalidArgumentError("Give a size such as 64MiB.");
  const bytes = Math.floor(Number(digits) * factor);
  if (bytes < MIN_BUFFER_BYTES) throw new InvalidArgumentError("The buffer must be 1MiB at least.");
  if (!Number.isSafeInteger(bytes)) throw new InvalidArgumentError("That is more than any machine has.");
  return bytes;
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
  if (name === undefined || !isChannelName(name) || url.search !== "" || url.hash !== "" || text.includes("/../")) {
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
