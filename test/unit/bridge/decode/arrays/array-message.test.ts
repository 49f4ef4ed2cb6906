import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { dtypeOf } from "../../../../../bridge/decode/arrays/dtype.ts";
import { decodingOf, faultOf, hex } from "../../../../support/decoding.ts";
import { encode } from "../../../../support/samples.ts";

const header = (fields: Record<string, unknown>): string => JSON.stringify(fields);
const f32 = (...values: number[]): Buffer => encode("f32", values);

/** `series value` each: what has no rate is spread from the arrival before. */
function valuesOf(...frames: (string | Buffer)[]): string[] | string {
  const points = decodingOf().read(...frames);
  return typeof points === "string" ? points : points.map((point) => point.replace(/ \S+ /, " "));
}

describe("an array with a header", () => {
  it("[SA5a] is two frames, or three with a topic; the header is JSON, msgpack or CBOR, and never names a series", () => {
    const json = header({ dtype: "float32", shape: [2] });
    assert.deepEqual(valuesOf(json, f32(1.5, -2)), ["y 1.5", "y -2"]);
    assert.deepEqual(valuesOf("lab/", json, f32(1.5, -2)), ["lab 1.5", "lab -2"]);
    assert.deepEqual(valuesOf("lab", "", json, f32(3, 4)), ["lab 3", "lab 4"], "an empty frame is passed over");
    // {"dtype": "<f4"}
    assert.deepEqual(valuesOf(hex("81 a5 6474797065 a3 3c6634"), f32(4)), ["y 4"]);
    assert.deepEqual(valuesOf(hex("a1 65 6474797065 63 3c6634"), f32(4)), ["y 4"]);
    assert.deepEqual(decodingOf({ frames: ["topic", "payload"], format: "f32" }).read("a", f32(4)), ["a now 4"]);
  });

  it("[SA5b] has a dtype as numpy writes it", () => {
    const said = (text: string): string => {
      const dtype = dtypeOf(text);
      if (dtype === undefined) return "none";
      return (
        dtype.element + (dtype.bigEndian ? "be" : "") + (dtype.isComplex ? ":iq" : "") + (dtype.isBoolean ? "?" : "")
      );
    };
    for (const [text, expected] of [
      ["float32", "f32"],
      ["<f4", "f32"],
      [">f4", "f32be"],
      ["=f8", "f64"],
      ["f2", "f16"],
      [">i2", "i16be"],
      ["|u1", "u8"],
      ["int64", "i64"],
      ["uint64", "u64"],
      ["int", "i64"],
      ["float", "f64"],
      ["double", "f64"],
      ["bool", "u8?"],
      ["|b1", "u8?"],
      ["complex64", "f32:iq"],
      [">c16", "f64be:iq"],
      ["<class 'numpy.float32'>", "f32"],
      ["dtype('int16')", "i16"],
      ["torch.float16", "f16"],
      ["Float32Array", "f32"],
      ["Uint8ClampedArray", "u8"],
      ["int32_t", "i32"],
      ["<U2", "none"],
      ["|S8", "none"],
      ["<M8[ns]", "none"],
      ["object", "none"],
      ["float128", "none"],
      ["int24", "none"],
      ["bfloat16", "none"],
      ["", "none"],
      ["constructor", "none"],
      ["[('a', '<f4')]", "none"],
    ] as const) {
      assert.equal(said(text), expected, text);
    }
    const big = header({ dtype: "int16", byteorder: "big" });
    assert.deepEqual(valuesOf(big, hex("01 00")), ["y 256"]);
    assert.deepEqual(valuesOf(header({ dtype: "bool" }), hex("02 00")), ["y 1", "y 0"]);
    assert.deepEqual(valuesOf(header({ dtype: "f2" }), hex("00 3e 00 b4")), ["y 1.5", "y -0.25"]);
    assert.deepEqual(valuesOf("iq", header({ dtype: "c8" }), f32(1, 2)), ["iq.re 1", "iq.im 2"]);
  });

  it("[SA5c] must have the bytes that its shape says", () => {
    for (const shape of [[3], [1], [2, 2], [], [1e9, 1e9], [0]]) {
      assert.equal(valuesOf(header({ dtype: "f4", shape }), f32(1, 2)), "not-samples", JSON.stringify(shape));
    }
    for (const shape of [[-1], ["2"], { a: 1 }, "two", [0.5]]) {
      assert.equal(valuesOf(header({ dtype: "f4", shape }), f32(1, 2)), "not-samples", JSON.stringify(shape));
    }
    for (const shape of [undefined, null, 2, [2], "(2,)", [2, 1]]) {
      assert.deepEqual(valuesOf(header({ dtype: "f4", shape }), f32(1, 2)), ["y 1", "y 2"]);
    }
    assert.deepEqual(valuesOf(header({ dtype: "f4", shape: [] }), f32(7)), ["y 7"]);
    assert.equal(valuesOf(header({ dtype: "f4" }), hex("00 00 80 3f 00")), "not-samples");
  });

  it("[SA5d] names its columns by index or as the header does, whichever axis they are", () => {
    const read = (fields: Record<string, unknown>, ...values: number[]) =>
      valuesOf(header({ dtype: "f4", ...fields }), f32(...values));
    assert.deepEqual(read({ shape: [1, 2] }, 1, 2), ["0 1", "1 2"]);
    assert.deepEqual(read({ shape: [2], names: ["a", "b"] }, 1, 2), ["a 1", "b 2"]);
    assert.deepEqual(read({ shape: [1, 2], ch_names: ["a", "b"] }, 1, 2), ["a 1", "b 2"]);
    const byChannel = { shape: [2, 3], channels: ["a", "b"], rate: 1, t: 0 };
    const both = ["a 1", "b 4", "a 2", "b 5", "a 3", "b 6"];
    assert.deepEqual(read(byChannel, 1, 2, 3, 4, 5, 6), both);
    assert.deepEqual(read({ ...byChannel, shape: [3, 2], order: "F" }, 1, 2, 3, 4, 5, 6), both);
    assert.equal(read({ shape: [3, 2], names: ["a"] }, 1, 2, 3, 4, 5, 6), "not-samples");
    assert.equal(read({ shape: [2], names: ["a", "a"] }, 1, 2), "not-samples");
  });

  it("[SA5e] is no picture", () => {
    const read = (shape: readonly number[], more: Record<string, unknown> = {}) => {
      const bytes = Buffer.alloc(
        shape.reduce((product, axis) => product * axis, 1),
        1,
      );
      const points = decodingOf().read(header({ dtype: "uint8", shape, ...more }), bytes);
      return typeof points === "string" ? points : points.length;
    };
    assert.equal(read([480, 640, 3]), "not-samples");
    assert.equal(read([480, 640]), "not-samples");
    assert.equal(read([2, 16]), 32);
    assert.equal(read([2, 17]), "not-samples");
    assert.equal(read([64, 64]), 64 * 64);
    assert.equal(read([65, 65]), "not-samples");
    assert.equal(read([2, 64], { rate: 10 }), 128);
    assert.equal(read([65, 65], { rate: 10 }), 65 * 65);
    assert.equal(read([2, 65], { rate: 10 }), "not-samples");
    assert.equal(read([1, 100, 2]), 200, "an axis of one is none");
    assert.match(
      faultOf(() => decodingOf().rows([header({ dtype: "uint8", shape: [2, 2, 3] }), Buffer.alloc(12)])).message,
      /2×2×3 is a picture or a volume. Send what is measured/,
    );
  });

  it("[SA5f] has the header's rate and time", () => {
    const read = (fields: Record<string, unknown>, ...values: number[]) =>
      decodingOf().read(header({ dtype: "f4", ...fields }), f32(...values));
    assert.deepEqual(read({ t: 100, fs: 4 }, 1, 2), ["y 100 1", "y 100.25 2"]);
    assert.deepEqual(read({ t0: 100, dt: 0.5 }, 1, 2), ["y 100 1", "y 100.5 2"]);
    assert.deepEqual(read({ timestamp: "2026-11-28T14:00:00Z" }, 1), ["y 1795874400 1"]);
    assert.deepEqual(read({ t: "noon" }, 1), ["y now 1"]);
    assert.equal(read({ rate: 1e9 }, 1, 2), "not-samples");
    const spread = decodingOf();
    spread.read(header({ dtype: "f4", t: 100 }), f32(1, 2));
    assert.deepEqual(spread.read(header({ dtype: "f4", t: 101 }), f32(3, 4)), ["y 100.5 3", "y 101 4"]);
  });

  it("[SA5g] may have a column of times", () => {
    const two = { dtype: "f4", shape: [2, 2] };
    assert.deepEqual(decodingOf().read(header({ ...two, columns: ["t", "v"] }), f32(5, 1, 6, 2)), ["v 5 1", "v 6 2"]);
    assert.deepEqual(decodingOf().read(header({ ...two, columns: ["x", "v"], rate: 1, t: 0 }), f32(5, 1, 6, 2)), [
      "x 0 5",
      "v 0 1",
      "x 1 6",
      "v 1 2",
    ]);
  });

  it("[SA5h] has the header's name, and its other numbers are values", () => {
    const left = { dtype: "f4", name: "left", gain: 2 };
    assert.deepEqual(valuesOf("lab", header(left), f32(5)), ["lab.gain 2", "lab.left 5"]);
    assert.deepEqual(valuesOf(header({ ...left, shape: [1, 2] }), f32(5, 6)), ["gain 2", "left.0 5", "left.1 6"]);
  });

  it("[SA5i] is not what any other JSON in front says", () => {
    assert.equal(decodingOf().read('{"id": 1}', '{"y": 1}'), "envelope-wrong");
    assert.equal(decodingOf().read('{"id": 1}', "5", "1795874400"), "too-many-frames");
    assert.equal(decodingOf().read("[1, 2]", "5"), "envelope-wrong");
    assert.deepEqual(decodingOf().read("{lab}", "5"), ["{lab} now 5"], "no JSON");
    assert.deepEqual(decodingOf().read("lab", '{"dtype": 1}'), ["lab.dtype now 1"], "one payload");
  });

  it("[SA5j] may be a .npy file", () => {
    const npy = (text: string, data: Buffer): Buffer =>
      Buffer.concat([
        hex("93 4e 55 4d 50 59 01 00"),
        hex(`${text.length.toString(16).padStart(2, "0")} 00`),
        Buffer.from(text),
        data,
      ]);
    const dict = (descr: string, shape: string) => `{'descr': ${descr}, 'fortran_order': False, 'shape': ${shape}, }\n`;
    assert.deepEqual(valuesOf("a", npy(dict("'<f4'", "(2,)"), f32(1, 2))), ["a 1", "a 2"]);
    assert.deepEqual(valuesOf("a", npy(dict("'<f4'", "(1, 2)"), f32(1, 2))), ["a.0 1", "a.1 2"]);
    for (const bytes of [
      npy(dict("'<U1'", "(2,)"), f32(1, 2)),
      npy(dict("[('a', '<f4')]", "(2,)"), f32(1, 2)),
      npy(dict("'<f4'", "(3,)"), f32(1, 2)),
      npy("", f32(1)),
      hex("93 4e 55 4d 50 59 01 00 ff ff 7b"),
    ]) {
      assert.equal(valuesOf(bytes), "not-samples");
    }
  });
});
