import type { Socket } from "node:net";
import { gzipSync } from "node:zlib";
import type { Row } from "../table.ts";

/** What answers a bridge's POST of three points in the Worker's place. */
export interface AnswerRow extends Row {
  /** Bytes, after which the connection ends; or what happens to the connection. */
  answer: string | Buffer | ((socket: Socket) => void);
  /** The bridge waits for so long that the row does not: another one goes on in its place. */
  isLong?: true;
}

const HTML = "<!doctype html><html><head><title>Log in</title></head><body>Please log in to the network.</body></html>";
/** The Worker's own answer. */
const TAKEN = '{"seq":3,"points":3,"viewers":0,"duplicates":0}';

function http(status: string, body: string | Buffer = "", headers = "", type = "text/html"): Buffer {
  const bytes = Buffer.from(body);
  const head = `HTTP/1.1 ${status}\r\nContent-Type: ${type}\r\nContent-Length: ${bytes.length}\r\n${headers}\r\n`;
  return Buffer.concat([Buffer.from(head), bytes]);
}
const page = (status: string, headers = ""): AnswerRow => ({
  name: `${status} and a page`,
  answer: http(status, HTML, headers),
});
const json = (name: string, body: string, status = "200 OK", type = "application/json"): AnswerRow => ({
  name,
  answer: http(status, body, "", type),
});
const problem = (
  name: string,
  body: unknown,
  status = "400 Bad Request",
  type = "application/problem+json",
): AnswerRow => json(name, typeof body === "string" ? body : JSON.stringify(body), status, type);
const raw = (name: string, answer: AnswerRow["answer"]): AnswerRow => ({ name, answer });
const later = (value: string, isLong?: true): AnswerRow => ({
  name: `429 that says Retry-After: ${value}`,
  answer: http("429 Too Many Requests", "Slow down", `Retry-After: ${value}\r\n`, "text/plain"),
  ...(isLong && { isLong }),
});
const own = { type: "about:blank", title: "Not a frame", status: 400, detail: "No.", code: "frame-magic" };

export const ANSWERS: AnswerRow[] = [
  page("200 OK"),
  page("201 Created"),
  page("202 Accepted"),
  page("203 Non-Authoritative Information"),
  page("206 Partial Content"),
  page("226 IM Used"),
  page("299 Whatever"),
  raw("204", "HTTP/1.1 204 No Content\r\n\r\n"),
  raw("205", "HTTP/1.1 205 Reset Content\r\nContent-Length: 0\r\n\r\n"),
  page("301 Moved Permanently", "Location: https://portal.example/login\r\n"),
  page("302 Found", "Location: http://192.0.2.1/login?to=secret\r\n"),
  page("303 See Other", "Location: /login\r\n"),
  page("307 Temporary Redirect", "Location: /c/main\r\n"),
  page("308 Permanent Redirect", "Location: //portal.example\r\n"),
  raw("304", "HTTP/1.1 304 Not Modified\r\n\r\n"),
  page("400 Bad Request"),
  raw(
    "400 of nginx at a TLS port",
    http("400 Bad Request", "The plain HTTP request was sent to HTTPS port", "Server: nginx\r\n"),
  ),
  raw(
    "400 in plain text",
    http("400 Bad Request", "Client sent an HTTP request to an HTTPS server.\n", "", "text/plain"),
  ),
  page("401 Unauthorized", 'WWW-Authenticate: Basic realm="router"\r\n'),
  page("402 Payment Required"),
  page("403 Forbidden"),
  page("404 Not Found"),
  page("405 Method Not Allowed", "Allow: GET\r\n"),
  page("407 Proxy Authentication Required", "Proxy-Authenticate: Basic\r\n"),
  page("408 Request Timeout"),
  page("409 Conflict"),
  page("410 Gone"),
  page("411 Length Required"),
  page("413 Payload Too Large"),
  page("414 URI Too Long"),
  page("415 Unsupported Media Type"),
  page("418 I'm a teapot"),
  page("422 Unprocessable Content"),
  page("426 Upgrade Required", "Upgrade: h2c\r\n"),
  page("431 Request Header Fields Too Large"),
  page("451 Unavailable For Legal Reasons"),
  page("499 Client Closed Request"),
  page("500 Internal Server Error"),
  page("502 Bad Gateway"),
  page("503 Service Unavailable", "Retry-After: 0\r\n"),
  page("504 Gateway Timeout"),
  page("511 Network Authentication Required"),
  page("599 Nobody's"),
  page("999 Nobody's"),

  later("0"),
  later("-1"),
  later("soon"),
  later("1e9"),
  later("Thu, 01 Jan 1970 00:00:00 GMT"),
  later("31536000", true),
  later("99999999999999999999", true),
  later("Fri, 31 Dec 9999 23:59:59 GMT", true),

  json("another's JSON", '{"ok":true}'),
  json("an empty body", ""),
  json("null", "null"),
  json("true", "true"),
  json("an empty object", "{}"),
  json("the answer in an array", `[${TAKEN}]`),
  json("the answer in quotes", JSON.stringify(TAKEN)),
  json("the answer in another object", `{"result":${TAKEN}}`),
  json("half the answer", TAKEN.slice(0, -3)),
  json("the answer with more behind it", `${TAKEN}{`),
  json("an answer for fewer points", TAKEN.replace('"points":3', '"points":2')),
  json("an answer for more points", TAKEN.replace('"points":3', '"points":4')),
  json("an answer for no points", TAKEN.replace('"points":3', '"points":0')),
  json("an answer with points in quotes", TAKEN.replace('"points":3', '"points":"3"')),
  json("an answer with half a number", TAKEN.replace('"seq":3', '"seq":2.5')),
  json("an answer below 0", TAKEN.replace('"seq":3', '"seq":-3')),
  json("an answer beyond all numbers", TAKEN.replace('"seq":3', '"seq":1e999')),
  json("an answer without viewers", '{"seq":3,"points":3}'),
  json("an answer of null viewers", TAKEN.replace('"viewers":0', '"viewers":null')),
  json("more duplicates than points", TAKEN.replace('"duplicates":0', '"duplicates":9')),
  json("duplicates below 0", TAKEN.replace('"duplicates":0', '"duplicates":-1')),
  json("the answer to a prototype", `{"__proto__":${TAKEN}}`),
  json("the answer, created", TAKEN, "201 Created"),
  json("the answer, refused", TAKEN, "400 Bad Request"),
  json("the answer, failed", TAKEN, "500 Internal Server Error"),
  raw("the answer, compressed", http("200 OK", gzipSync(TAKEN), "Content-Encoding: gzip\r\n", "application/json")),
  json("the answer behind 100 KiB", `${" ".repeat(100 * 1024)}${TAKEN}`),

  problem("another's problem", { type: "about:blank", title: "Bad", status: 400, detail: "Bad", code: "bad-request" }),
  problem("a problem without a code", { type: "about:blank", title: "Bad", status: 400, detail: "Bad" }),
  problem("a problem whose status is another", { ...own, status: 413 }),
  problem("a problem whose status is text", { ...own, status: "400" }),
  problem("a problem of a prototype's code", { ...own, code: "__proto__" }),
  problem("a problem of several codes", { ...own, code: ["frame-magic"] }),
  problem("a problem in an array", [own]),
  problem("a problem that is cut off", JSON.stringify(own).slice(0, -2)),
  problem("our problem, as JSON", own, "400 Bad Request", "application/json"),
  problem("our problem, as a page", own, "400 Bad Request", "text/html"),
  problem("our problem, as a success", own, "200 OK"),

  raw("the end", ""),
  raw("a reset", (socket) => socket.resetAndDestroy()),
  raw("an alert of TLS", Buffer.from([0x15, 0x03, 0x01, 0x00, 0x02, 0x02, 0x28])),
  raw("SSH", "SSH-2.0-OpenSSH_9.9\r\n"),
  raw("a greeting of ZMTP", Buffer.from(`ff00000000000000017f03004e554c4c${"00".repeat(48)}`, "hex")),
  raw("SMTP", "220 mail.example ESMTP\r\n"),
  raw("the settings of HTTP/2", Buffer.from("000000040000000000", "hex")),
  raw("noise", Buffer.from(Array.from({ length: 4096 }, (_, i) => (i * 167 + 13) % 256))),
  raw("HTTP/0.9", HTML),
  raw("half a head", "HTTP/1.1 200 OK\r\nContent-"),
  raw("a status that is none", "HTTP/1.1 2OO OK\r\n\r\n"),
  raw(
    "two lengths",
    `HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 3\r\nContent-Length: 50\r\n\r\n${TAKEN}`,
  ),
  raw("a length and chunks", `HTTP/1.1 200 OK\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`),
  raw("chunks that are none", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n"),
  raw(
    "a body that is cut off",
    `HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n${TAKEN}`,
  ),
  raw("a megabyte of headers", `HTTP/1.1 200 OK\r\nX: ${"x".repeat(1 << 20)}\r\n\r\n${TAKEN}`),
  raw("a NUL in a header", `HTTP/1.1 200 OK\r\nX: a\0b\r\nContent-Length: 0\r\n\r\n`),
  raw("an upgrade", "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n"),
  raw("a thousand early hints and no answer", "HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n".repeat(1000)),
  raw("nothing at all, for ever", () => {}),
  raw("a head a byte at a time", (socket) => drip(socket, "HTTP/1.1 200 OK\r\n", "X")),
  raw("a body a byte at a time", (socket) => drip(socket, "HTTP/1.1 200 OK\r\nContent-Length: 99999\r\n\r\n", " ")),
  raw("a body without end", (socket) => flood(socket, "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n")),
  raw("headers without end", (socket) => flood(socket, "HTTP/1.1 200 OK\r\nX: ")),
];

/** A byte every 20 ms, while the connection is there. */
function drip(socket: Socket, head: string, byte: string): void {
  socket.write(head);
  const timer = setInterval(() => socket.write(byte), 20);
  socket.once("close", () => clearInterval(timer));
}

/** 64 KiB whenever there is room. */
function flood(socket: Socket, head: string): void {
  const more = "x".repeat(65_536);
  const fill = (): void => {
    while (socket.writable && socket.write(more));
  };
  socket.on("drain", fill).write(head);
  fill();
}
