import { deflateRawSync, deflateSync, gzipSync, zstdCompressSync } from "node:zlib";
import { pack } from "msgpackr";
import { hex, type Sample, sample } from "./sample.ts";

const X = 1_763_648_912.5;
const JSON_POINT = '{"x": 1763648912.5, "y": 2.5}';
const JSON_FIELDS =
  '{"t": 1763648912, "x": 5, "temp": {"motor": 2}, "accel": [3, 4], "unit": "C", "state": "on", "flag": true}';
const JSON_COLUMNS = '{"x": [1763648912, 1763648913], "y": [3, null], "z": [5, 6]}';
const JSON_LIST = '[{"x": 1763648912.1, "y": 2}, [1763648912.2, 4], {"x": 1763648912.3, "z": 6}]';
const JSON_PYTHON = '{"t": 1763648912, "good": 2, "flaky": NaN, "far": -Infinity}';
const JSON_POLLUTING =
  '{"__proto__": {"polluted": 1}, "constructor": {"prototype": {"polluted": 2}}, "toString": 3, "hasOwnProperty": 4}';
const JSON_NUMBERED = '{"seq": 41, "time": "2025-11-20T14:28:32Z", "value": 7, "message": "door open"}';
const NDJSON = `${JSON_POINT}\n${JSON_FIELDS}\n`;
const CSV = "time,temp,hum\n1763648912.5,21.5,40\n1763648913.5,21.25,nan\n";
const CSV_GERMAN = "zeit;temp;druck\n2025-11-20 14:28:32;21,5;1013,25\n";
/** {"t": 1763648912.5, "temp": {"motor": 2.5}, "accel": [3, -4], "__proto__": 1}, as msgpack-python packs it. */
const MSGPACK = hex(`84 a1 74 cb 41da47c8d4200000 a4 74656d70 81 a5 6d6f746f72 cb 4004000000000000
  a5 616363656c 92 03 fc a9 5f5f70726f746f5f5f 01`);
/** The same as CBOR, RFC 8949, without the last. */
const CBOR = hex(`a3 61 74 fb 41da47c8d4200000 64 74656d70 a1 65 6d6f746f72 fb 4004000000000000
  65 616363656c 82 03 23`);
/** {"v": float32 array little endian [1, 2], "at": 1(1763648912), "big": 2(h'010000000000000000')}: RFC 8746, RFC 8949. */
const CBOR_TAGS = hex("a3 61 76 d855 48 0000803f00000040 62 6174 c1 1a 691f2450 63 626967 c2 49 010000000000000000");
/** {_ "a": [_ 1, 2], "b": 55799(1)}: of indefinite length. */
const CBOR_INDEFINITE = hex("bf 61 61 9f 01 02 ff 61 62 d9d9f7 01 ff");

const sine = Array.from({ length: 64 }, (_, i) => Math.sin(i / 5) * 1000);
const F32 = Buffer.from(Float32Array.from(sine).buffer);
const F64 = Buffer.from(Float64Array.from(sine).buffer);
const F32_WITHOUT = Buffer.from(
  Float32Array.of(Number.NaN, Infinity, -Infinity, 1, -0, Number.NaN, Number.NaN, 2).buffer,
);
const I16 = Buffer.from(Int16Array.from(sine).buffer);
const I16_BE = Buffer.from(I16).swap16();
const U8 = Buffer.from(Uint8Array.from(sine, (value) => 128 + value / 10));
const U64 = Buffer.from(BigUint64Array.of(0n, 2n ** 64n - 1n, 2n ** 53n + 1n, 7n).buffer);
const TIME_F64 = Buffer.from(Float64Array.of(X).buffer);
const COUNTER = hex("07000000");

const JSONS = [JSON_POINT, JSON_FIELDS, JSON_COLUMNS, JSON_LIST, JSON_PYTHON, JSON_POLLUTING, JSON_NUMBERED, "21.5"];

export const FORMATS: readonly Sample[] = [
  ...JSONS.map((text) => sample("json", text)),
  ...JSONS.map((text) => sample("json", "lab/motor/1", text)),
  sample("json", `lab/temp ${JSON_POINT}`),
  sample("json", "__proto__", JSON_POINT),
  sample("json", `constructor ${JSON_POINT}`),
  sample("json", deflateSync(JSON_LIST)),
  sample("json", "lab", gzipSync(JSON_FIELDS)),
  sample("json", zstdCompressSync(JSON_COLUMNS)),
  sample("deflate", deflateRawSync(JSON_FIELDS)),
  sample("frames", "lab/a", JSON_POINT, TIME_F64),
  sample("frames", "lab/a", JSON_POINT, COUNTER),
  sample("frames", "lab/a", JSON_POINT, "1763648912.25"),
  sample("frames", "lab/a", "", JSON_POINT, TIME_F64, COUNTER),
  sample("delimited", `lab/a|${JSON_FIELDS}`),
  sample("ndjson", NDJSON),
  sample("ndjson", "lab", NDJSON),
  sample("csv", CSV),
  sample("csv", CSV_GERMAN),
  sample("csv", "lab", "1763648912.5 21.5 3"),
  sample("csv", "__proto__,toString,t\n1,2,1763648912"),
  sample("numbers", "21.5"),
  sample("numbers", "temp", "1,2;3"),
  sample("msgpack", MSGPACK),
  sample("msgpack", "lab/motor", MSGPACK),
  sample(
    "msgpack",
    pack([
      [X, 1],
      [X + 1, 2],
    ]),
  ),
  sample("msgpack", pack({ t: new Date(X * 1000), v: new Float32Array([1, 2, Number.NaN]), n: null, s: "on" })),
  sample("msgpack", deflateSync(MSGPACK)),
  sample("cbor", CBOR),
  sample("cbor", "lab/motor", CBOR),
  sample("cbor", CBOR_TAGS),
  sample("cbor", CBOR_INDEFINITE),
  sample("cbor", gzipSync(CBOR)),
  ...[F32, F64, F32_WITHOUT, I16, I16_BE, U8, U64].flatMap((bytes) => [
    sample("samples", bytes),
    sample("samples", "adc/0", bytes),
  ]),
  sample("samples", zstdCompressSync(F32)),
];
