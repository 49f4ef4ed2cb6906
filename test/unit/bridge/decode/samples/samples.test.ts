import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { DecodeError } from "../../../../../bridge/decode/message.ts";
import { parseSampleFormat, type SampleFormat } from "../../../../../bridge/decode/samples/sample-format.ts";
import { createSampleReader, MAX_CLOCKS } from "../../../../../bridge/decode/samples/sample-reader.ts";
import { rowsOfSamples } from "../../../../../bridge/decode/samples/sample-rows.ts";
import { framesOf } from "../../../../../protocol/frame/frame-builder.ts";
import { PointError } from "../../../../../protocol/json/point-error.ts";

const ARRIVED_AT = 1_763_648_912.5;

function formatOf(text: string): SampleFormat {
  const format = parseSampleFormat(text);
  assert.ok(format !== undefined, `${text} is not a sample format`);
  return format;
}

/** What a message has, as columns by name. */
function read(text: string, payload: Buffer, topic = ""): Record<string, number[]> {
  const { content } = createSampleReader(formatOf(text)).read(topic, payload, ARRIVED_AT);
  assert.ok(content.kind === "samples");
  const { names, columns } = content.samples;
  return Object.fromEntries(names.map((name, i) => [name, [...(columns[i] ?? [])]]));
}

describe("[SA1] a sample format", () => {
  it("is an element, channels or a complex form, and a rate", () => {
    assert.deepEqual(parseSampleFormat("f32"), {
      element: "f32",
      bigEndian: false,
      rate: undefined,
      item: "channels",
      names: [""],
    });
    assert.deepEqual(parseSampleFormat("i16bex2@48k"), {
      element: "i16",
      bigEndian: true,
      rate: 48_000,
      item: "channels",
      names: ["0", "1"],
    });
    assert.deepEqual(formatOf("f32(left, right)@0.5").names, ["left", "right"]);
    assert.deepEqual(formatOf("f32(left)").names, ["left"]);
    assert.deepEqual(formatOf("u8:iq@2.4M"), {
      element: "u8",
      bigEndian: false,
      rate: 2_400_000,
      item: "iq",
      names: ["re", "im"],
    });
    assert.deepEqual(formatOf("f64be:magphase").names, ["mag", "phase [rad]"]);
    assert.equal(formatOf("i8@1000").rate, 1000);
  });

  it("is not what is of another language", () => {
    for (const text of ["auto", "json", "msgpack", "cbor", "csv", "text", "", "x2", "@48k", "influx", "i", "f"]) {
      assert.equal(parseSampleFormat(text), undefined, text);
    }
  });

  for (const [text, why] of [
    ["i12", /"i12" is no element/],
    ["f24@48k", /"f24" is no element/],
    ["float32", /written f32/],
    ["int16@48k", /written i16/],
    ["uint8", /written u8/],
    ["complex64@1M", /f32:iq/],
    ["cf32", /f32:iq/],
    ["f32le", /Write it like/],
    ["f32@", /no sample rate/],
    ["f32@0", /no sample rate/],
    ["f32@-1", /no sample rate/],
    ["f32@48kHz", /no sample rate/],
    ["f32@48K", /no sample rate/],
    ["f32@1e3", /no sample rate/],
    ["f32@10M", /4000000 a second at most/],
    ["f32x0", /at least one/],
    ["f32x1025", /1024 channels at most/],
    ["f32x2:iq", /Write it like/],
    ["f32()", /no name/],
    ["f32(a,)", /no name/],
    ["f32(a,a)", /not all different/],
    ["f32:polar", /:magphase/],
  ] as const) {
    it(`is refused with a sentence: ${text}`, () => {
      assert.throws(() => parseSampleFormat(text), { name: "RangeError", message: why });
    });
  }

  it("is a format, undefined or a RangeError, whatever the text", () => {
    const text = fc.oneof(fc.string(), fc.stringMatching(/^[iuf](8|16|32|64)(be)?(x\d+|\(.*\)|:\w+)?(@[\d.]+[kM]?)?$/));
    fc.assert(
      fc.property(text, (text) => {
        try {
          const format = parseSampleFormat(text);
          assert.ok(format === undefined || format.names.length > 0);
        } catch (error) {
          assert.ok(error instanceof RangeError, String(error));
        }
      }),
    );
  });
});

describe("[SA4] binary samples", () => {
  // struct.pack("<bBhHiIqQfd", …) of Python, one by one.
  for (const [format, hex, value] of [
    ["i8", "80", -128],
    ["u8", "80", 128],
    ["i16", "feff", -2],
    ["i16be", "fffe", -2],
    ["u16", "feff", 65_534],
    ["u16be", "0102", 258],
    ["i32", "feffffff", -2],
    ["i32be", "fffffffe", -2],
    ["u32", "ffffffff", 4_294_967_295],
    ["u32be", "00000102", 258],
    ["i64", "feffffffffffffff", -2],
    ["i64be", "fffffffffffffffe", -2],
    ["i64", "0000000000000080", -(2 ** 63)],
    ["u64", "ffffffffffffffff", 2 ** 64],
    ["u64be", "0000000100000002", 4_294_967_298],
    ["f32", "0000c03f", 1.5],
    ["f32be", "3fc00000", 1.5],
    ["f64", "000000000000f8bf", -1.5],
    ["f64be", "bff8000000000000", -1.5],
  ] as const) {
    it(`are read as ${format}`, () => {
      const twice = Buffer.from(hex + hex, "hex");
      const before = Buffer.from(twice);
      assert.deepEqual(read(format, twice), { "": [value, value] });
      // Where libzmq puts small frames: anywhere.
      for (const offset of [1, 2, 3, 4, 7]) {
        const unaligned = Buffer.concat([Buffer.alloc(offset), twice]).subarray(offset);
        assert.deepEqual(read(format, unaligned), { "": [value, value] });
      }
      assert.deepEqual(twice, before, "the frame is not changed");
    });
  }

  it("have channels that are interleaved", () => {
    assert.deepEqual(read("i16x2", Buffer.from("0100020003000400", "hex")), { 0: [1, 3], 1: [2, 4] });
    assert.deepEqual(read("u8(a,b,c)", Buffer.from([1, 2, 3, 4, 5, 6])), { a: [1, 4], b: [2, 5], c: [3, 6] });
  });

  it("may be complex", () => {
    const payload = Buffer.from(new Float32Array([3, 4, -1, 0]).buffer);
    assert.deepEqual(read("f32:iq", payload), { re: [3, -1], im: [4, 0] });
    assert.deepEqual(read("f32:magphase", payload), { mag: [5, 1], "phase [rad]": [Math.atan2(4, 3), Math.PI] });
    assert.deepEqual(read("i8:iq", Buffer.from([1, 255])), { re: [1], im: [-1] });
  });

  it("are not plotted where they are NaN or infinite", () => {
    const payload = Buffer.from(new Float32Array([1, NaN, Infinity, -Infinity]).buffer);
    assert.deepEqual(read("f32", payload), { "": [1, NaN, NaN, NaN] });
    assert.deepEqual(read("f32:magphase", payload), { mag: [NaN, NaN], "phase [rad]": [NaN, NaN] });
    assert.deepEqual(read("f64be", Buffer.from("7ff0000000000000", "hex")), { "": [NaN] });
  });

  it("are a whole number of items, and not too many", () => {
    const code = (text: string, payload: Buffer) => {
      try {
        read(text, payload);
        return "read";
      } catch (error) {
        return error instanceof DecodeError ? error.code : error;
      }
    };
    assert.equal(code("f32", Buffer.alloc(0)), "not-samples");
    assert.equal(code("f32", Buffer.alloc(6)), "not-samples");
    assert.equal(code("i16x3", Buffer.alloc(8)), "not-samples");
    assert.equal(code("f32:iq", Buffer.alloc(12)), "not-samples");
    assert.equal(code("u8", Buffer.alloc(1 << 20)), "read");
    assert.equal(code("u8", Buffer.alloc((1 << 20) + 1)), "message-too-large");
    assert.equal(code("u8x1024", Buffer.alloc((1 << 22) + 1024)), "message-too-large");
  });

  it("have a clock for each topic, of which the oldest are forgotten", () => {
    const reader = createSampleReader(formatOf("u8@10"));
    const x0 = (topic: string, at: number): number => {
      const { content } = reader.read(topic, Buffer.alloc(10), ARRIVED_AT + at);
      return content.kind === "samples" ? content.samples.x0 - ARRIVED_AT : Number.NaN;
    };
    const near = (a: number, b: number) => assert.ok(Math.abs(a - b) < 1e-6, `${a} is not ${b}`);
    near(x0("a", 0), -0.9);
    near(x0("b", 0.5), -0.4);
    near(x0("a", 1.3), 0.1);
    near(x0("b", 1.5), 0.6);
    for (let i = 0; i < MAX_CLOCKS - 1; i++) x0(String(i), 2);
    near(x0("b", 2.6), 1.6);
    near(x0("a", 2.6), 1.7);
  });

  it("without a rate are spread from the arrival before to this one", () => {
    const reader = createSampleReader(formatOf("u8"));
    reader.read("", Buffer.from([1]), ARRIVED_AT);
    const { content } = reader.read("", Buffer.from([1, 2, 3, 4]), ARRIVED_AT + 1);
    assert.ok(content.kind === "samples");
    const { x0, dx, arrival } = content.samples;
    assert.deepEqual([x0, dx, arrival], [ARRIVED_AT + 0.25, 0.25, true]);
  });
});

describe("the rows of samples", () => {
  const samples = { x0: 10, dx: 0.5, arrival: true };

  it("[PT5] are named by the topic, or by the topic and the channel", () => {
    const names = (channels: string[], topic: string) => {
      const columns = channels.map(() => new Float64Array(1));
      return rowsOfSamples({ ...samples, names: channels, columns }, topic)[0]?.names;
    };
    assert.deepEqual(names([""], ""), ["y"]);
    assert.deepEqual(names([""], "mic"), ["mic"]);
    assert.deepEqual(names(["0", "1"], ""), ["0", "1"]);
    assert.deepEqual(names(["0", "1"], "mic"), ["mic.0", "mic.1"]);
    assert.deepEqual(names(["y"], "mic"), ["mic"]);
    assert.throws(() => names([""], "a\nb"), PointError);
    assert.throws(() => names(["0"], "a".repeat(300)), PointError);
  });

  it("are one for each sample, with names that are the same list each time", () => {
    const names = ["a", "b"];
    const columns = [new Float64Array([1, 2]), new Float64Array([3, NaN])];
    const rows = rowsOfSamples({ ...samples, names, columns }, "t");
    assert.deepEqual(rows, [
      { x: 10, arrival: true, names: ["t.a", "t.b"], values: [1, 3] },
      { x: 10.5, arrival: true, names: ["t.a", "t.b"], values: [2, NaN] },
    ]);
    assert.equal(rowsOfSamples({ ...samples, names, columns }, "t")[0]?.names, rows[0]?.names);
  });

  it("[PT4d] break the line once where nothing but NaN is", () => {
    const one = rowsOfSamples({ ...samples, names: [""], columns: [new Float64Array([1, NaN, NaN, 2])] }, "");
    assert.deepEqual(
      one.map(({ x, values }) => [x, ...values]),
      [
        [10, 1],
        [10.5, NaN],
        [11.5, 2],
      ],
    );
    const columns = [new Float64Array([1, NaN, NaN, 2]), new Float64Array([NaN, NaN, NaN, 3])];
    assert.equal(rowsOfSamples({ ...samples, names: ["a", "b"], columns }, "").length, 3);
  });

  it("of more channels than a table may have are several at the same x", () => {
    const names = Array.from({ length: 600 }, (_, i) => String(i));
    const columns = names.map((_, i) => new Float64Array([i, i]));
    const rows = rowsOfSamples({ ...samples, names, columns }, "");
    assert.deepEqual(
      rows.map(({ names }) => names.length),
      [256, 256, 256, 256, 88, 88],
    );
    assert.equal(rows[4]?.values[87], 599);
    assert.ok(framesOf(rows, "0123456789abcdef", 0).length > 0);
  });

  it("of any payload are rows or a DecodeError", () => {
    const format = fc.constantFrom("i8", "u16bex3", "i64", "f32", "f64be:iq@1k", "f32:magphase", "u32(a,b)@0.5");
    fc.assert(
      fc.property(format, fc.array(fc.uint8Array({ maxLength: 100 }), { maxLength: 10 }), (text, payloads) => {
        const reader = createSampleReader(formatOf(text));
        for (const [i, payload] of payloads.entries()) {
          try {
            const { content } = reader.read("t", Buffer.from(payload), ARRIVED_AT + i);
            assert.ok(content.kind === "samples");
            for (const { x, values } of rowsOfSamples(content.samples, "t")) {
              assert.ok(Number.isFinite(x) && values.every((value) => Math.abs(value) !== Infinity));
            }
          } catch (error) {
            assert.ok(error instanceof DecodeError, String(error));
          }
        }
      }),
    );
  });
});
