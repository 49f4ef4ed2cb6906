import { DecodeError } from "./message.ts";

/** What begins like this is known and not read: what it is, and what to do. */
const KNOWN: readonly { magic: readonly number[]; what: string }[] = [
  // https://github.com/lz4/lz4/blob/dev/doc/lz4_Frame_format.md
  { magic: [0x04, 0x22, 0x4d, 0x18], what: "LZ4, which is not read. Compress with zlib, gzip or zstd" },
  // https://github.com/google/snappy/blob/main/framing_format.txt
  {
    magic: [0xff, 0x06, 0x00, 0x00, 0x73, 0x4e, 0x61, 0x50],
    what: "Snappy, which is not read. Compress with zlib, gzip or zstd",
  },
  { magic: [0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00], what: "xz, which is not read. Compress with zlib, gzip or zstd" },
  { magic: [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a], what: "a PNG picture: there are no numbers to plot" },
  { magic: [0xff, 0xd8, 0xff], what: "a JPEG picture: there are no numbers to plot" },
];

/** Why bytes that are well known are not read; undefined if they are not. */
export function foreignFault(bytes: Buffer): DecodeError | undefined {
  const known = KNOWN.find(({ magic }) => magic.every((byte, i) => bytes[i] === byte));
  if (known !== undefined) return new DecodeError("unsupported", `This is ${known.what}.`);
  // PROTO and its version first, STOP (a point) last: https://docs.python.org/3/library/pickletools.html
  const version = bytes[1] ?? 0;
  if (bytes[0] !== 0x80 || version < 2 || version > 5 || bytes.at(-1) !== 0x2e) return undefined;
  return new DecodeError(
    "unsupported",
    "This is a Python pickle, which is not read: reading one may run any program. Send JSON (send_json) or msgpack.",
  );
}
