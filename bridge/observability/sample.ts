import { isUtf8 } from "node:buffer";
import { escaped } from "./printable.ts";

const MAX_SAMPLE_FRAMES = 4;
/** Of each frame. */
const MAX_SAMPLE_BYTES = 240;
const MAX_SAMPLE_LENGTH = 120;
const MAX_HEX_BYTES = 24;
/** Less is a number of a few bytes rather. */
const MIN_PADDED_TEXT = 4;
export const MAX_TOPIC_LENGTH = 80;
const MAX_TOPIC_BYTES = 1024;
// biome-ignore lint/suspicious/noControlCharactersInRegex: binary is what it rules out
const WORD_BEFORE_JSON = /^([^\s{["\u0000-\u001f\u007f\ufffd][^\s\u0000-\u001f\u007f\ufffd]*)[ \t]+[{["]/;

/** As much of a message as is shown of it, and none of the memory that the message takes. */
export interface Excerpt {
  readonly heads: readonly { bytes: Uint8Array; length: number }[];
  readonly frames: number;
}

export function excerptOf(frames: readonly Uint8Array[]): Excerpt {
  const heads = frames.slice(0, MAX_SAMPLE_FRAMES).map((frame) => {
    return { bytes: new Uint8Array(frame.subarray(0, MAX_SAMPLE_BYTES)), length: frame.length };
  });
  return { heads, frames: frames.length };
}

/** The beginning of a message, on one line: what is text as text, other bytes in hexadecimal. */
export function sampleOf({ heads, frames }: Excerpt): string {
  const parts = heads.map((head) => {
    const bytes = Buffer.from(head.bytes.buffer, 0, head.bytes.length);
    return textIn(bytes, head.length > bytes.length) ?? paddedIn(bytes) ?? hexOf(bytes, head.length);
  });
  if (frames > heads.length) parts.push("…");
  return escaped(parts.join(" | "), MAX_SAMPLE_LENGTH);
}

/** A cut may go through a character: then what is before it counts. */
function textIn(bytes: Buffer, isCut: boolean): string | undefined {
  for (let left = 0; left < (isCut ? 4 : 1); left++) {
    const part = bytes.subarray(0, bytes.length - left);
    if (isUtf8(part)) return isMostlyText(part) ? part.toString() : undefined;
  }
  // Text in another encoding, or with a few bytes before it: what is no ASCII is written as its byte.
  if (!isMostlyText(bytes)) return undefined;
  return bytes.toString("latin1").replace(/[\x80-\xff]/g, (byte) => `\\x${byte.charCodeAt(0).toString(16)}`);
}

/** Text with NULs behind it, of which the first is shown. */
function paddedIn(bytes: Buffer): string | undefined {
  const end = bytes.indexOf(0);
  if (end < MIN_PADDED_TEXT || bytes.subarray(end).some((byte) => byte !== 0)) return undefined;
  const text = textIn(bytes.subarray(0, end), false);
  return text === undefined ? undefined : `${text}\\x00…`;
}

/** Some bytes that are no ASCII, or control characters as in colours, are still text. */
function isMostlyText(bytes: Buffer): boolean {
  const isText = isUtf8(bytes);
  let others = 0;
  for (const byte of bytes) {
    const isLineEnd = byte === 0x09 || byte === 0x0a || byte === 0x0d;
    if ((byte < 0x20 && !isLineEnd) || byte === 0x7f || (byte > 0x7f && !isText)) others++;
  }
  return others * 8 <= bytes.length;
}

function hexOf(bytes: Buffer, length: number): string {
  const shown = bytes.subarray(0, MAX_HEX_BYTES);
  const pairs = shown.toString("hex").replace(/(..)(?=.)/g, "$1 ");
  return `0x ${pairs}${length > shown.length ? " …" : ""}`;
}

/**
 * What a message that nobody has read seems to have as topic: its first frame of several, or the word before JSON in one.
 * Bytes that are no text have none.
 */
export function topicOf(frames: readonly Uint8Array[]): string {
  const [first] = frames;
  if (first === undefined) return "";
  const bytes = Buffer.from(first.buffer, first.byteOffset, Math.min(first.length, MAX_TOPIC_BYTES));
  if (frames.length > 1) return isUtf8(bytes) ? bytes.toString() : hexOf(bytes, first.length);
  return WORD_BEFORE_JSON.exec(bytes.toString())?.[1] ?? "";
}
