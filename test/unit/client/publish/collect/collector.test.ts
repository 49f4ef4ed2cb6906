import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import type { Batch } from "../../../../../client/publish/collect/batch.ts";
import { Collector } from "../../../../../client/publish/collect/collector.ts";
import type { FrameLossReason } from "../../../../../client/publish/collect/gaps.ts";
import { decodeFrame, type Gap, pointsOf } from "../../../../../protocol/frame/frame.ts";
import type { Row } from "../../../../../protocol/frame/frame-builder.ts";
import { readHeader, splitFrames } from "../../../../../protocol/frame/header.ts";
import { MAX_BODY_BYTES, MAX_FRAME_BYTES } from "../../../../../protocol/limits.ts";

const PUBLISHER = "00000000000000aa";
const FRAME_BYTES = 1024;

function collector(maxBytes = 8 * FRAME_BYTES, maxFrameBytes = FRAME_BYTES) {
  const lost: [FrameLossReason, number][] = [];
  const collected = new Collector({
    publisher: PUBLISHER,
    maxBytes,
    maxFrameBytes,
    lost: (reason, points) => lost.push([reason, points]),
  });
  return { collected, lost };
}

/** Irregular, so that no encoding narrows it. */
function xOf(i: number): number {
  return 1000.1 + i + 0.01 * (i % 7);
}

function row(i: number): Row {
  return { x: xOf(i), arrival: false, names: ["y"], values: [i + Math.PI] };
}

function rows(from: number, count: number): Row[] {
  return Array.from({ length: count }, (_, i) => row(from + i));
}

function numbersIn(batch: Batch | undefined): number[] {
  const frames = splitFrames(batch?.body ?? new Uint8Array());
  return frames.flatMap((frame) => [...pointsOf(decodeFrame(frame))].map(({ x }) => Math.round(x - 1000.1)));
}

function gapsIn(batch: Batch | undefined): Gap[] {
  const frames = splitFrames(batch?.body ?? new Uint8Array());
  return frames.flatMap((frame) => decodeFrame(frame).blocks.filter((block) => block.kind === "gap"));
}

function range(from: number, to: number): number[] {
  return Array.from({ length: to - from }, (_, i) => from + i);
}

describe("collecting", () => {
  it("[BR4] gives what is open as one frame, numbered when it is closed", () => {
    const { collected } = collector();
    assert.equal(collected.take(MAX_BODY_BYTES), undefined);
    assert.equal(collected.add(rows(0, 3)), 3);
    const batch = collected.take(MAX_BODY_BYTES);
    assert.deepEqual(numbersIn(batch), [0, 1, 2]);
    const { publisher, publisherSeq } = readHeader(batch?.body ?? new Uint8Array());
    assert.deepEqual({ publisher, publisherSeq }, { publisher: PUBLISHER, publisherSeq: 1 });
  });

  it("[BR4] gives a backlog as several frames, no more than the body may have", () => {
    const { collected } = collector(64 * MAX_FRAME_BYTES, MAX_FRAME_BYTES);
    collected.add(rows(0, 100_000));
    let next = 0;
    for (let batch = collected.take(MAX_BODY_BYTES); batch !== undefined; batch = collected.take(MAX_BODY_BYTES)) {
      assert.ok(batch.body.length <= MAX_BODY_BYTES);
      assert.ok(splitFrames(batch.body).every((frame) => frame.length <= MAX_FRAME_BYTES));
      assert.deepEqual(numbersIn(batch), range(next, next + batch.points));
      next += batch.points;
      collected.delivered(batch);
    }
    assert.equal(next, 100_000);
  });

  it("[BR26j] sends what may have been taken again without what was never sent", () => {
    const { collected } = collector(64 * FRAME_BYTES);
    collected.add(rows(0, 3));
    const first = collected.take(MAX_BODY_BYTES) ?? assert.fail();
    collected.add(rows(3, 3));
    collected.inDoubt();
    collected.putBack(first);
    const again = collected.take(MAX_BODY_BYTES) ?? assert.fail();
    assert.deepEqual(numbersIn(again), [0, 1, 2]);
    collected.delivered(again);
    assert.deepEqual(numbersIn(collected.take(MAX_BODY_BYTES)), [3, 4, 5]);
  });

  it("[BR26j] sends a frame from before a kill without those from after it, whose numbers are far above", () => {
    const { collected: before } = collector();
    before.add(rows(0, 3));
    const [frame] = before.take(MAX_BODY_BYTES)?.frames ?? [];
    assert.ok(frame !== undefined);
    const state = { frames: [frame], sentSeq: 0, gaps: [] };
    const maxBytes = 8 * FRAME_BYTES;
    const lost = (): void => assert.fail("a frame was lost");
    const options = { publisher: PUBLISHER, firstSeq: 2 ** 30, maxBytes, maxFrameBytes: FRAME_BYTES, lost, state };
    const collected = new Collector(options);
    collected.add(rows(3, 3));
    const first = collected.take(MAX_BODY_BYTES) ?? assert.fail();
    assert.deepEqual(numbersIn(first), [0, 1, 2]);
    collected.delivered(first);
    assert.deepEqual(numbersIn(collected.take(MAX_BODY_BYTES)), [3, 4, 5]);
  });

  it("[BR4] tells of the first arrival, and does not wait when something is there", async () => {
    const { collected } = collector();
    let arrived = false;
    const arrival = collected.arrival().then(() => {
      arrived = true;
    });
    await Promise.resolve();
    assert.equal(arrived, false);
    collected.add([row(0)]);
    await arrival;
    await collected.arrival();
  });

  it("[BR6d] gives back the same bytes after putBack", () => {
    const { collected } = collector();
    collected.add(rows(0, 3));
    const first = collected.take(MAX_BODY_BYTES);
    assert.ok(first);
    collected.add(rows(3, 2));
    collected.putBack(first);
    const again = collected.take(MAX_BODY_BYTES, 1);
    assert.deepEqual(again?.body, first.body);
    assert.equal(collected.held.points, 5);
  });

  it("takes the widest row there can be", () => {
    const { collected } = collector(8 * MAX_FRAME_BYTES, MAX_FRAME_BYTES);
    const names = range(0, 256).map((i) => `${i}-${"n".repeat(250)}`);
    assert.equal(collected.add([{ x: 1, arrival: false, names, values: names.map((_, i) => i) }]), 256);
    const batch = collected.take(MAX_BODY_BYTES);
    assert.equal(numbersIn(batch).length, 256);
  });
});

describe("past the bound", () => {
  it("[BR7c] drops the oldest, counts them, and tells it before what follows", () => {
    const { collected, lost } = collector();
    collected.add(rows(0, 2000));
    const dropped = lost.reduce((sum, [, points]) => sum + points, 0);
    assert.ok(dropped > 1000 && lost.every(([reason]) => reason === "bridge-full"));
    assert.ok(collected.held.bytes <= 8 * FRAME_BYTES);
    assert.equal(collected.held.points + dropped, 2000);
    const batch = collected.take(MAX_BODY_BYTES);
    assert.deepEqual(gapsIn(batch), [
      { kind: "gap", reason: "bridge-full", points: dropped, fromX: xOf(0), toX: xOf(dropped - 1), series: "" },
    ]);
    assert.equal(numbersIn(batch)[0], dropped);
    assert.ok(splitFrames(batch?.body ?? new Uint8Array()).every((frame) => frame.length <= FRAME_BYTES));
  });

  it("[BR7] never drops or changes what is in flight", () => {
    const { collected } = collector();
    collected.add(rows(0, 3));
    const batch = collected.take(MAX_BODY_BYTES);
    assert.ok(batch);
    const body = Uint8Array.from(batch.body);
    collected.add(rows(3, 2000));
    collected.putBack(batch);
    const again = collected.take(MAX_BODY_BYTES, 1);
    assert.deepEqual(again?.body, body);
    assert.ok(again);
    collected.delivered(again);
    assert.equal(gapsIn(collected.take(MAX_BODY_BYTES, 1)).length, 1);
  });

  it("[BR8a] tells what was refused before what follows, and adds up with what was dropped", () => {
    const { collected, lost } = collector();
    collected.add(rows(0, 2000));
    const first = collected.take(MAX_BODY_BYTES, 1);
    assert.ok(first);
    const dropped = 2000 - collected.held.points;
    collected.setAside(first);
    assert.deepEqual(lost.at(-1), ["frame-refused", first.points]);
    const gaps = gapsIn(collected.take(MAX_BODY_BYTES, 1));
    assert.deepEqual(
      gaps.map(({ reason, points }) => [reason, points]),
      [
        ["bridge-full", dropped],
        ["frame-refused", first.points],
      ],
    );
  });

  it("refuses a bound that could not be kept", () => {
    assert.throws(() => collector(7 * FRAME_BYTES), RangeError);
  });
});

it("[BR6] [BR7] [BR8] whatever happens, no point is lost uncounted, none comes twice, and order is kept", () => {
  const step = fc.oneof(
    fc.record({ do: fc.constant("add" as const), count: fc.integer({ min: 1, max: 300 }) }),
    fc.record({ do: fc.constant("take" as const), frames: fc.constantFrom(1, 2, 100) }),
    fc.record({ do: fc.constantFrom("delivered" as const, "putBack" as const, "setAside" as const) }),
  );
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60, size: "max" }), (steps) => {
      const { collected, lost } = collector();
      let added = 0;
      let inFlight: Batch | undefined;
      const delivered: number[] = [];
      let told = 0;
      const confirm = (batch: Batch): void => {
        collected.delivered(batch);
        delivered.push(...numbersIn(batch));
        told += gapsIn(batch).reduce((sum, { points }) => sum + (points ?? 0), 0);
      };
      for (const what of steps) {
        if (what.do === "add") {
          collected.add(rows(added, what.count));
          added += what.count;
        } else if (what.do === "take") inFlight ??= collected.take(MAX_BODY_BYTES, what.frames);
        else if (inFlight !== undefined) {
          if (what.do === "delivered") confirm(inFlight);
          else collected[what.do](inFlight);
          inFlight = undefined;
        }
        const lostPoints = lost.reduce((sum, [, points]) => sum + points, 0);
        assert.equal(delivered.length + lostPoints + collected.held.points, added);
        assert.ok(collected.held.bytes <= 8 * FRAME_BYTES, "the bound");
      }
      if (inFlight !== undefined) confirm(inFlight);
      collected.add([row(added++)]);
      for (let batch = collected.take(MAX_BODY_BYTES); batch; batch = collected.take(MAX_BODY_BYTES)) confirm(batch);
      const lostPoints = lost.reduce((sum, [, points]) => sum + points, 0);
      assert.equal(delivered.length + lostPoints, added, "every point is delivered or lost");
      assert.equal(told, lostPoints, "every lost point is told");
      assert.ok(
        delivered.every((value, i) => i === 0 || value > (delivered[i - 1] ?? 0)),
        "order",
      );
      assert.deepEqual(collected.held, { points: 0, bytes: 0, oldestAgeMs: 0 });
    }),
    { numRuns: 300 },
  );
});
