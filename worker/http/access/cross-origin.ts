import { Problem } from "../../../protocol/problem.ts";
import type { Access } from "./access.ts";
import { isFromLoopback } from "./client-address.ts";
import { isKnownHost, isOfPublicUrl } from "./hosts.ts";
import { includesOrigin, webOriginOf } from "./origins.ts";

/**
 * Who may ask at all: by a name that is known, and from pages that are ours or were named. What is no page (a bridge, curl) says nothing of
 * an origin, and passes. Browsers let no page set `Origin`, `Host` or `Sec-Fetch-*`; the last they send to https and to localhost.
 */

/** What a page of another site may ask for, once its origin is allowed. */
const CROSS_ORIGIN_METHODS = "GET, HEAD, POST, DELETE";
const CROSS_ORIGIN_HEADERS = "authorization, content-type, content-encoding, last-event-id, plotcast-cursor";
/** Chrome keeps what a preflight said no longer than this. */
const PREFLIGHT_SECONDS = "7200";

/** GD6. @throws Problem `host-not-allowed` */
export function mayBeAskedAs(request: Request, { hosts, publicUrls }: Access): void {
  const names = [new URL(request.url).host, request.headers.get("Host"), ...forwardedHosts(request)];
  const unknown = names.find((name) => name !== null && !isKnownHost(name, hosts, publicUrls.hosts));
  if (unknown === undefined || unknown === null) return;
  const shown = shortened(unknown);
  throw new Problem(
    "host-not-allowed",
    `This Worker does not answer to the name "${shown}". If that is its name, set ALLOWED_HOSTS to it, or PUBLIC_URL to its URL (wrangler.toml; npm start takes both from the environment).`,
  );
}

/**
 * GD3, GD7. Navigation to the page, and its frames, are the business of the page's own headers (RT6, RT7).
 * @throws Problem `origin-not-allowed`, `cross-site`
 */
export function mayAskFrom(request: Request, access: Access): void {
  const { headers, method } = request;
  const [origin, site] = [headers.get("Origin"), headers.get("Sec-Fetch-Site")];
  if (site === "same-origin") return;
  if (origin === null) {
    const isForeign = site === "cross-site" || site === "same-site";
    const navigates = headers.get("Sec-Fetch-Mode") === "navigate" && (method === "GET" || method === "HEAD");
    if (!isForeign || navigates || access.origins.isAny) return;
    throw new Problem(
      "cross-site",
      "A page of another site may not read this by itself. It may by fetch, once ALLOWED_ORIGINS names its origin.",
    );
  }
  if (includesOrigin(access.origins, origin) || isOwn(origin, request, access)) return;
  const isCrossSite = site !== null && headers.get("Upgrade") === null;
  throw new Problem(
    isCrossSite ? "cross-site" : "origin-not-allowed",
    `Pages of ${shortened(origin)} may not use this channel. Name that origin in ALLOWED_ORIGINS (wrangler.toml) to allow it. If it is the Worker's own behind a proxy, set PUBLIC_URL to it.`,
  );
}

/**
 * Whether a WebSocket of a page of this origin would be refused for its origin: the browser's GET, which asks, has no Origin.
 * @throws Problem `origin-not-allowed`
 */
export function mayWatchFrom(origin: string | undefined, request: Request, access: Access): void {
  if (origin === undefined) return;
  const headers = new Headers(request.headers);
  headers.delete("Sec-Fetch-Site");
  headers.set("Origin", origin);
  mayAskFrom(new Request(request.url, { headers }), access);
}

/** Whether a page of another origin asks, as far as browsers say it; what ALLOWED_ORIGINS allows makes no difference. */
export function isOfOtherOrigin(request: Request, access: Access): boolean {
  const [origin, site] = [request.headers.get("Origin"), request.headers.get("Sec-Fetch-Site")];
  if (site === "cross-site" || site === "same-site") return true;
  return site !== "same-origin" && origin !== null && !isOwn(origin, request, access);
}

/** Whether a browser asked by https, of this Worker or of a proxy before it. */
export function isAskedByHttps(request: Request, { publicUrls }: Access): boolean {
  const { protocol, host } = new URL(request.url);
  const named = request.headers.get("Host") ?? host;
  if (protocol === "https:" || forwarded(request).proto === "https") return true;
  return isOfPublicUrl(named, publicUrls) && [...publicUrls.origins].some((each) => each.startsWith("https:"));
}

/** GD8: what answers say to other sites' pages. To be sent with every answer, refusals included. */
export function crossOriginHeaders(request: Request, { origins }: Access): Record<string, string> {
  const origin = request.headers.get("Origin");
  const isAllowed = origins.isAny || (origin !== null && includesOrigin(origins, origin));
  if (!isAllowed) return { "Cross-Origin-Resource-Policy": "same-origin" };
  const isPreflight = request.method === "OPTIONS" && request.headers.has("Access-Control-Request-Method");
  return {
    "Cross-Origin-Resource-Policy": "cross-origin",
    "Access-Control-Allow-Origin": origins.isAny || origin === null ? "*" : origin,
    "Access-Control-Expose-Headers": "Retry-After, Plotcast-Epoch, Plotcast-Note, Plotcast-Cursor, Plotcast-Gaps",
    ...(isPreflight && {
      "Access-Control-Allow-Methods": CROSS_ORIGIN_METHODS,
      "Access-Control-Allow-Headers": CROSS_ORIGIN_HEADERS,
      "Access-Control-Max-Age": PREFLIGHT_SECONDS,
    }),
  };
}

/**
 * Whether an origin is the one that the Worker itself is found at. A proxy that speaks TLS asks by http, and whoever can answer
 * by plain http for its name has a page of `http://board.example`: that is not the page of `https://board.example`.
 */
function isOwn(origin: string, request: Request, { publicUrls }: Access): boolean {
  if (publicUrls.origins.has(origin)) return true;
  const site = request.headers.get("Sec-Fetch-Site");
  if (site === "cross-site" || site === "same-site") return false;
  const { protocol, host } = new URL(request.url);
  const named = request.headers.get("Host") ?? host;
  const { proto, host: forwardedHost } = forwarded(request);
  if (proto !== undefined) return origin === webOriginOf(`${proto}://${forwardedHost ?? named}`);
  return !isOfPublicUrl(named, publicUrls) && origin === webOriginOf(`${protocol}//${named}`);
}

/**
 * What a proxy on this machine says of the request that it passes on. Of one elsewhere nothing is believed: PUBLIC_URL is for that.
 */
function forwarded(request: Request): { proto: string | undefined; host: string | undefined } {
  if (!isFromLoopback(request)) return { proto: undefined, host: undefined };
  const { headers } = request;
  const standard = headers.get("Forwarded")?.split(",")[0];
  const first = (name: string): string | undefined => headers.get(name)?.split(",")[0]?.trim();
  const proto = first("X-Forwarded-Proto") ?? parameterOf(standard, "proto");
  return { proto: proto?.toLowerCase(), host: first("X-Forwarded-Host") ?? parameterOf(standard, "host") };
}

/** Every name that proxies on this machine were asked by. */
function forwardedHosts(request: Request): string[] {
  if (!isFromLoopback(request)) return [];
  const { headers } = request;
  const names = (headers.get("X-Forwarded-Host") ?? "").split(",").map((name) => name.trim());
  const standard = (headers.get("Forwarded") ?? "").split(",").map((element) => parameterOf(element, "host") ?? "");
  return [...names, ...standard].filter((name) => name !== "");
}

/** RFC 7239: `for=192.0.2.1;proto=https;host="board.example:8443"`. */
function parameterOf(element: string | undefined, name: string): string | undefined {
  return element?.match(new RegExp(`(?:^|;)\\s*${name}="?([^";]*)"?`, "i"))?.[1];
}

/** What a client sent, to be said back to it. */
function shortened(text: string): string {
  return text.length > 100 ? `${text.slice(0, 100)}…` : text;
}
