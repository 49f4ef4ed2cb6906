/** Binary samples as publishers pack them. */
import { Random } from "../torture/random.ts";

interface SampleKind {
  bytes: number;
  write: (to: Buffer, value: number, at: number) => void;
  /** Of signals between -1 and 1. */
  amplitudes: readonly number[];
  offset: number;
}

export const SAMPLE_FORMATS: Readonly<Record<string, SampleKind>> = {
  f32: { bytes: 4, write: (to, value, at) => to.writeFloatLE(value, at), amplitudes: [0.001, 1, 1000], offset: 0 },
  f32be: { bytes: 4, write: (to, value, at) => to.writeFloatBE(value, at), amplitudes: [0.001, 1, 1000], offset: 0 },
  f64: { bytes: 8, write: (to, value, at) => to.writeDoubleLE(value, at), amplitudes: [0.001, 1, 1e6], offset: 0 },
  f64be: { bytes: 8, write: (to, value, at) => to.writeDoubleBE(value, at), amplitudes: [0.001, 1, 1e6], offset: 0 },
  i16: {
    bytes: 2,
    write: (to, value, at) => to.writeInt16LE(Math.round(value), at),
    amplitudes: [50, 300, 3000, 30_000],
    offset: 0,
  },
  i16be: {
    bytes: 2,
    write: (to, value, at) => to.writeInt16BE(Math.round(value), at),
    amplitudes: [50, 300, 3000, 30_000],
    offset: 0,
  },
  u16: {
    bytes: 2,
    write: (to, value, at) => to.writeUInt16LE(Math.round(value), at),
    amplitudes: [2000, 30_000],
    offset: 32_768,
  },
  i32: {
    bytes: 4,
    write: (to, value, at) => to.writeInt32LE(Math.round(value), at),
    amplitudes: [500, 1e5, 1e6, 987_654_321],
    offset: 0,
  },
  i32be: {
    bytes: 4,
    write: (to, value, at) => to.writeInt32BE(Math.round(value), at),
    amplitudes: [500, 1e5, 1e6, 987_654_321],
    offset: 0,
  },
  u8: { bytes: 1, write: (to, value, at) => to.writeUInt8(Math.round(value), at), amplitudes: [20, 100], offset: 128 },
  i8: { bytes: 1, write: (to, value, at) => to.writeInt8(Math.round(value), at), amplitudes: [20, 100], offset: 0 },
};

export function encode(format: string, values: readonly number[]): Buffer {
  const kind = SAMPLE_FORMATS[format];
  if (kind === undefined) throw new Error(`no format ${format}`);
  const bytes = Buffer.alloc(kind.bytes * values.length);
  for (const [i, value] of values.entries()) kind.write(bytes, value, kind.bytes * i);
  return bytes;
}

/** `count` values of a signal as a binary array. */
export function bytesOf(format: string, count: number, signal: (i: number) => number): Buffer {
  return encode(
    format,
    Array.from({ length: count }, (_, i) => signal(i)),
  );
}

/** Values between -1 and 1 that are the same in every run. */
export function noise(count: number, seed: number): number[] {
  const random = new Random(seed);
  return Array.from({ length: count }, () => 2 * random.next() - 1);
}

export function sine(amplitude: number, period: number, offset = 0): (i: number) => number {
  return (i) => offset + amplitude * Math.sin((2 * Math.PI * i) / period);
}

/** Noise that is the same in each run (Box and Muller). */
export function gaussian(deviation: number, offset = 0): (i: number) => number {
  const random = new Random(1);
  return () =>
    offset + deviation * Math.sqrt(-2 * Math.log(random.next() + 1e-12)) * Math.cos(2 * Math.PI * random.next());
}
