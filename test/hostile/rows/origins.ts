import type { Row } from "../table.ts";

/** A page's origin, at an edge with these ALLOWED_ORIGINS. */
export interface OriginRow extends Row {
  allowed: string;
  origin: string;
  may: boolean;
  /** What a browser says of the site it is of. */
  site?: "cross-site" | "same-site" | "same-origin" | "none";
}

/** The values of ALLOWED_ORIGINS that the rows are tried with: an edge each. */
export const NONE = "";
export const SOME =
  "https://a.example, https://*.b.example:8443 http://b\u00fccher.example,https://C.Example/ chrome-extension://abcdef";
export const FILES = "null, file://";
/** What in this can never match, and must not match by mistake. */
export const WRONG =
  "board.example https://d.example/c/main https://*.*.e.example https://me@f.example ftp://g.example; 'https://h.example'";

/** Stands for the port that the edge listens at. */
export const PORT = "PORT";

const row = (allowed: string, may: boolean, origin: string, site?: OriginRow["site"]): OriginRow => ({
  name: `${origin}${site === undefined ? "" : `, ${site},`} may ${may ? "" : "not "}where ALLOWED_ORIGINS is "${allowed}"`,
  allowed,
  may,
  origin,
  ...(site && { site }),
});
const of = (allowed: string, may: boolean, ...origins: string[]): OriginRow[] =>
  origins.map((origin) => row(allowed, may, origin));

export const ORIGINS: OriginRow[] = [
  ...of(NONE, true, `http://127.0.0.1:${PORT}`),
  ...of(
    NONE,
    false,
    "http://127.0.0.1",
    "http://127.0.0.1:1",
    `https://127.0.0.1:${PORT}`,
    `http://localhost:${PORT}`,
    `http://127.0.0.2:${PORT}`,
    `http://[::1]:${PORT}`,
    "http://localhost:3000",
    "http://localhost",
    "null",
    "file://",
    "https://evil.example",
    `http://127.0.0.1:${PORT}.evil.example`,
    `http://evil.example:${PORT}`,
    `http://127.0.0.1:${PORT}@evil.example`,
    `http://evil.example/127.0.0.1:${PORT}`,
    `http://127.0.0.1:${PORT}/`,
    `http://127.0.0.1:${PORT}, http://evil.example`,
    `http://evil.example http://127.0.0.1:${PORT}`,
    `ws://127.0.0.1:${PORT}`,
    `//127.0.0.1:${PORT}`,
    `127.0.0.1:${PORT}`,
    "about:blank",
    "data:",
    "blob:null/x",
    "chrome-extension://abcdef",
    "*",
    "undefined",
    "x".repeat(8000),
  ),
  row(NONE, false, "https://evil.example", "cross-site"),
  row(NONE, false, "http://localhost:3000", "same-site"),
  row(NONE, false, "null", "cross-site"),

  ...of(
    SOME,
    true,
    "https://a.example",
    "https://x.b.example:8443",
    "https://x.y.b.example:8443",
    "http://xn--bcher-kva.example",
    "https://c.example",
    "chrome-extension://abcdef",
  ),
  row(SOME, true, "https://a.example", "cross-site"),
  ...of(
    SOME,
    false,
    "http://a.example",
    "https://a.example:444",
    "https://a.example.",
    "https://a.example/",
    "https://A.example",
    "https://a.example.evil.example",
    "https://evila.example",
    "https://x.a.example",
    "https://a.example@evil.example",
    "https://me@a.example",
    "https://a.example%00.evil.example",
    "https://a.exampl\u0435",
    "https://b.example:8443",
    "https://x.b.example",
    "http://x.b.example:8443",
    "https://x.b.example:8443.evil.example",
    "https://evilb.example:8443",
    "https://xn--bcher-kva.example",
    "http://b\u00fccher.example",
    "http://bucher.example",
    "chrome-extension://abcdefg",
    "moz-extension://abcdef",
    "null",
    "file://",
    "https://a.example, https://evil.example",
    "https://evil.example,https://a.example",
  ),
  row(SOME, false, "https://evil.example", "cross-site"),

  ...of(FILES, true, "null", "file://"),
  ...of(
    FILES,
    false,
    "NULL",
    "https://null",
    "file:///home",
    "file://localhost",
    "http://file",
    "https://evil.example",
  ),

  ...of(
    WRONG,
    false,
    "board.example",
    "https://board.example",
    "https://d.example",
    "https://x.y.e.example",
    "https://f.example",
    "https://me@f.example",
    "ftp://g.example",
    "https://h.example",
  ),
];
