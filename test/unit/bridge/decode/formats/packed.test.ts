import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { cborTop, msgpackTop } from "../../../../../bridge/decode/formats/structure.ts";
import { createMapper } from "../../../../../bridge/map/mapper.ts";
import type { LeftOut } from "../../../../../bridge/observability/left-out.ts";
import { createReader } from "../../../../../bridge/presets/reader.ts";
import { cpuMsOf } from "../../../../support/cpu.ts";
import { ARRIVED_AT, decodingOf, faultOf, hex } from "../../../../support/decoding.ts";
import { NO_MAP } from "../../../../support/mapping.ts";

function msgpack(bytes: string): string[] | string {
  return decodingOf({ format: "msgpack" }).read(hex(bytes));
}

function cbor(bytes: string): string[] | string {
  return decodingOf({ format: "cbor" }).read(hex(bytes));
}

// https://github.com/msgpack/msgpack/blob/master/spec.md
describe("msgpack", () => {
  it("[FM5] of msgpack.org's example is read: booleans and text are no numbers, 0 is", () => {
    // {"compact":true,"schema":0}: https://msgpack.org/
    assert.deepEqual(msgpack("82 a7 63 6f 6d 70 61 63 74 c3 a6 73 63 68 65 6d 61 00"), ["schema now 0"]);
  });

  it("[FM5] has every kind of number that its specification has", () => {
    for (const [bytes, value] of [
      ["7f", 127],
      ["e0", -32],
      ["cc ff", 255],
      ["cd ff ff", 65_535],
      ["ce ff ff ff ff", 4_294_967_295],
      ["cf 00 00 00 01 00 00 00 00", 2 ** 32],
      ["d0 80", -128],
      ["d1 80 00", -32_768],
      ["d2 80 00 00 00", -(2 ** 31)],
      ["d3 ff ff ff ff ff ff ff ff", -1],
      ["ca 3f c0 00 00", 1.5],
      ["cb 3f f8 00 00 00 00 00 00", 1.5],
      // Beyond 2^53 it is rounded.
      ["cf ff ff ff ff ff ff ff ff", 2 ** 64],
    ] as const) {
      assert.deepEqual(msgpack(bytes), [`y now ${value}`], bytes);
    }
  });

  it("[FM5] has arrays and maps of every width, nested, with the meaning they have in JSON", () => {
    assert.deepEqual(msgpack("93 01 02 03"), ["y now 1", "y now 2", "y now 3"]);
    assert.deepEqual(msgpack("92 01 02"), ["y 1 2"]);
    assert.deepEqual(msgpack("dc 00 03 01 02 03"), ["y now 1", "y now 2", "y now 3"]);
    assert.deepEqual(msgpack("dd 00 00 00 02 01 02"), ["y 1 2"]);
    assert.deepEqual(msgpack("de 00 01 a1 61 81 a1 62 05"), ["a.b now 5"]);
    assert.deepEqual(msgpack("df 00 00 00 01 d9 01 61 05"), ["a now 5"]);
    assert.deepEqual(msgpack("82 01 05 02 06"), ["1 now 5", "2 now 6"], "keys may be numbers");
  });

  it("[FM5b] times (extension -1, of 4, 8 and 12 bytes) are times as text is", () => {
    const time = Date.parse("2020-09-02T12:00:00Z") / 1000;
    // seconds in 32 bits; nanoseconds in 30 bits and seconds in 34; nanoseconds in 32 bits and seconds in 64
    const stamp = "5f 4f 89 40";
    assert.deepEqual(msgpack(`82 a1 74 d6 ff ${stamp} a1 61 01`), [`a ${time} 1`]);
    assert.deepEqual(msgpack(`82 a1 74 d7 ff 77 35 94 00 ${stamp} a1 61 01`), [`a ${time + 0.5} 1`]);
    assert.deepEqual(msgpack(`82 a1 74 c7 0c ff 1d cd 65 00 00 00 00 00 ${stamp} a1 61 01`), [`a ${time + 0.5} 1`]);
    assert.deepEqual(msgpack(`82 a2 61 74 d6 ff ${stamp} a1 61 01`), [`a ${time} 1`], "of the name at");
    assert.deepEqual(msgpack(`82 a2 62 79 d6 ff ${stamp} a1 61 01`), ["a now 1"], "in another field it is no number");
  });

  it("[FM5c] extensions, bytes, nil and NaN are no numbers, and spoil no others", () => {
    assert.deepEqual(msgpack("82 a1 61 d4 05 00 a1 62 01"), ["b now 1"]);
    assert.deepEqual(msgpack("82 a1 61 c4 02 01 02 a1 62 01"), ["b now 1"]);
    assert.deepEqual(msgpack("82 a1 61 c0 a1 62 01"), ["b now 1"]);
    assert.deepEqual(msgpack("82 a1 61 cb 7f f8 00 00 00 00 00 00 a1 62 01"), ["b now 1"]);
    assert.deepEqual(msgpack("82 a1 61 ca 7f 80 00 00 a1 62 01"), ["b now 1"], "nor is infinity");
    assert.deepEqual(msgpack("cb 7f f8 00 00 00 00 00 00"), ["y now NaN"]);
  });

  it("[FM5a] is one value to the last byte", () => {
    assert.equal(msgpack("01 02"), "not-msgpack");
    assert.equal(msgpack("81 a1 61"), "not-msgpack");
    assert.equal(msgpack("c1"), "not-msgpack");
    assert.equal(decodingOf({ format: "msgpack" }).read(""), "not-msgpack");
  });

  it("[FM7a] [FM7b] a few bytes that claim billions of values cost nothing", () => {
    assertQuick(() => {
      for (const claim of ["dd ff ff ff ff", "df ff ff ff ff", "c6 ff ff ff ff 00", "dd ff ff ff ff dd ff ff ff ff"]) {
        assert.equal(msgpack(claim), "not-msgpack", claim);
      }
      assert.equal(decodingOf({ format: "msgpack" }).read(Buffer.alloc(1 << 20, 0x91)), "not-msgpack");
    });
  });

  it("[FM7c] keys are names and nothing else, and deep fields are refused", () => {
    const proto = Buffer.concat([
      hex("81 a9"),
      Buffer.from("__proto__"),
      hex("81 a8"),
      Buffer.from("polluted"),
      hex("01"),
    ]);
    decodingOf({ format: "msgpack" }).read(proto);
    assert.ok(!("polluted" in {}));
    assert.equal(msgpack(`${"81 a1 61".repeat(20)} 01`), "too-deep");
  });

  it("[FM5] what only its JavaScript decoder knows is not followed: references, definitions", () => {
    // Extensions 0x69 and 0x70 of msgpackr: an identity, and a reference to it.
    assert.equal(msgpack("92 d6 69 00 00 00 01 d6 70 00 00 00 01"), "not-msgpack");
    // Extension 0x72 of msgpackr: a record.
    assert.equal(msgpack("92 d4 72 40 91 a1 61 05"), "not-msgpack");
  });
});

// https://www.rfc-editor.org/rfc/rfc8949#appendix-A
describe("CBOR", () => {
  it("[FM6] has every kind of number of RFC 8949, appendix A", () => {
    for (const [bytes, value] of [
      ["00", 0],
      ["17", 23],
      ["18 64", 100],
      ["19 03 e8", 1000],
      ["1a 00 0f 42 40", 1_000_000],
      ["1b 00 00 00 e8 d4 a5 10 00", 1_000_000_000_000],
      ["1b ff ff ff ff ff ff ff ff", 2 ** 64],
      ["c2 49 01 00 00 00 00 00 00 00 00", 2 ** 64],
      ["3b ff ff ff ff ff ff ff ff", -(2 ** 64)],
      ["c3 49 01 00 00 00 00 00 00 00 00", -(2 ** 64)],
      ["29", -10],
      ["39 03 e7", -1000],
      ["f9 3e 00", 1.5],
      ["f9 00 01", 2 ** -24],
      ["fa 47 c3 50 00", 100_000],
      ["fb 3f f1 99 99 99 99 99 9a", 1.1],
    ] as const) {
      assert.deepEqual(cbor(bytes), [`y now ${value}`], bytes);
    }
    for (const bytes of ["f9 7c 00", "f9 7e 00", "fb ff f0 00 00 00 00 00 00", "f6", "f7"]) {
      assert.deepEqual(cbor(bytes), ["y now NaN"], bytes);
    }
    assert.equal(cbor("f4"), "no-number");
  });

  it("[FM6] has arrays and maps, of a length that is told or not", () => {
    assert.deepEqual(cbor("83 01 02 03"), ["y now 1", "y now 2", "y now 3"]);
    assert.deepEqual(cbor("a2 01 02 03 04"), ["1 now 2", "3 now 4"]);
    assert.deepEqual(cbor("a2 61 61 01 61 62 82 02 03"), ["a now 1", "b.0 now 2", "b.1 now 3"]);
    assert.deepEqual(cbor("bf 61 61 01 61 62 9f 02 03 ff ff"), ["a now 1", "b.0 now 2", "b.1 now 3"]);
    assert.deepEqual(cbor("bf 63 46 75 6e f5 63 41 6d 74 21 ff"), ["Amt now -2"]);
  });

  it("[FM6b] times (tags 0 and 1) are times as text is", () => {
    const time = 1_363_896_240;
    // 0("2013-03-21T20:04:00Z"), 1(1363896240), 1(1363896240.5)
    const text = "c0 74 32 30 31 33 2d 30 33 2d 32 31 54 32 30 3a 30 34 3a 30 30 5a";
    assert.deepEqual(cbor(`a2 61 74 ${text} 61 61 01`), [`a ${time} 1`]);
    assert.deepEqual(cbor("a2 61 74 c1 1a 51 4b 67 b0 61 61 01"), [`a ${time} 1`]);
    assert.deepEqual(cbor("a2 61 74 c1 fb 41 d4 52 d9 ec 20 00 00 61 61 01"), [`a ${time + 0.5} 1`]);
  });

  it("[FM6b] tags beside are taken off a number, decimal fractions are numbers, and CBOR's own tag is nothing", () => {
    assert.deepEqual(cbor("d9 d9 f7 a1 61 61 05"), ["a now 5"]);
    assert.deepEqual(cbor("a1 61 61 d8 80 05"), ["a now 5"]);
    // RFC 8949, 3.4.4: 273.15 and 1.5
    assert.deepEqual(cbor("c4 82 21 19 6a b3"), ["y now 273.15"]);
    assert.deepEqual(cbor("c5 82 20 03"), ["y now 1.5"]);
  });

  it("[FM6c] typed arrays (RFC 8746) are arrays of numbers, in either byte order", () => {
    for (const [bytes, values] of [
      ["d8 41 44 00 01 ff ff", [1, 65_535]],
      ["d8 45 44 01 00 ff ff", [1, 65_535]],
      ["d8 48 42 01 ff", [1, -1]],
      ["d8 49 44 00 01 ff ff", [1, -1]],
      ["d8 4d 44 01 00 ff ff", [1, -1]],
      ["d8 46 48 01 00 00 00 ff ff ff ff", [1, 2 ** 32 - 1]],
      ["d8 4f 48 ff ff ff ff ff ff ff ff", [-1]],
      ["d8 51 48 3f 80 00 00 c0 00 00 00", [1, -2]],
      ["d8 55 48 00 00 80 3f 00 00 00 c0", [1, -2]],
      ["d8 52 48 3f f0 00 00 00 00 00 00", [1]],
      ["d8 56 48 00 00 00 00 00 00 f0 3f", [1]],
    ] as const) {
      const expected = values.map((value, i) => `a.${i} now ${value}`);
      assert.deepEqual(cbor(`a1 61 61 ${bytes}`), expected, bytes);
    }
  });

  it("[FM6a] is one value to the last byte", () => {
    assert.equal(cbor("01 02"), "not-cbor");
    assert.equal(cbor("a1 61 61"), "not-cbor");
    assert.equal(cbor("ff"), "not-cbor");
    assert.equal(cbor("82 01 ff"), "not-cbor");
    assert.equal(cbor("1c"), "not-cbor");
  });

  it("[FM7a] [FM7b] a few bytes that claim billions of values, or a value many times over, cost nothing", () => {
    assertQuick(() => {
      for (const claim of ["9a ff ff ff ff", "9b ff ff ff ff ff ff ff ff", "ba ff ff ff ff", "5a ff ff ff ff 00"]) {
        assert.equal(cbor(claim), "not-cbor", claim);
      }
      // Tags 28 and 29 (http://cbor.schmorp.de/value-sharing): each array is fifteen times the one before.
      const shared = [hex("89 d8 1c 81 01")];
      for (let i = 0; i < 8; i++) {
        shared.push(hex("d8 1c 8f"), ...Array.from({ length: 15 }, () => Buffer.from([0xd8, 0x1d, i])));
      }
      assert.equal(decodingOf({ format: "cbor" }).read(Buffer.concat(shared)), "not-cbor");
      // A whole number of eight million bits.
      const bignum = Buffer.concat([hex("c2 5a 00 10 00 00"), Buffer.alloc(1 << 20, 1)]);
      assert.equal(decodingOf({ format: "cbor" }).read(bignum), "not-cbor");
      assert.equal(decodingOf({ format: "cbor" }).read(Buffer.alloc(1 << 20, 0x81)), "not-cbor");
    });
  });

  it("[FM7c] keys are names and nothing else, and deep fields are refused", () => {
    const proto = Buffer.concat([
      hex("a1 69"),
      Buffer.from("__proto__"),
      hex("a1 68"),
      Buffer.from("polluted"),
      hex("01"),
    ]);
    decodingOf({ format: "cbor" }).read(proto);
    assert.ok(!("polluted" in {}));
    assert.equal(cbor(`${"a1 61 61".repeat(20)} 01`), "too-deep");
  });
});

it("[FM5] a refusal names the format", () => {
  assert.match(faultOf(() => decodingOf({ format: "msgpack" }).rows(["{}"])).message, /msgpack/);
  assert.match(faultOf(() => decodingOf({ format: "cbor" }).rows(["{}"], ARRIVED_AT)).message, /CBOR/);
});

/** No measure of speed: what it would be without the bounds is minutes, or the end of the process. */
function assertQuick(run: () => void): void {
  assert.ok(cpuMsOf(run) < 10_000);
}

/** The points of one message, and what of it is left out. */
function leftOutOf(format: string, bytes: Buffer): { points: string[] | string; leftOut: string[] } {
  const leftOut: string[] = [];
  const reader = createReader({ format, skipBytes: 0, inflate: "auto" }, undefined, ({ reason, place, count = 1 }) => {
    leftOut.push(`${reason} at ${place}: ${count}`);
  });
  const points = decodingOf({ format }).read(bytes);
  if (typeof points === "string") return { points, leftOut };
  const mapper = createMapper({}, ({ reason, place, count = 1 }) => leftOut.push(`${reason} at ${place}: ${count}`));
  for (const message of reader.read([bytes], ARRIVED_AT)) mapper.map(message, ARRIVED_AT);
  return { points, leftOut };
}

describe("bytes as names and text", () => {
  it("[FM7d] names that are bytes are names, if they are UTF-8", () => {
    // {b"temp": 21.5} of msgpack.packb(…, use_bin_type=True) with bytes, and of cbor2
    assert.deepEqual(msgpack("81 c4 04 74 65 6d 70 cb 40 35 80 00 00 00 00 00"), ["temp now 21.5"]);
    assert.deepEqual(cbor("a1 44 74 65 6d 70 fb 40 35 80 00 00 00 00 00"), ["temp now 21.5"]);
    assert.deepEqual(decodingOf().read(hex("81 c4 04 74 65 6d 70 cb 40 35 80 00 00 00 00 00")), ["temp now 21.5"]);
    assert.deepEqual(decodingOf().read(hex("a1 44 74 65 6d 70 fb 40 35 80 00 00 00 00 00")), ["temp now 21.5"]);
    assert.deepEqual(msgpack("81 c5 00 01 61 81 c6 00 00 00 01 62 05"), ["a.b now 5"], "of any width, nested");
    assert.deepEqual(cbor("bf 41 61 9f a1 41 62 05 ff ff"), ["a.0.b now 5"]);
  });

  it("[FM7d] text that is bytes is text: a time of them is the time", () => {
    const time = Buffer.from("2025-11-20T14:23:12Z").toString("hex");
    assert.deepEqual(msgpack(`82 c4 01 74 c4 14 ${time} c4 01 61 05`), ["a 1763648592 5"]);
    assert.deepEqual(cbor(`a2 41 74 54 ${time} 41 61 05`), ["a 1763648592 5"]);
  });

  it("[FM7d] bytes that are no text, bignums and typed arrays are what they were", () => {
    assert.deepEqual(msgpack("82 a1 61 c4 02 01 02 a1 62 01"), ["b now 1"]);
    assert.deepEqual(cbor("a2 61 61 42 01 02 61 62 01"), ["b now 1"]);
    assert.deepEqual(cbor("c2 42 31 32"), ["y now 12594"], "the bignum of the bytes 12");
    assert.deepEqual(cbor("a1 61 61 d8 45 44 31 32 33 34"), ["a.0 now 12849", "a.1 now 13363"]);
  });

  it("[FM7k] a field that is bytes is left out, and counted; the rest is read", () => {
    for (const [format, bytes] of [
      ["msgpack", "82 a1 61 c4 02 f1 8b a1 62 05"],
      ["cbor", "a2 61 61 42 f1 8b 61 62 05"],
    ] as const) {
      const parts: LeftOut[] = [];
      const reader = createReader({ format, skipBytes: 0, inflate: "auto" }, undefined, (part) => parts.push(part));
      const rows = reader
        .read([hex(bytes)], ARRIVED_AT)
        .flatMap((message) => createMapper(NO_MAP).map(message, ARRIVED_AT));
      assert.deepEqual(
        rows.flatMap((mapped) => mapped.rows.map(({ names, values }) => [names, values])),
        [[["b"], [5]]],
      );
      assert.deepEqual(
        parts.map(({ reason, place, sample, count }) => [reason, place, sample, count]),
        [["record-unreadable", "a", "0xf18b", 1]],
      );
      assert.match(parts[0]?.detail ?? "", /These are 2 bytes/);
    }
  });

  it("[FM7e] a name that is bytes but no text names no series, and spoils no other", () => {
    for (const read of [msgpack("82 c4 01 b0 01 a1 61 02"), cbor("a2 41 b0 01 61 61 02")]) {
      assert.ok(read === "series-name-invalid" || (Array.isArray(read) && read.join() === "a now 2"), String(read));
    }
  });

  it("[FM7f] a whole number beyond the range of a float64 is too large, as in JSON", () => {
    const bignum = `c2 58 80 ${"ff".repeat(128)}`;
    assert.equal(cbor(bignum), "not-finite");
  });
});

// https://github.com/lebedov/msgpack-numpy: {b"nd": True, b"type": "<f8", b"kind": b"", b"shape": (3,), b"data": …}
describe("arrays and numbers of msgpack-numpy", () => {
  const key = (name: string): string =>
    `c4 ${name.length.toString(16).padStart(2, "0")} ${Buffer.from(name).toString("hex")}`;
  const text = (value: string): string => `a${value.length.toString(16)} ${Buffer.from(value).toString("hex")}`;
  const array = (type: string, shape: string, data: string): string => {
    const size = (data.replaceAll(" ", "").length / 2).toString(16).padStart(2, "0");
    return `85 ${key("nd")} c3 ${key("type")} ${text(type)} ${key("kind")} c4 00 ${key("shape")} ${shape} ${key("data")} c4 ${size} ${data}`;
  };
  const scalar = (type: string, data: string): string => {
    const size = (data.replaceAll(" ", "").length / 2).toString(16).padStart(2, "0");
    return `83 ${key("nd")} c2 ${key("type")} ${text(type)} ${key("data")} c4 ${size} ${data}`;
  };

  it("[FM7j] are what tolist() makes of them", () => {
    const list = array("<f4", "91 03", "0000803f 00000040 0000c0ff");
    assert.deepEqual(msgpack(`81 a1 61 ${list}`), ["a.0 now 1", "a.1 now 2"]);
    assert.deepEqual(msgpack(array(">i2", "92 02 02", "0001 0002 0003 fffc")), ["y 1 2", "y 3 -4"]);
    assert.deepEqual(msgpack(`82 a1 61 ${scalar("<f8", "0000000000803540")} a1 62 ${scalar("<i4", "31323334")}`), [
      "a now 21.5",
      "b now 875770417",
    ]);
  });

  it("[FM7j] of types without plain numbers are refused, and their shape is no value", () => {
    assert.equal(msgpack(`81 a1 61 ${array("<c8", "91 01", "0000803f 00000040")}`), "no-number");
    assert.equal(msgpack(`81 a1 61 ${array("<f4", "91 04", "0000803f")}`), "no-number");
    assert.equal(msgpack(array("<f4", "92 ce ffffffff 00", "")), "no-number", "an empty one costs nothing");
    assert.equal(msgpack(array("<U3", "91 01", "610000006200000063000000")), "no-number");
  });
});

describe("several values in a message", () => {
  const A = "81 a1 61 01";
  const B = "81 a1 61 cb 40 35 80 00 00 00 00 00";

  it("[FM7g] maps and arrays, one after another, are records", () => {
    assert.deepEqual(msgpack(`${A} ${B}`), ["a now 1", "a now 21.5"]);
    assert.deepEqual(msgpack("92 01 02 92 03 04"), ["y 1 2", "y 3 4"]);
    assert.deepEqual(cbor("a1 61 61 01 bf 61 61 02 ff 82 03 04"), ["a now 1", "a now 2", "y 3 4"]);
    assert.deepEqual(decodingOf().read(hex(`${A} ${B}`)), ["a now 1", "a now 21.5"], "auto");
    assert.deepEqual(decodingOf().read(hex("a1 61 61 01 a1 61 61 02")), ["a now 1", "a now 2"], "auto");
    const arrays = "92 cb 41 da 46 01 00 00 00 00 cb 40 35 80 00 00 00 00 00".repeat(2);
    assert.deepEqual(decodingOf().read(hex(arrays)), ["y 1763181568 21.5", "y 1763181568 21.5"], "auto");
  });

  it("[FM7g] anything else is no record, and said to be something else", () => {
    for (const [bytes, what] of [
      ["01 02", /This is 2 msgpack values, one after another: such are records only if each is a map or an array/],
      ["91 01 c1", /after 2 of its 3 bytes comes something else/],
      ["82 a1 61", /its 3 bytes are not one whole value. Was the message cut/],
      [Buffer.from('{"a":1}').toString("hex"), /it looks like JSON \(format = "json"\)/],
      [Buffer.from("hello").toString("hex"), /it looks like text/],
    ] as const) {
      const fault = faultOf(() => decodingOf({ format: "msgpack" }).rows([hex(bytes)]));
      assert.equal(fault.code, "not-msgpack", bytes);
      assert.match(fault.explain?.() ?? "", what);
    }
  });

  it("[FM7h] what is cut, or no record, is left out beside maps with names", () => {
    assert.deepEqual(leftOutOf("msgpack", hex(`${A} ${B} 81 a1 61`)), {
      points: ["a now 1", "a now 21.5"],
      leftOut: ["record-unreadable at byte 17: 1"],
    });
    assert.deepEqual(leftOutOf("msgpack", hex(`${A} 0a ${B} 0a`)), {
      points: ["a now 1", "a now 21.5"],
      leftOut: ["record-unreadable at byte 5: 2"],
    });
    assert.deepEqual(leftOutOf("cbor", hex("a1 61 61 01 00 00 00")).leftOut, ["record-unreadable at byte 5: 3"]);
    assert.deepEqual(leftOutOf("auto", hex(`${A} ${B.repeat(4)} 81 a1 61`)).leftOut, [
      "record-unreadable at byte 53: 1",
    ]);
    assert.equal(msgpack("91 01 91"), "not-msgpack", "an array shows nothing");
  });

  it("[FM7h] a record that is nested too deep costs that record", () => {
    const deep = `${"81 a1 61".repeat(20)} 01`;
    assert.deepEqual(leftOutOf("msgpack", hex(`${A} ${deep} ${B}`)), {
      points: ["a now 1", "a now 21.5"],
      leftOut: [`too-deep at ${"a.".repeat(8)}a: 1`],
    });
    assert.equal(msgpack(`${deep} ${deep}`), "too-deep");
    assert.deepEqual(
      leftOutOf("msgpack", hex(`82 a1 76 01 a1 64 ${deep}`)).points,
      ["v now 1"],
      "and one field that field",
    );
  });

  it("[FM7i] samples are not taken for glued values", () => {
    for (const bytes of ["80", "90", "9105", "920102", "8f", "8130", "81a0"]) {
      const samples = Buffer.alloc(4096, Buffer.from(bytes, "hex"));
      assert.deepEqual([msgpackTop(samples, true), cborTop(samples, true)], [undefined, undefined], bytes);
    }
  });

  it("[FM7h] a million empty values cost no more than a million", () => {
    assertQuick(() => decodingOf({ format: "msgpack" }).read(Buffer.alloc(1 << 20, 0x90)));
  });
});
