import { hex, type Sample, sample } from "./sample.ts";

/** test/integration/bridge/presets/preset-bsread.test.ts */
const STAMP = Buffer.from(new BigInt64Array([1_471_961_318n, 233_131_827n]).buffer);
const bsreadMain = (hash: string, more = ""): string =>
  `{"htype": "bsr_m-1.1", "hash": "${hash}", "pulse_id": 147196131823, "global_timestamp": {"sec": 1471961318, "ns": 233131827}${more}}`;
const bsreadData = (channels: string): string => `{"htype": "bsr_d-1.1", "channels": [${channels}]}`;
const DOUBLE = hex("000000000000f83f");
const WAVE = Float32Array.from({ length: 17 }, (_, i) => (i === 0 ? Number.NaN : i === 1 ? Infinity : i));

/** test/integration/bridge/presets/preset-openephys.test.ts */
const SPIKE =
  '{"message_num": 8, "type": "spike", "spike": {"stream": "example_data", "source_node": 101, "electrode": "Tetrode 1", "sample_num": 1001, "num_channels": 2, "num_samples": 2, "sorted_id": 3}, "timestamp": 1763648912500}';
const EVENT =
  '{"message_num": 7, "type": "event", "content": {"stream": "example_data", "source_node": 100, "type": 3, "sample_num": 1012}, "data_size": 10, "timestamp": 1763648912500}';
const dataHeader = (number: number, at: number): string =>
  `{\r\n  "message_num": ${number},\r\n  "type": "data",\r\n  "content": {"stream": "example_data", "channel_num": 0, "channel_name": "CH1", "num_samples": 3, "sample_num": ${at}, "sample_rate": 1000.0},\r\n  "data_size": 12,\r\n  "timestamp": 1763648912400\r\n}`;
const floats = (...values: number[]): Buffer => Buffer.from(new Float32Array(values).buffer);

/** test/integration/bridge/presets/preset-gnuradio.test.ts: tag_headers.cc and pmt_serialize.cc */
function tags(offset: bigint, count: bigint, rest = ""): Buffer {
  const numbers = Buffer.alloc(16);
  numbers.writeBigUInt64LE(offset);
  numbers.writeBigUInt64LE(count, 8);
  return Buffer.concat([hex("f05f01"), numbers, hex(rest)]);
}
const symbol = (text: string): string =>
  `02${text.length.toString(16).padStart(4, "0")}${Buffer.from(text).toString("hex")}`;
const TAG = `0100000000000000${symbol("rx_freq")}07${"0300000000"}04${"4197d78400000000"}${symbol("usrp")}`;
const PMTS = [
  "0300000007",
  "043ff8000000000000",
  "053ff80000000000004000000000000000",
  `07${symbol("freq")}043ff8000000000000`,
  `0907${symbol("b")}000907${symbol("a")}030000000106`,
  `0907${symbol("__proto__")}030000000106`,
  "07030000000107030000000207030000000306",
  "08000000020300000001043ff8000000000000",
  "0a030000000201000001fffe",
  "0a0a0000000101003fc0000040000000",
  `07${`0907${symbol("snr")}043ff800000000000006`}0a0000000002010007ff`,
];

export const INSTRUMENTS: readonly Sample[] = [
  sample("bsread", bsreadMain("a"), bsreadData('{"name": "SARFE10-PBIG050:ENERGY", "type": "float64"}'), DOUBLE, STAMP),
  sample(
    "bsread",
    bsreadMain("b"),
    bsreadData('{"name": "short", "type": "int16", "shape": [3]}, {"name": "wave", "type": "float32", "shape": [17]}'),
    hex("0100feff0300"),
    STAMP,
    Buffer.from(WAVE.buffer),
    STAMP,
  ),
  sample("bsread", bsreadMain("c"), bsreadData('{"name": "__proto__"}'), DOUBLE, STAMP),
  sample(
    "bsread",
    bsreadMain("d", ', "dh_compression": "bitshuffle_lz4"'),
    hex("000000000000043b00002000000003bcf2fffffc"),
  ),
  sample("openephys", "DATA\0", dataHeader(1, 1000), floats(1, 2, 3)),
  sample("openephys", "DATA\0", dataHeader(2, 1003), floats(4, Number.NaN, Infinity)),
  sample("openephys", "EVENT\0", EVENT, hex("02010400000000000000")),
  sample("openephys", "EVENT\0", SPIKE, floats(-1, 2, 3, -60)),
  sample("gnuradio", floats(1.5, -2)),
  sample("gnuradio", "rx1/", floats(1.5, -2)),
  sample("gnuradio", Buffer.concat([tags(7n, 1n, TAG), floats(1.5, -2)])),
  sample("gnuradio", Buffer.concat([tags(514n, 0n), floats(1, 2, 3, 4)])),
  ...PMTS.map((pmt) => sample("gnuradio", hex(pmt))),
];
