/** Presets of messages that say the names of their series themselves. Examples are those of the specifications. */
import assert from "node:assert/strict";
import { it } from "node:test";
import { ARRIVED_AT, type Outcome, outcomeOf } from "../../../corpus/run.ts";

function read(preset: string, ...messages: (unknown | { hex: string })[]): Outcome {
  const send = messages.map((message) =>
    typeof message === "object" && message !== null && "hex" in message
      ? { hex: String(message.hex) }
      : JSON.stringify(message),
  );
  return outcomeOf({ name: preset, config: { preset }, send, points: [] });
}

it("[PS15] senml: names, base fields, units and times (RFC 8428, sections 5.1.2 and 5.1.3)", () => {
  const { points } = read(
    "senml",
    [{ n: "urn:dev:ow:10e2073a01080063", u: "Cel", v: 23.1 }],
    [
      { bn: "urn:dev:ow:10e2073a0108006:", bt: 1.276020076001e9, bu: "A", bver: 10, n: "voltage", u: "V", v: 120.1 },
      { n: "current", t: -5, v: 1.2 },
      { n: "current", t: -4, v: 1.3 },
    ],
  );
  assert.deepEqual(points, [
    `urn:dev:ow:10e2073a01080063 [Cel] ${ARRIVED_AT} 23.1`,
    "urn:dev:ow:10e2073a0108006:voltage [V] 1276020076.001 120.1",
    "urn:dev:ow:10e2073a0108006:current [A] 1276020071.001 1.2",
    "urn:dev:ow:10e2073a0108006:current [A] 1276020072.001 1.3",
  ]);
});

it("[PS15] senml: base value, sum, booleans and text, data", () => {
  const { points, leftOut, lines } = read("senml", [
    { bn: "a/", bv: 20, bs: 100, n: "temp", u: "Cel", v: 1.5, s: 5 },
    { n: "open", vb: true },
    { n: "label", vs: "Machine Room" },
    { n: "open", vd: "U2VuTUw" },
    { n: "temp", v: "21.5" },
    { n: "temp", u: "Cel", t: -10, v: 2 },
  ]);
  assert.deepEqual(points, [
    `a/temp [Cel] ${ARRIVED_AT} 21.5`,
    `a/temp.sum [Cel s] ${ARRIVED_AT} 105`,
    `a/temp [Cel] ${ARRIVED_AT - 10} 22`,
  ]);
  assert.equal(leftOut["record-unreadable"], 2);
  assert.match(lines.join("\n"), /record 4/);
});

it("[PS15] senml in CBOR (RFC 8428, section 6)", () => {
  const { points } = read("senml", {
    hex:
      "87a721781b75726e3a6465763a6f773a3130653230373361303130383030363a22fb41d303a15b00106223614120050067766f6c7461676501615602" +
      "fb405e066666666666a3006763757272656e74062402fb3ff3333333333333a3006763757272656e74062302fb3ff4cccccccccccda300676375" +
      "7272656e74062202fb3ff6666666666666a3006763757272656e74062102f93e00a3006763757272656e74062002fb3ff999999999999aa30067" +
      "63757272656e74060002fb3ffb333333333333",
  });
  assert.equal(points.length, 7);
  assert.deepEqual(points.slice(0, 2), [
    "urn:dev:ow:10e2073a0108006:voltage [V] 1276020076.001 120.1",
    "urn:dev:ow:10e2073a0108006:current [A] 1276020071.001 1.2",
  ]);
});

it("[PS15] senml: what is wrong in a base field, or not known and not to be passed over, refuses the pack", () => {
  for (const pack of [
    [{ bn: 1, n: "a", v: 1 }],
    [{ bt: "now", n: "a", v: 1 }],
    [{ bver: 11, n: "a", v: 1 }],
    [{ n: "a", v: 1, foo_: 2 }],
    [1],
    { n: "a", v: 1 },
  ]) {
    assert.deepEqual(read("senml", pack).refused, { "envelope-wrong": 1 }, JSON.stringify(pack));
  }
});

it("[PS16] signalk: paths, positions, times, other vessels and second sources", () => {
  const { points } = read(
    "signalk",
    { name: "server", version: "1.7.0", self: "vessels.urn:mrn:imo:mmsi:234567890", roles: ["master"] },
    {
      context: "vessels.urn:mrn:imo:mmsi:234567890",
      updates: [
        {
          $source: "n2k.017",
          timestamp: "2010-01-07T07:18:44Z",
          values: [
            { path: "propulsion.0.revolutions", value: 16.341667 },
            { path: "navigation.position", value: { longitude: 173.1693, latitude: -41.156426 } },
            { path: "navigation.datetime", value: null },
          ],
        },
        { $source: "n2k.018", values: [{ path: "propulsion.0.revolutions", value: 16 }] },
      ],
    },
    {
      context: "vessels.urn:mrn:imo:mmsi:1",
      updates: [{ timestamp: "2010-01-07T07:18:45.5Z", values: [{ path: "navigation.speedOverGround", value: 3.5 }] }],
    },
  );
  assert.deepEqual(
    points.filter((point) => !point.includes("datetime")),
    [
      "propulsion.0.revolutions 1262848724 16.341667",
      "navigation.position.longitude 1262848724 173.1693",
      "navigation.position.latitude 1262848724 -41.156426",
      "propulsion.0.revolutions{source=n2k.018} now 16",
      "1.navigation.speedOverGround 1262848725.5 3.5",
    ],
  );
});

const POINT = { timeUnixNano: "1544712660300000000" };

it("[PS17] otlp: gauges, sums, histograms and summaries, with attributes and units", () => {
  const { points } = read("otlp", {
    resourceMetrics: [
      {
        resource: {
          attributes: [
            { key: "service.name", value: { stringValue: "api" } },
            { key: "os", value: { stringValue: "x" } },
          ],
        },
        scopeMetrics: [
          {
            metrics: [
              {
                name: "temp",
                unit: "Cel",
                gauge: {
                  dataPoints: [{ ...POINT, asDouble: 21.5, attributes: [{ key: "room", value: { intValue: "4" } }] }],
                },
              },
              {
                name: "hits",
                unit: "1",
                sum: { isMonotonic: true, dataPoints: [{ ...POINT, asInt: "9007199254740991" }] },
              },
              {
                name: "lag",
                unit: "ms",
                histogram: { dataPoints: [{ ...POINT, count: "2", sum: 5, min: 1, max: 4, bucketCounts: ["1", "1"] }] },
              },
              {
                name: "size",
                unit: "By",
                summary: {
                  dataPoints: [{ ...POINT, count: 1, sum: 3, quantileValues: [{ quantile: 0.99, value: 3 }] }],
                },
              },
              { name: "none", gauge: { dataPoints: [{ ...POINT, flags: 1 }] } },
            ],
          },
        ],
      },
    ],
  });
  assert.deepEqual(
    points.filter((point) => !point.startsWith("none")),
    [
      "temp{service.name=api,room=4} [Cel] 1544712660.3 21.5",
      "hits{service.name=api} 1544712660.3 9007199254740991",
      "lag.count{service.name=api} 1544712660.3 2",
      "lag.sum{service.name=api} [ms] 1544712660.3 5",
      "lag.min{service.name=api} [ms] 1544712660.3 1",
      "lag.max{service.name=api} [ms] 1544712660.3 4",
      "size.count{service.name=api} 1544712660.3 1",
      "size.sum{service.name=api} [By] 1544712660.3 3",
      "size.p99{service.name=api} [By] 1544712660.3 3",
    ],
  );
});

it("[PS18] rosbridge: each topic's numbers by the stamp of the header, in JSON and CBOR", () => {
  const { points, refused } = read(
    "rosbridge",
    {
      op: "publish",
      topic: "/imu",
      msg: { header: { stamp: { sec: 1795874400, nanosec: 250000000 }, frame_id: "base" }, a: { x: 1, y: 2 } },
    },
    { op: "publish", topic: "/temp", msg: { data: 21.5 } },
    { op: "publish", topic: "/point", msg: { x: 1.5, y: 2.5, z: 3.5 } },
    { op: "status", level: "info", msg: "hello" },
    { op: "png", data: "iVBORw0KGgo=" },
    // {"op": "publish", "topic": "/b", "msg": {"data": 7}}
    { hex: "a3626f70677075626c69736865746f706963622f62636d7367a1646461746107" },
  );
  assert.deepEqual(points, [
    "/imu.a.x 1795874400.25 1",
    "/imu.a.y 1795874400.25 2",
    "/temp now 21.5",
    "/point.msg.x now 1.5",
    "/point.msg.y now 2.5",
    "/point.msg.z now 3.5",
    "/b now 7",
  ]);
  assert.deepEqual(refused, { unsupported: 1 });
});
