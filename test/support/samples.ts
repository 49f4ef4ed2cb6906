/** Binary samples as publishers pack them. */

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

/** Values between -1 and 1 that are the same in every run (mulberry32). */
export function noise(count: number, seed: number): number[] {
  let state = seed;
  return Array.from({ length: count }, () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 31 - 1;
  });
}
