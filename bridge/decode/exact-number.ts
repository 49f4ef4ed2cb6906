import { lowerBits } from "./layout.ts";

/** Of a whole number in msgpack (uint64, int64) and CBOR (major type 0), before 8 bytes, the greatest first. */
const BEFORE_64_BITS = new Set([0xcf, 0xd3, 0x1b]);
/** A name that is there more often is no key of one object. */
const MAX_PLACES = 64;
/** With blanks before it: no number that a counter of 64 bits has is longer. */
const MAX_TEXT_BYTES = 64;
const COLON_AND_NUMBER = /^"\s*:\s*"?(\d{16,20})(?!\d)/;

/**
 * A field's whole number above 2^53 as it is written, of which parsing has made the nearest float64.
 * @param value what parsing has made of it
 * @returns its lower 53 bits; undefined if it is not found in the frames, or in several ways
 */
export function exactNumber(frames: readonly Buffer[], field: string, value: number): number | undefined {
  const found = new Set<bigint>();
  const name = Buffer.from(field);
  for (const frame of frames) {
    let at = frame.indexOf(name);
    for (let places = 0; at >= 0 && places < MAX_PLACES; places++) {
      const end = at + name.length;
      const number = numberAt(frame, end);
      if (number !== undefined && Number(number) === value) found.add(number);
      at = frame.indexOf(name, end);
    }
  }
  const [only] = found;
  return found.size === 1 && only !== undefined ? lowerBits(only) : undefined;
}

function numberAt(frame: Buffer, at: number): bigint | undefined {
  if (BEFORE_64_BITS.has(frame[at] ?? 0) && at + 9 <= frame.length) return frame.readBigUInt64BE(at + 1);
  const [, digits] = COLON_AND_NUMBER.exec(frame.toString("latin1", at, at + MAX_TEXT_BYTES)) ?? [];
  return digits === undefined ? undefined : BigInt(digits);
}
