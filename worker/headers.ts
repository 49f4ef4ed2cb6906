/**
 * The headers of the page and of every file it consists of (SPEC.md, RT6): as `_headers` in what is built, and on
 * answers that the Worker makes itself.
 *
 * `connect-src 'self'` includes WebSockets of the same host in every current browser: Chrome 71, Firefox since 2018,
 * Safari 16 (https://github.com/w3c/webappsec-csp/issues/7). Scripts set styles through the CSSOM, which needs no
 * `unsafe-inline`.
 */
export const SECURITY_HEADERS = {
  "content-security-policy": [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self' data:",
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'self'",
  ].join("; "),
  "x-content-type-options": "nosniff",
  "referrer-policy": "no-referrer",
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-resource-policy": "same-origin",
  // For what does not know frame-ancestors.
  "x-frame-options": "SAMEORIGIN",
} as const satisfies Record<string, string>;

/** Files whose name holds the hash of their content never change. */
export const ASSET_CACHE_CONTROL = "public, max-age=31536000, immutable";
