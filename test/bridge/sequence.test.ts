import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { Decoder } from "../../bridge/decode.ts";
import { numberFrom, SequenceTracker } from "../../bridge/sequence.ts";

function observe(tracker: SequenceTracker, number: number, crc = number, topic = "t") {
  return tracker.observe({ topic, number, crc, x: number });
}

describe("a publisher's own numbers", () => {
  it("[BR16] tell a jump, a repeat and a restart apart", () => {
    const tracker = new SequenceTracker();
    assert.deepEqual(observe(tracker, 7), { kind: "next" });
    assert.deepEqual(observe(tracker, 8), { kind: "next" });
    assert.deepEqual(observe(tracker, 12), { kind: "jump", missing: 3, fromX: 8 });
    assert.deepEqual(observe(tracker, 8), { kind: "repeat" });
    assert.deepEqual(observe(tracker, 12), { kind: "repeat" });
    assert.deepEqual(observe(tracker, 13), { kind: "next" }, "a repeat changes nothing");
    assert.deepEqual(observe(tracker, 8, 999), { kind: "restart", fromX: 13 });
    assert.deepEqual(observe(tracker, 9), { kind: "next" });
    assert.deepEqual(observe(tracker, 12, 12), { kind: "jump", missing: 2, fromX: 9 }, "the life before is forgotten");
  });

  it("[BR16] are those of a topic", () => {
    const tracker = new SequenceTracker();
    observe(tracker, 1, 0, "a");
    assert.equal(observe(tracker, 100, 0, "b").kind, "next");
    assert.equal(observe(tracker, 2, 0, "a").kind, "next");
  });

  it("[BR16] older than the last 1,024 are no repeat but a restart", () => {
    const tracker = new SequenceTracker();
    for (let i = 0; i <= 1024; i++) observe(tracker, i);
    assert.equal(observe(tracker, 1).kind, "repeat");
    assert.equal(observe(tracker, 0).kind, "restart");
  });

  it("[BR16] of counters of 8, 16 and 32 bits go on at 0", () => {
    for (const last of [0xff, 0xffff, 0xffff_ffff]) {
      const tracker = new SequenceTracker();
      observe(tracker, last);
      assert.equal(observe(tracker, 0, 5).kind, "next");
      assert.equal(observe(tracker, 2, 6).kind, "jump");
    }
  });

  it("[BR16] of more topics than are remembered begin anew, and the spool forgets them too", () => {
    const tracker = new SequenceTracker([], 2);
    for (const topic of ["a", "b", "a", "c"])
      observe(tracker, topic === "a" ? tracker.changes.numbers.length : 0, 0, topic);
    assert.deepEqual(tracker.changes.gone, ["b"]);
    assert.deepEqual(tracker.changes.numbers.map(({ topic }) => topic).sort(), ["a", "c"]);
    tracker.saved();
    assert.deepEqual(tracker.changes, { numbers: [], gone: [] });
  });

  it("[BR16] whatever is lost, the jumps add up to it", () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 50 }), { minLength: 1 }), (steps) => {
        let tracker = new SequenceTracker();
        let number = 0;
        let missing = 0;
        observe(tracker, number);
        for (const step of steps) {
          // Now and then the bridge starts again, with what the spool has.
          if (step % 7 === 0) tracker = new SequenceTracker([{ topic: "t", number, crc: number, x: number }]);
          number += step;
          const verdict = observe(tracker, number);
          missing += verdict.kind === "jump" ? verdict.missing : 0;
          assert.equal(observe(tracker, number).kind, "repeat");
        }
        assert.equal(missing, number - steps.length);
      }),
    );
  });
});

describe("the field with the number", () => {
  const decode = (text: string, ...topic: string[]) =>
    new Decoder("seq").decode(
      [...topic, text].map((frame) => Buffer.from(frame)),
      1,
    );

  it("[BR16] is taken out and not plotted", () => {
    assert.deepEqual(decode('{"seq":3,"x":1,"y":2}', "lab"), {
      ok: true,
      rows: [{ x: 1, arrival: false, names: ["lab"], values: [2] }],
      numbered: { topic: "lab", number: 3 },
    });
    assert.deepEqual(decode('lab {"x":1,"temp":2,"seq":"17"}').numbered, { topic: "lab", number: 17 });
  });

  it("[BR16] counts even where the message holds no points", () => {
    const decoded = decode('{"seq":3,"state":"idle"}');
    assert.deepEqual([decoded.ok, decoded.numbered], [false, { topic: "", number: 3 }]);
  });

  it("[BR16] that is no whole number leaves the message without one", () => {
    for (const seq of ["-1", "1.5", "null", '"a"', "1e300", "{}"]) {
      assert.equal(decode(`{"seq":${seq},"x":1,"y":2}`).numbered, undefined, seq);
    }
    assert.equal(decode("[1,2]").numbered, undefined);
    assert.equal(numberFrom("12x"), undefined);
  });
});
