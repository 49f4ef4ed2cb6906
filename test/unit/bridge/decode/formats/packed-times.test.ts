import assert from "node:assert/strict";
import { test } from "node:test";
import { valueOfCbor, valueOfMsgpack } from "../../../../../bridge/decode/formats/packed.ts";

// 1795874400 is 0x6b0ade60; 200 µs are 200,000 ns, 0x30d40.
for (const [what, hex, text] of [
  ["of 4 bytes", "d6 ff 6b0ade60", "2026-11-28T14:00:00Z"],
  ["of 8 bytes", "d7 ff 000c3500 6b0ade60", "2026-11-28T14:00:00.000200000Z"],
  ["of 8 bytes, beyond 32 bits", "d7 ff 00000005 00000000", "2106-02-07T06:28:16.000000001Z"],
  ["of 12 bytes", "c7 0c ff 00030d40 000000006b0ade60", "2026-11-28T14:00:00.000200000Z"],
  ["before 1970", "c7 0c ff 1dcd6500 ffffffffffffffff", "1969-12-31T23:59:59.500000000Z"],
  ["beyond any year", "c7 0c ff 00000000 7fffffffffffffff", null],
  ["of no size that there is", "c7 05 ff 0000000000", null],
] as const) {
  test(`[PT6f] a msgpack timestamp ${what} keeps its nanoseconds`, () => {
    assert.equal(valueOfMsgpack(Buffer.from(hex.replaceAll(" ", ""), "hex")), text);
  });
}

for (const [what, hex, text] of [
  ["whole seconds", "c1 1a 6b0ade60", "2026-11-28T14:00:00Z"],
  ["half a second", "c1 fb 41dac2b798200000", "2026-11-28T14:00:00.500000000Z"],
  ["a second before 1970", "c1 20", "1969-12-31T23:59:59Z"],
  ["not a number", "c1 fb 7ff8000000000000", null],
  ["text as it is", "c0 74 323032362d31312d32385431343a30303a30305a", "2026-11-28T14:00:00Z"],
  [
    "text with microseconds",
    "c0 78 1b 323032362d31312d32385431343a30303a30302e3030303230305a",
    "2026-11-28T14:00:00.000200Z",
  ],
  ["text without an offset", "c0 73 323032362d31312d32385431343a30303a3030", "2026-11-28T14:00:00"],
] as const) {
  test(`[PT6f] a time of CBOR: ${what}`, () => {
    assert.equal(valueOfCbor(Buffer.from(hex.replaceAll(" ", ""), "hex")), text);
  });
}
