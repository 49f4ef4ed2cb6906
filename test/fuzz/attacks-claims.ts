/** Few bytes that claim many, nest deeply, or mean more than they are. */
import type { Attack } from "./attack.ts";
import { hex } from "./sample.ts";
import { TARGETS, targetNamed } from "./targets.ts";

const ALL = TARGETS.filter(({ name }) => !name.endsWith("mapped"));
const named = (...names: string[]) => names.map(targetNamed);
const PACKED_TARGETS = named(
  ...["auto", "auto, mapped", "msgpack", "cbor", "preset plotjuggler", "preset plotjuggler cbor", "preset pupil"],
  ...["preset jupyter", "preset bluesky", "not inflated, skipping"],
);

/** 100 MB and 4 GB, of elements or of bytes, in the words of each format. */
const LENGTHS = [
  // msgpack: arrays, maps, strings, bytes, extensions
  ...["dd05f5e100", "ddffffffff", "df05f5e100", "dfffffffff", "db05f5e100", "dbffffffff", "c605f5e100", "c9ffffffff01"],
  // CBOR: arrays, maps, text, bytes; of 64 bits too
  ...["9a05f5e100", "9affffffff", "ba05f5e100", "bbffffffffffffffff", "7a05f5e100", "5bffffffffffffffff"],
  ...["d8405a05f5e100", "9b0000000005f5e100"],
  // PMT: vectors, tuples, uniform vectors, symbols
  ...["0805f5e100", "0cffffffff", "0a0805f5e10001", "0a0bffffffff00", "02ffff"],
  // GNU Radio's tags
  "f05f01000000000000000000e1f505000000000000000000",
];
const OPENEPHYS = (samples: number, rate: string): Buffer =>
  Buffer.from(
    `{"message_num":1,"type":"data","content":{"stream":"s","channel_num":0,"num_samples":${samples},"sample_num":1e15,"sample_rate":${rate}},"timestamp":1e308}`,
  );

/** Everywhere a payload may be: alone, after a topic, and where the presets have theirs. */
function placed(payload: Buffer): Buffer[][] {
  return [
    [payload],
    [Buffer.from("lab"), payload],
    [Buffer.from("pupil.0"), payload],
    [Buffer.concat([Buffer.from(" event "), payload])],
    ["kernel.status", "<IDS|MSG>", "", payload, "{}", "{}", payload].map((frame) => Buffer.from(frame)),
    ["kernel.status", "<IDS|MSG>", "", '{"msg_type":"status"}', "{}", "{}", payload].map((frame) => Buffer.from(frame)),
  ];
}

/** A map with one field, so that presets that want a map look into it. */
function inMaps(format: "msgpack" | "cbor", value: Buffer): Buffer[] {
  return [value, Buffer.concat([hex(format === "msgpack" ? "81a161" : "a16161"), value])];
}

export const CLAIMS: readonly Attack[] = [
  {
    name: "claims of 100 MB and more",
    targets: ALL,
    *messages() {
      for (const length of LENGTHS) {
        for (const filler of [0, 2000]) {
          const payload = Buffer.concat([hex(length), Buffer.alloc(filler)]);
          for (const format of ["msgpack", "cbor"] as const) {
            for (const bytes of inMaps(format, payload)) yield* placed(bytes);
          }
        }
      }
      for (const rate of ["1000", "1e-300", "1e308", "5e-324"]) {
        for (const samples of [2, 100_000_000, 1e15]) {
          yield [Buffer.from("DATA\0"), OPENEPHYS(samples, rate), Buffer.alloc(8)];
        }
      }
      yield [Buffer.from("rawblock"), Buffer.concat([Buffer.alloc(80), Buffer.alloc(9, 0xff)]), Buffer.alloc(4)];
    },
  },
];

const SHARED_DEPTH = 10;
/** [28(1), [28([29 0 × 200]), …]]: each level 200 times the one before. */
function cborSharing(width: number): Buffer {
  const parts = [hex(`9a0000000${(SHARED_DEPTH + 1).toString(16)}`), hex("d81c8101")];
  for (let level = 0; level < SHARED_DEPTH; level++) {
    parts.push(hex(`d81c99${width.toString(16).padStart(4, "0")}`));
    parts.push(Buffer.concat(Array.from({ length: width }, () => Buffer.from([0xd8, 0x1d, level]))));
  }
  return Buffer.concat(parts);
}
/** The same with msgpackr's extensions i (0x69) and p (0x70). */
function msgpackSharing(width: number): Buffer {
  const id = (type: string, n: number): string => `d6${type}${n.toString(16).padStart(8, "0")}`;
  const parts = [hex(`dc00${(SHARED_DEPTH + 1).toString(16).padStart(2, "0")}`), hex(`${id("69", 0)}9101`)];
  for (let level = 0; level < SHARED_DEPTH; level++) {
    parts.push(hex(`${id("69", level + 1)}dc${width.toString(16).padStart(4, "0")}`));
    parts.push(Buffer.concat(Array.from({ length: width }, () => hex(id("70", level)))));
  }
  return Buffer.concat(parts);
}
function cborBytes(tag: string, length: number): Buffer {
  const head = Buffer.alloc(5, 0x5a);
  head.writeUInt32BE(length, 1);
  return Buffer.concat([hex(tag), head, Buffer.alloc(length, 0xff)]);
}
function msgpackExtension(type: number, length: number): Buffer {
  const head = Buffer.alloc(6, 0xc9);
  head.writeUInt32BE(length, 1);
  head[5] = type;
  return Buffer.concat([head, Buffer.alloc(length, 0x7f)]);
}
const repeated = (text: string, count: number): Buffer =>
  Buffer.concat([hex("9a"), lengthOf(count), Buffer.concat(Array(count).fill(hex(text)))]);
const repeatedMsgpack = (text: string, count: number): Buffer =>
  Buffer.concat([hex("dd"), lengthOf(count), Buffer.concat(Array(count).fill(hex(text)))]);
function lengthOf(count: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(count);
  return bytes;
}

export const PACKED: readonly Attack[] = [
  {
    name: "values that mean more than they are",
    targets: PACKED_TARGETS,
    *messages() {
      const values: [format: "msgpack" | "cbor", bytes: Buffer][] = [
        ["cbor", cborSharing(3)],
        ["cbor", cborSharing(200)],
        ["msgpack", msgpackSharing(3)],
        ["msgpack", msgpackSharing(200)],
        // An array in itself.
        ["cbor", hex("d81c81d81d00")],
        ["msgpack", hex("d6690000000191d67000000001")],
        // Integers of a hundred thousand bytes.
        ["cbor", cborBytes("c2", 60_000)],
        ["cbor", cborBytes("c3", 200_000)],
        ["msgpack", msgpackExtension(0x42, 200_000)],
        ["msgpack", msgpackExtension(0x42, 64)],
        // Records, of which decoders write functions; errors, expressions, sets, and a table of packed values.
        ["cbor", repeated("d9dfff83 19e000 8161 61 01".replaceAll(" ", ""), 1000)],
        ["cbor", hex("d9dffe84 19e000 81 61 61 81 61 62 01")],
        ["cbor", hex("d86983 19e000 816161 01")],
        ["cbor", repeated("d81b82 65 4572726f72 61 61", 3000)],
        ["cbor", repeated("d81b82 66 526567457870 66 28612b292b24", 3000)],
        ["cbor", hex("d83384 8101 80 80 e0")],
        ["cbor", repeated("d90102 8101", 3000)],
        ["msgpack", repeatedMsgpack("d472 40 91 a161 01", 3000)],
        ["msgpack", repeatedMsgpack("d465 00 92 a5 4572726f72 a161", 3000)],
        ["msgpack", repeatedMsgpack("d478 00 92 a6 28612b292b24 a0", 3000)],
        ["msgpack", repeatedMsgpack("d473 00 91 01", 3000)],
        ["msgpack", hex("c7046200000010 a161 a162")],
        // Decimal fractions and floats of arrays and objects; dates of anything.
        ["cbor", hex("c482 a1 68 746f537472696e67 01 01")],
        ["cbor", hex("c5 82 80 80")],
        ["cbor", hex("c0 80")],
        ["cbor", hex("c1 f97e00")],
        // Keys that are no text.
        ["cbor", hex("a1 80 01")],
        ["msgpack", hex("81 90 01")],
        ["cbor", hex("a1 69 5f5f70726f746f5f5f a1 68 706f6c6c75746564 01")],
        ["msgpack", hex("81 a9 5f5f70726f746f5f5f 81 a8 706f6c6c75746564 01")],
        ["msgpack", hex("81 ab 636f6e7374727563746f72 81 a9 70726f746f74797065 81 a8 706f6c6c75746564 01")],
      ];
      for (const [format, value] of values) {
        for (const bytes of inMaps(format, value)) yield* placed(bytes);
      }
    },
  },
  {
    name: "keys of prototypes",
    targets: TARGETS,
    *messages() {
      for (const key of ["__proto__", "constructor", "prototype", "toString", "valueOf", "hasOwnProperty", "toJSON"]) {
        for (const value of ['{"polluted":1}', '{"prototype":{"polluted":1}}', "1", "[1,2]", '"x"', "null"]) {
          const json = `{"${key}":${value},"a":1}`;
          yield* placed(Buffer.from(json));
          yield [Buffer.from(key), Buffer.from(json)];
          yield [Buffer.from(`${key} ${json}`)];
          yield [Buffer.from(` descriptor {"uid":"${key}","name":"${key}","data_keys":{"${key}":{"units":"${key}"}}}`)];
          yield [Buffer.from(` event {"descriptor":"${key}","time":1,"data":${json}}`)];
          yield [Buffer.from(` event_page {"descriptor":"${key}","time":[1],"data":{"${key}":[1]}}`)];
          yield [Buffer.from("N1.CA"), Buffer.from("conversation_id;\x00"), Buffer.from(json)];
          yield [Buffer.from(`misp_json_self ${json}`)];
          yield [Buffer.from(`json-full-miner_data:{"height":1,"${key}":${value}}`)];
          yield [Buffer.from(`${key},t\n1,1763648912\n`)];
          yield [
            Buffer.from(`{"htype":"bsr_m-1.1","hash":"${key}"}`),
            Buffer.from(`{"htype":"bsr_d-1.1","channels":[{"name":"${key}"}]}`),
            Buffer.alloc(8, 1),
            Buffer.alloc(0),
          ];
          yield [
            Buffer.from("EVENT\0"),
            Buffer.from(
              `{"type":"spike","spike":{"stream":"${key}","electrode":"${key}","sample_num":1,"num_channels":1,"num_samples":1}}`,
            ),
            Buffer.alloc(4, 1),
          ];
        }
      }
    },
  },
];
