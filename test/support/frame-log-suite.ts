/** What every FrameLog must do. Each implementation runs this. */
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { concat } from "../../protocol/bytes.ts";
import type { Cursor } from "../../protocol/cursor.ts";
import { valuesIn } from "../../protocol/frame/frame.ts";
import { FrameBuilder } from "../../protocol/frame/frame-builder.ts";
import { readHeader, splitFrames } from "../../protocol/frame/header.ts";
import type { FrameLog } from "../../worker/hub/frame-log.ts";
import { bulkyFrame, frameOf, rowOf } from "./publish.ts";

const A = "00000000000000aa";
const PLENTY = { bytes: 128 * 1024, values: 262_144 };
const MIB = 1024 * 1024;

/** A log, and whoever fills it. */
export interface LogUnderTest {
  log: FrameLog;
  /** Numbers frames of one publisher and adds them, together. @returns them numbered */
  append(frames: readonly Uint8Array[], takenAtMs?: number, series?: readonly string[]): Promise<Uint8Array[]>;
  /** The numbering begins anew. */
  resetEpoch(): Promise<void>;
  /** Is handed frames that are added in the turn in which `position` moves past them. */
  onFrames: (frames: readonly Uint8Array[]) => void;
}

/**
 * @param open a log in which nothing is, and which keeps so many bytes, give or take an eighth
 */
export function frameLogSuite(name: string, open: (storeBytes: number) => Promise<LogUnderTest>): void {
  let numbers = 0;
  const frames = (...points: number[]) => points.map((count) => frameOf(A, ++numbers, Array<number>(count).fill(0.5)));

  const lossFrame = (...lost: (number | null)[]): Uint8Array => {
    const builder = new FrameBuilder();
    for (const points of lost) {
      assert.ok(builder.addGap({ kind: "gap", reason: "bridge-full", points, fromX: null, toX: null, series: "" }));
    }
    assert.ok(builder.add(rowOf(0, { y: 1 })));
    return builder.encode(A, ++numbers);
  };

  /** Every frame after a cursor, batch by batch. */
  const readAll = async (log: FrameLog, cursor: Cursor, bounds = PLENTY): Promise<Uint8Array[]> => {
    const read: Uint8Array[] = [];
    for (let { seq } = cursor; seq < log.position.seq; ) {
      const batch = (await log.framesAfter({ ...cursor, seq }, bounds)) ?? assert.fail("a batch");
      assert.ok(batch.seq > seq, "it goes on");
      read.push(...splitFrames(batch.frames));
      seq = batch.seq;
    }
    return read;
  };

  test(`${name}: a log in which nothing is says so`, async () => {
    const { log } = await open(MIB);
    const { position } = log;
    assert.equal(position.seq, 0);
    assert.deepEqual([log.series, log.takenAtMs, log.takenEveryMs], [[], null, null]);
    assert.deepEqual(await log.tailStart(100, 100), position);
    assert.deepEqual(await log.framesAfter(position, PLENTY), {
      frames: new Uint8Array(),
      after: 0,
      seq: 0,
      lostInTrimmed: 0,
    });
  });

  test(`${name}: [CH2] [FR5] frames come back as they were numbered, after any cursor, and one inside a frame brings all of it`, async () => {
    const { log, append } = await open(MIB);
    const taken = [...(await append(frames(3, 1))), ...(await append(frames(4)))];
    const { epoch } = log.position;
    assert.deepEqual(
      taken.map((frame) => readHeader(frame)).map(({ epoch, seq }) => [epoch, seq]),
      [3, 4, 8].map((seq) => [epoch, seq]),
    );
    assert.deepEqual(log.position, { epoch, seq: 8 });
    for (const [seq, first] of [
      [0, 0],
      [1, 0],
      [2, 0],
      [3, 1],
      [4, 2],
      [7, 2],
      [8, 3],
    ] as const) {
      const batch = await log.framesAfter({ epoch, seq }, PLENTY);
      assert.deepEqual(batch, { frames: concat(taken.slice(first)), after: seq, seq: 8, lostInTrimmed: 0 }, `${seq}`);
    }
  });

  test(`${name}: a batch has as many bytes and values as it may, and one frame at least`, async () => {
    const { log, append } = await open(MIB);
    const taken = [...(await append(frames(10, 20))), ...(await append(frames(30, 40)))];
    const { epoch } = log.position;
    const [bytes, values] = [taken.map(({ byteLength }) => byteLength), taken.map((frame) => valuesIn(frame))];
    const sumOf = (sizes: number[]) => sizes.reduce((sum, size) => sum + size, 0);
    const count = async (bounds: typeof PLENTY) =>
      splitFrames((await log.framesAfter({ epoch, seq: 0 }, bounds))?.frames ?? assert.fail()).length;
    assert.equal(await count(PLENTY), 4);
    for (const n of [2, 3, 4]) {
      assert.equal(await count({ ...PLENTY, bytes: sumOf(bytes.slice(0, n)) }), n);
      assert.equal(await count({ ...PLENTY, bytes: sumOf(bytes.slice(0, n)) - 1 }), n - 1);
      assert.equal(await count({ ...PLENTY, values: sumOf(values.slice(0, n)) }), n);
      assert.equal(await count({ ...PLENTY, values: sumOf(values.slice(0, n)) - 1 }), n - 1);
    }
    assert.equal(await count({ bytes: 1, values: 1 }), 1);
  });

  test(`${name}: read back from a number, batches have the newest frames up to there, whole`, async () => {
    const { log, append } = await open(MIB);
    const taken = [...(await append(frames(3, 1), 10)), ...(await append(frames(4), 11))];
    const before = async (seq: number, bounds = PLENTY) => await log.framesBefore(seq, bounds);
    for (const [seq, last] of [
      [8, 3],
      [6, 3],
      [5, 3],
      [4, 2],
      [3, 1],
      [1, 1],
    ] as const) {
      assert.deepEqual(await before(seq), { frames: concat(taken.slice(0, last)), after: 0 }, `${seq}`);
    }
    assert.deepEqual(await before(0), { frames: new Uint8Array(), after: 0 });
    assert.deepEqual(await before(8, { bytes: 1, values: 1 }), { frames: taken[2], after: 4 });
    assert.deepEqual(await before(4, { bytes: 1, values: 1 }), { frames: taken[1], after: 3 });
  });

  test(`${name}: it is known what was taken together, and when, as far as it is kept`, async () => {
    const { log, append } = await open(4 * MIB);
    await append(frames(3, 1), 10);
    // Of more than a MiB.
    const long = Array.from({ length: 12 }, () => bulkyFrame(A, ++numbers, 8000));
    await append(long, 20);
    await append(frames(2), 1000);
    const all = [
      { after: 0, seq: 4, atMs: 10 },
      { after: 4, seq: 96_004, atMs: 20 },
      { after: 96_004, seq: 96_006, atMs: 1000 },
    ];
    assert.deepEqual(await log.takings(0, 96_006), all);
    assert.deepEqual(await log.takings(4, 96_004), all.slice(1, 2));
    assert.deepEqual(await log.takings(50_000, 50_001), all.slice(1, 2));
    assert.deepEqual(await log.takings(96_006, 96_007), []);
    for (const [ms, seq] of [
      [0, 0],
      [10, 0],
      [11, 4],
      [20, 4],
      [21, 96_004],
      [1001, 96_006],
    ] as const) {
      assert.equal(await log.takenSince(ms), seq, `${ms}`);
    }
  });

  test(`${name}: batch by batch every frame comes once, in order, whatever its size`, async () => {
    const { log, append } = await open(4 * MIB);
    const taken: Uint8Array[] = [];
    for (let i = 0; i < 40; i++) {
      taken.push(
        ...(await append(Array.from({ length: 1 + (i % 5) }, () => bulkyFrame(A, ++numbers, 1 + ((i * 97) % 900))))),
      );
    }
    const { epoch } = log.position;
    for (const bounds of [PLENTY, { bytes: 20_000, values: 262_144 }, { bytes: 128 * 1024, values: 500 }]) {
      assert.deepEqual(await readAll(log, { epoch, seq: 0 }, bounds), taken);
    }
  });

  test(`${name}: [VW2] of another numbering, and beyond its end, there is nothing to be had`, async () => {
    const { log, append, resetEpoch } = await open(MIB);
    await append(frames(5));
    const before = log.position;
    assert.equal(await log.framesAfter({ ...before, seq: 6 }, PLENTY), undefined);
    assert.equal(await log.framesAfter({ epoch: before.epoch + 1, seq: 0 }, PLENTY), undefined);
    await resetEpoch();
    assert.ok(log.position.epoch > before.epoch);
    assert.equal(log.position.seq, 0);
    assert.deepEqual([log.series, log.takenAtMs, log.takenEveryMs], [[], null, null]);
    assert.equal(await log.framesAfter(before, PLENTY), undefined);
    assert.deepEqual(await log.tailStart(100, 100), log.position);
    const taken = await append(frames(2));
    assert.deepEqual(await readAll(log, { epoch: log.position.epoch, seq: 0 }), taken);
  });

  test(`${name}: series are those seen, in order, each once; times are those of the newest takings`, async () => {
    const { log, append } = await open(MIB);
    const [start, ...pauses] = [10_000, 100, 100, 300, 100, 100];
    await append(frames(1), start, ["b"]);
    assert.deepEqual([log.takenAtMs, log.takenEveryMs], [start, null]);
    let atMs = start ?? 0;
    for (const pause of pauses) {
      atMs += pause;
      await append(frames(1), atMs, ["b", "a"]);
    }
    assert.deepEqual(log.series, ["b", "a"]);
    assert.deepEqual([log.takenAtMs, log.takenEveryMs], [atMs, 100]);
  });

  test(`${name}: [VW1] a tail begins with the last points or the last seconds, whichever reaches further`, async () => {
    const { log, append } = await open(MIB);
    for (let i = 1; i <= 10; i++) await append(frames(10), 1000 * i);
    const { epoch } = log.position;
    for (const [points, seconds, seq] of [
      [0, 0, 100],
      [1, 0, 99],
      [35, 0, 65],
      [1000, 0, 0],
      [0, 0.9, 90],
      [0, 1, 80],
      [0, 3.5, 60],
      [35, 3.5, 60],
      [45, 3.5, 55],
      [0, 1000, 0],
    ] as const) {
      assert.deepEqual(await log.tailStart(points, seconds), { epoch, seq }, `${points} points, ${seconds} s`);
    }
  });

  test(`${name}: [VW1] a tail has 8 MiB at most`, async () => {
    const { log, append } = await open(32 * MIB);
    const frame = bulkyFrame(A, ++numbers, 8000);
    await append([frame]);
    const inTail = Math.floor((8 * MIB) / frame.byteLength);
    for (let i = 1; i < inTail; i++) await append([bulkyFrame(A, ++numbers, 8000)]);
    assert.equal((await log.tailStart(1e9, 1e9)).seq, 0);
    for (const more of [1, 2]) {
      await append([bulkyFrame(A, ++numbers, 8000)]);
      assert.equal((await log.tailStart(1e9, 1e9)).seq, 8000 * more);
    }
  });

  test(`${name}: [CH5] [VW2] what is beyond its bound goes, the oldest first, and whoever wants it is told where it goes on`, async () => {
    const { log, append } = await open(20_000);
    const taken: Uint8Array[] = [];
    for (let i = 0; i < 30; i++) taken.push(...(await append([1, 2].map(() => bulkyFrame(A, ++numbers, 50)))));
    const { epoch, seq } = log.position;
    const batch = (await log.framesAfter({ epoch, seq: 0 }, PLENTY)) ?? assert.fail();
    assert.ok(batch.after > 0 && batch.seq === seq);
    assert.ok(batch.frames.byteLength <= 20_000 && batch.frames.byteLength > 15_000, `${batch.frames.byteLength}`);
    assert.deepEqual(splitFrames(batch.frames), taken.slice(batch.after / 50));
    assert.equal((await log.tailStart(1e9, 1e9)).seq, batch.after);
    assert.equal((await log.framesAfter({ epoch, seq: batch.after }, PLENTY))?.after, batch.after);
    assert.equal((await log.framesAfter({ epoch, seq: batch.after - 1 }, PLENTY))?.after, batch.after);
    // The newest stays, were it larger.
    const [large] = await append([bulkyFrame(A, ++numbers, 4000)]);
    const last = await log.framesAfter({ epoch, seq: 0 }, PLENTY);
    assert.deepEqual(last, { frames: large, after: seq, seq: seq + 4000, lostInTrimmed: 0 });
  });

  test(`${name}: [VW2] [CH5d] what frames that are gone reported as lost is known to whoever never had them`, async () => {
    const { log, append, resetEpoch } = await open(4000);
    await append([lossFrame(5, 7), ...frames(1), lossFrame(11)]);
    await append([lossFrame(0)]);
    const { epoch } = log.position;
    assert.equal((await log.framesAfter({ epoch, seq: 0 }, PLENTY))?.lostInTrimmed, 0, "the frames still tell it");
    const fill = async () => {
      for (let i = 0; i < 8; i++) await append([bulkyFrame(A, ++numbers, 60)]);
    };
    const lostAfter = (seqs: number[]) =>
      Promise.all(seqs.map(async (seq) => (await log.framesAfter({ epoch, seq }, PLENTY))?.lostInTrimmed));
    await fill();
    assert.deepEqual(await lostAfter([0, 1, 2, 3, 4, log.position.seq]), [23, 11, 11, 0, 0, 0]);
    const [unknown] = await append([lossFrame(1, null)]);
    const { seq } = readHeader(unknown ?? assert.fail());
    await fill();
    assert.deepEqual(await lostAfter([0, 2, seq - 1, seq]), [null, null, null, 0]);
    await resetEpoch();
    await fill();
    assert.equal((await log.framesAfter({ ...log.position, seq: 0 }, PLENTY))?.lostInTrimmed, 0);
  });

  test(`${name}: [VW2c] [CH5d] of a frame that is gone, whoever has some of its points is told only what it reported behind these`, async () => {
    const { log, append } = await open(4000);
    const lost = (points: number) => ({ kind: "gap", reason: "r", points, fromX: 0, toX: 1, series: "y" }) as const;
    const builder = new FrameBuilder();
    builder.addGap(lost(5));
    builder.add(rowOf(1, { y: 1 }));
    builder.add(rowOf(2, { y: 2 }));
    builder.addGap(lost(7));
    builder.add(rowOf(3, { y: 3 }));
    builder.addGap(lost(2));
    await append([builder.encode(A, ++numbers)]);
    for (let i = 0; i < 8; i++) await append([bulkyFrame(A, ++numbers, 60)]);
    const { epoch } = log.position;
    const after = await Promise.all(
      [0, 1, 2, 3].map(async (seq) => (await log.framesAfter({ epoch, seq }, PLENTY))?.lostInTrimmed),
    );
    // What stands behind the last point is told before that (TR2j).
    assert.deepEqual(after, [14, 9, 9, 0]);
  });

  test(`${name}: [VW1] between stored and live frames nothing is lost or repeated, whenever frames come`, async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.integer({ min: 0, max: 3 }), fc.integer({ min: 1, max: 30 })), {
          minLength: 1,
          maxLength: 15,
          size: "max",
        }),
        fc.integer({ min: 0, max: 60 }),
        async (publishes, points) => {
          const under = await open(MIB);
          const { log } = under;
          const taken = [...(await under.append(frames(20, 20)))];
          const follower = new Follower(log, await log.tailStart(points, 0));
          under.onFrames = (fresh) => follower.broadcast(fresh);
          for (const [turns, count] of publishes) {
            for (let i = 0; i < turns; i++) await Promise.resolve();
            taken.push(...(await under.append(frames(count))));
          }
          await follower.isLive;
          const [first] = taken.map((frame) => readHeader(frame)).filter(({ seq }) => seq > 40 - points);
          assert.deepEqual(
            follower.got,
            taken.filter((frame) => readHeader(frame).seq >= (first?.seq ?? 0)),
          );
        },
      ),
      { numRuns: 15 },
    );
  });
}

/** A session that keeps the order which FrameLog asks for. */
class Follower {
  readonly got: Uint8Array[] = [];
  readonly isLive: Promise<void>;
  readonly #log: FrameLog;
  #state: "behind" | "live" = "behind";

  constructor(log: FrameLog, start: Cursor) {
    this.#log = log;
    this.isLive = this.#catchUp(start);
  }

  broadcast(frames: readonly Uint8Array[]): void {
    if (this.#state === "live") this.got.push(...frames);
  }

  async #catchUp(cursor: Cursor): Promise<void> {
    for (let { seq } = cursor; this.#state === "behind"; ) {
      const batch = await this.#log.framesAfter({ ...cursor, seq }, { bytes: 800, values: 100 });
      if (batch === undefined) return assert.fail("the numbering goes on");
      this.got.push(...splitFrames(batch.frames));
      seq = batch.seq;
      if (seq === this.#log.position.seq) this.#state = "live";
    }
  }
}
