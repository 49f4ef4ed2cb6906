/** Every number that messages can be read to hold, in text or in bytes. */
import { isTextRatherThan } from "../../bridge/decode/auto/text-beside-samples.ts";
import { inflate, wrappingOf } from "../../bridge/decode/inflate.ts";
import { f16, f32, f64 } from "../support/little-endian.ts";

const WITH_POINT = /[-+]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][-+]?\d+)?/g;
const WITH_COMMA = /[-+]?\d*,\d+(?:[eE][-+]?\d+)?/g;
const GROUPED = /-?\d{1,3}(?:[.,'\u2019\u00a0\u202f]\d{3})+(?:[.,]\d+)?/g;
const PLAIN_TEXT = /^[\t\n\r\x20-\x7e]*$/;
/** Above, several whole numbers of 64 bits have the same float64. */
const MAX_EXACT = 2 ** 53;

/** The numbers in the frames of some messages. */
export class SentNumbers {
  /** As they came, and inflated where they are packed. */
  readonly #frames: readonly Buffer[];
  readonly #areBytes: boolean;
  #binary: readonly Buffer[] | undefined;
  #inText: Set<number> | undefined;

  /** @param areBytes also of what can be read as text: it was said that it is samples */
  constructor(frames: readonly Buffer[], areBytes = false) {
    this.#frames = frames;
    this.#areBytes = areBytes;
  }

  has(value: number): boolean {
    this.#look();
    if (this.#inText?.has(value)) return true;
    return this.#binary?.some((frame) => isInBytes(value, frame)) ?? false;
  }

  #look(): void {
    if (this.#inText !== undefined) return;
    const frames = this.#frames.flatMap((frame) => [frame, ...inflated(frame)]);
    this.#inText = new Set(frames.flatMap((frame) => [...numbersInText(frame)]));
    // Text has no numbers but those that can be read.
    this.#binary = frames.filter(
      (frame) => this.#areBytes || !isTextRatherThan(1, frame) || !PLAIN_TEXT.test(frame.toString("latin1")),
    );
  }
}

function inflated(frame: Buffer): Buffer[] {
  const wrapping = wrappingOf(frame);
  try {
    return wrapping === undefined ? [] : [inflate(frame, wrapping)];
  } catch {
    return [];
  }
}

/** With a point or a comma; a minus may be that of typesetters, and thousands may stand apart. */
function* numbersInText(frame: Buffer): Generator<number> {
  const text = frame.toString().replaceAll("\u2212", "-");
  for (const [found] of text.matchAll(WITH_POINT)) yield Number(found);
  for (const [found] of text.matchAll(WITH_COMMA)) yield Number(found.replace(",", "."));
  for (const [found] of text.matchAll(GROUPED)) {
    yield Number(found.replace(/[.'\u2019\u00a0\u202f](?=\d{3})/g, "").replace(",", "."));
    yield Number(found.replace(/[,'\u2019\u00a0\u202f](?=\d{3})/g, ""));
  }
}

/** Whether some bytes of a frame, from any place on, are a number in a form that any packing has. */
function isInBytes(value: number, frame: Buffer): boolean {
  if (frame.includes(f64(value)) || frame.includes(f64(value).reverse())) return true;
  if (Math.fround(value) === value) {
    if (frame.includes(f32(value)) || frame.includes(f32(value).reverse())) return true;
    if (Math.f16round(value) === value && (frame.includes(f16(value)) || frame.includes(f16(value).reverse())))
      return true;
  }
  if (!Number.isInteger(value)) return false;
  if (Math.abs(value) >= MAX_EXACT) return isLargeInBytes(value, frame);
  if (isSmallInBytes(value, frame)) return true;
  // CBOR keeps -1 - n.
  const forms = value < 0 ? [BigInt(value), BigInt(-1 - value)] : [BigInt(value)];
  return forms.some((form) => {
    const bytes = Buffer.alloc(8);
    bytes.writeBigInt64BE(form);
    const width = widthOf(form);
    return [1, 2, 4, 8]
      .filter((each) => each >= width)
      .some((each) => {
        const big = bytes.subarray(8 - each);
        return frame.includes(big) || frame.includes(Buffer.from(big).reverse());
      });
  });
}

/** In the byte that says what it is, as MessagePack and CBOR keep them. */
function isSmallInBytes(value: number, frame: Buffer): boolean {
  if (value < -32 || value > 31) return false;
  const low = value < 0 ? -1 - value : value;
  return frame.some((byte) => (byte & 0x1f) === low);
}

/** Of 8 bytes, or of as many as it needs: CBOR and MessagePack have whole numbers of any size. */
function isLargeInBytes(value: number, frame: Buffer): boolean {
  const least = Math.ceil((Math.log2(Math.abs(value)) - 0.001) / 8);
  const widths = new Set([8, least, least + 1].filter((width) => width >= 8));
  return [...widths].some((width) => {
    for (let at = 0; at + width <= frame.length; at++) {
      const bytes = frame.subarray(at, at + width);
      if (isWhole(value, bytes) || isWhole(value, Buffer.from(bytes).reverse())) return true;
    }
    return false;
  });
}

function isWhole(value: number, bytes: Buffer): boolean {
  const bits = BigInt(`0x${bytes.toString("hex")}`);
  return [bits, BigInt.asIntN(8 * bytes.length, bits), -1n - bits].some((form) => Number(form) === value);
}

/** The fewest bytes that have a whole number, with a sign or without. */
function widthOf(value: bigint): number {
  const fits = (width: number): boolean =>
    BigInt.asUintN(width * 8, value) === value || BigInt.asIntN(width * 8, value) === value;
  return [1, 2, 4].find(fits) ?? 8;
}
