import type { Row } from "../table.ts";

/** The parts that requests are made of, for one row's channel. */
export interface Parts {
  /** The first lines of a POST to the channel, without a token. */
  post: string;
  /** The first lines of a request with another method. */
  of(method: string, version?: string): string;
  /** The header with the right token. */
  token: string;
  /** A whole POST of a point with the right token: what must never be taken where it stands in another's body. */
  smuggled: string;
  /** A whole GET of the channel, which ends the connection. */
  last: string;
}

export interface SmugglingRow extends Row {
  bytes(parts: Parts): string;
  /** The statuses of the answers, in order. After a refusal the server may end the connection instead. */
  answers: number[];
  /** How many points are rightly taken. */
  taken?: 1;
  /** Say that nothing more comes. */
  end?: true;
}

const BODY = '{"y":1}';
const CHUNKS = `7\r\n${BODY}\r\n0\r\n\r\n`;
const WRONG = "Authorization: Bearer wrong\r\n";
const bytesOf = (text: string): number => Buffer.byteLength(text, "latin1");
const lengthOf = (text: string): string => `Content-Length: ${bytesOf(text)}\r\n\r\n${text}`;

/** A POST with the right token and this head and body, and a GET behind it. */
const posted = (name: string, rest: string, answers: number[], more: Partial<SmugglingRow> = {}): SmugglingRow => ({
  name,
  bytes: ({ post, token, last }) => `${post}${token}${rest}${more.end ? "" : last}`,
  answers,
  ...more,
});
const withLength = (name: string, length: string): SmugglingRow =>
  posted(name, `Content-Length: ${length}\r\n\r\n${BODY}`, [400]);
const encoded = (name: string, encoding: string, answers = [400]): SmugglingRow =>
  posted(name, `Transfer-Encoding:${encoding}\r\n\r\n${CHUNKS}`, answers, answers[0] === 200 ? { taken: 1 } : {});
const chunked = (name: string, body: string, more: Partial<SmugglingRow> = {}): SmugglingRow =>
  posted(name, `Transfer-Encoding: chunked\r\n\r\n${body}`, more.taken ? [200, 200] : [400], more);
/** A request that is refused, with a whole POST as its body, and a GET behind it. */
const hidden = (name: string, method: string, head: string, answers: number[]): SmugglingRow => ({
  name,
  bytes: ({ of, smuggled, last }) => `${of(method)}${head}${lengthOf(smuggled)}${last}`,
  answers,
});
const alone = (name: string, bytes: string | SmugglingRow["bytes"], answers: number[], end?: true): SmugglingRow => ({
  name,
  bytes: typeof bytes === "string" ? () => bytes : bytes,
  answers,
  ...(end ? { end } : {}),
});

export const SMUGGLING: SmugglingRow[] = [
  {
    name: "a length and chunks, with a request behind the last chunk",
    bytes: ({ post, token, smuggled }) =>
      `${post}${token}Content-Length: ${bytesOf(smuggled) + 5}\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n${smuggled}`,
    answers: [400],
  },
  {
    name: "chunks and a length, with a request in a chunk",
    bytes: ({ post, smuggled, last }) =>
      `${post}${WRONG}Transfer-Encoding: chunked\r\nContent-Length: 4\r\n\r\n${bytesOf(smuggled).toString(16)}\r\n${smuggled}\r\n0\r\n\r\n${last}`,
    answers: [401, 200],
  },
  {
    name: "a length of 0 and a request behind it, with the wrong token",
    bytes: ({ post, last }) => `${post}${WRONG}Content-Length: 0\r\n\r\n${last}`,
    answers: [401, 200],
  },
  posted("two lengths that differ", `Content-Length: 7\r\nContent-Length: 70\r\n\r\n${BODY}`, [400]),
  posted("two lengths that are one", `Content-Length: 7\r\nContent-Length: 7\r\n\r\n${BODY}`, [200, 200], { taken: 1 }),
  withLength("a list of lengths", "7, 7"),
  withLength("a length with a sign", "+7"),
  withLength("a length below 0", "-7"),
  withLength("a hexadecimal length", "0x7"),
  withLength("a length with a point", "7.0"),
  withLength("a length with an exponent", "7e0"),
  withLength("no length", ""),
  withLength("a length of two words", "7 7"),
  withLength("a length of 2^64", "18446744073709551616"),
  withLength("a length of 2^64 + 7", "18446744073709551623"),
  posted("a length of 2^63", `Content-Length: 9223372036854775808\r\n\r\n${BODY}`, [413], { end: true }),
  posted("a length of 2^53 + 1", `Content-Length: 9007199254740993\r\n\r\n${BODY}`, [413], { end: true }),
  posted("a length and a blank before the colon", `Content-Length : 7\r\n\r\n${BODY}`, [400]),
  posted("a length with an underscore", `Content_Length: 7\r\n\r\n${BODY}`, [400, 400]),
  posted("a length that is too short", `Content-Length: 3\r\n\r\n${BODY}`, [400, 400]),
  posted("a length that is too long", `Content-Length: 100\r\n\r\n${BODY}`, [400], { end: true }),

  encoded("an encoding that is none", " xchunked"),
  encoded("chunks, then nothing", " chunked, identity"),
  encoded("chunks and nothing, in two headers", " chunked\r\nTransfer-Encoding: identity"),
  encoded("an encoding in quotes", ' "chunked"'),
  encoded("an encoding behind a vertical tab", " \x0bchunked"),
  encoded("an encoding in the next line", "\r\n chunked"),
  encoded("an encoding in capitals", " CHUNKED", [200, 200]),
  encoded("an encoding behind a tab", "\tchunked", [200, 200]),
  encoded("an encoding twice", " chunked\r\nTransfer-Encoding: chunked", [200, 200]),
  posted("an encoding and a blank before the colon", `Transfer-Encoding : chunked\r\n\r\n${CHUNKS}`, [400]),
  alone(
    "chunks in HTTP/1.0",
    ({ of, token }) => `${of("POST", "HTTP/1.0")}${token}Transfer-Encoding: chunked\r\n\r\n${CHUNKS}`,
    [400],
  ),

  chunked("a chunk with 0x", `0x7\r\n${BODY}\r\n0\r\n\r\n`),
  chunked("a chunk with a sign", `+7\r\n${BODY}\r\n0\r\n\r\n`),
  chunked("a chunk below 0", `-7\r\n${BODY}\r\n0\r\n\r\n`),
  chunked("a chunk of 2^64 - 1", `ffffffffffffffff\r\n${BODY}\r\n0\r\n\r\n`, { end: true }),
  chunked("a chunk of 2^64 + 7", `10000000000000007\r\n${BODY}\r\n0\r\n\r\n`, { end: true }),
  chunked("a chunk without a size", `\r\n${BODY}\r\n0\r\n\r\n`),
  chunked("a chunk whose size is a word", `seven\r\n${BODY}\r\n0\r\n\r\n`),
  chunked("chunks with bare line feeds", `7\n${BODY}\n0\n\n`),
  chunked("a chunk that does not end", `7\r\n${BODY}0\r\n\r\n`),
  chunked("a chunk that is longer than it says", `3\r\n${BODY}\r\n0\r\n\r\n`),
  chunked("no last chunk", `7\r\n${BODY}\r\n`, { end: true }),
  chunked("a chunk with an extension", `7;a=b\r\n${BODY}\r\n0\r\n\r\n`, { taken: 1 }),
  chunked("chunks with a trailer", `7\r\n${BODY}\r\n0\r\nContent-Length: 100\r\n\r\n`, { taken: 1 }),

  posted("a header that goes on in the next line", `X: a\r\n b\r\n${lengthOf(BODY)}`, [400]),
  posted("a lone CR in a header", `X: a\rTransfer-Encoding: chunked\r\n${lengthOf(BODY)}`, [400]),
  posted("a NUL in a header's name", `X\0: a\r\n${lengthOf(BODY)}`, [400]),
  posted("a NUL in a header's value", `X: a\0b\r\n${lengthOf(BODY)}`, [400]),
  posted("a header without a name", `: a\r\n${lengthOf(BODY)}`, [400]),
  posted("a header without a colon", `nonsense\r\n${lengthOf(BODY)}`, [400]),
  posted("a second Host", `Host: evil.example\r\n${lengthOf(BODY)}`, [500]),
  posted("10,000 headers", `${"X: a\r\n".repeat(10_000)}${lengthOf(BODY)}`, [200, 200], { taken: 1 }),
  posted("a header of a megabyte", `X: ${"a".repeat(1 << 20)}\r\n${lengthOf(BODY)}`, [431]),
  posted("Expect", `Expect: 100-continue\r\n${lengthOf(BODY)}`, [100, 200, 200], { taken: 1 }),
  posted("an Expect that is none", `Expect: 200-maybe\r\n${lengthOf(BODY)}`, [200, 200], { taken: 1 }),

  hidden("a request in a body that the wrong token refuses", "POST", WRONG, [401, 200]),
  hidden("a request in a body without a token", "POST", "", [401, 200]),
  hidden("a request in a body of another method", "PUT", "", [405, 200]),
  hidden("a request in the body of OPTIONS", "OPTIONS", "", [204, 200]),
  hidden("a request in the body of GET", "GET", "", [200, 200]),
  hidden("a request in the body of a DELETE that is refused", "DELETE", WRONG, [401, 200]),
  hidden("a request in a body of an unknown type", "POST", "Content-Type: image/png\r\n", [401, 200]),
  alone(
    "a request behind 2 MiB that are refused",
    ({ post, token, last }) => `${post}${token}Content-Length: 2097152\r\n\r\n${" ".repeat(2_097_152)}${last}`,
    [413, 200],
  ),
  alone("ten requests at once", ({ of, last }) => `${`${of("GET")}\r\n`.repeat(9)}${last}`, new Array(10).fill(200)),
  alone("nonsense between two requests", ({ of, last }) => `${of("GET")}\r\nnonsense\r\n\r\n${last}`, [200, 400]),
  alone(
    "a lone request behind an upgrade that is refused",
    ({ of, last }) =>
      `${of("GET")}Origin: http://evil.example\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n${last}`,
    [403, 200],
  ),
  alone(
    "an upgrade to HTTP/2",
    ({ of, last }) =>
      `${of("GET")}Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQAAP__\r\n\r\n${last}`,
    [200, 200],
  ),

  alone("no version", "GET /c/main\r\n\r\n", [400], true),
  alone("version 2.0", ({ of }) => `${of("GET", "HTTP/2.0")}\r\n`, [400]),
  alone("version 9.9", ({ of }) => `${of("GET", "HTTP/9.9")}\r\n`, [400]),
  alone("a version in small letters", ({ of }) => `${of("GET", "http/1.1")}\r\n`, [400]),
  alone("HTTP/2 without asking", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", [], true),
  alone("the beginning of TLS", `\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03${"\0".repeat(100)}`, [400], true),
  alone("a greeting of ZMTP", `\xff\0\0\0\0\0\0\0\x01\x7f\x03\0NULL${"\0".repeat(48)}`, [400], true),
  alone("SSH", "SSH-2.0-OpenSSH_9.9\r\n", [400], true),
  alone("noise", Array.from({ length: 256 }, (_, i) => String.fromCharCode((i * 167) % 256)).join(""), [400], true),
  alone("nothing", "", [], true),
  alone("half a head", ({ post, token }) => `${post}${token}Content-Le`, [], true),
  alone("a header before the first line", ({ post }) => post.replace("POST", "X: y\r\nPOST"), [400], true),
  alone("no Host", ({ token }) => `POST /c/main HTTP/1.1\r\n${token}${lengthOf(BODY)}`, [400], true),
  alone("another method's name", ({ of }) => `${of("PURGE")}\r\n`, [405], true),
  alone("a method of nobody", ({ of }) => `${of("FOO")}\r\n`, [501]),
  alone("a method in small letters", ({ of }) => `${of("post")}\r\n`, [501]),
  alone("a method of 10,000 letters", ({ of }) => `${of("A".repeat(10_000))}\r\n`, [501]),
  alone("TRACE", ({ of }) => `${of("TRACE")}Connection: close\r\n\r\n`, [405]),
  alone("CONNECT to another port", "CONNECT 127.0.0.1:22 HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n", [500], true),
];
