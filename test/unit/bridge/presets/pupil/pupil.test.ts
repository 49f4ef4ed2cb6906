import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { Packr } from "msgpackr";
import { presetNamed, presets } from "../../../../../bridge/presets/index.ts";
import { pupil } from "../../../../../bridge/presets/pupil/pupil.ts";
import { PupilClock } from "../../../../../bridge/presets/pupil/pupil-clock.ts";
import {
  ARRIVED_AT,
  framesOf,
  hex,
  pointsIn,
  read,
  readsOrRefuses,
  refusal,
  throughZeroMq,
} from "../../../../support/preset.ts";

/**
 * msgpack.packb, as pupil-labs/pupil's zmq_tools.py calls it, of what create_pupil_datum (detector_base_plugin.py) and
 * pye3d make, with the numbers of pupil_src/tests/test_raw_data_exporter.py and fewer fields:
 * {"id": 0, "topic": "pupil.0.3d", "method": "pye3d", "norm_pos": [0.42124922766651, 0.3434563831956573],
 * "diameter": 25.43866813955349, "confidence": 0.9661007130628978, "timestamp": 18147.38145,
 * "sphere": {"center": [-2.589605454357244, 5.16258305418917], "radius": 2.178582911117089}}
 */
const PUPIL = hex(`88 a2 6964 00 a5 746f706963 aa 707570696c2e302e3364 a6 6d6574686f64 a5 7079653364
  a8 6e6f726d5f706f73 92 cb 3fdaf5bf5212bf2f cb 3fd5fb307b5b60f2 a8 6469616d65746572 cb 4039704c8e212ded
  aa 636f6e666964656e6365 cb 3feeea4c0ae7eaea a9 74696d657374616d70 cb 40d1b8d869ad42c4
  a6 737068657265 82 a6 63656e746572 92 cb c004b78310800f88 cb 4014a67c2c128150 a6 726164697573 cb 40016dbce096fa9e`);
/**
 * The same of gazer_headset.py (predict): {"topic": "gaze.3d.01.", "norm_pos": […], "confidence": …,
 * "timestamp": 18147.383182, "base_data": [{"topic": "pupil.0.3d", "confidence": …, "timestamp": 18147.38145}]}
 */
const GAZE =
  hex(`85 a5 746f706963 ab 67617a652e33642e30312e a8 6e6f726d5f706f73 92 cb 3fe03fa9ed6c1e8e cb 3fd9291221e3f06a
  aa 636f6e666964656e6365 cb 3feeea4c0ae7eaea a9 74696d657374616d70 cb 40d1b8d8860dcb9b a9 626173655f64617461 91 83
  a5 746f706963 aa 707570696c2e302e3364 aa 636f6e666964656e6365 cb 3feeea4c0ae7eaea
  a9 74696d657374616d70 cb 40d1b8d869ad42c4`);

const packr = new Packr({ useRecords: false });

function datum(topic: string, fields: Record<string, unknown>): Buffer[] {
  return [Buffer.from(topic), Buffer.from(packr.pack({ topic, ...fields }))];
}

describe("[PS5] preset pupil", () => {
  it("has every number of a datum, at the arrival of the first, and not the eye's number", () => {
    assert.deepEqual(
      read(pupil.create({}), framesOf("pupil.0.3d", PUPIL)),
      [
        "norm_pos.0 0.42124922766651",
        "norm_pos.1 0.3434563831956573",
        "diameter 25.43866813955349",
        "confidence 0.9661007130628978",
        "sphere.center.0 -2.589605454357244",
        "sphere.center.1 5.16258305418917",
        "sphere.radius 2.178582911117089",
      ].map((point) => `pupil.0.3d.${point.replace(" ", ` ${ARRIVED_AT} `)}`),
    );
  });

  it("keeps distances of Pupil time, and has no series of what a datum was made of", () => {
    const reader = pupil.create({});
    read(reader, framesOf("pupil.0.3d", PUPIL));
    const points = read(reader, framesOf("gaze.3d.01.", GAZE), ARRIVED_AT + 0.02);
    const x = 18147.383182 + (ARRIVED_AT - 18147.38145);
    assert.deepEqual(points, [
      `gaze.3d.01.norm_pos.0 ${x} 0.5077714574008085`,
      `gaze.3d.01.norm_pos.1 ${x} 0.39313176450355647`,
      `gaze.3d.01.confidence ${x} 0.9661007130628978`,
    ]);
  });

  it("has what was mapped onto a surface, and not the matrices", () => {
    // pupil-labs/pupil, surface_tracker.py (_create_surface_events) and surface.py (map_gaze_and_fixation_events)
    const frames = datum("surfaces.screen", {
      name: "screen",
      surf_to_img_trans: [
        [1.5, 2, 3],
        [4, 5, 6],
        [7, 8, 9],
      ],
      gaze_on_surfaces: [
        {
          topic: "gaze.3d.1._on_surface",
          norm_pos: [0.25, 0.75],
          confidence: 0.5,
          on_surf: true,
          base_data: ["gaze.3d.1.", 99.5],
          timestamp: 99.5,
        },
        {
          topic: "gaze.3d.1._on_surface",
          norm_pos: [0.5, 1.75],
          confidence: 0.5,
          on_surf: false,
          base_data: ["gaze.3d.1.", 99.75],
          timestamp: 99.75,
        },
      ],
      fixations_on_surfaces: [],
      timestamp: 100.5,
    });
    const reader = pupil.create({});
    read(reader, datum("gaze.3d.1.", { confidence: 1, timestamp: 100 }), 1000);
    assert.deepEqual(read(reader, frames, 1000), [
      "surfaces.screen.gaze.3d.1._on_surface.norm_pos.0 999.5 0.25",
      "surfaces.screen.gaze.3d.1._on_surface.norm_pos.1 999.5 0.75",
      "surfaces.screen.gaze.3d.1._on_surface.confidence 999.5 0.5",
      "surfaces.screen.gaze.3d.1._on_surface.on_surf 999.5 1",
      "surfaces.screen.gaze.3d.1._on_surface.norm_pos.0 999.75 0.5",
      "surfaces.screen.gaze.3d.1._on_surface.norm_pos.1 999.75 1.75",
      "surfaces.screen.gaze.3d.1._on_surface.confidence 999.75 0.5",
      "surfaces.screen.gaze.3d.1._on_surface.on_surf 999.75 0",
    ]);
  });

  it("has the arrival's time where a datum has none", () => {
    assert.deepEqual(read(pupil.create({}), datum("gaze.mine", { speed: 2.5 })), [`gaze.mine.speed ${ARRIVED_AT} 2.5`]);
    assert.deepEqual(read(pupil.create({}), datum("annotation", { label: "go" })), []);
    let deep: Record<string, unknown> = { array: [1.5] };
    for (let level = 7; level > 0; level--) deep = { deep };
    assert.equal(read(pupil.create({}), datum("gaze.mine", deep)).length, 1);
    assert.equal(read(pupil.create({}), datum("gaze.mine", { a: { b: { c: { d: deep } } } })), "too-deep");
  });

  it("leaves pictures, log messages and notifications aside, and subscribes to none", () => {
    const reader = pupil.create({});
    // frame_publisher_controller.py: the raw data are further frames
    assert.deepEqual(read(reader, [...datum("frame.world", { width: 1280, timestamp: 1 }), Buffer.from("jpeg")]), []);
    for (const topic of [
      "frame.eye.0",
      "logging.info",
      "notify.recording.started",
      "delayed_notify.x",
      "remote_notify.x",
    ]) {
      assert.deepEqual(read(reader, datum(topic, { delay: 1 })), []);
      assert.ok(!pupil.topics?.some((prefix) => topic.startsWith(prefix)), topic);
    }
    for (const topic of [
      "pupil.1.2d",
      "gaze.2d.0.",
      "gaze.3d.01.",
      "fixations",
      "blinks",
      "surfaces.screen",
      "head_pose",
      "annotation",
    ]) {
      assert.ok(
        pupil.topics?.some((prefix) => topic.startsWith(prefix)),
        topic,
      );
    }
  });

  it("refuses what is no message of the backbone, and says where to connect", () => {
    const reader = pupil.create({});
    for (const frames of [
      [],
      framesOf("pupil.0.3d"),
      framesOf("pupil.0.3d", '{"x": 1}'),
      framesOf("", PUPIL),
      framesOf(hex("ff"), PUPIL),
    ]) {
      assert.equal(refusal(reader, frames).code, "envelope-wrong");
      assert.match(refusal(reader, frames).message, /^pupil: .*SUB_PORT/);
    }
    assert.equal(refusal(reader, framesOf("pupil.0.3d", Buffer.alloc(17 * 1024 * 1024))).code, "message-too-large");
    assert.equal(refusal(reader, framesOf("pupil.0.3d", PUPIL.subarray(0, 40))).code, "not-msgpack");
  });

  it("never fails otherwise, whatever the frames are", () => {
    const topic = fc.constantFrom("pupil.0.3d", "gaze.3d.0.", "surfaces.a", "frame.world");
    const fields = fc.oneof(
      fc.dictionary(fc.string(), fc.jsonValue()),
      fc.record({ timestamp: fc.jsonValue(), gaze_on_surfaces: fc.jsonValue() }),
    );
    const said = fc.tuple(topic, fields).map(([name, value]) => datum(name, value));
    const other = fc
      .array(fc.uint8Array({ maxLength: 30 }), { maxLength: 3 })
      .map((frames) => frames.map((frame) => Buffer.from(frame)));
    fc.assert(
      fc.property(fc.array(fc.oneof(said, other), { maxLength: 5 }), (messages) => {
        const reader = pupil.create({});
        for (const frames of messages) readsOrRefuses(reader, frames);
      }),
    );
  });

  it("reads what comes over ZeroMQ, subscribed to its own topics", async () => {
    const points = await throughZeroMq(
      pupil.create({}),
      [framesOf("pupil.0.3d", PUPIL), framesOf("gaze.3d.01.", GAZE)],
      pupil.topics,
    );
    assert.equal(points.length, 10);
    assert.equal(points[0], `pupil.0.3d.norm_pos.0 ${ARRIVED_AT} 0.42124922766651`);
  });
});

describe("[PS5] Pupil's clock", () => {
  /** Messages each 100 ms for a while, all with a delay in seconds. @returns the time of the last */
  function run(clock: PupilClock, from: number, seconds: number, pupilAt: (at: number) => number, delay = 0): number {
    let x = 0;
    for (let i = 0; i < seconds * 10; i++) x = clock.unixSeconds(pupilAt(from + i / 10), from + i / 10 + delay, true);
    return x;
  }

  it("corrects drift, 1 ms in 10 s at most, and never goes back in time", () => {
    const clock = new PupilClock();
    // Pupil's clock is slow by 50 parts in a million: 0.18 s in an hour.
    let last = Number.NEGATIVE_INFINITY;
    for (let i = 0; i < 36_000; i++) {
      const at = 1000 + i / 10;
      const x = clock.unixSeconds(i * 0.1 * (1 - 50e-6), at, true);
      assert.ok(x > last);
      assert.ok(Math.abs(x - at) < 0.002);
      last = x;
    }
  });

  it("gives the delay of the first message back slowly", () => {
    const clock = new PupilClock();
    clock.unixSeconds(0, 1000.5, true);
    for (let i = 1; i <= 110; i++) clock.unixSeconds(i / 10, 1000 + i / 10, true);
    assert.ok(Math.abs(clock.unixSeconds(11.1, 1011.1, true) - 1011.599) < 1e-6);
  });

  it("takes the delay of messages for no drift while one of 10 s is prompt", () => {
    const clock = new PupilClock();
    clock.unixSeconds(0, 1000, true);
    for (let i = 1; i < 1000; i++) clock.unixSeconds(i / 10, 1000 + i / 10 + (i % 50 === 0 ? 0 : 0.5), true);
    assert.ok(Math.abs(clock.unixSeconds(100, 1100.5, true) - 1100) < 1e-6);
  });

  it("begins anew at once where Pupil's clock was set, and after 10 s where all is more than 1 s late", () => {
    const clock = new PupilClock();
    run(clock, 1000, 5, (at) => at - 900);
    assert.equal(clock.unixSeconds(5, 1010, true), 1010);
    assert.equal(clock.unixSeconds(5000, 1011, true), 1011);
    assert.ok(Math.abs(run(clock, 1011, 12, (at) => at - 1011 + 5000, 3) - (1011 + 11.9 + 3)) < 1e-6);
  });

  it("does not heed data that are sent late once there are others", () => {
    const clock = new PupilClock();
    assert.equal(clock.unixSeconds(100, 1004, false), 1004);
    // A fixation is told when it has lasted: its own time is that of its beginning.
    assert.equal(clock.unixSeconds(104, 1004.5, true), 1004.5);
    assert.equal(clock.unixSeconds(20, 1005, false), 920.5);
    assert.equal(clock.unixSeconds(104.5, 1005, true), 1005);
  });
});

describe("[PS5] presets", () => {
  it("are found by name", () => {
    assert.equal(presetNamed("pupil"), pupil);
    assert.equal(presetNamed("constructor"), undefined);
    assert.deepEqual(new Set(presets.map(({ name }) => name)).size, presets.length);
    for (const { summary } of presets) assert.ok(summary.length > 0 && !summary.includes("\n"));
    assert.deepEqual(pointsIn([]), []);
  });
});
