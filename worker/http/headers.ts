import { parseEmbedOrigins } from "./access/origins.ts";

const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
];

/**
 * The headers of the page and of every file it consists of (SPEC.md, RT6): as `_headers` in what is built, and on
 * answers that the Worker makes itself.
 *
 * `connect-src 'self'` includes WebSockets of the same host in every current browser: Chrome 71, Firefox since 2018,
 * Safari 16 (https://github.com/w3c/webappsec-csp/issues/7). Scripts set styles through the CSSOM, which needs no
 * `unsafe-inline`.
 */
export const SECURITY_HEADERS = {
  "content-security-policy": policyFor("'self'"),
  "x-content-type-options": "nosniff",
  "referrer-policy": "no-referrer",
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-resource-policy": "same-origin",
  // For what does not know frame-ancestors.
  "x-frame-options": "SAMEORIGIN",
} as const satisfies Record<string, string>;

/** Files whose name holds the hash of their content never change. */
export const ASSET_CACHE_CONTROL = "public, max-age=31536000, immutable";

/** `<plot-cast>` for pages of others: the same URL for every version. */
export const ELEMENT_FILE = "plot-cast.js";

/**
 * Its headers, where they are not those of the page's own files: a script of type "module" is read by CORS, also by pages that isolate
 * themselves (COEP). It holds nothing of a channel. Files have an ETag: after five minutes a browser asks whether it is another.
 */
export const ELEMENT_HEADERS = {
  "access-control-allow-origin": "*",
  "cross-origin-resource-policy": "cross-origin",
  "cache-control": "public, max-age=300",
} as const satisfies Record<string, string>;

/**
 * The headers of a page that other sites may frame (SPEC.md, RT7). Its files need no others: to them the frame is of their
 * own origin, and so it is to the Channel.
 *
 * @param embedOrigins EMBED_ORIGINS: "*", "none", or origins with spaces between
 */
export function embeddedHeaders(embedOrigins = "*"): Record<string, string> {
  const ancestors = ancestorsOf(embedOrigins);
  if (ancestors === undefined) return SECURITY_HEADERS;
  const { "x-frame-options": _, "cross-origin-opener-policy": __, ...others } = SECURITY_HEADERS;
  return {
    ...others,
    "content-security-policy": policyFor(ancestors),
    "cross-origin-resource-policy": "cross-origin",
  };
}

/** Who may frame the page, as frame-ancestors has it; undefined: nobody else. */
function ancestorsOf(embedOrigins: string): string | undefined {
  const { isAny, ancestors } = parseEmbedOrigins(embedOrigins);
  if (isAny) return "*";
  return ancestors.length === 0 ? undefined : ["'self'", ...ancestors].join(" ");
}

function policyFor(ancestors: string): string {
  return [...POLICY, `frame-ancestors ${ancestors}`].join("; ");
}
