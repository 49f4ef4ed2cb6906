/** What begins with bytes that nothing else begins with. */

interface Magic {
  /** Bytes from the first on; undefined: any. */
  begins: readonly (number | undefined)[];
  what: string;
  /** What else must hold, where the bytes are few. */
  and?: (bytes: Buffer) => boolean;
}

const COMPRESS = "which is not read. Compress with zlib, gzip or zstd";
const NO_NUMBERS = "there are no numbers to plot. Send what is measured in it, as JSON";
const UNPACK = "which is not read. Send its numbers as JSON, msgpack or CBOR";
const WAV = "a WAV file. Leave its header out with --skip-bytes 44, and say what the samples are: --format i16x2@48k";
const ARRAYS =
  "which is not read. Send JSON, msgpack, or the array with a header before it (docs/PUBLISHERS.md, Arrays)";

const text = (letters: string): number[] => [...Buffer.from(letters, "latin1")];
const any = (count: number): undefined[] => Array.from({ length: count }, () => undefined);

const KNOWN: readonly Magic[] = [
  // https://github.com/lz4/lz4/blob/dev/doc/lz4_Frame_format.md
  { begins: [0x04, 0x22, 0x4d, 0x18], what: `LZ4, ${COMPRESS}` },
  // https://github.com/google/snappy/blob/main/framing_format.txt
  { begins: [0xff, 0x06, 0x00, 0x00, ...text("sNaP")], what: `Snappy, ${COMPRESS}` },
  { begins: [0xfd, ...text("7zXZ"), 0x00], what: `xz, ${COMPRESS}` },
  { begins: text("BZh"), what: `bzip2, ${COMPRESS}`, and: (bytes) => bytes.toString("latin1", 4, 10) === "1AY&SY" },
  // https://netpbm.sourceforge.net/doc/pgm.html
  { begins: [0x50, undefined, undefined], what: `a PGM or PPM picture: ${NO_NUMBERS}`, and: isNetpbm },
  { begins: [0x89, ...text("PNG\r\n\x1a\n")], what: `a PNG picture: ${NO_NUMBERS}` },
  { begins: [0xff, 0xd8, 0xff], what: `a JPEG picture: ${NO_NUMBERS}` },
  { begins: text("GIF8"), what: `a GIF picture: ${NO_NUMBERS}` },
  {
    begins: text("BM"),
    what: `a BMP picture: ${NO_NUMBERS}`,
    and: (bytes) => bytes.length > 26 && bytes.readUInt32LE(2) === bytes.length,
  },
  { begins: [...text("RIFF"), ...any(4), ...text("WEBP")], what: `a WebP picture: ${NO_NUMBERS}` },
  { begins: [...text("RIFF"), ...any(4), ...text("WAVE")], what: WAV },
  { begins: [...text("RIFF"), ...any(4), ...text("AVI ")], what: `an AVI video: ${NO_NUMBERS}` },
  { begins: [...any(4), ...text("ftyp")], what: `an MP4 video or a HEIF picture: ${NO_NUMBERS}` },
  { begins: [0x1a, 0x45, 0xdf, 0xa3], what: `a WebM or Matroska video: ${NO_NUMBERS}` },
  { begins: text("II*\0"), what: `a TIFF picture: ${NO_NUMBERS}` },
  { begins: text("MM\0*"), what: `a TIFF picture: ${NO_NUMBERS}` },
  { begins: [0x00, 0x00, 0x00, 0x01, undefined], what: `H.264 or H.265 video: ${NO_NUMBERS}`, and: isNal },
  { begins: text("OggS\0"), what: `Ogg audio, compressed: ${NO_NUMBERS}` },
  { begins: text("fLaC"), what: `FLAC audio, compressed: ${NO_NUMBERS}` },
  { begins: text("ID3"), what: `MP3 audio, compressed: ${NO_NUMBERS}`, and: (bytes) => (bytes[3] ?? 9) < 5 },
  {
    begins: [0xff, undefined, undefined, undefined],
    what: `MP3 or AAC audio, compressed: ${NO_NUMBERS}`,
    and: isMpegAudio,
  },
  {
    begins: [...text("FORM"), ...any(4), ...text("AIF")],
    what: "an AIFF file. Send its samples alone, and say what they are: --format i16bex2@48k",
  },
  { begins: [0x89, ...text("HDF\r\n\x1a\n")], what: `an HDF5 file, ${ARRAYS}` },
  { begins: text("CDF"), what: `a NetCDF file, ${ARRAYS}`, and: (bytes) => (bytes[3] ?? 9) <= 5 },
  { begins: text("MATLAB 5.0"), what: `a MATLAB file, ${ARRAYS}` },
  { begins: text("ARROW1"), what: `an Arrow file, ${ARRAYS}` },
  { begins: [0xff, 0xff, 0xff, 0xff, undefined, undefined, 0x00, 0x00], what: `Arrow IPC, ${ARRAYS}`, and: isArrow },
  { begins: text("PAR1"), what: `a Parquet file, ${ARRAYS}` },
  { begins: text("Obj\x01"), what: `an Avro file, ${UNPACK}` },
  { begins: [0xc3, 0x01], what: `Avro, ${UNPACK}`, and: (bytes) => bytes.length >= 11 },
  { begins: text("SQLite format 3\0"), what: `an SQLite file, ${UNPACK}` },
  {
    begins: text("PK\x03\x04"),
    what: "a ZIP file (.npz, too), which is not read. Send its parts one by one; numpy.save (.npy) is read",
  },
  { begins: text("Rar!\x1a\x07"), what: `a RAR file, ${UNPACK}` },
  { begins: [...text("7z"), 0xbc, 0xaf, 0x27, 0x1c], what: `a 7z file, ${UNPACK}` },
  { begins: [0x7f, ...text("ELF")], what: "an ELF program: there are no numbers to plot" },
  {
    begins: text("MZ"),
    what: "a Windows program: there are no numbers to plot",
    and: (bytes) => bytes.includes("This program"),
  },
  { begins: text("%PDF-"), what: `a PDF file: ${NO_NUMBERS}` },
  { begins: text("#ROSBAG V"), what: `a ROS bag, ${UNPACK}` },
  { begins: [0x89, ...text("MCAP0\r\n")], what: `an MCAP file, ${UNPACK}` },
  { begins: [0xa1, 0xb2, 0xc3, 0xd4], what: `a pcap capture, ${UNPACK}` },
  { begins: [0xd4, 0xc3, 0xb2, 0xa1], what: `a pcap capture, ${UNPACK}` },
  // gr-zeromq, tag_headers.cc: GR_HEADER_MAGIC and GR_HEADER_VERSION
  {
    begins: [0xf0, 0x5f, 0x01],
    what: "a GNU Radio message with tags. Read it with --preset gnuradio --format f32@32k",
  },
  { begins: text("#bundle\0"), what: "an OSC bundle (Open Sound Control), which is not read. Send JSON" },
];

/** What bytes are that have a magic; undefined if they have none. */
export function magicOf(bytes: Buffer): string | undefined {
  const first = bytes[0];
  return KNOWN.find(
    ({ begins, and }) =>
      (begins[0] === undefined || begins[0] === first) &&
      begins.length <= bytes.length &&
      begins.every((byte, i) => byte === undefined || byte === bytes[i]) &&
      (and === undefined || and(bytes)),
  )?.what;
}

function isNetpbm(bytes: Buffer): boolean {
  return /^P[456]\s+\d+\s+\d+\s+\d+\s/.test(bytes.toString("latin1", 0, 40));
}

/** A parameter set, as the first picture of a stream has: https://www.itu.int/rec/T-REC-H.264, table 7-1. */
function isNal(bytes: Buffer): boolean {
  const header = bytes[4] ?? 0;
  return bytes.length > 16 && (header === 0x67 || header === 0x40 || header === 0x65 || header === 0x41);
}

/** A frame's header, whose fields all have values that there are, and after it the next: ISO/IEC 11172-3, 2.4.2.3. */
function isMpegAudio(bytes: Buffer): boolean {
  const [second = 0, third = 0] = bytes.subarray(1);
  if ((second & 0xf6) === 0xf0) return bytes.length > 64 && ((bytes.readUIntBE(3, 3) >> 5) & 0x1fff) === bytes.length;
  const isFrame = (second & 0xe6) === 0xe2 && third >> 4 !== 0x0f && third >> 4 !== 0 && ((third >> 2) & 3) !== 3;
  if (!isFrame || (second & 0x18) === 0x08 || bytes.length < 96) return false;
  const next = bytes.indexOf(bytes.subarray(0, 2), 48);
  return (
    next > 0 &&
    next < 1500 &&
    bytes[next + 2] !== undefined &&
    ((bytes[next + 2] ?? 0) & 0xfc & 0x0c) === (third & 0x0c)
  );
}

/** The length of a message's metadata is after the mark: https://arrow.apache.org/docs/format/Columnar.html */
function isArrow(bytes: Buffer): boolean {
  const metadata = bytes.readUInt32LE(4);
  return metadata > 0 && metadata % 8 === 0 && metadata + 8 <= bytes.length;
}
