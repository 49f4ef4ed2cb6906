import { type ArrayHeader, headerOf, wrongArray } from "./array-header.ts";

/** https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html */
const MAGIC = Buffer.from("\x93NUMPY", "latin1");
const PREAMBLE_BYTES = 10;
/** A header of version 1 is shorter. */
const MAX_HEADER_BYTES = 1 << 16;

/** Whether these are the bytes of a `.npy` file, as `numpy.save` writes it. */
export function isNpy(bytes: Buffer): boolean {
  return bytes[0] === 0x93 && bytes.length > PREAMBLE_BYTES && bytes.subarray(0, MAGIC.length).equals(MAGIC);
}

/** @throws DecodeError not-samples */
export function headerOfNpy(bytes: Buffer): { header: ArrayHeader; data: Buffer } {
  const isLong = (bytes[6] ?? 0) > 1;
  const from = isLong ? PREAMBLE_BYTES + 2 : PREAMBLE_BYTES;
  if (bytes.length < from) throw wrongArray("it is cut off");
  const length = isLong ? bytes.readUInt32LE(8) : bytes.readUInt16LE(8);
  if (length > MAX_HEADER_BYTES || from + length > bytes.length) throw wrongArray("its header is cut off");
  // A Python dict with these three keys: {'descr': '<f4', 'fortran_order': False, 'shape': (3, 4), }
  const text = bytes.toString("latin1", from, from + length);
  const dtype = /'descr': '([^']{1,32})'/.exec(text)?.[1];
  const order = /'fortran_order': (True|False)/.exec(text)?.[1];
  const shape = /'shape': \(([\d, ]{0,200})\)/.exec(text)?.[1];
  if (dtype === undefined || order === undefined || shape === undefined) {
    throw wrongArray("this .npy holds no plain numbers. Send its columns one by one, or JSON");
  }
  const header = headerOf({ dtype, shape: `(${shape})`, fortran_order: order === "True" });
  return { header, data: bytes.subarray(from + length) };
}
