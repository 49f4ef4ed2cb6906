/** Turns real messages into what a broken, hostile or merely different publisher might send. */
import {
  deflateRawSync,
  deflateSync,
  gunzipSync,
  gzipSync,
  inflateSync,
  zstdCompressSync,
  zstdDecompressSync,
} from "node:zlib";
import { wrappingOf } from "../../bridge/decode/inflate.ts";
import type { Random } from "../torture/random.ts";

/** More is the business of attacks.ts. */
const MAX_FRAME_BYTES = 16 * 1024;
const MAX_FRAMES = 24;

/** Written over a number that is text. */
const NUMBERS = [
  ...["0", "-0", "-1", "1e999", "-1e308", "1e308", "5e-324", "NaN", "Infinity", "null", '""', "[]", "{}", "true"],
  ...["9007199254740993", "18446744073709551616", "4294967295", "2147483648", "1e-308", "1e11", "1763648912000000000"],
];
/** Written anywhere into text. */
const WORDS = [
  ...['"__proto__"', '"constructor"', '"toString"', "__proto__", "constructor", "hasOwnProperty", "prototype"],
  ...["\u0000", "\u001b[2J", "\u007f", "\r\n", "\ufeff", "\u2028", "\ud83d\ude80", "[[[[[[[[[[[[", '{"a":{"a":{"a":'],
  ...['"', "\\", ",", "}", "]", " ", "\t", ";", "|", "/", "<!--", "<![CDATA[", "<!DOCTYPE a>", "&#1114112;", "&#0;"],
].map((word) => Buffer.from(word));
/** No UTF-8: a lone byte that goes on, one cut off, too long a form, a surrogate, beyond U+10FFFF. */
const NOT_UTF8 = ["80", "c3", "c0af", "eda080", "f4908080", "ff", "fe"].map((text) => Buffer.from(text, "hex"));
const INTEGERS = [0, 1, 0x7f, 0x80, 0xff, 0x7fff, 0x8000, 0xffff, 0x7fffffff, 0x80000000, 0xffffffff, 100_000_000];

type ByteMutation = (bytes: Buffer, random: Random, other: Buffer) => Buffer;

const flipBit: ByteMutation = (bytes, random) => {
  const copy = Buffer.from(bytes);
  const at = random.integer(0, copy.length - 1);
  copy[at] = (copy[at] ?? 0) ^ (1 << random.integer(0, 7));
  return copy;
};
const setByte: ByteMutation = (bytes, random) => {
  const copy = Buffer.from(bytes);
  copy[random.integer(0, copy.length - 1)] = random.integer(0, 255);
  return copy;
};
const truncate: ByteMutation = (bytes, random) => bytes.subarray(0, random.integer(0, bytes.length - 1));
const behead: ByteMutation = (bytes, random) => bytes.subarray(random.integer(0, bytes.length - 1));
const repeatPart: ByteMutation = (bytes, random) => {
  const part = partOf(bytes, random);
  return spliced(bytes, random, Buffer.concat(Array.from({ length: random.integer(1, 8) }, () => part)), 0);
};
const cutPart: ByteMutation = (bytes, random) => spliced(bytes, random, Buffer.alloc(0), random.integer(1, 16));
const takeFromOther: ByteMutation = (bytes, random, other) =>
  spliced(bytes, random, partOf(other, random), random.integer(0, 16));
const writeInteger: ByteMutation = (bytes, random) => {
  const integer = Buffer.alloc(8);
  const width = random.weighted([
    [1, 1],
    [1, 2],
    [3, 4],
    [2, 8],
  ] as const);
  const value = INTEGERS[random.integer(0, INTEGERS.length - 1)] ?? 0;
  if (random.next() < 0.5) integer.writeUInt32LE(value);
  else integer.writeUInt32BE(value, width === 8 ? 4 : 0);
  if (random.next() < 0.2) integer.fill(0xff);
  return spliced(bytes, random, integer.subarray(0, width), width);
};
const writeFloat: ByteMutation = (bytes, random) => {
  const values = [Number.NaN, Infinity, -Infinity, 1e308, -0, 5e-324, 1e300];
  const value = values[random.integer(0, values.length - 1)] ?? 0;
  const array = random.next() < 0.5 ? Float32Array.of(value) : Float64Array.of(value);
  const float = Buffer.from(array.buffer);
  return spliced(bytes, random, random.next() < 0.5 ? float : float.reverse(), float.length);
};
const writeNumber: ByteMutation = (bytes, random) => {
  const found = [...bytes.toString("latin1").matchAll(/-?\d+(?:\.\d+)?(?:e[-+]?\d+)?/g)];
  const match = found[random.integer(0, Math.max(0, found.length - 1))];
  if (match === undefined) return bytes;
  const text = Buffer.from(NUMBERS[random.integer(0, NUMBERS.length - 1)] ?? "");
  return Buffer.concat([bytes.subarray(0, match.index), text, bytes.subarray(match.index + match[0].length)]);
};
const writeWord: ByteMutation = (bytes, random) => {
  const words = random.next() < 0.3 ? NOT_UTF8 : WORDS;
  return spliced(bytes, random, words[random.integer(0, words.length - 1)] ?? bytes, random.integer(0, 3));
};
const replaceKey: ByteMutation = (bytes, random) => {
  const found = [...bytes.toString("latin1").matchAll(/"[^"\\]{1,40}"(?=\s*:)/g)];
  const match = found[random.integer(0, Math.max(0, found.length - 1))];
  if (match === undefined) return bytes;
  const key = random.weighted([
    [1, '"__proto__"'],
    [1, '"constructor"'],
    [1, '"toString"'],
    [1, '"t"'],
    [1, '"x"'],
    [1, '"y"'],
    [1, '"a.b"'],
    [1, '""'],
    [1, `"${"k".repeat(300)}"`],
    [1, '"\\u0007"'],
    [1, '"\\ud800"'],
  ]);
  return Buffer.concat([
    bytes.subarray(0, match.index),
    Buffer.from(key),
    bytes.subarray(match.index + match[0].length),
  ]);
};

const BYTE_MUTATIONS: readonly (readonly [number, ByteMutation])[] = [
  [4, flipBit],
  [3, setByte],
  [2, truncate],
  [1, behead],
  [2, repeatPart],
  [2, cutPart],
  [2, takeFromOther],
  [4, writeInteger],
  [2, writeFloat],
  [3, writeNumber],
  [3, writeWord],
  [2, replaceKey],
];

/** @param other a message of anything, from which parts are taken */
export function mutated(frames: readonly Buffer[], other: readonly Buffer[], random: Random): Buffer[] {
  let result = [...frames];
  for (
    let left = random.weighted([
      [1, 0],
      [6, 1],
      [3, 2],
      [2, 4],
    ] as const);
    left > 0;
    left--
  ) {
    result = random.next() < 0.8 ? withFrameChanged(result, other, random) : withFramesMoved(result, other, random);
  }
  return result.slice(0, MAX_FRAMES).map((frame) => frame.subarray(0, MAX_FRAME_BYTES));
}

function withFrameChanged(frames: readonly Buffer[], other: readonly Buffer[], random: Random): Buffer[] {
  const which = random.integer(0, frames.length - 1);
  const donor = pick(other, random) ?? Buffer.from([0]);
  const change = (bytes: Buffer): Buffer =>
    bytes.length === 0 ? donor : random.weighted(BYTE_MUTATIONS)(bytes, random, donor);
  return frames.map((frame, i) => (i === which ? changedInside(frame, change, random) : frame));
}

/** What is compressed is mostly mutated inside: else hardly anything would come out of it. */
function changedInside(frame: Buffer, change: (bytes: Buffer) => Buffer, random: Random): Buffer {
  const wrapping = wrappingOf(frame);
  if (wrapping === undefined) {
    const changed = change(frame);
    return random.next() < 0.03 ? packed(changed, random) : changed;
  }
  if (random.next() < 0.3) return change(frame);
  try {
    if (wrapping === "zlib") return deflateSync(change(inflateSync(frame)));
    return wrapping === "gzip"
      ? gzipSync(change(gunzipSync(frame)))
      : zstdCompressSync(change(zstdDecompressSync(frame)));
  } catch {
    return change(frame);
  }
}

function packed(bytes: Buffer, random: Random): Buffer {
  return random.weighted([
    [1, deflateSync],
    [1, gzipSync],
    [1, (input: Buffer) => zstdCompressSync(input)],
    [1, deflateRawSync],
  ])(bytes);
}

function withFramesMoved(frames: readonly Buffer[], other: readonly Buffer[], random: Random): Buffer[] {
  const result = [...frames];
  const at = random.integer(0, Math.max(0, result.length - 1));
  const to = random.integer(0, Math.max(0, result.length - 1));
  const [a = Buffer.alloc(0), b = Buffer.alloc(0)] = [result[at], result[to]];
  switch (random.integer(0, 6)) {
    case 0:
      result[at] = b;
      result[to] = a;
      break;
    case 1:
      result.splice(at, 1);
      break;
    case 2:
      result.splice(at, 0, a);
      break;
    case 3:
      result[at] = Buffer.alloc(0);
      break;
    case 4:
      result.splice(at, 0, Buffer.alloc(0));
      break;
    case 5:
      result.splice(at, 0, pick(other, random) ?? b);
      break;
    default:
      return [Buffer.concat(result)];
  }
  return result;
}

function pick(frames: readonly Buffer[], random: Random): Buffer | undefined {
  return frames[random.integer(0, Math.max(0, frames.length - 1))];
}

function partOf(bytes: Buffer, random: Random): Buffer {
  const from = random.integer(0, Math.max(0, bytes.length - 1));
  return bytes.subarray(from, from + random.integer(1, 48));
}

function spliced(bytes: Buffer, random: Random, part: Buffer, instead: number): Buffer {
  const at = random.integer(0, bytes.length);
  return Buffer.concat([bytes.subarray(0, at), part, bytes.subarray(at + instead)]);
}
