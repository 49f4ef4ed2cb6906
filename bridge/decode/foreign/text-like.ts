/** Text that is not UTF-8, or has other bytes around it. */

const MIN_BYTES = 6;
/** Further text says nothing else, and each byte costs. */
const MAX_LOOK_BYTES = 1 << 12;
const MOST = 0.85;
/** Of letters, digits and what stands between them. */
const MOST_COMMON = 0.7;

/** In which encoding bytes are text; undefined if they are none. */
export function encodingOf(whole: readonly Buffer[]): string | undefined {
  if (whole.reduce((sum, { length }) => sum + length, 0) < MIN_BYTES) return undefined;
  if (whole.every(hasBom)) return "UTF-16";
  const isEven = whole.every(({ length }) => length % 2 === 0);
  const messages = whole.map((message) => message.subarray(0, MAX_LOOK_BYTES));
  for (const high of [1, 0]) {
    const isUtf16 = messages.every(
      (message) =>
        isEven && isText(everyOther(message, 1 - high)) && everyOther(message, high).every((byte) => byte === 0),
    );
    if (isUtf16) return high === 1 ? "UTF-16" : "UTF-16 (big endian)";
  }
  for (const isBig of [false, true]) {
    if (messages.every((message) => isUtf32(message, isBig))) return isBig ? "UTF-32 (big endian)" : "UTF-32";
  }
  if (messages.every((message) => isText(message))) return "Latin-1 or another encoding of one byte a letter";
  return messages.every((message) => isText(core(message)))
    ? "text with other bytes around it, such as its length"
    : undefined;
}

function hasBom(bytes: Buffer): boolean {
  return (
    bytes.length % 2 === 0 && ((bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff))
  );
}

/** Code points of the first plane, half of them ASCII, none a control character: round floats have a few of these, too. */
function isUtf32(bytes: Buffer, isBig: boolean): boolean {
  if (bytes.length < 4 * MIN_BYTES || bytes.length % 4 !== 0) return false;
  let common = 0;
  for (let at = 0; at < bytes.length; at += 4) {
    const point = isBig ? bytes.readUInt32BE(at) : bytes.readUInt32LE(at);
    const isMark = point === 0xfeff || point === 0x09 || point === 0x0a || point === 0x0d;
    if (!isMark && (point < 0x20 || point > 0xffff || point === 0x7f)) return false;
    if (isCommon(point)) common++;
  }
  return common >= bytes.length / 4 / 2;
}

function everyOther(bytes: Buffer, from: number): Buffer {
  return Buffer.from(bytes.filter((_, i) => i % 2 === from));
}

/** Without up to eight bytes before it that are no letters, and without NULs. */
function core(bytes: Buffer): Buffer {
  let from = 0;
  while (from < 8 && from < bytes.length && ((bytes[from] ?? 0) < 0x20 || (bytes[from] ?? 0) > 0x7e)) from++;
  let to = bytes.length;
  while (to > from && (bytes[to - 1] ?? 0) < 0x20) to--;
  return bytes.subarray(from, to);
}

function isText(bytes: Buffer): boolean {
  if (bytes.length < MIN_BYTES / 2) return false;
  let printable = 0;
  let common = 0;
  let kinds = 0;
  const seen = new Set<number>();
  for (const byte of bytes) {
    if (isPrintable(byte)) printable++;
    if (isCommon(byte)) common++;
    if (byte < 0x09) kinds++;
    seen.add(byte);
  }
  return kinds === 0 && printable >= MOST * bytes.length && common >= MOST_COMMON * bytes.length && seen.size > 2;
}

function isPrintable(byte: number): boolean {
  return (byte >= 0x20 && byte < 0x7f) || byte === 0x09 || byte === 0x0a || byte === 0x0d;
}

function isCommon(byte: number): boolean {
  return (
    (byte >= 0x30 && byte <= 0x39) ||
    (byte >= 0x41 && byte <= 0x5a) ||
    (byte >= 0x61 && byte <= 0x7a) ||
    [0x20, 0x2c, 0x2e, 0x3a, 0x22, 0x0a].includes(byte)
  );
}
