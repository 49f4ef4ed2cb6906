/** Where the literal messages are from is told in each preset's own test. */
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { describe, it } from "node:test";
import { presets } from "../../../../bridge/presets/index.ts";
import { delivered, type Frames } from "../../../support/end-to-end.ts";
import { kv6, onRoute } from "../../../support/ndov.ts";
import { hex } from "../../../support/preset.ts";

interface Case {
  format?: string;
  sent: readonly Frames[];
  /** Some of the series that come of it, with their values. */
  series: Record<string, number[]>;
  points: number;
  /** The x of the first point, where the publisher tells it. */
  x?: number;
}

const DATA_HEADER = [
  "{",
  '  "message_num": 1,',
  '  "type": "data",',
  '  "content": {',
  '    "stream": "example_data",',
  '    "channel_num": 0,',
  '    "channel_name": "CH1",',
  '    "num_samples": 3,',
  '    "sample_num": 1000,',
  '    "sample_rate": 1000.0',
  "  },",
  '  "data_size": 12,',
  '  "timestamp": 1763648912400',
  "}",
].join("\r\n");

const BSREAD_DATA_HEADER = JSON.stringify({
  htype: "bsr_d-1.1",
  channels: [{ name: "SARFE10-PBIG050:ENERGY", type: "float64", shape: [1], encoding: "little" }],
});
const BSREAD_MAIN_HEADER = JSON.stringify({
  htype: "bsr_m-1.1",
  hash: createHash("md5").update(BSREAD_DATA_HEADER).digest("hex"),
  pulse_id: 147_196_131_823,
  global_timestamp: { sec: 1_471_961_318, ns: 233_131_827 },
});

const ID = "713499fd605d99d01db6d2cc47af04dee7984006ac440c23add6e16cb1800992";
const SHIPYARD = Buffer.from(
  "eJx9ULFOwzAU/JXIYqSJ46Zpk5mlAwxQMRQYXuPXxiKxI9shhKr/jl+qql1Ans539969O7I7V9XYwjPuWRmx2vvOlUmCUuoYZSVjZZKzwiWuVt0I" +
    "ViaC3QcpgkQbTEd2gBZ3vWokjbBilRdpnlgekYy4L7ROGU1sFvPw0myRnkmPA4wb1aLz0HakEFyIGS9mYrnheTkvyix4UjHPFluyOLP3A1h8CnNJ" +
    "/jhG+F1h06D2EXTdreb1unfaSlzfNYaCrx+m72lwvlwVsKsk7v/C7BSsIaSDA04n18aqH6NdAN72SCzYT/Rr6iAN0MjRORyvPLVH8jcGGiqjJUxR" +
    "lcRBaWryg6AHHxJfjtua955z3E3K0XlsL8yLaejT/9/cfMtOp1+3KJFg",
  "base64",
);
const PUPIL = hex(`88 a2 6964 00 a5 746f706963 aa 707570696c2e302e3364 a6 6d6574686f64 a5 7079653364
  a8 6e6f726d5f706f73 92 cb 3fdaf5bf5212bf2f cb 3fd5fb307b5b60f2 a8 6469616d65746572 cb 4039704c8e212ded
  aa 636f6e666964656e6365 cb 3feeea4c0ae7eaea a9 74696d657374616d70 cb 40d1b8d869ad42c4
  a6 737068657265 82 a6 63656e746572 92 cb c004b78310800f88 cb 4014a67c2c128150 a6 726164697573 cb 40016dbce096fa9e`);

const CASES: Readonly<Record<string, Case>> = {
  plotjuggler: {
    sent: [["robot", '{"ticks": 7, "data": {"cos": 0.7539022543433046}}', "1763648900.123457"]],
    series: { "robot.ticks": [7], "robot.data.cos": [0.7539022543433046] },
    points: 2,
    x: 1_763_648_900.123457,
  },
  gnuradio: {
    format: "f32:iq@2.4M",
    sent: [[hex("f05f01 0000000000000000 0000000000000000 0000c03f 000000c0")]],
    series: { re: [1.5], im: [-2] },
    points: 2,
  },
  openephys: {
    sent: [["DATA\0", DATA_HEADER, hex("0000803f 00000040 00004040")]],
    series: { "example_data.CH1": [1, 2, 3] },
    points: 3,
    x: 1_763_648_912.398,
  },
  pupil: {
    sent: [["pupil.0.3d", PUPIL]],
    series: { "pupil.0.3d.diameter": [25.43866813955349], "pupil.0.3d.sphere.radius": [2.178582911117089] },
    points: 7,
  },
  bluesky: {
    sent: [
      [
        ' descriptor {"data_keys": {"random_walk:x": {"dtype": "number", "units": "mm"}}, "name": "primary", ' +
          '"run_start": "ba1f9076-7925", "time": 1550070005.0109222, "uid": "0ad55d9e-1b31"}',
      ],
      [
        ' event {"data": {"random_walk:x": 1.9221013521832928}, "descriptor": "0ad55d9e-1b31", "seq_num": 1, ' +
          '"time": 1550070005.0189056, "timestamps": {"random_walk:x": 1550070004.812525}, "uid": "7b5343fe-dfd7"}',
      ],
    ],
    series: { "primary.random_walk:x [mm]": [1.9221013521832928] },
    points: 1,
    x: 1_550_070_005.0189056,
  },
  bsread: {
    sent: [
      [
        BSREAD_MAIN_HEADER,
        BSREAD_DATA_HEADER,
        hex("000000000000f83f"),
        Buffer.from(new BigInt64Array([1_471_961_318n, 233_131_827n]).buffer),
      ],
    ],
    series: { "SARFE10-PBIG050:ENERGY": [1.5] },
    points: 1,
    x: 1_471_961_318 + 0.233_131_827,
  },
  leco: {
    sent: [
      [
        "N1.CA",
        "conversation_id;\0",
        '{"temperature":21.5,"pressure":NaN,"voltage":[5.2,"V"],"stage":{"x":1.5,"y":2}}',
      ],
    ],
    series: { "N1.CA.temperature": [21.5], "N1.CA.voltage": [5.2], "N1.CA.stage.x": [1.5], "N1.CA.stage.y": [2] },
    points: 4,
  },
  jupyter: {
    sent: [
      [
        "kernel.0e9f5f2a-1b2c-4d3e-8f90-a1b2c3d4e5f6.status",
        "<IDS|MSG>",
        "6f0b2d4c0e7bb0c9d1a2c5ad8a4bf5f0a9f2a4d1d8b7c6e5f4a3b2c1d0e9f8a7",
        '{"msg_id": "5ca1ab1e-6b1c2d3e4f5a6b7c8d9e0f10_4711_12", "msg_type": "status", "username": "me", ' +
          '"session": "5ca1ab1e-6b1c2d3e4f5a6b7c8d9e0f10", "date": "2026-11-20T20:34:49.123456Z", "version": "5.4"}',
        '{"msg_id": "a_1", "msg_type": "execute_request", "username": "me", "session": "a", "version": "5.4"}',
        "{}",
        '{"execution_state": "busy"}',
      ],
    ],
    series: { "kernel.busy": [1] },
    points: 1,
    x: 1_795_206_889.123456,
  },
  bitcoin: {
    sent: [
      ["hashtx", Buffer.alloc(32, 7), hex("07000000")],
      ["hashtx", Buffer.alloc(32, 8), hex("0a000000")],
    ],
    series: { "hashtx.count": [7, 10] },
    points: 2,
  },
  monero: {
    sent: [[`json-minimal-chain_main:{"first_height":3000000,"first_prev_id":"${ID}","ids":["${ID}","${ID}"]}`]],
    series: { "json-minimal-chain_main.height": [3_000_001], "json-minimal-chain_main.blocks": [2] },
    points: 2,
  },
  rosbridge: {
    sent: [
      ['{"op":"publish","topic":"/imu","msg":{"header":{"stamp":{"sec":1795874400,"nanosec":250000000}},"a":{"x":1}}}'],
    ],
    series: { "/imu.a.x": [1] },
    points: 1,
    x: 1_795_874_400.25,
  },
  senml: {
    sent: [['[{"bn":"dev1/","bt":1795874400.5,"n":"temp","u":"Cel","v":23.1},{"n":"hum","u":"%RH","v":40}]']],
    series: { "dev1/temp [Cel]": [23.1], "dev1/hum [%RH]": [40] },
    points: 2,
    x: 1_795_874_400.5,
  },
  signalk: {
    sent: [
      [
        '{"context":"vessels.self","updates":[{"$source":"n2k.1","timestamp":"2026-11-28T14:00:00.5Z","values":' +
          '[{"path":"navigation.speedOverGround","value":3.5},{"path":"navigation.position","value":{"latitude":1,"longitude":2}}]}]}',
      ],
    ],
    series: { "navigation.speedOverGround": [3.5], "navigation.position.latitude": [1] },
    points: 3,
    x: 1_795_874_400.5,
  },
  otlp: {
    sent: [
      [
        '{"resourceMetrics":[{"scopeMetrics":[{"metrics":[{"name":"temp","unit":"Cel","gauge":{"dataPoints":' +
          '[{"asDouble":21.5,"timeUnixNano":"1795874400500000000"}]}}]}]}]}',
      ],
    ],
    series: { "temp [Cel]": [21.5] },
    points: 1,
    x: 1_795_874_400.5,
  },
  eddn: { sent: [[SHIPYARD], [SHIPYARD]], series: { "eddn.per_minute": [2], "shipyard/2.per_minute": [2] }, points: 2 },
  ndov: {
    sent: [["/HTM/KV6posinfo", kv6(onRoute("HTM", 1, -31), onRoute("HTM", 2, 61))]],
    series: { "/HTM/KV6posinfo.per_minute": [1], "HTM.journeys": [2], "HTM.punctuality.max": [61] },
    points: 6,
  },
  misp: {
    sent: [['misp_json_self {"status":"I\'m doing science and I\'m still alive.","uptime":1234}']],
    series: { "misp_json_self.uptime": [1234] },
    points: 1,
  },
};

describe("through the whole bridge", () => {
  for (const { name } of presets) {
    it(`[PS1a] --preset ${name} plots what its publisher sends`, async () => {
      const tried = CASES[name];
      assert.ok(tried, `${name} has no messages here`);
      const { sent, series, points, x, format = "auto" } = tried;
      const arrived = await delivered({ preset: name, format }, sent, points);
      for (const [series, values] of Object.entries(tried.series)) {
        // Rates are told each second anew.
        assert.deepEqual(
          arrived.series[series]?.slice(0, values.length),
          values,
          `${series}: ${JSON.stringify(arrived.series)}`,
        );
      }
      assert.ok(Object.keys(series).length > 0);
      const [first = 0] = arrived.xs;
      if (x !== undefined) assert.ok(Math.abs(first - x) < 1e-5, `${first} is not ${x}`);
      else assert.ok(first > arrived.sentBetween[0] && first < arrived.sentBetween[1]);
      if (name === "bitcoin") assert.deepEqual(arrived.gaps, ["publisher-dropped"]);
    });

    it(`[PS1b] --preset ${name} refuses what is not its own, by name`, async () => {
      const tried = CASES[name];
      assert.ok(tried);
      const preset = presets.find((each) => each.name === name);
      const reader = preset?.create({});
      const topic = preset?.topics?.[0] ?? "";
      assert.throws(
        () => reader?.read([Buffer.from(topic), hex("01"), hex("02"), hex("03"), hex("04"), hex("05"), hex("06")], 0),
        (error: unknown) => error instanceof Error && error.message.toLowerCase().replaceAll(" ", "").includes(name),
      );
    });
  }
});
