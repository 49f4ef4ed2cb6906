import { crc32 } from "node:zlib";

/** A call of zlib's takes about as long as this many bytes do here. */
const SHORT_BYTES = 128;
/** Of each byte, by the polynomial 0xedb88320: RFC 1952, section 8. */
const TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let value = byte;
  for (let bit = 0; bit < 8; bit++) value = (value & 1) === 0 ? value >>> 1 : (value >>> 1) ^ 0xedb88320;
  return value;
});

/** The CRC-32 of bytes that follow those with this sum, as zlib has it, and quick for short messages. */
export function checksumOf(bytes: Uint8Array, sum = 0, from = 0, to = bytes.length): number {
  if (to - from > SHORT_BYTES) return crc32(bytes.subarray(from, to), sum);
  let value = ~sum;
  for (let at = from; at < to; at++) value = (TABLE[(value ^ (bytes[at] ?? 0)) & 0xff] ?? 0) ^ (value >>> 8);
  return ~value >>> 0;
}
