import { isObject } from "../../protocol/json/json.ts";
import { PLOTCAST_HEADER } from "../../protocol/limits.ts";
import { isString } from "../../protocol/messages/guards.ts";

/** Where to read on. */
const RECIPES = "docs/BEHIND-A-PROXY.md";

/** What came when the page asked why no WebSocket is to be had. */
export interface Answer {
  status: number;
  /** It leads elsewhere. */
  redirects: boolean;
  /** It is the Worker's own, not that of something on the way. */
  isOurs: boolean;
  /** What a refusal says; undefined if it says nothing. */
  detail: string | undefined;
  /** Its code. */
  code?: string | undefined;
  /** The token that was sent is wrong, or none was: another one would do better. */
  wantsToken?: boolean;
  /** In how long the Worker wants it to come again. */
  retryAfterMs?: number | undefined;
}

/** The Worker asks for a minute at most. Longer is a fault, and nobody should wait for it. */
const MAX_RETRY_AFTER_S = 120;

/** An answer, and what it says if it is a refusal. @param body its JSON; undefined if it has none */
export function answerOf({ status, type, headers }: Response, body: unknown): Answer {
  const { detail, code } = isObject(body) ? body : {};
  const isOurs = headers.get(PLOTCAST_HEADER.name) === PLOTCAST_HEADER.value;
  const retryAfter = headers.get("Retry-After") ?? "";
  const isRead = isOurs && /^\d{1,6}$/.test(retryAfter);
  return {
    status,
    redirects: type === "opaqueredirect",
    isOurs,
    detail: isString(detail) ? detail : undefined,
    code: isString(code) ? code : undefined,
    wantsToken: headers.has("WWW-Authenticate"),
    retryAfterMs: isRead ? 1000 * Math.min(Number(retryAfter), MAX_RETRY_AFTER_S) : undefined,
  };
}

/** Whether a WebSocket may be had, if not now: what is one too many was looked at for its token before. */
export function mayWatch({ isOurs, status, code }: Answer): boolean {
  return isOurs && (status === 204 || code === "quota-exceeded" || code === "viewers-full");
}

/** Why it is to come again later, in a few words; undefined: that is not known. */
export function laterText({ code, retryAfterMs }: Answer): string | undefined {
  if (retryAfterMs === undefined) return undefined;
  switch (code) {
    case "quota-exceeded":
    case "viewers-full":
      return "Too many viewers";
    case "too-many-requests":
      return "Too many requests";
    case "keys-unavailable":
      return "Tokens cannot be checked";
    case "channel-unavailable":
      return "Channel busy";
    default:
      return undefined;
  }
}

/** Why there is no WebSocket, in sentences that say what to do. */
export function refusalText({ status, redirects, isOurs, detail }: Answer, path: string): string {
  const prefix = path.startsWith("/c/") ? undefined : /^(.+?)\/c\//.exec(path)?.[1];
  if (prefix !== undefined) {
    return `Plotcast cannot be served below a path, and this is below ${prefix}. Give it a name or a port of its own: ${RECIPES}`;
  }
  if (redirects) {
    return "Something on the way answers with a redirect, as sign-in pages of networks and proxies do. Load this page again to see it.";
  }
  if (!isOurs) {
    return `Something on the way answers in place of the Worker (HTTP ${status}): a proxy, or a network that wants you to sign in. Load this page again to see it.`;
  }
  if (status === 204) {
    return `The Worker answers, but no WebSocket reaches it, and no events come from it: something on the way stops both. What a proxy needs is in ${RECIPES}`;
  }
  return detail ?? `The Worker refuses (HTTP ${status}).`;
}
