import { FrameBuilder } from "../../protocol/frame/frame-builder.ts";
import { MAX_LABEL_BYTES } from "../../protocol/limits.ts";
import { CHANNEL_ITSELF } from "../../protocol/room/channel-itself.ts";

/** Frames that a channel makes itself: what happened in its room, as events of its log. */

const encoder = new TextEncoder();
const decoder = new TextDecoder();
const ELLIPSIS = "…";

/**
 * One event.
 * @param x unix seconds, or whatever the channel's x is
 * @param value its y: the text is its label, and in another frame the same value may have another
 */
export function eventFrame(
  series: string,
  x: number,
  text: string,
  value: number,
  publisherSeq: number,
): Uint8Array<ArrayBuffer> {
  const builder = new FrameBuilder();
  const marks = [{ series, style: "event", value, text: fittingLabel(text) }] as const;
  builder.add({ x, names: [series], values: [value], arrival: false, marks });
  return builder.encode(CHANNEL_ITSELF, publisherSeq);
}

/** Text without what would end a line. */
export function inOneLine(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is taken out
  return text.toWellFormed().replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]+/g, " ");
}

/** Text as a label may be: in one line, of so many bytes. */
export function fittingLabel(text: string): string {
  const line = inOneLine(text);
  const bytes = encoder.encode(line);
  if (bytes.byteLength <= MAX_LABEL_BYTES) return line;
  let end = MAX_LABEL_BYTES - encoder.encode(ELLIPSIS).byteLength;
  // Not in the middle of a character: what goes on in one begins with the bits 10.
  while (((bytes[end] ?? 0) & 0xc0) === 0x80) end--;
  return `${decoder.decode(bytes.subarray(0, end))}${ELLIPSIS}`;
}
