import { MAX_FRAME_BYTES } from "../limits.ts";

/**
 * The fixed header of a frame (SPEC.md, "The frame"). It is read, and the channel's numbers are
 * written into it, without touching the body. Everything is little-endian.
 *
 *     0  u32 magic "PLCT"     4  u8 version   5  u8 0   6  u16 header bytes (64)
 *     8  8 bytes publisher   16  u64 publisher's seq   24  u64 seq   32  u64 epoch
 *    40  u32 points          44  u32 body bytes        48  f64 min x  56  f64 max x
 */
export const HEADER_BYTES = 64;
/** "PLCT" read as a little-endian u32. */
export const MAGIC = 0x54434c50;
export const FRAME_VERSION = 1;
/** The publisher of points that came without one: a POST of JSON. Its frames are never taken for repeats. */
export const ANONYMOUS = "0000000000000000";

export interface FrameHeader {
  /** 16 hexadecimal digits, kept by a publisher across restarts. */
  publisher: string;
  /** The publisher's own number of this frame: from 1, growing. */
  publisherSeq: number;
  /**
   * The channel's number of this frame's last point: so many points the channel has taken in this
   * epoch, this frame's included. 0 until the Channel has numbered it.
   */
  seq: number;
  /** Which numbering `seq` belongs to. 0 until the Channel has numbered it. */
  epoch: number;
  points: number;
  minX: number;
  maxX: number;
  bodyBytes: number;
}

/** Why bytes are not a frame: a stable code and a sentence for people. */
export interface FrameFault {
  code:
    | "frame-truncated"
    | "frame-magic"
    | "frame-version"
    | "frame-length"
    | "frame-count"
    | "frame-column"
    | "frame-layout";
  message: string;
}

export class FrameError extends Error {
  readonly code: FrameFault["code"];
  constructor(code: FrameFault["code"], message: string) {
    super(message);
    this.name = "FrameError";
    this.code = code;
  }
}

export function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/**
 * Reads the header of the frame that begins at `offset`.
 * @throws FrameError if these are not the bytes of a whole frame of this version
 */
export function readHeader(bytes: Uint8Array, offset = 0): FrameHeader {
  const available = bytes.byteLength - offset;
  if (available < HEADER_BYTES) {
    throw new FrameError("frame-truncated", `A frame has ${HEADER_BYTES} bytes of header; here are ${available}.`);
  }
  const view = viewOf(bytes);
  if (view.getUint32(offset, true) !== MAGIC) {
    throw new FrameError("frame-magic", 'A frame begins with the four bytes "PLCT"; this does not.');
  }
  const version = view.getUint8(offset + 4);
  if (version !== FRAME_VERSION || view.getUint8(offset + 5) !== 0) {
    throw new FrameError("frame-version", `This speaks version ${FRAME_VERSION} of the frame; this one is ${version}.`);
  }
  if (view.getUint16(offset + 6, true) !== HEADER_BYTES) {
    throw new FrameError("frame-length", `The header's length must be ${HEADER_BYTES}.`);
  }
  const bodyBytes = view.getUint32(offset + 44, true);
  if (bodyBytes % 8 !== 0 || HEADER_BYTES + bodyBytes > MAX_FRAME_BYTES) {
    throw new FrameError(
      "frame-length",
      `A body is a multiple of 8 bytes and a frame at most ${MAX_FRAME_BYTES}; this body says ${bodyBytes}.`,
    );
  }
  if (available < HEADER_BYTES + bodyBytes) {
    throw new FrameError("frame-truncated", `The header announces ${bodyBytes} bytes of body; the frame is cut short.`);
  }
  return {
    publisher: readPublisher(bytes, offset),
    publisherSeq: readUint53(view, offset + 16),
    seq: readUint53(view, offset + 24),
    epoch: readUint53(view, offset + 32),
    points: view.getUint32(offset + 40, true),
    minX: view.getFloat64(offset + 48, true),
    maxX: view.getFloat64(offset + 56, true),
    bodyBytes,
  };
}

/** Writes a whole header; the counterpart of {@link readHeader}. */
export function writeHeader(bytes: Uint8Array, header: FrameHeader): void {
  const view = viewOf(bytes);
  view.setUint32(0, MAGIC, true);
  view.setUint8(4, FRAME_VERSION);
  view.setUint8(5, 0);
  view.setUint16(6, HEADER_BYTES, true);
  bytes.set(publisherBytes(header.publisher), 8);
  writeUint53(view, 16, header.publisherSeq);
  numberFrame(bytes, header.epoch, header.seq);
  view.setUint32(40, header.points, true);
  view.setUint32(44, header.bodyBytes, true);
  view.setFloat64(48, header.minX, true);
  view.setFloat64(56, header.maxX, true);
}

/** Writes the channel's numbers into a frame, in place. */
export function numberFrame(bytes: Uint8Array, epoch: number, seq: number): void {
  const view = viewOf(bytes);
  writeUint53(view, 24, seq);
  writeUint53(view, 32, epoch);
}

/** The frame as `publisher` sends it under `publisherSeq`: itself, if it is that already, else a copy. */
export function framedBy(frame: Uint8Array, publisher: string, publisherSeq: number): Uint8Array {
  if (readPublisher(frame, 0) === publisher && readUint53(viewOf(frame), 16) === publisherSeq) return frame;
  // Not `slice`: that of a Node Buffer copies nothing.
  const copy = new Uint8Array(frame);
  copy.set(publisherBytes(publisher), 8);
  writeUint53(viewOf(copy), 16, publisherSeq);
  return copy;
}

/** The frames of a body that holds one or more, one after the other, as views into it. */
export function splitFrames(body: Uint8Array): Uint8Array[] {
  const frames: Uint8Array[] = [];
  for (let offset = 0; offset < body.byteLength; ) {
    const { bodyBytes } = readHeader(body, offset);
    const end = offset + HEADER_BYTES + bodyBytes;
    frames.push(body.subarray(offset, end));
    offset = end;
  }
  return frames;
}

export function isPublisherId(text: string): boolean {
  return /^[0-9a-f]{16}$/.test(text);
}

function readPublisher(bytes: Uint8Array, offset: number): string {
  let hex = "";
  for (let i = 0; i < 8; i++) hex += (bytes[offset + 8 + i] ?? 0).toString(16).padStart(2, "0");
  return hex;
}

function publisherBytes(id: string): Uint8Array {
  if (!isPublisherId(id)) throw new RangeError(`A publisher's id is 16 hexadecimal digits, not "${id}".`);
  return Uint8Array.from({ length: 8 }, (_, i) => Number.parseInt(id.slice(2 * i, 2 * i + 2), 16));
}

/** A u64 that must be a safe integer: numbers in JavaScript are exact up to 2^53. */
function readUint53(view: DataView, offset: number): number {
  const value = view.getUint32(offset + 4, true) * 2 ** 32 + view.getUint32(offset, true);
  if (!Number.isSafeInteger(value)) throw new FrameError("frame-count", "A number in the header is over 2^53.");
  return value;
}

function writeUint53(view: DataView, offset: number, value: number): void {
  if (!Number.isSafeInteger(value) || value < 0) throw new RangeError(`${value} is not a safe whole number.`);
  view.setUint32(offset, value % 2 ** 32, true);
  view.setUint32(offset + 4, Math.floor(value / 2 ** 32), true);
}
