/** How a number is written, least byte first. */
const TYPES = {
  u8: { bytes: 1, write: (to: Buffer, value: number, at: number) => to.writeUInt8(clamped(value, 0, 255), at) },
  i8: { bytes: 1, write: (to: Buffer, value: number, at: number) => to.writeInt8(clamped(value, -128, 127), at) },
  u16: { bytes: 2, write: (to: Buffer, value: number, at: number) => to.writeUInt16LE(clamped(value, 0, 65535), at) },
  i16: {
    bytes: 2,
    write: (to: Buffer, value: number, at: number) => to.writeInt16LE(clamped(value, -32768, 32767), at),
  },
  i32: {
    bytes: 4,
    write: (to: Buffer, value: number, at: number) => to.writeInt32LE(clamped(value, -(2 ** 31), 2 ** 31 - 1), at),
  },
  f32: { bytes: 4, write: (to: Buffer, value: number, at: number) => to.writeFloatLE(value, at) },
  f64: { bytes: 8, write: (to: Buffer, value: number, at: number) => to.writeDoubleLE(value, at) },
};

export type SampleType = keyof typeof TYPES;

/** `count` values of a signal as a binary array. */
export function bytesOf(type: SampleType, count: number, signal: (i: number) => number): Buffer {
  const { bytes, write } = TYPES[type];
  const buffer = Buffer.alloc(bytes * count);
  for (let i = 0; i < count; i++) write(buffer, signal(i), i * bytes);
  return buffer;
}

export function sine(amplitude: number, period: number, offset = 0): (i: number) => number {
  return (i) => offset + amplitude * Math.sin((2 * Math.PI * i) / period);
}

/** Noise that is the same in each run. */
export function gaussian(deviation: number, offset = 0): (i: number) => number {
  let state = 1;
  const uniform = (): number => {
    // mulberry32
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  return () => offset + deviation * Math.sqrt(-2 * Math.log(uniform() + 1e-12)) * Math.cos(2 * Math.PI * uniform());
}

function clamped(value: number, least: number, greatest: number): number {
  return Math.max(least, Math.min(greatest, Math.round(value)));
}
