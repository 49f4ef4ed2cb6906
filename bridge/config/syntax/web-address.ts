import { InvalidArgumentError } from "commander";
import { isChannelName } from "../../../protocol/names.ts";

/** Addresses of HTTP. Each parser throws commander's InvalidArgumentError with what is wrong. */

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

/** A Worker's URL: its origin. A path, as that of a channel, is left aside. */
export function parseWorkerUrl(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || (url.protocol !== "http:" && url.protocol !== "https:"))
    throw new InvalidArgumentError("Give the Worker's URL, such as http://localhost:8787.");
  if (url.username !== "" || url.password !== "")
    throw new InvalidArgumentError("A URL with a password in it is not used: the token comes from ADMIN_TOKEN.");
  return new URL(url.origin);
}

/** `9464`, `0.0.0.0:9464`, `[::1]:9464`; a port alone is of this machine, for this machine. */
export function parseMetricsAddress(text: string): { host: string; port: number } {
  const [, bracketed, plain, digits] = /^(?:(?:\[([^\]]+)\]|([^:[\]]+)):)?(\d{1,5})$/.exec(text.trim()) ?? [];
  const port = Number(digits ?? Number.NaN);
  if (!(port <= 65_535)) throw new InvalidArgumentError("Give a port, or host:port, such as 9464 or 0.0.0.0:9464.");
  return { host: bracketed ?? plain ?? "127.0.0.1", port };
}
