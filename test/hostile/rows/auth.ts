import { deflateSync } from "node:zlib";
import type { Row } from "../table.ts";

/** The token of the edge that these are tried at. */
export const TOKEN = "Tr0ub4dor&3-token~of+20/chars==";

/** Somebody without the right header who wants to publish. */
export interface AuthRow extends Row {
  /** Lines of the head, with their line ends. */
  head: string;
  is: "taken" | "token-missing" | "token-wrong" | "no-http";
  /** POST unless given. */
  method?: string;
  /** What follows the channel's path. */
  query?: string;
  body?: string;
}

const missing = (name: string, head: string, more: Partial<AuthRow> = {}): AuthRow => ({
  name,
  head,
  is: "token-missing",
  ...more,
});
const wrong = (name: string, value: string, more: Partial<AuthRow> = {}): AuthRow => ({
  name,
  head: `Authorization: ${value}\r\n`,
  is: "token-wrong",
  ...more,
});
const utf8 = (text: string): string => Buffer.from(text).toString("latin1");

export const AUTH: AuthRow[] = [
  missing("no header", ""),
  missing("an empty header", "Authorization:\r\n"),
  missing("white space", "Authorization:  \t \r\n"),
  missing("the token alone", `Authorization: ${TOKEN}\r\n`),
  missing("the scheme alone", "Authorization: Bearer\r\n"),
  missing("the scheme and a blank", "Authorization: Bearer \r\n"),
  missing("the scheme twice", `Authorization: Bearer Bearer ${TOKEN}\r\n`),
  missing("a tab behind the scheme", `Authorization: Bearer\t${TOKEN}\r\n`),
  missing("= behind the scheme", `Authorization: Bearer=${TOKEN}\r\n`),
  missing("a colon behind the scheme", `Authorization: Bearer: ${TOKEN}\r\n`),
  missing("an encoded blank", `Authorization: Bearer%20${TOKEN}\r\n`),
  missing("no blank at all", `Authorization: Bearer${TOKEN}\r\n`),
  missing("Basic with the token as password", `Authorization: Basic ${btoa(`:${TOKEN}`)}\r\n`),
  missing("Basic with the token as user", `Authorization: Basic ${btoa(`${TOKEN}:`)}\r\n`),
  missing("Basic with the bare token", `Authorization: Basic ${TOKEN}\r\n`),
  missing("Digest", `Authorization: Digest username="${TOKEN}"\r\n`),
  missing("Token", `Authorization: Token ${TOKEN}\r\n`),
  missing("the scheme Bearerx", `Authorization: Bearerx ${TOKEN}\r\n`),
  missing("the scheme within another", `Authorization: xBearer ${TOKEN}\r\n`),
  missing("the scheme in Cyrillic letters", utf8(`Authorization: B\u0435arer ${TOKEN}\r\n`)),
  missing("the token and a second word", `Authorization: Bearer ${TOKEN} other\r\n`),
  missing("a word before the token", `Authorization: Bearer other ${TOKEN}\r\n`),
  missing("a byte order mark before the token", utf8(`Authorization: Bearer \ufeff${TOKEN}\r\n`)),
  missing("the header twice, right both times", `Authorization: Bearer ${TOKEN}\r\n`.repeat(2)),
  missing("the header twice, wrong first", `Authorization: Bearer x\r\nAuthorization: Bearer ${TOKEN}\r\n`),
  missing("the header twice, wrong last", `Authorization: Bearer ${TOKEN}\r\nAuthorization: Bearer x\r\n`),
  missing("the token in a list of schemes", `Authorization: Basic x, Bearer ${TOKEN}\r\n`),
  missing("a proxy's header", `Proxy-Authorization: Bearer ${TOKEN}\r\n`),
  missing("X-Authorization", `X-Authorization: Bearer ${TOKEN}\r\n`),
  missing("a cookie", `Cookie: Authorization=Bearer ${TOKEN}; token=${TOKEN}; PUBLISH_TOKEN=${TOKEN}\r\n`),
  missing("a header of another name", `PUBLISH_TOKEN: ${TOKEN}\r\nAuthorisation: Bearer ${TOKEN}\r\n`),
  missing("the query's token", "", { query: `?token=${encodeURIComponent(TOKEN)}` }),
  missing("the query's access_token", "", { query: `?access_token=${encodeURIComponent(TOKEN)}` }),
  missing("user and password in a form", "Content-Type: application/x-www-form-urlencoded\r\n", {
    body: `access_token=${encodeURIComponent(TOKEN)}&y=1`,
  }),
  missing("another method by header", `X-HTTP-Method-Override: GET\r\n`),
  missing("DELETE without", "", { method: "DELETE" }),
  missing("an announcement without", "Content-Type: application/vnd.plotcast.presence+json\r\n", {
    body: '{"publisher":"00000000000000aa","here":true}',
  }),
  missing("a trailer", "Transfer-Encoding: chunked\r\nTrailer: Authorization\r\n", {
    body: `7\r\n{"y":1}\r\n0\r\nAuthorization: Bearer ${TOKEN}\r\n\r\n`,
  }),
  missing("a compressed body", "Content-Encoding: deflate\r\n", {
    body: deflateSync('{"y":1}').toString("latin1"),
  }),

  wrong("another token", "Bearer wrong"),
  wrong("its beginning", `Bearer ${TOKEN.slice(0, -1)}`),
  wrong("its end", `Bearer ${TOKEN.slice(1)}`),
  wrong("its first character", `Bearer ${TOKEN.slice(0, 1)}`),
  wrong("the token and more", `Bearer ${TOKEN}=`),
  wrong("the token twice", `Bearer ${TOKEN}${TOKEN}`),
  wrong("the token backwards", `Bearer ${[...TOKEN].reverse().join("")}`),
  wrong("the token in capitals", `Bearer ${TOKEN.toUpperCase()}`),
  wrong("the token in small letters", `Bearer ${TOKEN.toLowerCase()}`),
  wrong("the token without its padding", `Bearer ${TOKEN.replace(/=+$/, "")}`),
  wrong("the token in quotes", `Bearer "${TOKEN}"`),
  wrong("the token and a comma", `Bearer ${TOKEN},`),
  wrong("the token and a semicolon", `Bearer ${TOKEN};`),
  wrong("the token, encoded as in a URL", `Bearer ${encodeURIComponent(TOKEN)}`),
  wrong("the token in base64", `Bearer ${btoa(TOKEN)}`),
  wrong("the token with an encoded NUL", `Bearer ${TOKEN}%00`),
  wrong("the token with a letter of Latin-1", `Bearer ${TOKEN}\u00e9`),
  wrong("the token in full-width letters", utf8(`Bearer ${TOKEN.replace("T", "\uff34")}`)),
  wrong("the token with a zero-width blank", utf8(`Bearer ${TOKEN}\u200b`)),
  wrong("what has the same length", `Bearer ${"x".repeat(TOKEN.length)}`),
  wrong("null", "Bearer null"),
  wrong("undefined", "Bearer undefined"),
  wrong("an object's text", "Bearer [object-Object]"),
  wrong("SQL", "Bearer '/**/OR/**/1=1--"),
  wrong("a pattern", "Bearer .*"),
  wrong("a JWT without a signature", "Bearer eyJhbGciOiJub25lIn0.eyJzdWIiOiJhZG1pbiJ9."),
  wrong("8 KiB", `Bearer ${"x".repeat(8192)}`),
  wrong("the token behind 8 KiB", `Bearer ${"x".repeat(8192)}${TOKEN}`),
  wrong("DELETE with another token", "Bearer wrong", { method: "DELETE" }),
  wrong("an announcement with another token", "Bearer wrong\r\nContent-Type: application/vnd.plotcast.presence+json", {
    body: '{"publisher":"00000000000000aa","here":true}',
  }),
  wrong("a body that is refused too", "Bearer wrong", { body: "nonsense" }),
  wrong("a type that is refused too", "Bearer wrong\r\nContent-Type: image/png"),

  { name: "a NUL in the token", head: `Authorization: Bearer ${TOKEN}\0\r\n`, is: "no-http" },
  { name: "a NUL and another token", head: `Authorization: Bearer x\0${TOKEN}\r\n`, is: "no-http" },
  { name: "a lone CR", head: `Authorization: Bearer x\rBearer ${TOKEN}\r\n`, is: "no-http" },
  { name: "a blank before the colon", head: `Authorization : Bearer ${TOKEN}\r\n`, is: "no-http" },
  { name: "a header that goes on in the next line", head: `Authorization: Bearer\r\n ${TOKEN}\r\n`, is: "no-http" },
  { name: "a megabyte", head: `Authorization: Bearer ${"x".repeat(1 << 20)}\r\n`, is: "no-http" },

  { name: "the token", head: `Authorization: Bearer ${TOKEN}\r\n`, is: "taken" },
  { name: "the scheme in small letters", head: `authorization: bearer ${TOKEN}\r\n`, is: "taken" },
  { name: "the scheme in capitals", head: `AUTHORIZATION: BEARER ${TOKEN}\r\n`, is: "taken" },
  { name: "blanks around it", head: `Authorization:   Bearer   ${TOKEN}  \r\n`, is: "taken" },
];
