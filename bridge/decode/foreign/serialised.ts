/** What programs write objects as, recognised by its structure from the first byte to the last. */

const MIN_BSON_BYTES = 5;
const MAX_PROTOBUF_FIELD = 4096;
const MAX_DEPTH = 32;

/** PROTO and its version first, or an old one's first words; STOP (a point) last: https://docs.python.org/3/library/pickletools.html */
export function isPickle(bytes: Buffer): boolean {
  const [first, second = 0] = bytes;
  if (bytes.at(-1) !== 0x2e) return false;
  if (first === 0x80) return second >= 2 && second <= 5;
  // Version 1 begins with an empty dict or list, and remembers it.
  if (first === 0x7d || first === 0x5d) return bytes.length > 3 && (second === 0x71 || second === 0x28);
  return first === 0x47 && bytes.length === 10;
}

/** Version 0: a dict, list or tuple, or a number or text, a line each: `(dp0\nVa\np1\nF21.5\ns.` */
export function isTextPickle(bytes: Buffer): boolean {
  return /^(?:\([dlt]?p\d{1,9}\n|\((?:[VFILS]|[dl]p)[^\n]{0,80}\n|[FIL]-?[\d.e+-]{1,40}L?\n\.|ccopy_reg\n|c[a-z_.]{1,40}\n)/.test(
    bytes.toString("latin1", 0, 100),
  );
}

/** Its length first, elements with types that there are, NUL last: https://bsonspec.org/spec.html */
export function isBson(bytes: Buffer): boolean {
  if (bytes.length < MIN_BSON_BYTES || bytes.readInt32LE(0) !== bytes.length || bytes.at(-1) !== 0) return false;
  if (bytes.length === MIN_BSON_BYTES) return true;
  const type = bytes[4] ?? 0;
  return ((type >= 0x01 && type <= 0x13) || type === 0x7f || type === 0xff) && isNameAt(bytes, 5);
}

/** A name of printable letters, ended by a NUL. */
function isNameAt(bytes: Buffer, at: number): boolean {
  const end = bytes.indexOf(0, at);
  return end > at && end - at < 128 && bytes.subarray(at, end).every((byte) => byte >= 0x20 && byte !== 0x7f);
}

/**
 * Fields with tags up to the last byte: https://protobuf.dev/programming-guides/encoding/
 * @returns the number of fields; 0 if these bytes are none
 */
export function protobufFields(bytes: Buffer): number {
  let at = 0;
  let fields = 0;
  while (at < bytes.length) {
    const tag = varintAt(bytes, at);
    if (tag === undefined) return 0;
    const number = Math.floor(tag.value / 8);
    if (number < 1 || number > MAX_PROTOBUF_FIELD) return 0;
    at = tag.next;
    switch (tag.value % 8) {
      case 0: {
        const value = varintAt(bytes, at);
        if (value === undefined) return 0;
        at = value.next;
        break;
      }
      case 1:
        at += 8;
        break;
      case 2: {
        const length = varintAt(bytes, at);
        if (length === undefined) return 0;
        at = length.next + length.value;
        break;
      }
      case 5:
        at += 4;
        break;
      default:
        return 0;
    }
    fields++;
  }
  return at === bytes.length ? fields : 0;
}

function varintAt(bytes: Buffer, from: number): { value: number; next: number } | undefined {
  let value = 0;
  for (let i = 0; i < 10; i++) {
    const byte = bytes[from + i];
    if (byte === undefined) return undefined;
    value += (byte & 0x7f) * 2 ** (7 * i);
    // A last byte of 0 could have been left out: nobody writes it.
    if (byte < 0x80) return byte === 0 && i > 0 ? undefined : { value, next: from + i + 1 };
  }
  return undefined;
}

/** The encapsulation of DDS (ROS 2) in little endian: OMG DDSI-RTPS, 10.2. Options are 0, but for a count of padding. */
export function isCdr(bytes: Buffer): boolean {
  const [first, kind = 0, third, fourth = 9] = bytes;
  return bytes.length >= 8 && first === 0 && kind <= 0x0b && kind % 2 === 1 && third === 0 && fourth <= 3;
}

/** One element, whose length is that of the message: ITU-T X.690. */
export function isDer(bytes: Buffer): boolean {
  const [tag, length = 0] = bytes;
  if (tag !== 0x30 || bytes.length < 4) return false;
  const more = length & 0x7f;
  if (length < 0x80) return length + 2 === bytes.length;
  return more >= 1 && more <= 3 && bytes.length > 2 + more && bytes.readUIntBE(2, more) + 2 + more === bytes.length;
}

/** Its version and type, and the length of a name: https://github.com/apache/thrift/blob/master/doc/specs/thrift-binary-protocol.md */
export function isThrift(bytes: Buffer): boolean {
  if (bytes.length < 12 || bytes[0] !== 0x80 || bytes[1] !== 0x01 || bytes[2] !== 0) return false;
  const type = bytes[3] ?? 0;
  return type >= 1 && type <= 4 && bytes.readUInt32BE(4) + 12 <= bytes.length;
}

/** Segments and their sizes first: https://capnproto.org/encoding.html#serialization-over-a-stream */
export function isCapnProto(bytes: Buffer): boolean {
  if (bytes.length < 16 || bytes.length % 8 !== 0 || bytes.readUInt32LE(0) !== 0) return false;
  return (bytes.readUInt32LE(4) + 1) * 8 === bytes.length && (bytes[8] ?? 0) % 4 === 0;
}

/** A root at an offset, which has a table of fields before it: https://flatbuffers.dev/internals/ */
export function isFlatBuffer(bytes: Buffer): boolean {
  if (bytes.length < 16) return false;
  const root = bytes.readUInt32LE(0);
  if (root < 4 || root % 4 !== 0 || root > bytes.length - 4) return false;
  const table = root - bytes.readInt32LE(root);
  if (table < 4 || table > bytes.length - 4 || table === root) return false;
  const tableBytes = bytes.readUInt16LE(table);
  const objectBytes = bytes.readUInt16LE(table + 2);
  if (tableBytes < 6 || tableBytes % 2 !== 0 || table + tableBytes > bytes.length || root + objectBytes > bytes.length)
    return false;
  for (let at = table + 4; at < table + tableBytes; at += 2) if (bytes.readUInt16LE(at) >= objectBytes) return false;
  return objectBytes >= 5;
}

/** One value up to the last byte: gnuradio-runtime/lib/pmt/pmt_serialize.cc */
export function isPmt(bytes: Buffer): boolean {
  const first = bytes[0] ?? 0xff;
  // A bare integer or float may be anything.
  return (first === 0x02 || (first >= 0x07 && first <= 0x0c)) && pmtEnd(bytes, 0, 0) === bytes.length;
}

function pmtEnd(bytes: Buffer, at: number, depth: number): number | undefined {
  if (depth > MAX_DEPTH || at >= bytes.length) return undefined;
  switch (bytes[at]) {
    case 0x00:
    case 0x01:
    case 0x06:
      return at + 1;
    case 0x02:
      return at + 3 <= bytes.length ? at + 3 + bytes.readUInt16BE(at + 1) : undefined;
    case 0x03:
      return at + 5;
    case 0x04:
    case 0x0b:
      return at + 9;
    case 0x05:
      return at + 17;
    case 0x07:
    case 0x09: {
      // Lists are pairs of pairs: the second part goes on at the same depth.
      let next: number | undefined = at;
      while (next !== undefined && (bytes[next] === 0x07 || bytes[next] === 0x09))
        next = pmtEnd(bytes, next + 1, depth + 1);
      return next === undefined ? undefined : pmtEnd(bytes, next, depth + 1);
    }
    case 0x08:
    case 0x0c: {
      if (at + 5 > bytes.length) return undefined;
      let next: number | undefined = at + 5;
      for (let left = bytes.readUInt32BE(at + 1); left > 0 && next !== undefined; left--)
        next = pmtEnd(bytes, next, depth + 1);
      return next;
    }
    case 0x0a: {
      const width = [1, 1, 2, 2, 4, 4, 8, 8, 4, 8, 8, 16][bytes[at + 1] ?? 99];
      if (width === undefined || at + 7 > bytes.length) return undefined;
      return at + 7 + (bytes[at + 6] ?? 0) + width * bytes.readUInt32BE(at + 2);
    }
    default:
      return undefined;
  }
}
