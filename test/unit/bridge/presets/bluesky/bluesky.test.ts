import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { bluesky } from "../../../../../bridge/presets/bluesky/bluesky.ts";
import { ARRIVED_AT, framesOf, hex, read, readsOrRefuses, refusal, throughZeroMq } from "../../../../support/preset.ts";

// The documents of bluesky/event-model, docs/explanations/data-model.rst, as json.dumps writes them; the units are mine.
const START = 'start {"plan_name": "scan", "scan_id": 2, "time": 1550070004.9850419, "uid": "ba1f9076-7925"}';
const DESCRIPTOR =
  'descriptor {"configuration": {}, "data_keys": {"random_walk:dt": {"dtype": "number", "object_name": "random_walk:dt", ' +
  '"precision": 0, "shape": [], "source": "PV:random_walk:dt", "units": ""}, "random_walk:x": {"dtype": "number", ' +
  '"precision": 0, "shape": [], "source": "PV:random_walk:x", "units": "mm"}}, "name": "primary", ' +
  '"run_start": "ba1f9076-7925", "time": 1550070005.0109222, "uid": "0ad55d9e-1b31"}';
const EVENT =
  'event {"data": {"random_walk:dt": -1.0, "random_walk:x": 1.9221013521832928}, "descriptor": "0ad55d9e-1b31", ' +
  '"filled": {}, "seq_num": 1, "time": 1550070005.0189056, "timestamps": {"random_walk:dt": 1550070004.994477, ' +
  '"random_walk:x": 1550070004.812525}, "uid": "7b5343fe-dfd7"}';
const EVENT_PAGE =
  'event_page {"data": {"random_walk:dt": [-1.0, 0.5], "random_walk:x": [1.9, NaN], "state": ["a", "b"]}, ' +
  '"descriptor": "0ad55d9e-1b31", "filled": {}, "seq_num": [1, 2], "time": [1550070005.25, 1550070006.25], ' +
  '"timestamps": {"random_walk:dt": [1550070004.9, 1550070005.9]}, "uid": ["u1", "u2"]}';
const STOP =
  'stop {"run_start": "ba1f9076-7925", "time": 1580172029.5, "uid": "78c70c2c-2508", "exit_status": "success", ' +
  '"reason": "", "num_events": {"primary": 10}}';
/** pickle.dumps({"time": 1550070004.5, "uid": "u"}) of Python 3.11, then of protocol 2. */
const PICKLES = [
  "8004951f000000000000007d94288c0474696d65944741d7190c3d2000008c03756964948c017594752e",
  "80027d710028580400000074696d6571014741d7190c3d200000580300000075696471025801000000757103752e",
];

/** As Publisher writes a document: its prefix is empty unless it is given one. */
function frame(document: string, prefix = ""): Buffer[] {
  return framesOf(`${prefix} ${document}`);
}

describe("[PS6] preset bluesky", () => {
  it("has a series for each reading of an event, by its stream, with its unit", () => {
    const reader = bluesky.create({});
    assert.deepEqual(read(reader, frame(DESCRIPTOR)), []);
    assert.deepEqual(read(reader, frame(EVENT)), [
      "primary.random_walk:dt 1550070005.0189056 -1",
      "primary.random_walk:x [mm] 1550070005.0189056 1.9221013521832928",
    ]);
  });

  it("takes the Publisher's prefix for the topic", () => {
    const reader = bluesky.create({});
    read(reader, frame(DESCRIPTOR, "beamline"));
    assert.deepEqual(read(reader, frame(EVENT, "beamline")).slice(0, 1), [
      "beamline.primary.random_walk:dt 1550070005.0189056 -1",
    ]);
  });

  it("reads event pages as columns, without what is no number", () => {
    const reader = bluesky.create({});
    read(reader, frame(DESCRIPTOR));
    assert.deepEqual(read(reader, frame(EVENT_PAGE)), [
      "primary.random_walk:dt 1550070005.25 -1",
      "primary.random_walk:x [mm] 1550070005.25 1.9",
      "primary.random_walk:dt 1550070006.25 0.5",
    ]);
  });

  it("reads lists of events, which older bluesky sends", () => {
    const reader = bluesky.create({});
    read(reader, frame(DESCRIPTOR));
    const document = EVENT.slice("event ".length);
    assert.equal(read(reader, frame(`bulk_events {"0ad55d9e-1b31": [${document}, ${document}]}`)).length, 4);
  });

  it("names readings of an event whose descriptor came before the bridge without stream and unit", () => {
    assert.deepEqual(read(bluesky.create({}), frame(EVENT)).slice(1), [
      "event.random_walk:x 1550070005.0189056 1.9221013521832928",
    ]);
  });

  it("takes no reading for the time, and has series of short arrays, not of pictures", () => {
    const reader = bluesky.create({});
    read(reader, frame('descriptor {"uid": "d", "name": "primary", "data_keys": {"rois": {"units": "counts"}}}'));
    const picture = JSON.stringify(Array(65).fill(1));
    const data = `{"t": 1, "x": 2, "rois": [3, 4], "picture": ${picture}, "image": [[1, 2]], "file": "uid/1", "on": true}`;
    assert.deepEqual(read(reader, frame(`event {"data": ${data}, "descriptor": "d", "time": 1550070005.5}`)), [
      "primary.t 1550070005.5 1",
      "primary.x 1550070005.5 2",
      "primary.rois.0 [counts] 1550070005.5 3",
      "primary.rois.1 [counts] 1550070005.5 4",
      "primary.on 1550070005.5 1",
    ]);
    assert.deepEqual(read(reader, frame('event {"data": {"file": "uid/1"}, "descriptor": "d", "time": 1}')), []);
    assert.deepEqual(read(reader, frame('event {"data": {"a": NaN, "b": 1e999}, "descriptor": "d", "time": 1}')), []);
    const missing = 'event {"data": {"rois": [NaN, 4, 1e999]}, "descriptor": "d", "time": 1}';
    assert.deepEqual(read(reader, frame(missing)), ["primary.rois.1 [counts] 1 4"]);
  });

  it("counts runs", () => {
    const reader = bluesky.create({});
    const runs = (points: string[] | string) => [points].flat().map((point) => point.replace(/^runs\./, ""));
    assert.deepEqual(runs(read(reader, frame(START))), [
      "started 1550070004.9850419 1",
      "stopped 1550070004.9850419 0",
      "failed 1550070004.9850419 0",
      "open 1550070004.9850419 1",
    ]);
    assert.deepEqual(runs(read(reader, frame(STOP))), [
      "started 1580172029.5 1",
      "stopped 1580172029.5 1",
      "failed 1580172029.5 0",
      "open 1580172029.5 0",
    ]);
    assert.equal(
      runs(read(reader, frame('stop {"run_start": "other", "time": 2, "exit_status": "abort"}')))[2],
      "failed 2 1",
    );
  });

  it("reads msgpack", () => {
    // msgpack.packb({"data": {"det": 1.5}, "descriptor": "d1", "time": 1550070005.0189056}) of Python
    const document = hex(
      "83 a4 64617461 81 a3 646574 cb 3ff8000000000000 aa 64657363726970746f72 a2 6431 a4 74696d65 cb 41d7190c3d4135c0",
    );
    const frames = [Buffer.concat([Buffer.from(" event "), document])];
    assert.deepEqual(read(bluesky.create({}), frames), ["event.det 1550070005.0189056 1.5"]);
  });

  it("[PS1c] refuses pickle with what to do", () => {
    for (const pickle of PICKLES) {
      const frames = [Buffer.concat([Buffer.from(" start "), hex(pickle)])];
      const { code, message } = refusal(bluesky.create({}), frames);
      assert.equal(code, "unsupported");
      assert.match(
        message,
        /Publisher\(.*serializer=lambda doc: json\.dumps\(doc, cls=event_model\.NumpyEncoder\)\.encode\(\)\)/,
      );
    }
  });

  it("leaves documents about files aside, whatever they are packed in", () => {
    for (const name of ["resource", "datum", "datum_page", "bulk_datum", "stream_resource", "stream_datum"]) {
      assert.deepEqual(read(bluesky.create({}), frame(`${name} \u0080\u0004pickle`)), []);
    }
  });

  it("refuses what is no message of its Publisher", () => {
    const reader = bluesky.create({});
    for (const frames of [
      [],
      framesOf("topic", "{}"),
      framesOf('{"x": 1, "y": 2}'),
      framesOf(" banana {}"),
      framesOf("  "),
    ]) {
      assert.equal(refusal(reader, frames).code, "envelope-wrong");
    }
    assert.match(refusal(reader, framesOf("x")).message, /^bluesky: /);
    assert.equal(refusal(reader, frame("event [1]")).code, "format-unknown");
    assert.equal(refusal(reader, frame("event {")).code, "not-json");
    assert.equal(refusal(reader, framesOf(Buffer.concat([Buffer.from(" event "), hex("82 a1")]))).code, "not-msgpack");
  });

  it("remembers 256 streams and open runs, and forgets the oldest", () => {
    const reader = bluesky.create({});
    for (let i = 0; i < 300; i++) {
      read(reader, frame(`descriptor {"uid": "d${i}", "name": "s${i}", "data_keys": {}}`));
      read(reader, frame(`start {"uid": "r${i}", "time": 1}`));
    }
    const event = (i: number) => frame(`event {"data": {"a": 1}, "descriptor": "d${i}", "time": 1}`);
    assert.deepEqual(read(reader, event(299)), ["s299.a 1 1"]);
    assert.deepEqual(read(reader, event(43)), ["event.a 1 1"]);
    assert.deepEqual(read(reader, event(44)), ["s44.a 1 1"]);
    assert.deepEqual([read(reader, frame('stop {"run_start": "r299", "time": 2}'))].flat().at(-1), "runs.open 2 255");
  });

  it("never fails otherwise, whatever the frames are", () => {
    const name = fc.constantFrom("start", "stop", "descriptor", "event", "event_page", "bulk_events", "datum");
    const document = fc.record({
      uid: fc.jsonValue(),
      name: fc.jsonValue(),
      data_keys: fc.oneof(fc.jsonValue(), fc.dictionary(fc.string(), fc.record({ units: fc.jsonValue() }))),
      data: fc.oneof(fc.jsonValue(), fc.dictionary(fc.string(), fc.jsonValue())),
      time: fc.jsonValue(),
      descriptor: fc.jsonValue(),
    });
    const said = fc.tuple(name, document).map(([known, value]) => Buffer.from(` ${known} ${JSON.stringify(value)}`));
    const other = fc.uint8Array({ maxLength: 40 }).map((bytes) => Buffer.from(bytes));
    fc.assert(
      fc.property(fc.array(fc.array(fc.oneof(said, other), { maxLength: 2 }), { maxLength: 5 }), (messages) => {
        const reader = bluesky.create({});
        for (const frames of messages) readsOrRefuses(reader, frames);
      }),
    );
  });

  it("reads what comes over ZeroMQ", async () => {
    const points = await throughZeroMq(bluesky.create({}), [
      frame(START),
      frame(DESCRIPTOR),
      frame(EVENT),
      frame(STOP),
    ]);
    assert.equal(points.length, 10);
    assert.ok(points.includes("primary.random_walk:x [mm] 1550070005.0189056 1.9221013521832928"));
    assert.ok(!points.some((point) => point.includes(String(ARRIVED_AT))));
  });
});
