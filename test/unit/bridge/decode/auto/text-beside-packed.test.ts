import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { decodingOf, faultOf, hex } from "../../../../support/decoding.ts";

/** A topic `lab/motor` on which packed values were, each a message. */
function after(...packed: string[]): ReturnType<typeof decodingOf> {
  const decoding = decodingOf();
  for (const bytes of packed) decoding.read("lab/motor", hex(bytes));
  decoding.tick(Number.POSITIVE_INFINITY);
  return decoding;
}

describe("text on a topic of packed values", () => {
  it("[FM9p] is text where these had names, or were arrays", () => {
    for (const packed of ["81 a1 61 01", "a1 61 61 01", "92 cb 40 59 00 00 00 00 00 00 05", "83 01 02 05"]) {
      const decoding = after(packed);
      assert.deepEqual(decoding.read("lab/motor", "1"), ["lab/motor now 1"], packed);
      assert.deepEqual(decoding.read("lab/motor", "85"), ["lab/motor now 85"], packed);
      assert.deepEqual(decoding.read("lab/motor", "-1.5"), ["lab/motor now -1.5"], packed);
      assert.equal(decoding.read("lab/motor", "A"), "format-unknown", packed);
      assert.equal(decoding.read("lab/motor", ";1234abcd"), "format-unknown", packed);
    }
  });

  it("[FM9p] is neither where it is another number packed, as numbers before it were", () => {
    const msgpack = after("cc c8", "cd 01 05");
    assert.equal(msgpack.read("lab/motor", "1"), "format-unknown", "49");
    assert.match(faultOf(() => msgpack.rows(["lab/motor", "1"])).message, /--format msgpack/);
    assert.deepEqual(msgpack.read("lab/motor", "12"), ["lab/motor now 12"]);
    assert.deepEqual(msgpack.read("lab/motor", "1.5"), ["lab/motor now 1.5"]);
    assert.deepEqual(msgpack.read("lab/motor", "A"), ["lab/motor now 65"]);
    assert.deepEqual(msgpack.read("lab/motor", hex("cc c9")), ["lab/motor now 201"]);
    const cbor = after("fb 3f f1 99 99 99 99 99 9a");
    for (const text of ["1", "85", "912"]) assert.equal(cbor.read("lab/motor", text), "format-unknown", text);
    assert.match(faultOf(() => cbor.rows(["lab/motor", "1"])).message, /--format cbor/);
    assert.deepEqual(cbor.read("lab/motor", "1.5"), ["lab/motor now 1.5"]);
    assert.equal(cbor.read("lab/motor", ";1234abcd"), "format-unknown", "a whole number of 8 bytes");
  });

  it("[FM9p] is text behind a topic that a sign ends", () => {
    for (const packed of ["cc c8", "fb 3f f1 99 99 99 99 99 9a", "81 a1 61 01"]) {
      const decoding = after(packed);
      for (let i = 0; i < 10; i++) assert.equal(decoding.read(`lab/motor/${i}`), "format-unknown");
      assert.deepEqual(decoding.read("lab/motor/1"), ["lab/motor now 1"], packed);
    }
  });
});
