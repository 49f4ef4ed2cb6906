/**
 * Times of MessagePack and CBOR as ISO 8601 text with every digit that they have. The decoders make a Date of them, which
 * has milliseconds, and read text without an offset in the zone of this machine.
 */

/** Years 0 to 9999. */
const FIRST_SECOND = -62_167_219_200;
const LAST_SECOND = 253_402_300_799;

/** MessagePack's extension −1: https://github.com/msgpack/msgpack/blob/master/spec.md#timestamp-extension-type */
export function timeOfMsgpack(data: Uint8Array): string | null {
  const { buffer, byteOffset, byteLength } = data;
  const view = new DataView(buffer, byteOffset, byteLength);
  switch (byteLength) {
    case 4:
      return timeText(view.getUint32(0), 0);
    case 8: {
      const high = view.getUint32(0);
      return timeText((high & 3) * 2 ** 32 + view.getUint32(4), high >>> 2);
    }
    case 12:
      return timeText(Number(view.getBigInt64(4)), view.getUint32(0));
    default:
      return null;
  }
}

/** CBOR's tag 0 (RFC 8949, 3.4.1): text as it is. */
export function timeOfCborText(text: unknown): string | null {
  return typeof text === "string" ? text : null;
}

/** CBOR's tag 1 (RFC 8949, 3.4.2): unix seconds. */
export function timeOfCborNumber(seconds: unknown): string | null {
  const number = typeof seconds === "bigint" ? Number(seconds) : seconds;
  if (typeof number !== "number") return null;
  const whole = Math.floor(number);
  const nanoseconds = Math.round((number - whole) * 1e9);
  return nanoseconds === 1e9 ? timeText(whole + 1, 0) : timeText(whole, nanoseconds);
}

function timeText(seconds: number, nanoseconds: number): string | null {
  if (!(seconds >= FIRST_SECOND && seconds <= LAST_SECOND && nanoseconds < 1e9)) return null;
  const text = new Date(seconds * 1000).toISOString().slice(0, 19);
  return nanoseconds === 0 ? `${text}Z` : `${text}.${String(nanoseconds).padStart(9, "0")}Z`;
}
