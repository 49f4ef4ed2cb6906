import { escaped } from "../../observability/printable.ts";
import { isAscii } from "../layout.ts";

const MAX_SHOWN_BYTES = 16;
const MAX_SHOWN_LENGTH = 40;
const MAX_SUBSCRIPTION_BYTES = 256;
const SUBSCRIPTION = /^[A-Za-z_/][\w/.:-]{2,255}$/;
const MIN_LETTERS = 0.7;

/** A frame for people: its text in quotes, or its bytes in hexadecimal. */
export function shown(frame: Buffer): string {
  const start = frame.subarray(0, MAX_SHOWN_LENGTH);
  if (isAscii(start)) return `"${escaped(start.toString(), MAX_SHOWN_LENGTH)}"`;
  const bytes = frame
    .subarray(0, MAX_SHOWN_BYTES)
    .toString("hex")
    .replace(/..(?=.)/g, "$& ");
  const more = frame.length > MAX_SHOWN_BYTES ? " …" : "";
  return `${frame.length} ${frame.length === 1 ? "byte" : "bytes"}: ${bytes}${more}`;
}

/** What a frame looks like that is no topic in UTF-8, in some words: `text in Latin-1 ("température")`. */
export function likeness(frame: Buffer): string {
  const text = frame.toString("latin1", 0, MAX_SHOWN_LENGTH);
  if (frame.length === 5 && frame[0] === 0) return "the identity that a ROUTER socket puts before a message";
  const utf16 = utf16Of(frame);
  if (utf16 !== undefined) return `text in UTF-16 ("${escaped(utf16, MAX_SHOWN_LENGTH)}")`;
  if (isMarkedText(frame)) {
    const code = (frame[0] ?? 0).toString(16).padStart(2, "0");
    return `a byte 0x${code} and the text "${escaped(text.slice(1), MAX_SHOWN_LENGTH)}"`;
  }
  const ascii = text.replace(/[^\w/.:\- ]/g, "").length;
  const letters = text.replace(/[^\w/.:\- \u00c0-\u00ff]/g, "").length;
  // biome-ignore lint/suspicious/noControlCharactersInRegex: text has none
  if (!/[\u0000-\u001f\u007f-\u009f]/.test(text) && letters >= MIN_LETTERS * text.length && 2 * ascii >= text.length) {
    return `text in Latin-1 ("${escaped(text, MAX_SHOWN_LENGTH)}")`;
  }
  return frame.length === 16 ? `a UUID (${shown(frame)})` : `binary (${shown(frame)})`;
}

/** Text behind one byte that is none, as a length or the mark of a subscription is. */
export function isMarkedText(frame: Buffer): boolean {
  return frame.length > 2 && (frame[0] ?? 0xff) < 0x20 && isAscii(frame.subarray(1));
}

/** What a SUB socket sends to XPUB: 1 or 0, and a topic (https://rfc.zeromq.org/spec/29/). */
export function isSubscription(frame: Buffer): boolean {
  return (
    (frame[0] ?? 0xff) <= 1 && frame.length < MAX_SUBSCRIPTION_BYTES && SUBSCRIPTION.test(frame.toString("latin1", 1))
  );
}

function utf16Of(frame: Buffer): string | undefined {
  if (frame.length < 3) return undefined;
  // The last NUL may have been taken off.
  const whole = frame.length % 2 === 0 ? frame : Buffer.concat([frame, Buffer.alloc(1)]);
  const start = whole.subarray(0, 2 * MAX_SHOWN_LENGTH);
  const text = start.toString("utf16le").replace(/^\uFEFF/, "");
  if (isAscii(Buffer.from(text))) return text;
  const swapped = Buffer.from(start)
    .swap16()
    .toString("utf16le")
    .replace(/^\uFEFF/, "");
  return isAscii(Buffer.from(swapped)) ? swapped : undefined;
}
