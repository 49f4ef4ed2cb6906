import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { SequenceTracker } from "../../../../../bridge/batch/sequence/sequence.ts";
import { numberFrom, takeNumber } from "../../../../../bridge/decode/number.ts";
import type { ArrivalPath } from "../../../../../bridge/sources/inlet.ts";
import { decodingOf } from "../../../../support/decoding.ts";

/** By one of two connections that are always there. */
const BY = {
  first: { path: 1, newest: 2, second: () => 2 },
  other: { path: 2, newest: 2, second: () => 2 },
};

function observe(tracker: SequenceTracker, number: number, crc = number, topic = "t", by: ArrivalPath = BY.first) {
  return tracker.observe({ topic, number, crc, x: number }, by);
}

/** The same by the other connection. */
const again = (tracker: SequenceTracker, number: number, crc = number) =>
  observe(tracker, number, crc, "t", BY.other).kind;

describe("a publisher's own numbers", () => {
  it("[BR16c] [BR16d] [BR16h] tell a jump, a repeat and a restart apart", () => {
    const tracker = new SequenceTracker();
    assert.deepEqual(observe(tracker, 7), { kind: "next" });
    assert.deepEqual(observe(tracker, 8), { kind: "next" });
    assert.deepEqual(observe(tracker, 12), { kind: "jump", missing: 3, fromX: 8 });
    assert.equal(again(tracker, 8), "repeat");
    assert.equal(again(tracker, 12), "repeat");
    assert.deepEqual(observe(tracker, 13), { kind: "next" }, "a repeat changes nothing");
    assert.deepEqual(observe(tracker, 8, 999), { kind: "restart", fromX: 13 });
    assert.deepEqual(observe(tracker, 9), { kind: "next" });
    assert.deepEqual(observe(tracker, 12, 12), { kind: "jump", missing: 2, fromX: 9 }, "the life before is forgotten");
  });

  it("[BR16b] begin again at 0 after the greatest of each width", () => {
    for (const greatest of [255, 65_535, 2_147_483_647, 4_294_967_295, 2 ** 53 - 1]) {
      const tracker = new SequenceTracker();
      observe(tracker, greatest);
      assert.deepEqual(observe(tracker, 0), { kind: "next" }, `${greatest}`);
      observe(tracker, greatest - 1, 0, "other");
      assert.equal(observe(tracker, 0, 1, "other").kind, "restart");
    }
  });

  it("[BR16c] are never said to have lost billions", () => {
    const tracker = new SequenceTracker();
    observe(tracker, 4_294_967_290);
    assert.equal(observe(tracker, 3).kind, "restart");
    assert.deepEqual(observe(tracker, 4_294_967_291), { kind: "jump", missing: null, fromX: 3 });
    const other = new SequenceTracker();
    observe(other, 0);
    assert.deepEqual(observe(other, 2_147_483_648), { kind: "jump", missing: 2_147_483_647, fromX: 0 });
    const third = new SequenceTracker();
    observe(third, 0);
    assert.deepEqual(observe(third, 2_147_483_649), { kind: "jump", missing: null, fromX: 0 });
  });

  it("[BR16] are those of a topic", () => {
    const tracker = new SequenceTracker();
    observe(tracker, 1, 0, "a");
    assert.equal(observe(tracker, 100, 0, "b").kind, "next");
    assert.equal(observe(tracker, 2, 0, "a").kind, "next");
  });

  it("[BR16f] older than the last 1,024 are no repeat but a restart", () => {
    const tracker = new SequenceTracker();
    for (let i = 0; i <= 1024; i++) observe(tracker, i);
    assert.equal(again(tracker, 1), "repeat");
    assert.equal(again(tracker, 0), "restart");
  });

  it("[BR16f] are remembered 131,072 in all topics together", () => {
    const tracker = new SequenceTracker();
    for (let topic = 0; topic < 255; topic++) observe(tracker, 0, 0, `topic ${topic}`);
    for (let i = 0; i <= 512; i++) observe(tracker, i);
    assert.equal(again(tracker, 1), "repeat", "512 of each of 256 topics");
    assert.equal(again(tracker, 0), "restart");
  });

  it("[BR16d] that came more than 5 s ago are no repeat but a restart", () => {
    let nowMs = 0;
    const tracker = new SequenceTracker([], 10, () => nowMs);
    for (const number of [1, 2]) observe(tracker, number);
    nowMs = 5000;
    assert.equal(again(tracker, 1), "repeat");
    nowMs = 5001;
    assert.equal(again(tracker, 2), "restart");
  });

  it("[BR16d] [BR16h] by the same connection are a restart: a publisher that is run again behind a forwarder", () => {
    const tracker = new SequenceTracker();
    const run = () => [1, 2, 3].map((number) => observe(tracker, number).kind);
    assert.deepEqual([run(), run(), run()].flat(), [
      ...["next", "next", "next"],
      ...["restart", "next", "next"],
      ...["restart", "next", "next"],
    ]);
  });

  it("[BR16d] by a connection that began after they came are a restart: a script that is run again", () => {
    const tracker = new SequenceTracker();
    const run = (path: number) =>
      [1, 2, 3].map((number) => observe(tracker, number, number, "t", { path, newest: path, second: () => 2 }).kind);
    assert.deepEqual([run(1), run(2), run(3)].flat(), [
      ...["next", "next", "next"],
      ...["restart", "next", "next"],
      ...["restart", "next", "next"],
    ]);
  });

  it("[BR16] of a publisher with two connections that starts again are a restart, and then repeats", () => {
    const tracker = new SequenceTracker();
    const both = (number: number) => [observe(tracker, number).kind, again(tracker, number)];
    assert.deepEqual([1, 2, 3].flatMap(both), ["next", "repeat", "next", "repeat", "next", "repeat"]);
    assert.deepEqual([1, 2, 3].flatMap(both), ["restart", "repeat", "next", "repeat", "next", "repeat"]);
  });

  it("[BR16b] of a counter of 8 bits that comes round with the same payload are no repeats", () => {
    const tracker = new SequenceTracker();
    for (let i = 0; i < 1000; i++) {
      assert.equal(observe(tracker, i % 256, i % 256).kind, "next");
      assert.equal(again(tracker, i % 256), "repeat");
    }
  });

  it("[BR16g] where CURVE hides who sent them are repeats once, if two connections were there and send", () => {
    const by = (newest: number, second: number): ArrivalPath => ({ path: undefined, newest, second: () => second });
    const kinds = (...arrivalPaths: ArrivalPath[]) => {
      const tracker = new SequenceTracker();
      return arrivalPaths.map((arrivalPath) => observe(tracker, 1, 1, "t", arrivalPath).kind);
    };
    assert.deepEqual(kinds(by(2, 2), by(2, 2), by(2, 2)), ["next", "repeat", "restart"]);
    assert.deepEqual(kinds(by(2, 2), by(3, 3)), ["next", "restart"], "one of them ended, and another began");
    assert.deepEqual(kinds(by(1, Number.POSITIVE_INFINITY), by(1, Number.POSITIVE_INFINITY)), ["next", "restart"]);
  });

  it("[BR16] of before a restart of the bridge are no repeats: nobody knows how they came", () => {
    const tracker = new SequenceTracker([{ topic: "t", number: 3, crc: 3, x: 3 }]);
    assert.equal(again(tracker, 3), "restart");
    assert.equal(new SequenceTracker().observe({ topic: "t", number: 1, crc: 1, x: 1 }).kind, "next");
  });

  it("[BR16b] of counters of 8, 16 and 32 bits go on at 0", () => {
    for (const last of [0xff, 0xffff, 0xffff_ffff]) {
      const tracker = new SequenceTracker();
      observe(tracker, last);
      assert.equal(observe(tracker, 0, 5).kind, "next");
      assert.equal(observe(tracker, 2, 6).kind, "jump");
    }
  });

  it("[BR16i] of the last 4,096 topics are known, and of the one before these no more", () => {
    for (const [topics, kind] of [
      [4096, "jump"],
      [4097, "next"],
    ] as const) {
      const tracker = new SequenceTracker();
      for (let i = 0; i < topics; i++) observe(tracker, 1, 1, `t${i}`);
      assert.equal(observe(tracker, 5, 5, "t0").kind, kind, `${topics} topics`);
    }
  });

  it("[BR16i] of more topics than are remembered begin anew, and the spool forgets them too", () => {
    const tracker = new SequenceTracker([], 2);
    for (const topic of ["a", "b", "a", "c"])
      observe(tracker, topic === "a" ? tracker.changes.numbers.length : 0, 0, topic);
    assert.deepEqual(tracker.changes.gone, ["b"]);
    assert.deepEqual(tracker.changes.numbers.map(({ topic }) => topic).sort(), ["a", "c"]);
    tracker.saved();
    assert.deepEqual(tracker.changes, { numbers: [], gone: [] });
  });

  it("[BR16] that may not have been the last before leave open how many are missing, once", () => {
    const tracker = new SequenceTracker([{ topic: "t", number: 10, crc: null, x: 10 }]);
    assert.deepEqual(observe(tracker, 20), { kind: "jump", missing: null, fromX: 10 });
    assert.deepEqual(observe(tracker, 23), { kind: "jump", missing: 2, fromX: 20 });
    assert.deepEqual(new SequenceTracker(tracker.changes.numbers).observe({ topic: "t", number: 25, crc: 0, x: 25 }), {
      kind: "jump",
      missing: 1,
      fromX: 23,
    });
  });

  it("[BR16c] whatever is lost, the jumps add up to it", () => {
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
          missing += verdict.kind === "jump" ? (verdict.missing ?? Number.NaN) : 0;
          assert.equal(again(tracker, number), "repeat");
        }
        assert.equal(missing, number - steps.length);
      }),
    );
  });
});

describe("several publishers on one topic", () => {
  /** @param turns which publisher sends, each counting up from its own number, none lost */
  function verdicts(tracker: SequenceTracker, from: readonly number[], turns: readonly number[]) {
    const next = [...from];
    return turns.map((turn) => {
      const number = next[turn] ?? 0;
      next[turn] = number + 1;
      return observe(tracker, number, number * 10 + turn);
    });
  }
  const byTurns = (publishers: number, count: number): number[] =>
    Array.from({ length: count }, (_, i) => i % publishers);
  const exact = (all: ReturnType<typeof verdicts>): number =>
    all.filter((verdict) => verdict.kind === "jump" && verdict.missing !== null).length;

  it("[BR16j] [BR16k] that each number their messages are noticed: then nothing is said to be missing", () => {
    for (const from of [
      [1000, 5],
      [5, 1000],
      [7, 7],
      [10, 9],
      [5000, 300, 70],
      [1, 1, 1, 1000],
    ]) {
      const all = verdicts(new SequenceTracker(), from, byTurns(from.length, 100));
      assert.equal(all.filter(({ kind }) => kind === "shared").length, 1, `${from}`);
      const noticed = all.findIndex(({ kind }) => kind === "shared");
      assert.ok(noticed <= 4 * from.length, `${from} noticed at ${noticed}`);
      assert.ok(all.slice(noticed + 1).every(({ kind }) => kind === "next"));
      assert.ok(
        exact(all) <= from.length - 1,
        `${from}: only who is heard for the first time can seem to have lost any`,
      );
    }
  });

  it("[BR16] that send the same under the same number repeat nothing", () => {
    const tracker = new SequenceTracker();
    verdicts(tracker, [1000, 5], byTurns(2, 20));
    assert.equal(observe(tracker, 2000, 1).kind, "next");
    assert.equal(again(tracker, 2000, 1), "next");
  });

  it("[BR16] in runs of any length, too", () => {
    const lengths = fc.array(fc.integer({ min: 1, max: 300 }), { minLength: 12, maxLength: 30 });
    fc.assert(
      fc.property(lengths, fc.integer({ min: 20_000, max: 90_000 }), (runs, above) => {
        const turns = runs.flatMap((length, i) => Array<number>(length).fill(i % 2));
        const all = verdicts(new SequenceTracker(), [above, 1], turns);
        assert.equal(all.filter(({ kind }) => kind === "shared").length, 1);
        assert.equal(exact(all), 0);
      }),
    );
  });

  it("[BR16] one that restarts, however often, and loses some is not several", () => {
    const life = fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 1, maxLength: 60 });
    fc.assert(
      fc.property(fc.array(life, { minLength: 2, maxLength: 12 }), (lives) => {
        const tracker = new SequenceTracker();
        for (const [i, steps] of lives.entries()) {
          let number = 0;
          for (const [at, step] of steps.entries()) {
            number += at === 0 ? 1 : step;
            assert.notEqual(observe(tracker, number, i * 1e6 + number).kind, "shared");
          }
        }
      }),
    );
  });

  it("[BR16k] of which one alone is left are checked again, and nobody is told a second time", () => {
    const tracker = new SequenceTracker();
    const turns = [...byTurns(2, 20), ...Array<number>(2000).fill(0)];
    verdicts(tracker, [1_000_000, 1], turns);
    const next = 1_000_000 + 2010;
    assert.deepEqual(observe(tracker, next + 5), { kind: "jump", missing: 5, fromX: next - 1 });
    const later = verdicts(tracker, [next + 6, 5000], byTurns(2, 50));
    assert.ok(later.every(({ kind }) => kind !== "shared"));
    assert.deepEqual(later.at(-1), { kind: "next" });
  });

  it("[BR16] leave open after a restart of the bridge, too, how many are missing", () => {
    const before = new SequenceTracker();
    verdicts(before, [1000, 5], byTurns(2, 50));
    const all = verdicts(new SequenceTracker(before.changes.numbers), [1025, 30], byTurns(2, 50));
    assert.equal(exact(all), 0);
    assert.equal(all.filter(({ kind }) => kind === "shared").length, 1);
  });
});

describe("the field with the number", () => {
  const taken = (...frames: (string | Buffer)[]) => {
    const [message] = decodingOf().messages(frames);
    assert.ok(message);
    const number = takeNumber(
      message.content,
      "seq",
      frames.map((frame) => Buffer.from(frame)),
    );
    return { number, topic: message.topic, content: message.content };
  };

  it("[BR16a] is taken out and not plotted", () => {
    assert.deepEqual(taken("lab", '{"seq":3,"x":1,"y":2}'), {
      number: 3,
      topic: "lab",
      content: { kind: "value", value: { x: 1, y: 2 } },
    });
    const { number, topic } = taken('lab {"x":1,"temp":2,"seq":"17"}');
    assert.deepEqual([number, topic], [17, "lab"]);
  });

  it("[BR16b] keeps its neighbours apart above 2^53", () => {
    for (const [seq, number] of [
      ["9007199254740993", 1],
      ["9007199254740994", 2],
      ['"18446744073709551615"', 2 ** 53 - 1],
      ["18446744073709551615", 2 ** 53 - 1],
      [" 9007199254740995 ", 3],
    ] as const) {
      const { number: found, content } = taken("lab", `{"seq":${seq},"y":2}`);
      assert.equal(found, number, seq);
      assert.deepEqual(content, { kind: "value", value: { y: 2 } });
    }
    const ambiguous = '{"a":{"seq":9007199254740992},"seq":9007199254740993}';
    assert.equal(taken(ambiguous).number, undefined, "two that are one as float64");
    const packed = Buffer.from("82a3736571cf0020000000000003a17902", "hex");
    assert.equal(taken(packed).number, 3, "msgpack");
    assert.equal(taken(Buffer.from("a2637365711b0020000000000003617902", "hex")).number, 3, "CBOR");
  });

  it("[BR16a] counts even where the message holds no points", () => {
    assert.equal(taken('{"seq":3,"state":"idle"}').number, 3);
  });

  it("[BR16] that is no whole number leaves the message without one", () => {
    for (const seq of ["-1", "1.5", "null", '"a"', "1e300", "{}"]) {
      assert.equal(taken(`{"seq":${seq},"x":1,"y":2}`).number, undefined, seq);
    }
    assert.equal(taken("[1,2]").number, undefined);
    assert.equal(numberFrom("12x"), undefined);
  });
});
