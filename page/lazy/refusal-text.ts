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
    return `The Worker answers, but no WebSocket reaches it: a proxy on the way does not pass on the upgrade. What it needs is in ${RECIPES}`;
  }
  return detail ?? `The Worker refuses (HTTP ${status}).`;
}
