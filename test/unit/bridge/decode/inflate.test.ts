import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { deflateRawSync, deflateSync, gzipSync, zstdCompressSync } from "node:zlib";
import { decodingOf, faultOf, hex } from "../../../support/decoding.ts";

/** `{"a":1}`, as compressed by others. */
const COMPRESSED = {
  // RFC 1950. Python: zlib.compress(b'{"a":1}')
  zlib: hex("78 9c ab 56 4a 54 b2 32 ac 05 00 08 2a 02 09"),
  // RFC 1952. Python: gzip.compress(b'{"a":1}', mtime=0)
  gzip: hex("1f 8b 08 00 00 00 00 00 02 03 ab 56 4a 54 b2 32 ac 05 00 af ac 1b 56 07 00 00 00"),
  // RFC 8878, 3.1.1: magic, a frame header of one segment of 7 bytes, and one last raw block of 7 bytes.
  zstd: Buffer.concat([hex("28 b5 2f fd 20 07 39 00 00"), Buffer.from('{"a":1}')]),
};

describe("a compressed payload", () => {
  it("[FM8a] is inflated by its magic: zlib, gzip and zstd", () => {
    for (const [name, bytes] of Object.entries(COMPRESSED)) {
      const decoding = decodingOf();
      assert.deepEqual(decoding.read(bytes), ["a now 1"], name);
      assert.deepEqual(decoding.read("lab", bytes), ["lab.a now 1"], name);
      assert.deepEqual(
        decoding.decisions.map(({ format, wrapping }) => `${format} in ${wrapping}`),
        [`json in ${name}`, `json in ${name}`],
      );
    }
    for (const level of [1, 6, 9]) {
      assert.deepEqual(decodingOf().read(deflateSync('{"a":1}', { level })), ["a now 1"], `zlib ${level}`);
    }
  });

  it("[FM8] may hold any format", () => {
    assert.deepEqual(decodingOf({ format: "msgpack" }).read(gzipSync(hex("81 a1 61 01"))), ["a now 1"]);
    assert.deepEqual(decodingOf({ format: "cbor" }).read(deflateSync(hex("a1 61 61 01"))), ["a now 1"]);
    assert.deepEqual(decodingOf({ format: "csv" }).read(zstdCompressSync("a,b\n1,2")), ["a now 1", "b now 2"]);
    assert.deepEqual(decodingOf({ format: "ndjson" }).read(gzipSync('{"a":1}\n{"a":2}')), ["a now 1", "a now 2"]);
    assert.deepEqual(decodingOf({ format: "f32" }).read(deflateSync(hex("00 00 80 3f"))), ["y now 1"]);
    assert.deepEqual(decodingOf().read(deflateSync('lab {"a":1}')), ["lab.a now 1"], "with a topic in it");
  });

  it("[FM8b] without a header is inflated if --inflate says raw, and by nothing if it says none", () => {
    assert.deepEqual(decodingOf({ inflate: "raw" }).read(deflateRawSync('{"a":1}')), ["a now 1"]);
    assert.equal(decodingOf({ inflate: "raw" }).read('{"a":1}'), "inflate-failed");
    assert.equal(decodingOf({ inflate: "none", format: "json" }).read(COMPRESSED.zlib), "not-json");
  });

  it("[FM8a] has a bound on what it inflates to", () => {
    const large = Buffer.alloc(16 * 1024 * 1024 + 1, " ");
    for (const [inflate, bytes] of [
      ["auto", deflateSync(large)],
      ["auto", gzipSync(large)],
      ["auto", zstdCompressSync(large)],
      ["raw", deflateRawSync(large)],
    ] as const) {
      assert.equal(decodingOf({ inflate }).read(bytes), "inflate-too-large");
    }
    const most = Buffer.concat([Buffer.from('{"a":1}'), Buffer.alloc(16 * 1024 * 1024 - 7, " ")]);
    assert.deepEqual(decodingOf().read(deflateSync(most)), ["a now 1"]);
  });

  it("[FM8] that is damaged or cut is refused, and says what it was taken for", () => {
    for (const [name, bytes] of Object.entries(COMPRESSED)) {
      const fault = faultOf(() => decodingOf().rows([bytes.subarray(0, bytes.length - 3)]));
      assert.deepEqual([fault.code, fault.message.includes(name)], ["inflate-failed", true], fault.message);
    }
    assert.equal(decodingOf().read(hex("78 9c 00 00 00 00 00")), "inflate-failed");
  });

  it("[FM8c] samples that begin as compressed bytes do are samples all the same, where samples were seen", () => {
    const sample = hex("78 9c 80 3f 00 00 80 3f");
    assert.deepEqual(decodingOf({ format: "f32" }).messages([sample])[0]?.content.kind, "samples");
    const auto = decodingOf();
    for (let i = 0; i < 10; i++)
      auto.messages([Buffer.from(Float32Array.of(3 * i, 3 * i + 1, 3 * i + 2).buffer)], i / 100);
    assert.deepEqual(auto.messages([sample])[0]?.content.kind, "samples");
  });

  it("[FM8c] samples that could be inflated to what is no whole number of items are samples as they are", () => {
    // Seven bytes inflated, and twenty as they are.
    const bytes = Buffer.concat([COMPRESSED.zlib, Buffer.alloc((4 - (COMPRESSED.zlib.length % 4)) % 4)]);
    assert.deepEqual(decodingOf({ format: "i32" }).messages([bytes])[0]?.content.kind, "samples");
    const fits = deflateSync(Buffer.from(Int32Array.of(5).buffer));
    assert.deepEqual(decodingOf({ format: "i32" }).read(fits), ["y now 5"]);
  });

  it("[FM8a] is gzip by three bytes: where the third is no method of RFC 1952 it is what its format says", () => {
    const format = "json";
    for (const third of [0x00, 0x07, 0x09, 0x88]) {
      const bytes = Buffer.from(COMPRESSED.gzip);
      bytes[2] = third;
      assert.equal(decodingOf({ format }).read(bytes), "not-json", `third byte ${third}`);
    }
    assert.equal(decodingOf({ format }).read(COMPRESSED.gzip.subarray(0, 12)), "inflate-failed");
    assert.deepEqual(decodingOf({ format }).read(COMPRESSED.gzip), ["a now 1"]);
  });

  it("[FM8a] is zstd by four bytes, and zlib by two", () => {
    const format = "json";
    for (const [bytes, at] of [
      [COMPRESSED.zstd, 1],
      [COMPRESSED.zstd, 2],
      [COMPRESSED.zstd, 3],
      [COMPRESSED.zlib, 1],
      [COMPRESSED.gzip, 1],
    ] as const) {
      const changed = Buffer.from(bytes);
      changed[at] = (changed[at] ?? 0) ^ 0x20;
      assert.equal(decodingOf({ format }).read(changed), "not-json", `byte ${at} of ${bytes.toString("hex")}`);
    }
  });

  it("[FM8] text that begins as zlib may is text", () => {
    assert.deepEqual(decodingOf().read('x^2/7 {"a": 1}'), ["x^2/7.a now 1"]);
    assert.deepEqual(decodingOf().read(deflateSync('{"a":1}', { level: 2 })), ["a now 1"]);
  });

  it("[FM8d] by what is not read, LZ4, Snappy and xz, is told for what it is", () => {
    for (const [bytes, what] of [
      // https://github.com/lz4/lz4/blob/dev/doc/lz4_Frame_format.md
      [hex("04 22 4d 18 64 40 a7 07 00 00 80 7b 22 61 22 3a 31 7d 00 00 00 00"), "LZ4"],
      // https://github.com/google/snappy/blob/main/framing_format.txt
      [hex("ff 06 00 00 73 4e 61 50 70 59"), "Snappy"],
      // https://tukaani.org/xz/xz-file-format.txt
      [hex("fd 37 7a 58 5a 00 00 04 e6 d6 b4 46"), "xz"],
      // Python: pickle.dumps({"a": 1}, protocol=4)
      [hex("80 04 95 0a 00 00 00 00 00 00 00 7d 94 8c 01 61 94 4b 01 73 2e"), "pickle"],
      [hex("89 50 4e 47 0d 0a 1a 0a 00 00 00 0d"), "PNG"],
      [hex("ff d8 ff e1 00 18 45 78 69 66"), "JPEG"],
    ] as const) {
      const { code, message } = faultOf(() => decodingOf().rows([bytes]));
      assert.deepEqual([code, message.includes(what)], ["unsupported", true], message);
    }
  });
});
