import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { foreignFault, foreignStreamFault } from "../../../../../bridge/decode/foreign/foreign.ts";
import { refusalOf } from "../../../../../bridge/decode/message.ts";
import { decodingOf, faultOf, hex } from "../../../../support/decoding.ts";
import { encode } from "../../../../support/samples.ts";

const ten = <T>(make: (i: number) => T): T[] => Array.from({ length: 10 }, (_, i) => make(i));
const byte = (value: number): string => value.toString(16).padStart(2, "0");

describe("what is known and not read", () => {
  it("[FM8d] is named by its first bytes, and what to send is said", () => {
    for (const [bytes, name] of [
      ["89504e470d0a1a0a0000000d", /PNG/],
      ["ffd8ffe000104a464946", /JPEG/],
      ["474946383961", /GIF/],
      [`424d${"1e000000"}${"00".repeat(24)}`, /BMP/],
      ["52494646 24000000 57454250", /WebP/],
      ["52494646 24000000 57415645", /WAV.*--skip-bytes 44.*--format/],
      ["00000018 66747970 69736f6d", /MP4/],
      ["4f67675300020000", /Ogg/],
      ["664c6143 00000022", /FLAC/],
      ["49443303 00000000", /MP3/],
      ["894844460d0a1a0a", /HDF5.*header before it/],
      ["504b0304 14000000", /ZIP.*npy/],
      ["7f454c46 02010100", /ELF/],
      ["425a6839 314159265359", /bzip2.*zlib/],
      ["ffffffff 08000000 0000000000000000", /Arrow/],
      ["c301 3132333435363738 00", /Avro/],
      ["80010001 00000004 70757368 00000000", /Thrift/],
      ["b562 0107 0400 00000000 0f33", /UBX.*NMEA/],
      ["2f61620000000000", undefined],
      ["2f616200 2c660000 41a00000", /OSC/],
      ["f05f01 0000000000000000", /--preset gnuradio/],
      ["8004 4b05 2e", /pickle.*send_json/],
      ["11000000 10 6e00 05000000 0200 6162 00 00", /BSON/],
      ["11000000 10 6e00 05000000 0200 6162 00 01", undefined],
      ["00000000 00000000", undefined],
    ] as const) {
      const fault = foreignFault(hex(bytes));
      if (name === undefined) assert.equal(fault, undefined, bytes);
      else assert.match(`${fault?.code} ${fault?.message}`, name, bytes);
    }
    const text = "(dp0\nVa\np1\nF21.5\ns.";
    assert.match(faultOf(() => decodingOf().rows([text])).message, /pickle/);
  });

  it("[FM9l] is named by the structure that all messages have", () => {
    for (const [make, name] of [
      [(i: number) => Buffer.from(`temp ${20 + i}`, "utf16le"), /UTF-16/],
      [(i: number) => Buffer.from(`temp ${20 + i}`, "utf16le").swap16(), /UTF-16/],
      [(i: number) => Buffer.from(`Wärme, draußen ${20 + i}`, "latin1"), /Latin-1/],
      [(i: number) => hex(`09000000 ${Buffer.from(`temp = ${10 + i}`).toString("hex")}`), /other bytes around it/],
      [(i: number) => hex(`0d0000a041 10${byte(i)} 1a026162`), /Protocol Buffers/],
      [(i: number) => hex(`00010000 ${byte(i)}000000 0000a041`), /CDR/],
      [(i: number) => hex(`fe04${byte(i)}010100 00000000 ${byte(7 * i)}11`), /MAVLink/],
      [(i: number) => hex(`23010000 08000000 ${byte(i)}c803000100${byte(i)}1b`), /CAN/],
      [(i: number) => hex(`07 02000466726571 04 40340000000000${byte(i)}`), /--preset gnuradio/],
      [(i: number) => hex(`3006 0201${byte(i)} 0401${byte(i)}`), /ASN.1/],
      [(i: number) => hex(`00${byte(i)} 0000 0007 010304 00${byte(i)} 012c`), /Modbus/],
      [(i: number) => hex(`8060 00${byte(i)} 000000${byte(i)} 1234abcd 0102030405`), /RTP/],
      [(i: number) => hex(`cb40340000000000${byte(i)} cd01${byte(i)}`), /several msgpack values/],
      [(i: number) => hex(`00000000 02000000 0000000001000000 000000000000${byte(i)}40`), /Cap'n Proto/],
      [(i: number) => hex(`0c000000 0800100004000800 08000000 0000a041 000000000000${byte(i)}40`), /FlatBuffers/],
    ] as const) {
      const fault = foreignStreamFault(ten(make));
      assert.match(`${fault?.code} ${fault?.message}`, name, String(name));
      const decoding = decodingOf();
      const read = ten(make).map((message) => decoding.read("t", message));
      assert.equal(read.at(-1), "format-unknown", String(name));
    }
    assert.equal(foreignStreamFault(ten((i) => encode("f32", [i, i / 2, Math.sin(i)]))), undefined);
    assert.equal(foreignStreamFault([]), undefined);
  });

  it("[FM9f] structs of mixed fields, noise and single values are nothing, and each message is counted", () => {
    const u32f32 = (i: number): Buffer => Buffer.concat([hex(`${byte(i)}000000`), encode("f32", [20 + Math.sin(i)])]);
    const mixed = (i: number): Buffer =>
      Buffer.concat([hex(`0700 0${i % 2} 00`), encode("f32", [20 + Math.sin(i)]), hex(`e8${byte(i)}0000`)]);
    const bytes = (i: number): Buffer => hex(`01 0${i % 3} ${byte(232 + i)} 03`);
    for (const make of [u32f32, mixed, bytes]) {
      const decoding = decodingOf();
      for (let i = 0; i < 9; i++) assert.deepEqual(decoding.read(make(i)), []);
      const fault = faultOf(() => decoding.rows([make(9)]));
      assert.ok("messages" in fault);
      assert.deepEqual([fault.code, fault.messages], ["format-unknown", 10]);
      assert.match(refusalOf(fault).detail(), /as a struct of several fields has: send its fields as JSON/);
    }
    const one = decodingOf();
    one.readAt(100, encode("f32", [21.37]));
    assert.equal(faultOf(() => one.tick(102)).code, "format-unknown");
  });

  it("[FM9f] samples with something before or behind them are told from samples", () => {
    const sine = (m: number): Buffer =>
      encode(
        "f32",
        Array.from({ length: 64 }, (_, i) => Math.sin((64 * m + i) / 9)),
      );
    const before = decodingOf();
    const after = decodingOf();
    for (let m = 0; m < 9; m++) {
      before.read(Buffer.concat([hex(`efbeadde 0${m + 1}000000`), sine(m)]));
      after.read(Buffer.concat([sine(m), hex(`${byte(31 * m)}0102ff`)]));
    }
    const adviceOf = (read: () => unknown): string => refusalOf(faultOf(read)).detail();
    assert.match(
      adviceOf(() => before.rows([Buffer.concat([hex("efbeadde 0a000000"), sine(9)])])),
      /--skip-bytes 8/,
    );
    assert.match(
      adviceOf(() => after.rows([Buffer.concat([sine(9), hex("ff0102ff")])])),
      /4 bytes after them/,
    );
  });

  it("[FM9i] [FM9m] floats of several channels are columns, and text beside them is refused", () => {
    const decoding = decodingOf();
    const points = ten((i) =>
      decoding.readAt(100 + i, encode("f32", [Math.sin(i / 4), 9.81 + Math.cos(i) / 10, 100 + i])),
    );
    assert.deepEqual([decoding.decisions[0]?.format, decoding.decisions[0]?.sure], ["f32x3", false]);
    assert.deepEqual(points.at(-1)?.slice(0, 3), ["0 100 0", `1 100 ${Math.fround(9.91)}`, "2 100 100"]);
    assert.equal(decoding.read("hello world!"), "format-unknown");
    assert.deepEqual(decoding.read('{"a": 1}'), ["a now 1"]);
  });

  it("[FM9m] text beside samples of one byte is refused; a wave whose values are all those of letters is not", () => {
    const decoding = decodingOf();
    const wave = (m: number): Buffer =>
      encode(
        "i8",
        Array.from({ length: 40 }, (_, i) => Math.round(100 * Math.sin((40 * m + i) / 12))),
      );
    ten((i) => decoding.readAt(100 + i, wave(i)));
    assert.equal(decoding.decisions[0]?.format, "i8");
    assert.equal(decoding.read("__protoString,t 1,2,17>36"), "format-unknown");
    assert.equal(decoding.read('{"x": 1763x912.5, "y": 2}'), "not-json");
    const crest = Array.from({ length: 24 }, (_, i) => Math.round(100 * Math.sin(0.4 + i / 12)));
    assert.ok(crest.every((value) => value >= 0x20 && value < 0x7f));
    assert.equal(decoding.read(encode("i8", crest)).length, 24);
    const mixed = decodingOf();
    mixed.readAt(100, wave(1));
    mixed.readAt(100, "hello world!");
    for (let i = 2; i < 9; i++) mixed.readAt(100, wave(i));
    const fault = faultOf(() => mixed.rows([wave(9)], 100));
    assert.deepEqual([fault.code, "messages" in fault && fault.messages], ["format-unknown", 1]);
  });

  it("[FM9k] a few binary messages after text are refused, and counted; ten are samples", () => {
    const decoding = decodingOf();
    decoding.readAt(100, '{"a":1}');
    for (let i = 0; i < 5; i++) decoding.readAt(100, encode("i16", [100 * i, 100 * i + 50]));
    const fault = faultOf(() => decoding.tick(102));
    assert.deepEqual(["messages" in fault && fault.messages, fault.code], [5, "format-unknown"]);
    const points = ten((i) => decoding.readAt(103, encode("i16", [100 * i, 100 * i + 50])));
    assert.equal(points.flat().length, 20);
  });
});
