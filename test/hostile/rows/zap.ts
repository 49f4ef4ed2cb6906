import { command, FLAG, frame, greeting, ready } from "../../support/zmtp.ts";
import type { Row } from "../table.ts";

/** Bytes to a server of PLAIN or CURVE, of which nothing must be taken; `stays`: it waits for more, without letting in. */
export interface HandshakeRow extends Row {
  bytes: Buffer;
  is: "ends" | "stays";
}

/** A request of ZAP as libzmq would send it, and the status of the answer; undefined: none. */
export interface ZapRow extends Row {
  request: (string | Buffer)[];
  status: string | undefined;
}

export const USER = "lab";
export const PASSWORD = "right-word";
const POINT = frame('{"x":9,"y":666}');
const ends = (name: string, ...bytes: Buffer[]): HandshakeRow => ({ name, bytes: Buffer.concat(bytes), is: "ends" });
/** libzmq keeps the connection for as long as a handshake may take, and lets nothing in. */
const refused = (name: string, ...bytes: Buffer[]): HandshakeRow => ({ ...ends(name, ...bytes), is: "stays" });
const hello = (user: string | Buffer, password: string | Buffer): Buffer =>
  command(
    "HELLO",
    Buffer.concat([
      Buffer.from([user.length]),
      Buffer.from(user),
      Buffer.from([password.length]),
      Buffer.from(password),
    ]),
  );
const initiate = command("INITIATE", ready().subarray(8));
const PLAIN_GREETING = greeting({ mechanism: "PLAIN" });
const CURVE_GREETING = greeting({ mechanism: "CURVE" });
const NULL_GREETING = greeting();

/** What both kinds of server are sent. */
const both = (own: Buffer, other: Buffer): HandshakeRow[] => [
  ends("NULL, and a point", NULL_GREETING, ready(), POINT),
  ends("the other mechanism", other, ready(), POINT),
  ends("a mechanism of nobody", greeting({ mechanism: "EVIL" }), ready(), POINT),
  ends("READY at once", own, ready(), POINT),
  ends("a point at once", own, POINT),
  ends("INITIATE at once", own, initiate, POINT),
  ends("ZMTP 1.0", Buffer.from([1, 0, 3, 0, 0x7b, 0x7d])),
  ends("ZMTP 2.0", Buffer.concat([NULL_GREETING.subarray(0, 10), Buffer.from([1, 1, 0, 0])]), POINT),
  ends("HTTP", Buffer.from("POST / HTTP/1.1\r\nContent-Length: 2\r\n\r\n{}")),
  ends("a command of no bytes", own, frame("", FLAG.command)),
  ends("a command of nobody", own, command("EVIL", "x".repeat(200))),
  ends("a HELLO of no bytes", own, command("HELLO")),
  ends("a HELLO that is too short", own, command("HELLO", "\x05ab")),
  ends("a HELLO of 60,000 bytes", own, command("HELLO", "x".repeat(60_000))),
  { name: "a greeting and nothing more", bytes: own, is: "stays" },
];

export const PLAIN: HandshakeRow[] = [
  ...both(PLAIN_GREETING, CURVE_GREETING),
  refused("another password", PLAIN_GREETING, hello(USER, "wrong-word")),
  refused("an empty password", PLAIN_GREETING, hello(USER, "")),
  refused("another user", PLAIN_GREETING, hello("nobody", PASSWORD)),
  refused("nobody", PLAIN_GREETING, hello("", "")),
  refused("the user in capitals", PLAIN_GREETING, hello(USER.toUpperCase(), PASSWORD)),
  refused("the user and a NUL", PLAIN_GREETING, hello(`${USER}\0`, PASSWORD)),
  refused("the password and a NUL", PLAIN_GREETING, hello(USER, `${PASSWORD}\0`)),
  refused("the beginning of the password", PLAIN_GREETING, hello(USER, PASSWORD.slice(0, -1))),
  refused("a user of 255 bytes that are not UTF-8", PLAIN_GREETING, hello(Buffer.alloc(255, 0xff), PASSWORD)),
  refused("a user of a prototype", PLAIN_GREETING, hello("__proto__", "[object Object]")),
  refused("another user's name with a line break", PLAIN_GREETING, hello("x\nlab", PASSWORD)),
  ends(
    "bytes behind the password",
    PLAIN_GREETING,
    command("HELLO", Buffer.concat([Buffer.from("\x03lab\x0aright-word"), Buffer.from("x")])),
  ),
  ends("a wrong HELLO, and INITIATE without waiting", PLAIN_GREETING, hello(USER, "wrong-word"), initiate, POINT),
];

export const CURVE: HandshakeRow[] = [
  ...both(CURVE_GREETING, PLAIN_GREETING),
  ends("a HELLO of 194 zeros", CURVE_GREETING, command("HELLO", Buffer.alloc(194))),
  ends(
    "a HELLO of version 1.0 and noise",
    CURVE_GREETING,
    command("HELLO", Buffer.concat([Buffer.from([1, 0]), Buffer.alloc(192, 0x5a)])),
  ),
  ends(
    "a HELLO of another version",
    CURVE_GREETING,
    command("HELLO", Buffer.concat([Buffer.from([9, 9]), Buffer.alloc(192)])),
  ),
  ends("HELLO of PLAIN", CURVE_GREETING, hello(USER, PASSWORD)),
  ends("an INITIATE of noise", CURVE_GREETING, command("INITIATE", Buffer.alloc(300, 0x5a))),
  ends("a MESSAGE at once", CURVE_GREETING, command("MESSAGE", Buffer.alloc(40, 0x5a))),
];

const asked = (status: string | undefined, name: string, ...request: (string | Buffer)[]): ZapRow => ({
  name,
  request,
  status,
});
const REST = ["10.0.0.1", "", "PLAIN", "lab", "right-word"];

/** The domain `ours` admits everybody, and no other is known. */
export const ZAP: ZapRow[] = [
  asked("200", "a request", "id", "", "1.0", "7", "ours", ...REST),
  asked("400", "another domain", "id", "", "1.0", "7", "theirs", ...REST),
  asked("400", "a domain that is empty", "id", "", "1.0", "7", "", ...REST),
  asked("400", "a domain that begins so", "id", "", "1.0", "7", "ours2", ...REST),
  asked("400", "a domain of a prototype", "id", "", "1.0", "7", "__proto__", ...REST),
  asked("400", "a domain with a NUL", "id", "", "1.0", "7", "ours\0", ...REST),
  asked("500", "another version", "id", "", "2.0", "7", "ours", ...REST),
  asked("500", "no version", "id", "", "", "7", "ours", ...REST),
  asked("500", "no mechanism", "id", "", "1.0", "7", "ours", "10.0.0.1", ""),
  asked("500", "no domain", "id", "", "1.0", "7"),
  asked(undefined, "no request id", "id", "", "1.0"),
  asked(undefined, "an envelope alone", "id", ""),
  asked(undefined, "an envelope that is none", "id", "x", "1.0", "7", "ours", ...REST),
  asked(undefined, "nothing"),
];
