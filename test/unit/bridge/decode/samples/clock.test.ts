import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { SampleClock } from "../../../../../bridge/decode/samples/sample-clock.ts";
import { Spread } from "../../../../../bridge/decode/samples/spread.ts";

const START = 1_763_648_912.5;

interface Placed {
  x0: number;
  dx: number;
  /** Of the last sample. */
  end: number;
  sampledAt: number;
  arrivedAt: number;
}

interface Stream {
  rate?: number;
  samples?: number;
  seconds: number;
  /** The publisher's own rate, as a factor. */
  fast?: number;
  /** Seconds on the way of the message that was complete `seconds` after the start. */
  delay?: (seconds: number, index: number) => number;
  /** Seconds of which nothing is sent; what was sampled then is lost. */
  without?: [number, number];
}

/** Sends a stream through a clock. Messages keep their order on the way. */
function send({ rate = 48_000, samples = 480, seconds, fast = 1, delay = () => 0.001, without }: Stream): Placed[] {
  const clock = new SampleClock(rate);
  const placed: Placed[] = [];
  const each = samples / (rate * fast);
  let arrivedAt = 0;
  for (let index = 1; index * each < seconds; index++) {
    const sent = index * each;
    if (without !== undefined && sent > without[0] && sent <= without[1]) continue;
    arrivedAt = Math.max(arrivedAt, START + sent + delay(sent, index));
    const { x0, dx } = clock.place(samples, arrivedAt);
    placed.push({ x0, dx, end: x0 + (samples - 1) * dx, sampledAt: START + sent, arrivedAt });
  }
  return placed;
}

/** A deterministic number from 0 to 1. */
function random(index: number): number {
  const x = Math.sin(index * 12.9898) * 43_758.5453;
  return x - Math.floor(x);
}

/** How far x is from when the sample was, at most, from `after` seconds on. */
function worst(placed: readonly Placed[], after: number): number {
  let worst = 0;
  for (const { end, sampledAt } of placed) {
    if (sampledAt - START >= after) worst = Math.max(worst, Math.abs(end - sampledAt));
  }
  return worst;
}

function assertContinuous(placed: readonly Placed[]): void {
  for (let i = 1; i < placed.length; i++) {
    const { end, dx } = placed[i - 1] ?? { end: 0, dx: 0 };
    const step = (placed[i]?.x0 ?? 0) - end;
    assert.ok(Math.abs(step - dx) < 1e-6, `message ${i} begins ${step} s after the end of the one before, not ${dx}`);
  }
}

describe("[SA2] the time of samples of a known rate", () => {
  it("is that of the arrival for the last of the first message", () => {
    const clock = new SampleClock(100);
    assert.deepEqual(clock.place(5, START), { x0: START - 0.04, dx: 0.01 });
    const next = clock.place(5, START + 0.05);
    assert.ok(Math.abs(next.x0 - (START + 0.01)) < 1e-6);
    assert.equal(next.dx, 0.01);
  });

  it("goes on by exactly 1/rate however the arrivals jitter", () => {
    const placed = send({ seconds: 60, delay: (_, i) => (i === 1 ? 0 : 0.02 * random(i)) });
    assert.ok(placed.every(({ dx }) => dx === 1 / 48_000));
    assertContinuous(placed);
    assert.ok(worst(placed, 0) < 0.005);
  });

  it("follows the quickest messages if the first was slow, without going back", () => {
    const placed = send({ seconds: 60, delay: (_, i) => (i === 1 ? 0.2 : 0.001 + 0.01 * random(i)) });
    assertContinuous(placed);
    assert.ok(worst(placed, 1) > 0.1);
    assert.ok(worst(placed, 45) < 0.008, `off by ${worst(placed, 45)}`);
    assert.equal(placed.at(-1)?.dx, 1 / 48_000);
  });

  for (const [fast, bound] of [
    [1.0001, 0.012],
    [0.9999, 0.012],
    [1.01, 0.02],
    [0.99, 0.02],
  ] as const) {
    it(`follows a publisher's clock that is off by the factor ${fast}`, () => {
      const placed = send({ seconds: 300, fast, delay: (_, i) => 0.005 * random(i) });
      assertContinuous(placed);
      assert.ok(worst(placed, 0) < 0.12, `off by ${worst(placed, 0)} at first`);
      assert.ok(worst(placed, 60) < bound, `off by ${worst(placed, 60)}`);
    });
  }

  it("is not led astray by messages that waited: later arrival is not later sampling", () => {
    // All that was sent from 20 s to 21.5 s arrives at once.
    const placed = send({ seconds: 40, delay: (at) => (at > 20 && at < 21.5 ? 21.5 - at : 0.001) });
    assert.ok(placed.every(({ dx }) => dx === 1 / 48_000));
    assertContinuous(placed);
    assert.ok(worst(placed, 0) < 0.002);
  });

  it("begins anew at the arrival after a pause", () => {
    const placed = send({ seconds: 40, without: [10, 25] });
    assert.ok(worst(placed, 0) < 0.003);
    const first = placed.find(({ sampledAt }) => sampledAt > START + 25);
    assert.ok(first !== undefined && Math.abs(first.end - first.arrivedAt) < 1e-6);
    assert.ok(placed.every(({ dx }) => Math.abs(dx * 48_000 - 1) < 1e-6));
  });

  it("passes over samples that are missing", () => {
    const placed = send({ seconds: 40, without: [10, 11] });
    assert.ok(worst(placed, 13) < 0.006, `off by ${worst(placed, 13)}`);
    const short = send({ seconds: 80, without: [10, 10.1] });
    assertContinuous(short);
    assert.ok(worst(short, 60) < 0.01, `off by ${worst(short, 60)}`);
  });

  it("is ahead of the arrival for a while, by 12 s at most, after a burst of 120 s at the beginning", () => {
    const placed = send({ seconds: 260, delay: (at) => Math.max(0.001, 120 - at) });
    for (const { end, arrivedAt } of placed) assert.ok(end - arrivedAt < 12, `${end - arrivedAt} s ahead`);
    assert.ok(worst(placed, 200) < 0.01, `off by ${worst(placed, 200)}`);
    assertContinuous(placed);
  });

  it("follows one sample a second too", () => {
    const placed = send({ rate: 1, samples: 1, seconds: 3600, fast: 1.001, delay: (_, i) => 0.02 * random(i) });
    assertContinuous(placed);
    assert.ok(worst(placed, 600) < 0.1, `off by ${worst(placed, 600)}`);
  });

  it("takes the publisher's count of samples, where there is one", () => {
    const clock = new SampleClock(100);
    clock.place(10, START, 1000);
    assert.ok(Math.abs(clock.place(10, START + 0.5, 1050).x0 - (START + 0.41)) < 1e-6, "40 are missing");
    assert.deepEqual(clock.place(10, START + 0.6, 1050), clock.place(10, START + 0.7, 1050));
    const restarted = clock.place(10, START + 1, 0);
    assert.ok(Math.abs(restarted.x0 - (START + 0.91)) < 1e-6, "it counts anew");
    assert.ok(clock.place(10, START + 1.1, 2 ** 52).x0 < START + 2, "that is no count of samples");
    assert.ok(Math.abs((clock.timeOf(2 ** 52 + 9) ?? 0) - (START + 1.1)) < 0.01);
    assert.equal(new SampleClock(100).timeOf(1), undefined);
  });

  it("[SA2b] [SA2e] never goes backwards, whatever comes, but that the channels of one block have the same time", () => {
    const message = fc.record({
      samples: fc.integer({ min: 1, max: 5000 }),
      wait: fc.oneof(fc.constant(0), fc.double({ min: 0, max: 20, noNaN: true })),
      skip: fc.option(fc.integer({ min: -100_000, max: 100_000 }), { nil: undefined }),
    });
    fc.assert(
      fc.property(
        fc.array(message, { maxLength: 200, size: "max" }),
        fc.constantFrom(1, 100, 48_000, 4e6),
        (messages, rate) => {
          const clock = new SampleClock(rate);
          let arrivedAt = START;
          let position = 0;
          let last = Number.NEGATIVE_INFINITY;
          let before: { at: number; samples: number; placed: { x0: number; dx: number } } | undefined;
          for (const { samples, wait, skip } of messages) {
            arrivedAt += wait;
            if (skip !== undefined) position = Math.max(0, position + skip);
            const at = skip === undefined ? undefined : position;
            const { x0, dx } = clock.place(samples, arrivedAt, at);
            position += samples;
            const isSameBlock = at !== undefined && at === before?.at && samples === before.samples;
            if (isSameBlock) assert.deepEqual({ x0, dx }, before?.placed, "another channel of the block has its time");
            if (at !== undefined) before = { at, samples, placed: { x0, dx } };
            if (isSameBlock) continue;
            assert.ok(dx > 0 && Number.isFinite(x0));
            assert.ok(x0 >= last || last - x0 < 1e-6, `${x0} after ${last}`);
            last = x0 + (samples - 1) * dx;
          }
        },
      ),
    );
  });
});

describe("[SA2b] a clock that is set back", () => {
  for (const isCounted of [false, true]) {
    it(`makes x begin anew once, at the next arrival${isCounted ? ", for counted samples too" : ""}`, () => {
      const clock = new SampleClock(1000);
      const place = (i: number, arrivedAt: number) => clock.place(100, arrivedAt, isCounted ? 100 * i : undefined);
      for (let i = 0; i < 30; i++) place(i, START + i / 10);
      for (let i = 30; i < 90; i++) {
        const arrivedAt = START + i / 10 - 3600;
        const { x0, dx } = place(i, arrivedAt);
        assert.equal(dx, 0.001, "nothing is squeezed");
        assert.ok(Math.abs(x0 + 0.099 - arrivedAt) < 0.005, `message ${i} is ${x0 + 0.099 - arrivedAt} s off`);
      }
    });
  }

  it("is no jitter: 0.25 s less than the arrival before changes nothing", () => {
    const clock = new SampleClock(1000);
    for (let i = 0; i < 30; i++) clock.place(125, START + i / 8);
    const { x0 } = clock.place(125, START + 29 / 8 - 0.25);
    assert.ok(Math.abs(x0 - (START + 29 / 8 + 0.001)) < 1e-6);
  });
});

describe("[SA3] the time of samples of no known rate", () => {
  it("is spread from the arrival before to this one", () => {
    const spread = new Spread();
    assert.deepEqual(spread.place(1, START), { x0: START, dx: 0 });
    assert.deepEqual(spread.place(4, START + 1), { x0: START + 0.25, dx: 0.25 });
    assert.deepEqual(spread.place(2, START + 2), { x0: START + 1.5, dx: 0.5 });
    assert.deepEqual(spread.place(1, START + 3), { x0: START + 3, dx: 0 });
  });

  it("is a microsecond each before the first arrival, and as before after a long silence", () => {
    const spread = new Spread();
    assert.deepEqual(spread.place(3, START), { x0: START - 2e-6, dx: 1e-6 });
    assert.equal(spread.place(4, START + 1).dx, 0.25);
    assert.deepEqual(spread.place(5, START + 100), { x0: START + 99, dx: 0.25 });
    assert.deepEqual(spread.place(1000, START + 120), { x0: START + 100.02, dx: 0.02 });
  });

  it("never goes backwards", () => {
    const spread = new Spread();
    spread.place(1, START);
    assert.deepEqual(spread.place(3, START), { x0: START, dx: 0 });
    assert.deepEqual(spread.place(3, START - 0.25), { x0: START, dx: 0 });
    assert.equal(spread.place(2, START + 1).dx, 0.5);
  });

  it("begins anew once where the clock was set back by more than 0.25 s", () => {
    for (const back of [0.375, 3600]) {
      const spread = new Spread();
      spread.place(4, START);
      spread.place(4, START + 0.1);
      const at = START + 0.2 - back;
      assert.ok(Math.abs(spread.place(4, at).x0 - (at - 0.075)) < 1e-6, "as far apart as those before");
      const next = spread.place(4, at + 0.1);
      assert.ok(Math.abs(next.x0 - (at + 0.025)) < 1e-6 && Math.abs(next.dx - 0.025) < 1e-6);
    }
  });
});
