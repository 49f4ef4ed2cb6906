import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { guessSamples } from "../../../../../bridge/decode/auto/samples-guess.ts";
import { numbersOf } from "../../../../../bridge/decode/samples/sample-columns.ts";
import { parseSampleFormat } from "../../../../../bridge/decode/samples/sample-format.ts";
import { bytesOf, encode, gaussian, noise, SAMPLE_FORMATS, sine } from "../../../../support/samples.ts";

function named(type: string, signal: (i: number) => number, length = 256): string | undefined {
  return guessSamples([bytesOf(type, length, signal)])?.format;
}

it("[FM9] a sine is named by its type, whatever its amplitude and period", () => {
  for (const period of [20, 100, 1000]) {
    for (const amplitude of [1e-6, 1e-3, 0.1, 1, 20, 1000, 1e6, 1e9]) {
      for (const type of ["f32", "f64"] as const) {
        assert.equal(named(type, sine(amplitude, period)), type, `${type} ${amplitude} ${period}`);
      }
    }
    for (const amplitude of [20, 100, 1000, 10_000, 32_000]) {
      assert.equal(named("i16", sine(amplitude, period)), "i16", `i16 ${amplitude} ${period}`);
    }
    for (const amplitude of [20, 1000, 1e5, 1e7]) {
      assert.equal(named("i32", sine(amplitude, period)), "i32", `i32 ${amplitude} ${period}`);
    }
    for (const amplitude of [10, 50, 120]) {
      assert.equal(named("u8", sine(amplitude, period, 128)), "u8", `u8 ${amplitude} ${period}`);
    }
  }
  for (const amplitude of [10, 50, 120]) assert.equal(named("i8", sine(amplitude, 100)), "i8", `i8 ${amplitude}`);
  assert.equal(named("u16", sine(30_000, 100, 32_768)), "u16");
});

it("[FM9] the most significant byte may come first", () => {
  assert.equal(guessSamples([bytesOf("i16", 256, sine(1000, 100)).swap16()])?.format, "i16be");
  assert.equal(guessSamples([bytesOf("f32", 256, sine(1, 100)).swap32()])?.format, "f32be");
  assert.equal(guessSamples([bytesOf("i32", 256, sine(1e5, 100)).swap32()])?.format, "i32be");
  assert.equal(guessSamples([bytesOf("f64", 256, sine(1, 100)).swap64()])?.format, "f64be");
});

it("[FM9] noise is named by its size", () => {
  for (const type of ["f32", "f64"] as const) {
    for (const size of [1e-3, 1, 1000]) assert.equal(named(type, gaussian(size)), type, `${type} ${size}`);
  }
  for (const size of [5, 100, 1000]) assert.equal(named("i16", gaussian(size)), "i16", `i16 ${size}`);
  for (const size of [5, 1000, 1e6]) assert.equal(named("i32", gaussian(size)), "i32", `i32 ${size}`);
  for (const size of [3, 10, 25]) assert.equal(named("u8", gaussian(size, 128)), "u8", `u8 ${size}`);
});

it("[FM9] what rises, steps, is rounded or interleaved is named", () => {
  for (const type of ["f32", "f64", "i16", "i32"] as const) {
    assert.equal(
      named(type, (i) => i),
      type,
      `${type} ramp`,
    );
    assert.equal(
      named(type, (i) => ((i >> 4) & 1 ? 1000 : -1000)),
      type,
      `${type} square`,
    );
  }
  const left = sine(10_000, 250);
  const right = sine(8000, 110);
  const both = (i: number): number => (i % 2 === 0 ? left(i) : right(i));
  assert.equal(named("i16", both), "i16x2");
  assert.equal(named("f32", both), "f32x2");
  assert.equal(
    named("f64", (i) => 1.76e9 + i / 100),
    "f64",
  );
  assert.equal(
    named("f32", (i) => Math.round(40 + 6 * Math.sin(i / 20)) / 2),
    "f32",
  );
});

it("[FM9] it is sure of much that is plain, and of nothing that could be another type", () => {
  assert.deepEqual(guessSamples([bytesOf("f32", 256, sine(1, 50))])?.sure, true);
  assert.deepEqual(guessSamples([bytesOf("i16", 256, sine(1000, 50))])?.sure, true);
  assert.deepEqual(guessSamples([bytesOf("f32", 4, sine(1, 50))])?.sure, false, "few");
  assert.deepEqual(guessSamples([bytesOf("i16", 256, (i) => 100 + i)])?.sure, false, "i16 or u16");
  const zeros = guessSamples([Buffer.alloc(256)]);
  assert.deepEqual([zeros?.format, zeros?.sure], ["f32", false], "zeros");
  const random = gaussian(1);
  assert.equal(guessSamples([bytesOf("u8", 512, () => (Math.abs(random(0)) * 1e6) % 256)]), undefined);
  assert.equal(guessSamples([]), undefined);
  assert.equal(guessSamples([Buffer.alloc(0)]), undefined);
});

const ten = <T>(make: (i: number) => T): T[] => Array.from({ length: 10 }, (_, i) => make(i));

describe("samples that nobody has described", () => {
  const signals: Record<string, (i: number) => number> = {
    sine: (i) => Math.sin(i / 5),
    ramp: (i) => ((i % 40) - 20) / 20,
    noise: (() => {
      const values = noise(20_000, 7);
      return (i: number) => ((values[i * 2] ?? 0) + (values[i * 2 + 1] ?? 0)) / 4;
    })(),
  };

  for (const format of Object.keys(SAMPLE_FORMATS)) {
    it(`[FM9] of ${format} are read with the right values, whatever they are and however many there are`, () => {
      const { amplitudes, offset } = SAMPLE_FORMATS[format] ?? { amplitudes: [], offset: 0 };
      for (const [name, signal] of Object.entries(signals)) {
        for (const amplitude of amplitudes) {
          for (const size of [8, 64, 1000]) {
            const messages = ten((m) =>
              encode(
                format,
                Array.from({ length: size }, (_, i) => offset + amplitude * signal(m * size + i)),
              ),
            );
            const guess = guessSamples(messages)?.format ?? "";
            const what = `${name} of ${amplitude}, ${size} a message: ${guess}`;
            assert.ok(
              guess !== "" && messages.every((bytes) => areSame(valuesOf(bytes, guess), valuesOf(bytes, format))),
              what,
            );
          }
        }
      }
    });
  }

  it("[FM9e] of integers whose bytes would be sane floats, too, are integers", () => {
    const values = noise(640, 3);
    const of = (format: string, middle: number, amplitude: number) =>
      ten((m) =>
        encode(
          format,
          values.slice(64 * m, 64 * (m + 1)).map((value) => middle + amplitude * value),
        ),
      );
    assert.equal(guessSamples(of("u8", 68, 8))?.format, "u8");
    assert.equal(guessSamples(of("i16", 16_384, 500))?.format, "i16");
  });

  it("[FM9] says where it is a guess", () => {
    const sine = (size: number) =>
      ten((m) =>
        encode(
          "i16",
          Array.from({ length: size }, (_, i) => 3000 * Math.sin((m * size + i) / 17)),
        ),
      );
    assert.deepEqual([guessSamples(sine(64))?.format, guessSamples(sine(64))?.sure], ["i16", true]);
    assert.equal(guessSamples(sine(1))?.sure, false, "of ten samples");
    assert.equal(guessSamples(ten(() => Buffer.alloc(8)))?.sure, false, "of zeros");
    assert.equal(guessSamples([]), undefined);
  });
});

function areSame(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a.every((value, i) => value === b[i]);
}

function valuesOf(bytes: Buffer, format: string): number[] {
  const parsed = parseSampleFormat(format);
  assert.ok(parsed, format);
  return Array.from(numbersOf(bytes, parsed.element, parsed.bigEndian));
}
