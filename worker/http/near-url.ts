import { isChannelName } from "../../protocol/names.ts";
import { Problem } from "../../protocol/problem.ts";
import { PLAIN_HEADERS } from "./asked.ts";

/**
 * RT10: who asks for a channel by a URL with slashes at its end is led to the one without. Whoever sends something is refused and told that
 * URL, for `curl` takes a redirect for success and does not follow it: what was sent would be lost without a word.
 * @returns undefined: the URL is another
 * @throws Problem `channel-name-invalid`
 */
export function nearUrl({ url, method, headers }: Request): Response | undefined {
  const { pathname, search } = new URL(url);
  const path = pathname.replace(/\/+$/, "");
  if (path === pathname || !path.startsWith("/c/") || !isChannelName(path.slice("/c/".length))) return undefined;
  const said = `A channel's URL has no slash at its end: this one is ${path}`;
  switch (method) {
    case "GET":
    case "HEAD":
      // Browsers follow no redirect of a WebSocket.
      if (headers.has("Sec-WebSocket-Key")) throw new Problem("channel-name-invalid", said);
      return new Response(`${said}\n`, {
        status: 308,
        headers: { ...PLAIN_HEADERS, Location: path + search, "Content-Type": "text/plain" },
      });
    case "POST":
    case "DELETE":
      throw new Problem("channel-name-invalid", said);
    default:
      return undefined;
  }
}
