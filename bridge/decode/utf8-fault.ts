import { CUT, hex } from "./json-fault.ts";

/** Which byte is not UTF-8, and what to do. */
export function notUtf8Text(bytes: Buffer): string {
  const at = firstNotUtf8(bytes);
  const byte = bytes[at];
  if (byte === undefined) return "This is not UTF-8.";
  const before = `This is not UTF-8, at byte ${at + 1} (0x${hex(byte, 2)}`;
  const needs = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : byte >= 0xc2 ? 2 : 1;
  if (byte < 0xf5 && at + needs > bytes.length && bytes.subarray(at + 1).every((next) => next >> 6 === 2)) {
    return `${before}): it ends in the middle of a character. ${CUT}`;
  }
  const latin = byte >= 0xa0 ? `, in Latin-1 "${String.fromCharCode(byte)}"` : "";
  return `${before}${latin}): encode text as UTF-8.`;
}

function firstNotUtf8(bytes: Buffer): number {
  const text = bytes.toString("utf8");
  let at = 0;
  for (let from = 0; ; ) {
    const found = text.indexOf("\ufffd", from);
    if (found < 0) return bytes.length;
    at += Buffer.byteLength(text.slice(from, found));
    // The character itself may be meant.
    if (bytes[at] !== 0xef || bytes[at + 1] !== 0xbf || bytes[at + 2] !== 0xbd) return at;
    at += 3;
    from = found + 1;
  }
}
