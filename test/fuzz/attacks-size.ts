/** What is large, or becomes so. */
import { deflateRawSync, deflateSync, gzipSync } from "node:zlib";
import type { Attack } from "./attack.ts";
import { hex } from "./sample.ts";
import { TARGETS } from "./targets.ts";

const MIB = 1024 * 1024;
/** What a message may have at most. */
const MAX_BYTES = 16 * MIB;
const ALL = TARGETS.filter(({ name }) => !name.endsWith("mapped"));
const INFLATING = TARGETS.filter(({ name }) => /^(?:auto|json|raw|f32|payload|preset (?:eddn|ndov))/.test(name));

/** 2 GiB of zeros in 64 KiB: blocks of one byte repeated, RFC 8878, 3.1.1.2. */
function zstdBomb(blocks: number): Buffer {
  // Magic; no size, no check; a window of 128 KiB.
  const header = hex("28b52ffd 00 38");
  const block = Buffer.alloc(4);
  block.writeUIntLE((128 * 1024 * 2 ** 3) | 2, 0, 3);
  const last = Buffer.from(block);
  last.writeUIntLE((128 * 1024 * 2 ** 3) | 3, 0, 3);
  return Buffer.concat([header, ...Array(blocks).fill(block), last]);
}
/** Claims a window of 128 MiB, and 2 GiB. */
const ZSTD_CLAIMS = ["28b52ffd 00 88 0300000000", "28b52ffd e0 0000008000000000 010000", "28b52ffd 00 ff 010000"].map(
  hex,
);

let bombs: readonly Buffer[] | undefined;

function makeBombs(): Buffer[] {
  const zeros = Buffer.alloc(64 * MIB);
  const spaces = Buffer.alloc(64 * MIB, " ");
  const gzip = gzipSync(zeros, { level: 9 });
  return [
    deflateSync(spaces, { level: 9 }),
    deflateRawSync(zeros, { level: 9 }),
    gzip,
    // Members follow each other: RFC 1952, 2.2.
    Buffer.concat(Array(32).fill(gzip)),
    zstdBomb(16_384),
    Buffer.concat(Array(64).fill(zstdBomb(64))),
    gzipSync(gzip),
    ...ZSTD_CLAIMS,
  ];
}

export const BOMBS: readonly Attack[] = [
  {
    name: "few bytes that inflate to gigabytes",
    targets: INFLATING,
    *messages() {
      bombs ??= makeBombs();
      for (const bomb of bombs) {
        yield [bomb];
        yield [Buffer.from("lab"), bomb];
        yield [Buffer.from("/CXX/KV6posinfo"), bomb];
        yield [bomb, bomb];
      }
    },
  },
];

/** To the length, the last piece cut off. */
function filled(length: number, begin: string, piece: string, end = ""): Buffer {
  const bytes = Buffer.alloc(length, piece);
  bytes.write(begin);
  bytes.write(end, length - Buffer.byteLength(end));
  return bytes;
}

function manyFields(length: number): Buffer {
  const fields: string[] = [];
  for (let i = 0, size = 2; size < length; i++) {
    const field = `"k${i}":${i}`;
    fields.push(field);
    size += field.length + 1;
  }
  return Buffer.from(`{${fields.slice(0, -1).join(",")}}`);
}

/** @param length of each, in bytes */
function payloads(length: number): Buffer[] {
  const array = Buffer.alloc(length, 0x01);
  array.write("dd", "hex");
  array.writeUInt32BE(length - 5, 1);
  const cbor = Buffer.from(array);
  cbor[0] = 0x9a;
  return [
    ...[
      "[",
      '{"a":',
      '[{"a":',
      "\x91",
      "\x9f",
      "\x81",
      "\x07\x07",
      "<a>",
      "<a ",
      "&#1;",
      "\ud800",
      "0",
      " ",
      '"',
      "\\",
      "-",
      "NaN,",
    ].map((piece) => Buffer.alloc(length, Buffer.from(piece, "latin1"))),
    Buffer.alloc(length),
    Buffer.alloc(length, 0xff),
    array,
    cbor,
    filled(length, "[1", ",1", length % 2 === 0 ? "1]" : "]"),
    filled(length, "[NaN", ",NaN", "]"),
    filled(length, '{"y":"', "a", '"}'),
    filled(length, '{"y":1,"t":"', "2", '"}'),
    filled(length, "lab ", " ", " "),
    filled(length, "lab {", "a", "}"),
    filled(length, "1", ",1"),
    filled(length, "1", "\n1"),
    filled(length, '"', '"1'),
    filled(length, "1,2;", "3\t4 5\n"),
    filled(length, "a".repeat(1000), "/:. "),
    manyFields(length),
  ];
}

const SPIKE = Buffer.from(
  '{"type":"spike","spike":{"stream":"s","electrode":"e","sample_num":1,"num_channels":1,"num_samples":4194304}}',
);

function* alone(payload: Buffer): Iterable<Buffer[]> {
  yield [payload];
  yield [Buffer.from("lab"), payload];
}

/** Where presets have what they read. */
function* placed(payload: Buffer): Iterable<Buffer[]> {
  yield [payload];
  yield [Buffer.from("lab"), payload];
  yield [payload, Buffer.from("1")];
  for (const before of [" event ", "misp_json_self ", "json-minimal-txpool_add:", "json-full-chain_main:"]) {
    yield [Buffer.concat([Buffer.from(before), payload])];
  }
  yield [Buffer.from("/CXX/KV6posinfo"), payload];
  yield [Buffer.from("pupil.0"), payload];
  yield [Buffer.from("DATA\0"), payload, payload.subarray(0, 16)];
  yield [Buffer.from("EVENT\0"), SPIKE, payload];
  yield [Buffer.from("N1.CA"), Buffer.from("conversation_id;\x00"), payload];
  yield ["k.status", "<IDS|MSG>", "", '{"msg_type":"status"}', "{}", "{}", payload].map((frame) => Buffer.from(frame));
  yield ["k.status", "<IDS|MSG>", "", payload, "{}", "{}", "{}"].map((frame) => Buffer.from(frame));
  yield [Buffer.from('{"htype":"bsr_m-1.1"}'), payload];
  yield [payload, Buffer.from("{}")];
  yield [
    Buffer.from('{"htype":"bsr_m-1.1"}'),
    Buffer.from('{"htype":"bsr_d-1.1","channels":[{"name":"a","type":"uint8"}]}'),
    payload,
    Buffer.alloc(16),
  ];
  yield [Buffer.from("rawtx"), payload, Buffer.alloc(4)];
}

/** @param size 1: up to 17 MiB; less is less */
export function LARGE(size: number): readonly Attack[] {
  const isAll = size >= 1;
  const lengths = isAll ? [32 * 1024, MIB] : [16 * 1024];
  const small: Attack = {
    name: `messages of ${lengths.map((length) => `${length / 1024} KiB`).join(" and ")}`,
    targets: ALL.filter(({ name }) => !name.startsWith("preset")),
    maxGrowthBytes: 64 * MIB,
    *messages() {
      for (const length of lengths) for (const payload of payloads(length)) yield* alone(payload);
    },
  };
  const inPlace: Attack = {
    name: "messages of 16 KiB where presets have theirs",
    targets: ALL.filter(({ name }) => name.startsWith("preset")),
    maxGrowthBytes: 64 * MIB,
    *messages() {
      for (const payload of payloads(16 * 1024)) yield* placed(payload);
    },
  };
  const beyond: Attack = {
    name: "messages of 17 MiB",
    targets: ALL,
    maxGrowthBytes: 64 * MIB,
    *messages() {
      for (const piece of ['{"a":', " "]) yield* placed(Buffer.alloc(17 * MIB, piece));
    },
  };
  const most: Attack = {
    name: "messages of 16 MiB, the most there may be",
    targets: TARGETS.filter(({ name }) =>
      ["auto", "json", "csv", "msgpack", "u64", "preset plotjuggler"].includes(name),
    ),
    maxGrowthBytes: 64 * MIB,
    *messages() {
      for (const payload of payloads(MAX_BYTES - 64)) yield [payload];
    },
  };
  return isAll ? [small, inPlace, beyond, most] : [small, inPlace];
}
