import { clientFrame, closeFrame, Opcode } from "../../support/raw-websocket.ts";
import type { Row } from "../table.ts";

/** The head of a request for a WebSocket. */
export interface HandshakeRow extends Row {
  head: string;
  status: number;
}

/** Bytes on a WebSocket that speaks `plotcast.v1`. */
export interface WireRow extends Row {
  /** Or what makes them of the epoch of the channel. */
  bytes: Buffer | ((epoch: number) => Buffer);
  /**
   * What becomes of it: it is closed with a code; it is closed, or its line is cut, whatever the code; it goes on and answers
   * a ping; or the server waits for more.
   */
  is: number | "ends" | "goes on" | "waits";
}

export const KEY = "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n";
export const VERSION = "Sec-WebSocket-Version: 13\r\n";
export const UPGRADE = "Connection: Upgrade\r\nUpgrade: websocket\r\n";
const ALL = UPGRADE + VERSION + KEY;
const PROTOCOL = "Sec-WebSocket-Protocol:";
const EXTENSIONS = "Sec-WebSocket-Extensions:";

const asked = (status: number, name: string, head: string): HandshakeRow => ({ name, head, status });

export const HANDSHAKES: HandshakeRow[] = [
  asked(400, "no key", UPGRADE + VERSION),
  asked(400, "an empty key", `${UPGRADE}${VERSION}Sec-WebSocket-Key:\r\n`),
  asked(426, "no version", UPGRADE + KEY),
  asked(426, "version 8", `${UPGRADE}${KEY}Sec-WebSocket-Version: 8\r\n`),
  asked(426, "versions 12 and 13", `${UPGRADE}${KEY}Sec-WebSocket-Version: 12, 13\r\n`),
  asked(426, "a version that is none", `${UPGRADE}${KEY}Sec-WebSocket-Version: thirteen\r\n`),
  asked(400, "another subprotocol", `${ALL}${PROTOCOL} plotcast.v2\r\n`),
  asked(400, "a subprotocol in capitals", `${ALL}${PROTOCOL} PLOTCAST.V1\r\n`),
  asked(400, "a subprotocol of nothing", `${ALL}${PROTOCOL} ,\r\n`),
  asked(400, "a subprotocol that begins so", `${ALL}${PROTOCOL} plotcast.v1x\r\n`),
  asked(
    400,
    "a thousand subprotocols",
    `${ALL}${PROTOCOL} ${Array.from({ length: 1000 }, (_, i) => `p${i}`).join(",")}\r\n`,
  ),
  asked(403, "another origin", `${ALL}Origin: https://evil.example\r\n`),
  asked(101, "an upgrade in capitals", `Connection: UPGRADE\r\nUpgrade: WebSocket\r\n${VERSION}${KEY}`),
  asked(101, "a key of 5,000 letters", `${UPGRADE}${VERSION}Sec-WebSocket-Key: ${"A".repeat(5000)}\r\n`),
  asked(101, "the subprotocol twice", `${ALL}${PROTOCOL} plotcast.v1\r\n${PROTOCOL} plotcast.v1\r\n`),
  asked(101, "a subprotocol among others that are none", `${ALL}${PROTOCOL} a b, plotcast.v1\r\n`),
  asked(101, "an extension of nobody", `${ALL}${EXTENSIONS} x-evil; a=b\r\n`),
  asked(101, "an extension that cannot be read", `${ALL}${EXTENSIONS} ;;;=,"\r\n`),
  asked(101, "a window of 999 bits", `${ALL}${EXTENSIONS} permessage-deflate; server_max_window_bits=999\r\n`),
];

const wire = (is: WireRow["is"], name: string, ...bytes: Buffer[]): WireRow => ({
  name,
  bytes: Buffer.concat(bytes),
  is,
});
const said = (is: WireRow["is"], name: string, text: string): WireRow => wire(is, name, clientFrame(Opcode.text, text));
const closed = (is: WireRow["is"], name: string, code: number): WireRow => wire(is, name, closeFrame(code));
const { text, binary, continuation, ping, pong, close } = Opcode;

export const WIRE: WireRow[] = [
  wire(1002, "the first reserved bit", clientFrame(text, "ping", { reserved: 0x40 })),
  wire(1002, "the second reserved bit", clientFrame(text, "ping", { reserved: 0x20 })),
  wire(1002, "the third reserved bit", clientFrame(text, "ping", { reserved: 0x10 })),
  wire(1002, "opcode 3", clientFrame(3, "x")),
  wire(1002, "opcode 7", clientFrame(7, "x")),
  wire(1002, "opcode 11", clientFrame(11, "x")),
  wire(1002, "opcode 15", clientFrame(15, "x")),
  wire(1002, "a continuation of nothing", clientFrame(continuation, "ping")),
  wire(1002, "a message within a message", clientFrame(text, "a", { fin: false }), clientFrame(text, "b")),
  wire(1002, "a ping in parts", clientFrame(ping, "x", { fin: false })),
  wire(1009, "a message of 33 MiB", clientFrame(text, "x".repeat(33 << 20))),
  wire(1009, "a message that says it has 2^62 bytes", clientFrame(text, "x", { length: 2 ** 62 })),
  wire(1009, "a message that says it has 2^40 bytes", clientFrame(binary, "x", { length: 2 ** 40 })),
  wire("waits", "half a frame", clientFrame(text, "hello").subarray(0, 3)),
  wire("waits", "a message that never ends", clientFrame(text, "x", { fin: false })),
  wire(
    "waits",
    "a message of 1,000 parts that never ends",
    ...new Array(1000)
      .fill(clientFrame(continuation, "x", { fin: false }))
      .with(0, clientFrame(text, "x", { fin: false })),
  ),
  wire("goes on", "ping in two parts", clientFrame(text, "pi", { fin: false }), clientFrame(continuation, "ng")),
  wire(
    "goes on",
    "ping in a thousand parts",
    clientFrame(text, "pi", { fin: false }),
    ...new Array(1000).fill(clientFrame(continuation, "", { fin: false })),
    clientFrame(continuation, "ng"),
  ),
  wire(
    "goes on",
    "a ping within a message",
    clientFrame(text, "pi", { fin: false }),
    clientFrame(ping, "x"),
    clientFrame(continuation, "ng"),
  ),
  wire("goes on", "a pong that nobody asked for", clientFrame(pong, "x")),
  wire("goes on", "a thousand pings of the protocol", ...new Array(1000).fill(clientFrame(ping, ""))),
  wire("goes on", "5,000 pings", ...new Array(5000).fill(clientFrame(text, "ping"))),
  wire("ends", "HTTP", Buffer.from(`${"GET / HTTP/1.1\r\nHost: localhost\r\n".repeat(10)}\r\n`)),
  wire("ends", "noise", Buffer.from(Array.from({ length: 4096 }, (_, i) => (i * 167 + 13) % 256))),

  wire(4400, "text that is not UTF-8", clientFrame(text, Buffer.from([0xff, 0xfe]))),
  wire(4400, "binary", clientFrame(binary, "ping")),
  wire(4400, "a frame of points", clientFrame(binary, Buffer.from("PLCT"))),
  wire(4400, "nothing, as binary", clientFrame(binary, "")),
  said(4400, "nothing", ""),
  said(4400, "PING", "PING"),
  said(4400, "ping and a blank", "ping "),
  said(4400, "text", "hello"),
  said(4400, "half JSON", '{"type":"continue"'),
  said(4400, "null", "null"),
  said(4400, "an array", "[]"),
  said(4400, "an empty object", "{}"),
  said("goes on", "a message of the server", '{"type":"live","epoch":1,"seq":1}'),
  said(4400, "a type that is no text", '{"type":["continue"],"epoch":1,"seq":1}'),
  said(4400, "a type of a prototype", '{"__proto__":{"type":"continue","epoch":1,"seq":1}}'),
  said(4400, "continue without a cursor", '{"type":"continue"}'),
  said(4400, "continue in quotes", '{"type":"continue","epoch":"1","seq":"1"}'),
  said(4400, "continue below 0", '{"type":"continue","epoch":-1,"seq":-1}'),
  said(4400, "continue between numbers", '{"type":"continue","epoch":1.5,"seq":1}'),
  said(4400, "continue beyond 2^53", '{"type":"continue","epoch":1,"seq":9007199254740993}'),
  said(4400, "continue at infinity", '{"type":"continue","epoch":1e999,"seq":1e999}'),
  said(4400, "continue at null", '{"type":"continue","epoch":null,"seq":null}'),
  said(4400, "continue of another epoch", '{"type":"continue","epoch":0,"seq":0}'),
  said(4400, "1,025 bytes", " ".repeat(1025)),
  said(4400, "a megabyte", "x".repeat(1 << 20)),
  {
    name: "300 messages at once",
    bytes: (epoch) =>
      Buffer.concat(new Array(300).fill(clientFrame(text, JSON.stringify({ type: "continue", epoch, seq: 1 })))),
    is: 4429,
  },

  wire("ends", "a close without a code", closeFrame()),
  wire("ends", "a close of one byte", clientFrame(close, "x")),
  wire("ends", "a close with a reason that is not UTF-8", closeFrame(1000, Buffer.from([0xff]))),
  wire("ends", "a close of more than a control frame has", closeFrame(1000, "x".repeat(124))),
  closed("ends", "code 0", 0),
  closed("ends", "code 999", 999),
  closed("ends", "code 1004", 1004),
  closed("ends", "code 1005", 1005),
  closed("ends", "code 1006", 1006),
  closed("ends", "code 1015", 1015),
  closed("ends", "code 2999", 2999),
  closed("ends", "code 4999", 4999),
  closed("ends", "code 5000", 5000),
  closed("ends", "code 65,535", 65_535),
  wire("ends", "a close, and more behind it", closeFrame(1000), clientFrame(text, "ping"), closeFrame(1001)),
];
