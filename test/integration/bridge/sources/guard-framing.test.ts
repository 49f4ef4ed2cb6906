import assert from "node:assert/strict";
import { it } from "node:test";
import { crc32 } from "node:zlib";
import fc from "fast-check";
import { type FramingFault, ZmtpFraming } from "../../../../bridge/sources/zeromq/guard/framing.ts";
import { networkOf } from "../../../../bridge/sources/zeromq/network.ts";
import { command, FLAG, frame, greeting, greeting2, longHeader, ping, ready } from "../../../support/zmtp.ts";

const LIMITS = { maxParts: 4, maxMessageBytes: 1000 };
const BEGUN = Buffer.concat([greeting(), ready()]);

/** What is found in these bytes, however they are cut. */
function faultIn(bytes: Buffer, size = bytes.length, limits = LIMITS): FramingFault | undefined {
  const framing = new ZmtpFraming(limits);
  for (let at = 0; at < bytes.length; at += size) {
    const fault = framing.take(bytes.subarray(at, at + size));
    if (fault !== undefined) return fault;
  }
  return undefined;
}

const after = (...frames: Buffer[]): Buffer => Buffer.concat([BEGUN, ...frames]);
const part = (bytes = 0): Buffer => frame(Buffer.alloc(bytes), FLAG.more);

for (const [what, bytes, fault] of [
  ["ZMTP 3.0 without a message", BEGUN, undefined],
  ["ZMTP 3.1", Buffer.concat([greeting({ minor: 1 }), ready(), frame("1")]), undefined],
  ["a later version of ZMTP", Buffer.concat([greeting({ major: 4 }), ready(), frame("1")]), undefined],
  ["ZMTP 2.0, of libzmq 3", Buffer.concat([greeting2(), frame("1"), frame("", FLAG.more), frame("2")]), undefined],
  ["another mechanism, which libzmq refuses", Buffer.concat([greeting({ mechanism: "CURVE" }), ready()]), undefined],
  ["ZMTP 1.0 with a signature", Buffer.concat([greeting({ major: 0 }), ready()]), "not-zmtp"],
  ["ZMTP 1.0, of libzmq 2: an empty identity and a message", Buffer.from("\u0001\u0000\u0003\u0000{}"), "not-zmtp"],
  ["ZMTP 1.0 with a long length", Buffer.from("ff000000000000000500", "hex"), "not-zmtp"],
  ["HTTP", Buffer.from("GET / HTTP/1.1\r\n\r\n"), "not-zmtp"],
  ["TLS", Buffer.from("1603010200", "hex"), "not-zmtp"],
  ["as many parts as there may be", after(part(), part(), part(), frame("")), undefined],
  ["one part more", after(part(), part(), part(), part(), frame("")), "too-many-parts"],
  [
    "as many in each of two messages",
    after(part(), part(), part(), frame(""), part(), part(), part(), frame("")),
    undefined,
  ],
  ["as many bytes as there may be", after(part(400), frame(Buffer.alloc(600))), undefined],
  ["one byte more", after(part(400), frame(Buffer.alloc(601))), "message-too-large"],
  ["one byte more, not sent yet", after(part(400), longHeader(601)), "message-too-large"],
  ["a length of 2^64 - 1", after(Buffer.from("02ffffffffffffffff", "hex")), "message-too-large"],
  ["a length of 2^63", after(Buffer.from("028000000000000000", "hex")), "message-too-large"],
  ["a short length in the long form", after(frame("1", FLAG.long)), undefined],
  ["a command of 64 KiB", after(frame(Buffer.alloc(65_536), FLAG.command)), undefined],
  ["a command of one byte more", after(longHeader(65_537, FLAG.command)), "command-too-large"],
  ["commands between the parts of a message", after(part(), ping(), part(), ping(), part(), frame("")), undefined],
  [
    "commands do not hide parts",
    after(part(), ping(), part(), ping(), part(), ping(), part(), frame("")),
    "too-many-parts",
  ],
  ["a command that goes on", after(frame("x", FLAG.command | FLAG.more)), "frame-invalid"],
  ["flags that there are not", after(frame("x", 8)), "frame-invalid"],
  ["a PING", after(ping(10, "0123456789abcdef")), undefined],
  ["a PING without a time to live", after(command("PING")), "frame-invalid"],
  ["a PING with half of it", after(command("PING", "1")), "frame-invalid"],
  ["a PONG without a context", after(command("PONG")), undefined],
] as const) {
  it(`[BR31] framing: ${what}: ${fault ?? "passes"}`, () => {
    assert.equal(faultIn(bytes), fault);
    for (const size of [1, 2, 7, 63]) assert.equal(faultIn(bytes, size), fault, `in pieces of ${size}`);
  });
}

it("[BR31] framing: whatever comes, in whatever pieces, is told alike and never throws", () => {
  const bytes = fc.oneof(
    fc.uint8Array({ maxLength: 200 }),
    fc.uint8Array({ maxLength: 200 }).map((tail) => Buffer.concat([BEGUN, tail])),
  );
  fc.assert(
    fc.property(bytes, fc.integer({ min: 1, max: 40 }), (given, size) => {
      const all = Buffer.from(given);
      assert.equal(faultIn(all, size), faultIn(all));
    }),
  );
});

it("[BR31] framing: what an unfinished message holds in libzmq is counted until its end", () => {
  const framing = new ZmtpFraming(LIMITS);
  framing.take(after(part(100), longHeader(300)));
  assert.equal(framing.unfinishedBytes, 100 + 2 * 64);
  framing.take(Buffer.alloc(299));
  assert.equal(framing.unfinishedBytes, 399 + 2 * 64);
  framing.take(Buffer.alloc(1));
  assert.equal(framing.unfinishedBytes, 0);
});

it("[BR16] framing: each whole message is told with the CRC-32 of its frames, in whatever pieces it comes", () => {
  const messages = [["lab", '{"seq":1}'], [""], ["a", "", "b"], ["x".repeat(300)]];
  const frames = messages.flatMap((parts) => parts.map((text, i) => frame(text, i < parts.length - 1 ? FLAG.more : 0)));
  const sums = messages.map((parts) => crc32(parts.join("")));
  for (const [begun, between] of [
    [BEGUN, ping()],
    [greeting2(), Buffer.alloc(0)],
  ] as const) {
    const bytes = Buffer.concat([begun, ...frames.flatMap((each) => [between, each])]);
    for (const size of [1, 2, 7, 63, bytes.length]) {
      const told: number[] = [];
      const framing = new ZmtpFraming(LIMITS, (sum) => told.push(sum));
      for (let at = 0; at < bytes.length; at += size) framing.take(bytes.subarray(at, at + size));
      assert.deepEqual([told, framing.messages], [sums, 4]);
    }
  }
});

it("[BR31] a connection is counted by its IPv4 address, or the /64 of its IPv6 address", () => {
  for (const [address, network] of [
    ["10.0.0.1", "10.0.0.1"],
    ["::ffff:10.0.0.1", "10.0.0.1"],
    ["::1", "0:0:0:0::/64"],
    ["2001:db8:0:1:aaaa::7", "2001:db8:0:1::/64"],
    ["2001:db8:0:1:bbbb:1:2:3", "2001:db8:0:1::/64"],
    ["fe80::1%eth0", "fe80:0:0:0::/64"],
    ["", ""],
  ]) {
    assert.equal(networkOf(address ?? ""), network);
  }
});
