/** Random signals of each type: which type they are taken for. The seed is fixed, so each run is the same. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { guessSamples } from "../../../../../bridge/decode/auto/samples-guess.ts";
import { numbersOf } from "../../../../../bridge/decode/samples/sample-columns.ts";
import { parseSampleFormat } from "../../../../../bridge/decode/samples/sample-format.ts";
import { encode, gaussian, SAMPLE_FORMATS } from "../../../../support/samples.ts";
import { Random } from "../../../../torture/random.ts";

const SIZES = [1, 4, 16, 64, 256, 1000] as const;
/** 600 were tried: of 6,600 signals 5,681 were guessed right, 504 wrong, none of these sure, and 415 were refused. */
const RUNS = 40;

const random = new Random(12);
const normal = gaussian(1);

/** Between -1 and 1. */
function signal(): () => number {
  const period = 8 + random.next() * 300;
  let at = 0;
  let value = 0;
  switch (Math.floor(random.next() * 6)) {
    case 0:
      return () => Math.sin((2 * Math.PI * at++) / period);
    case 1:
      return () => 0.8 * Math.sin((2 * Math.PI * at++) / period) + 0.04 * Math.max(-4, Math.min(4, normal(0)));
    case 2:
      return () => {
        value = Math.max(-1, Math.min(1, value + 0.02 * normal(0)));
        return value;
      };
    case 3:
      return () => Math.max(-1, Math.min(1, normal(0) / 4));
    case 4:
      return () => ((at++ % Math.round(period)) / period) * 1.8 - 0.9;
    default:
      return () => (Math.floor(at++ / period) % 2 === 0 ? 0.9 : -0.9);
  }
}

function valuesOf(bytes: Buffer, format: string): number[] {
  const parsed = parseSampleFormat(format);
  assert.ok(parsed, format);
  return Array.from(numbersOf(bytes, parsed.element, parsed.bigEndian));
}

describe("random signals", () => {
  it("[FM9j] of a type that is said to be sure are of that type, and most of all are guessed right", () => {
    const wrong: string[] = [];
    const counts = { right: 0, sure: 0, wrong: 0, refused: 0 };
    for (let run = 0; run < RUNS; run++) {
      for (const format of Object.keys(SAMPLE_FORMATS)) {
        const { amplitudes = [1], offset = 0 } = SAMPLE_FORMATS[format] ?? {};
        const amplitude = amplitudes[run % amplitudes.length] ?? 1;
        const size = SIZES[Math.floor(random.next() * SIZES.length)] ?? 1;
        const next = signal();
        const messages = Array.from({ length: 10 }, () =>
          encode(
            format,
            Array.from({ length: size }, () => offset + amplitude * next()),
          ),
        );
        const guess = guessSamples(messages);
        if (guess === undefined) {
          counts.refused++;
          continue;
        }
        const isRight =
          !guess.format.includes("x") &&
          messages.every((bytes) => {
            const read = valuesOf(bytes, guess.format);
            return valuesOf(bytes, format).every((value, i) => value === read[i]);
          });
        if (isRight) counts.right++;
        else counts.wrong++;
        if (guess.sure && isRight) counts.sure++;
        if (guess.sure && !isRight) wrong.push(`${guess.format} is ${format}, ${size} values a message`);
      }
    }
    assert.deepEqual(wrong, []);
    const all = counts.right + counts.wrong + counts.refused;
    assert.ok(
      counts.right > 0.8 * all && counts.wrong < 0.12 * all && counts.sure > 0.05 * all,
      JSON.stringify(counts),
    );
  });
});
