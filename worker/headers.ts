/**
 * RT6: what every answer with the page or its files carries. Nothing inline, nothing from elsewhere; `'self'` in
 * connect-src covers WebSockets of the same origin (CSP 3, "scheme-part matches").
 */
export const SECURITY_HEADERS = {
  "Content-Security-Policy":
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'self'",
  "Cross-Origin-Opener-Policy": "same-origin",
  "Referrer-Policy": "no-referrer",
  "X-Content-Type-Options": "nosniff",
} as const;
