import { command, FLAG, frame, greeting, greeting2, longHeader, ping, ready } from "../../support/zmtp.ts";
import type { Row } from "../table.ts";

/** Bytes to a bridge's port. */
export interface ZmtpRow extends Row {
  /** A handshake, whose answer is awaited before all else: what comes too early libzmq takes for a part of it. */
  handshake?: Buffer;
  bytes: Buffer;
  /** Say that nothing more comes, in the middle. */
  end?: true;
  /**
   * What becomes of the connection: it is ended; it stays, and the bridge waits for more. `taken`: so many points were rightly
   * sent on it.
   */
  is: "ends" | "stays" | { taken: number };
}

/** A point that must not arrive, unless the row says so. */
const POINT = '{"x":9,"y":666}';
const MIB = 1 << 20;
const GREETING = greeting();
const OPEN = Buffer.concat([GREETING, ready()]);
const http = (start: string, body: string | Buffer = ""): Buffer =>
  Buffer.concat([
    Buffer.from(`${start} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: ${body.length}\r\n\r\n`),
    Buffer.from(body),
  ]);
/** A command READY with these properties as they stand. */
const readyOf = (...properties: Buffer[]): Buffer => command("READY", Buffer.concat(properties));
function property(name: string, value: string | Buffer, nameLength = name.length, valueLength = value.length): Buffer {
  const size = Buffer.alloc(4);
  size.writeUInt32BE(valueLength);
  return Buffer.concat([Buffer.from([nameLength]), Buffer.from(name), size, Buffer.from(value)]);
}

const foreign = (name: string, ...bytes: (Buffer | string)[]): ZmtpRow => ({
  name,
  bytes: Buffer.concat(bytes.map((part) => Buffer.from(part))),
  is: "ends",
});
const stays = (name: string, ...bytes: Buffer[]): ZmtpRow => ({ name, bytes: Buffer.concat(bytes), is: "stays" });
/** Behind a greeting and READY. */
const open = (name: string, ...bytes: Buffer[]): ZmtpRow => ({ ...foreign(name, ...bytes), handshake: OPEN });
const openStays = (name: string, ...bytes: Buffer[]): ZmtpRow => ({ ...stays(name, ...bytes), handshake: OPEN });
const greeted = (name: string, ...bytes: Buffer[]): ZmtpRow => foreign(name, GREETING, ...bytes);
const taken = (points: number, name: string, handshake: Buffer, ...bytes: Buffer[]): ZmtpRow => ({
  name,
  handshake,
  bytes: Buffer.concat(bytes),
  is: { taken: points },
});
const ended = (row: ZmtpRow): ZmtpRow => ({
  ...row,
  name: `${row.name}, and then nothing more`,
  end: true,
  is: "ends",
});

export const ZMTP: ZmtpRow[] = [
  foreign("GET", http("GET /")),
  foreign("POST with a point", http("POST /", POINT)),
  foreign("POST with a whole connection of ZMTP", http("POST /", Buffer.concat([OPEN, frame(POINT)]))),
  foreign(
    "POST with a message of ZMTP 1.0",
    http("POST /", Buffer.concat([Buffer.from([1, 0, POINT.length + 1, 0]), Buffer.from(POINT)])),
  ),
  foreign("OPTIONS", http("OPTIONS *")),
  foreign("CONNECT", http("CONNECT 127.0.0.1:22")),
  foreign("HTTP/2", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"),
  foreign(
    "a WebSocket",
    "GET / HTTP/1.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: eA==\r\n\r\n",
  ),
  foreign("TLS", Buffer.from("16030100c8010000c40303", "hex")),
  foreign("SSH", "SSH-2.0-OpenSSH_9.9\r\n"),
  foreign("Redis", "*1\r\n$4\r\nPING\r\n"),
  foreign("TURN", Buffer.from("000300082112a442000000000000000000000000", "hex")),
  foreign("MQTT", Buffer.from("101000044d5154540402003c000474657374", "hex")),
  foreign("zeros", Buffer.alloc(4096)),
  foreign("noise", Buffer.from(Array.from({ length: 4096 }, (_, i) => (i * 167 + 13) % 251))),
  foreign("a point alone", POINT),
  foreign("ZMTP 1.0", Buffer.from([1, 0, POINT.length + 1, 0]), POINT),
  foreign("ZMTP 1.0 with an identity", Buffer.from([5, 0]), "abcd", Buffer.from([POINT.length + 1, 0]), POINT),
  foreign(
    "ZMTP 1.0 with a long length",
    Buffer.from("ff000000000000000100", "hex"),
    Buffer.from([POINT.length + 1, 0]),
    POINT,
  ),
  foreign("a signature whose last byte is even", Buffer.from("ff00000000000000017e03", "hex"), Buffer.alloc(53)),
  foreign("revision 0", Buffer.from("ff00000000000000017f00", "hex"), Buffer.alloc(53)),
  ended(stays("one byte of a signature", Buffer.from([0xff]))),
  ended(stays("nothing", Buffer.alloc(0))),
  ended(stays("half a greeting", GREETING.subarray(0, 30))),
  ended(stays("a greeting alone", GREETING)),
  stays("a byte of a signature", Buffer.from([0xff])),
  stays("a greeting and nothing behind it", GREETING),

  foreign("another mechanism", greeting({ mechanism: "EVIL" }), ready(), frame(POINT)),
  foreign("PLAIN", greeting({ mechanism: "PLAIN" }), ready(), frame(POINT)),
  foreign("CURVE", greeting({ mechanism: "CURVE" }), ready(), frame(POINT)),
  foreign("NULL in small letters", greeting({ mechanism: "null" }), ready(), frame(POINT)),
  foreign("no mechanism", greeting({ mechanism: "" }), ready(), frame(POINT)),
  foreign("a mechanism of 20 letters", greeting({ mechanism: "N".repeat(20) }), ready(), frame(POINT)),
  greeted("a message before READY", frame(POINT)),
  greeted("a command that is none before READY", command("EVIL", "x")),
  greeted("a command without a name", frame(Buffer.from([0]), FLAG.command)),
  greeted("a command of no bytes", frame("", FLAG.command)),
  greeted("a command whose name is longer than it is", frame(Buffer.from([200, 82]), FLAG.command)),
  greeted("READY of a REQ", ready("REQ"), frame(POINT)),
  greeted("READY of a SUB", ready("SUB"), frame(POINT)),
  greeted("READY of a ROUTER", ready("ROUTER"), frame(POINT)),
  greeted("READY of a type of nobody", ready("EVIL"), frame(POINT)),
  greeted("READY of a type that is empty", ready(""), frame(POINT)),
  greeted("READY with a property that ends too early", readyOf(property("Socket-Type", "PUB", 11, 4000))),
  greeted("READY with a property of 2^32 - 1 bytes", readyOf(property("Socket-Type", "PUB", 11, 2 ** 32 - 1))),
  greeted("READY with a name that ends too early", readyOf(Buffer.from([200, 83]))),
  greeted(
    "READY of 66,000 bytes",
    command("READY", Buffer.concat([property("Socket-Type", "PUB"), property("X", "x".repeat(66_000))])),
  ),
  stays("ERROR", GREETING, command("ERROR", Buffer.from([3, 110, 111, 33]))),
  greeted("a message in one with READY", ready(), frame(POINT)),
  greeted("HELLO", command("HELLO", Buffer.from([1, 97, 1, 98]))),

  open("unknown flags", Buffer.concat([Buffer.from([0x08, 1]), Buffer.from("x")])),
  open("all flags", Buffer.from([0xff, 0, 0, 0, 0, 0, 0, 0, 1, 0])),
  open("a command with more behind it", frame(Buffer.from([1, 120]), FLAG.command | FLAG.more)),
  open("a message of 2^63 bytes", longHeader(2 ** 62)),
  open("a message of 300 MiB", longHeader(300 * MIB)),
  open("parts of 257 MiB together", longHeader(200 * MIB, FLAG.more), Buffer.alloc(200 * MIB), longHeader(57 * MIB)),
  open("4,097 parts", ...new Array<Buffer>(4097).fill(frame("", FLAG.more))),
  open("two million empty parts", Buffer.alloc(4_000_000).fill(Buffer.from([FLAG.more, 0]))),
  open("a command of 70,000 bytes", command("PING", "x".repeat(70_000))),
  open("a PING of five bytes", command("PING")),
  open("a PING of six bytes", command("PING", "\0")),
  open("SQL", Buffer.from("SELECT 1;".repeat(100))),
  openStays("a PING", ping(10, "context")),
  openStays("a PONG that nobody asked for", command("PONG", "x")),
  openStays("a SUBSCRIBE from a publisher", command("SUBSCRIBE", "x")),
  openStays("half a message", frame(POINT).subarray(0, 5)),
  openStays("a part with more to come", frame(POINT, FLAG.more)),
  openStays("4,000 parts with more to come", ...new Array<Buffer>(4000).fill(frame("", FLAG.more))),
  openStays("messages that are no points", frame("{nonsense"), frame(Buffer.from([0xff, 0xfe])), frame("")),
  openStays("a message of 4,096 parts", ...new Array<Buffer>(4095).fill(frame("", FLAG.more)), frame("")),
  openStays("a message of 17 MiB", frame(Buffer.alloc(17 * MIB, 0x20))),
  openStays("a topic that is not UTF-8", frame(Buffer.from([0xff]), FLAG.more), frame(POINT)),
  openStays("a topic that turns around what follows", frame("a\u202eb", FLAG.more), frame(POINT)),
  ended(open("a message that is cut off", frame(POINT).subarray(0, 5))),
  ended(open("a part, with more to come", frame(POINT, FLAG.more))),

  taken(1, "a point", OPEN, frame(POINT)),
  taken(1, "a point of version 3.1", Buffer.concat([greeting({ minor: 1 }), ready()]), frame(POINT)),
  taken(1, "a point of version 255", Buffer.concat([greeting({ major: 255 }), ready()]), frame(POINT)),
  taken(1, "a point of version 2.0", greeting2(), frame(POINT)),
  taken(2, "two points around a command", OPEN, frame(POINT), ping(), frame(POINT)),
];
