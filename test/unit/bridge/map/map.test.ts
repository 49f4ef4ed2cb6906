import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { MapConfig } from "../../../../bridge/config/config.ts";
import type { Message } from "../../../../bridge/decode/message.ts";
import { Topics } from "../../../../bridge/decode/topic.ts";
import { createMapper } from "../../../../bridge/map/mapper.ts";
import { ARRIVED_AT, fields, mapped, mapWith, messageOf, NO_MAP } from "../../../support/mapping.ts";

describe("without a mapping", () => {
  it("[MP1] points are taken as they are, by the short way or not", () => {
    assert.deepEqual(mapped(NO_MAP, { x: 1, y: 2 }, { topic: "lab/" }), ["lab 1 2"]);
    assert.deepEqual(mapped(NO_MAP, { x: 1, y: 2, z: 3 }, { topic: "lab/" }), ["lab 1 2", "lab.z 1 3"]);
    assert.deepEqual(
      mapped(NO_MAP, [
        { x: 1, y: 2 },
        { x: 1e12, y: 4 },
      ]),
      ["y 1 2", "y 1000000000 4"],
    );
    assert.deepEqual(
      mapped(NO_MAP, [
        { x: 1, y: 2 },
        { x: 3, y: 4, z: 5 },
      ]),
      ["y 1 2", "y 3 4", "z 3 5"],
    );
    assert.equal(mapped(NO_MAP, { x: 1, y: 2 }, { topic: "x".repeat(1024) }), "series-name-invalid");
  });

  it("[MP1] topics are remembered until there are too many, then made anew", () => {
    let made = 0;
    const topics = new Topics(() => made++);
    const ask = (): void => {
      for (let i = 0; i < 4096; i++) topics.of(`t${i}`);
    };
    ask();
    ask();
    assert.equal(made, 4096);
    topics.of("new");
    topics.of("t0");
    assert.equal(made, 4098);
    assert.throws(() => topics.of("x".repeat(1025)), { code: "topic-too-long" });
    assert.equal(made, 4098, "a long one is not remembered");
  });
});

describe("the time", () => {
  it("[MP3a] is that of the field that is named, wherever it is; the usual ones are fields then", () => {
    const value = { header: { stamp: 5 }, t: 21.5, x: 3 };
    assert.deepEqual(mapped({ time: "header.stamp" }, value), ["t 5 21.5", "x 5 3"]);
    assert.deepEqual(mapped({ time: "header.stamp" }, { "header.stamp": 6, y: 1 }), ["y 6 1"]);
    assert.deepEqual(
      mapped({ time: "at" }, [
        { at: 1, y: 2 },
        { at: 3, y: 4 },
      ]),
      ["y 1 2", "y 3 4"],
    );
    assert.deepEqual(mapped({ time: "h.at" }, { h: { at: [1, 2] }, a: [3, 4] }), ["a 1 3", "a 2 4"]);
    assert.deepEqual(mapped({ time: "at" }, { at: "noon", y: 2 }), ["y now 2"]);
  });

  it("[MP3a] is the envelope's, else the arrival, where the field is not there", () => {
    assert.deepEqual(mapped({ time: "at" }, { t: 1, y: 2 }), ["t now 1", "y now 2"]);
    assert.deepEqual(mapped({ time: "at" }, { t: 1, y: 2 }, { time: 7 }), ["t 7 1", "y 7 2"]);
    assert.deepEqual(mapped({ time: "at" }, { at: 1, y: 2 }, { time: 7 }), ["y 1 2"]);
  });

  it("[MP3a] of the envelope is that of one value, whose fields then are all values; it is no arrival", () => {
    const [only] = createMapper(NO_MAP).map(messageOf(5, { time: 7, topic: "lab" }), ARRIVED_AT);
    assert.deepEqual(only, { channel: undefined, rows: [{ x: 7, arrival: false, names: ["lab"], values: [5] }] });
    assert.deepEqual(mapped(NO_MAP, { t: 21.5, x: 3 }, { time: 7 }), ["t 7 21.5", "x 7 3"]);
    assert.deepEqual(mapped(NO_MAP, [1, 2], { time: 7 }), ["y 1 2"]);
    assert.deepEqual(mapped(NO_MAP, [1, 2, 3], { time: 7 }), ["y 7 1", "y 7 2", "y 7 3"]);
    assert.deepEqual(mapped(NO_MAP, [{ t: 1, y: 2 }, { y: 4 }], { time: 7 }), ["y 1 2", "y 7 4"]);
    assert.deepEqual(mapped(NO_MAP, { t: [1, 2], y: [3, 4] }, { time: 7 }), ["y 1 3", "y 2 4"]);
  });

  it("[MP3] is of the unit that is given, else of that which its magnitude says", () => {
    for (const [timeUnit, x] of [
      ["s", 5000],
      ["ms", 5],
      ["us", 0.005],
      ["ns", 0.000005],
    ] as const) {
      assert.deepEqual(mapped({ time: "at", timeUnit }, { at: 5000, y: 1 }), [`y ${x} 1`], timeUnit);
      assert.deepEqual(mapped({ timeUnit }, [5000, 1]), [`y ${x} 1`], timeUnit);
    }
    assert.deepEqual(mapped({ time: "at" }, { at: 1_763_648_912_500, y: 1 }), ["y now 1"]);
    assert.deepEqual(mapped({ time: "at", timeUnit: "ms" }, { at: "1970-01-01T00:00:05Z", y: 1 }), ["y 5 1"]);
    assert.deepEqual(mapped({ timeUnit: "ms" }, { t: Number.POSITIVE_INFINITY, y: 1 }), ["y now 1"]);
  });
});

describe("the fields", () => {
  it("[MP2a] are those that are chosen, and no others", () => {
    const value = { t: 1, temp: { motor: 2, air: 3 }, accel: [4, 5], hum: 6, state: "on" };
    assert.deepEqual(mapped(fields({ field: "temp.motor" }, { field: "accel.1" }), value), [
      "temp.motor 1 2",
      "accel.1 1 5",
    ]);
    assert.deepEqual(mapped(fields({ field: "temp.*" }), value), ["temp.motor 1 2", "temp.air 1 3"]);
    assert.deepEqual(mapped(fields({ field: "*" }), value), ["hum 1 6"]);
    assert.deepEqual(mapped(fields({ field: "*.0" }), value), ["accel.0 1 4"]);
    assert.deepEqual(mapped(fields({ field: "temp.m*" }), value), ["temp.motor 1 2"]);
    assert.deepEqual(mapped(fields({ field: "temp.**" }, { field: "hum" }), value).length, 3);
    assert.deepEqual(mapped(fields({ field: "**" }), value).length, 5);
    assert.deepEqual(mapped(fields({ field: "a.b" }), { t: 1, "a.b": 2, a: { b: 3 } }), ["a.b 1 2"]);
  });

  it("[MP2] may be missing in some items of a list, and not in all of them", () => {
    assert.deepEqual(
      mapped(fields({ field: "a" }), [
        { t: 1, a: 2 },
        { t: 3, b: 4 },
      ]),
      ["a 1 2"],
    );
    assert.equal(mapped(fields({ field: "a" }), [{ t: 3, b: 4 }]), "no-number");
    assert.equal(mapped(fields({ field: "a" }), { t: 3, b: 4 }), "no-number");
    assert.equal(mapped(fields({ field: "a" }), { t: 3, a: "4" }), "no-number");
    assert.deepEqual(
      mapped({ channel: "c" }, [
        { t: 1, a: 2 },
        { t: 3, b: "4" },
      ]),
      ["c: a 1 2"],
    );
    assert.deepEqual(mapped(fields({ field: "y" }), 5), ["y now 5"]);
  });

  it("[MP2b] that are not chosen are no reason to refuse a message", () => {
    assert.deepEqual(mapped(fields({ field: "a" }), { t: 1, a: 2, b: Number.POSITIVE_INFINITY }), ["a 1 2"]);
    assert.equal(mapped(fields({ field: "a" }), { t: 1, a: Number.POSITIVE_INFINITY }), "not-finite");
    assert.deepEqual(mapped(fields({ field: "a" }), { t: [1, 2], a: [3, 4], b: [5] }), ["a 1 3", "a 2 4"]);
    assert.deepEqual(mapped(fields({ field: "a" }), { t: 1, a: 2, "b\u0001": 3 }), ["a 1 2"]);
  });

  it("[MP4] are renamed, scaled and given a unit; the first that fits counts", () => {
    const map = fields(
      { field: "raw.temp", as: "temperature", unit: "°C", scale: 0.1, offset: -40 },
      { field: "raw.*", scale: 2 },
    );
    assert.deepEqual(mapped(map, { t: 1, raw: { temp: 650, hum: 3 } }), ["temperature [°C] 1 25", "raw.hum 1 6"]);
    assert.deepEqual(mapped(map, { t: 1, raw: { temp: 650 } }, { topic: "lab" }), ["lab.temperature [°C] 1 25"]);
    assert.equal(mapped(fields({ field: "a", scale: 1e308 }), { a: 1e10 }), "not-finite");
    assert.equal(mapped(fields({ field: "a", unit: "u".repeat(300) }), { a: 1 }), "series-name-invalid");
    assert.deepEqual(mapped(map, { t: [1, 2], raw: { temp: [650, null], hum: [1, 2] } }), [
      "temperature [°C] 1 25",
      "raw.hum 1 2",
      "raw.hum 2 4",
    ]);
  });

  it("[MP4c] take numbers in quotes where the mapping says so, scaled as others; nan is a missing value", () => {
    assert.deepEqual(mapped({ numbers: "quoted" }, { t: "5", a: "1.5", b: " -2e1 ", c: "x", d: "nan" }), [
      "a 5 1.5",
      "b 5 -20",
    ]);
    assert.deepEqual(mapped({ numbers: "quoted" }, "0.5"), ["y now 0.5"]);
    assert.deepEqual(mapped({ numbers: "quoted" }, ["5", "0.5"]), ["y 5 0.5"]);
    assert.deepEqual(mapped({ numbers: "quoted" }, { t: ["1", "2"], a: ["3", ""] }), ["a 1 3", "a 2 NaN"]);
    const one = fields({ field: "a", numbers: "quoted", scale: 10 }, { field: "*" });
    assert.deepEqual(mapped(one, { t: 5, a: "1.5", b: "2" }), ["a 5 15"]);
    assert.deepEqual(
      mapped({ numbers: "quoted", ...fields({ field: "a", numbers: "plain" }) }, { a: "1" }),
      "no-number",
    );
    assert.equal(mapped({ numbers: "quoted" }, { a: "0x10", b: "1,5", c: "1_000", d: "21.5C" }), "no-number");
    assert.equal(mapped({ numbers: "quoted" }, { a: "1e999" }), "no-number");
  });

  it("[MP2b] [PT7d] that are nested too deep cost nothing, chosen or not", () => {
    const value = { t: 1, a: 2, d: JSON.parse(`${"[".repeat(12)}1${"]".repeat(12)}`) };
    assert.deepEqual(mapped(fields({ field: "a" }), value), ["a 1 2"]);
    assert.deepEqual(mapped(fields({ field: "**" }), value), ["a 1 2"]);
  });

  it("[PT4] [MP1] nested columns are series by their path, one that is called as the time too, with a mapping or an envelope's time", () => {
    const value = { t: [1, 2], sig: { t: [4, 5], a: [6, 7] } };
    const points = ["sig.t 1 4", "sig.a 1 6", "sig.t 2 5", "sig.a 2 7"];
    assert.deepEqual(mapped({}, value), points);
    assert.deepEqual(mapped({}, value, { time: 100 }), points);
    assert.deepEqual(
      mapped({ channel: "c" }, value),
      points.map((point) => `c: ${point}`),
    );
  });

  it("[MP2] of samples are their columns; the one without a name is y", () => {
    const samples = {
      x0: 10,
      dx: 0.5,
      arrival: false,
      names: ["", "b", "c"],
      columns: [Float64Array.of(1, 2), Float64Array.of(3, Number.NaN), Float64Array.of(5, 6)],
    };
    const message: Message = { topic: "mic/", content: { kind: "samples", samples } };
    const points = (map: MapConfig) => mapWith(createMapper(map), message);
    assert.deepEqual(points(NO_MAP), [
      "mic 10 1",
      "mic.b 10 3",
      "mic.c 10 5",
      "mic 10.5 2",
      "mic.b 10.5 NaN",
      "mic.c 10.5 6",
    ]);
    assert.deepEqual(points(fields({ field: "y", unit: "Pa", scale: 10 }, { field: "c" })), [
      "mic [Pa] 10 10",
      "mic.c 10 5",
      "mic [Pa] 10.5 20",
      "mic.c 10.5 6",
    ]);
    assert.deepEqual(points(fields({ field: "b", kind: "step" })), ["mic.b 10 3 step", "mic.b 10.5 NaN"]);
    assert.equal(points(fields({ field: "d" })), "no-number");
  });
});
