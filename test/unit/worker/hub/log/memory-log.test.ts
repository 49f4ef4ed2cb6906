/** A log that is a ring in memory does what every log does. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { numberFrame, readHeader } from "../../../../../protocol/frame/header.ts";
import { MemoryLog } from "../../../../../worker/hub/log/memory-log.ts";
import { frameLogSuite, type LogUnderTest } from "../../../../support/frame-log-suite.ts";
import { bulkyFrame, frameOf } from "../../../../support/publish.ts";

const A = "00000000000000aa";

/** Numbers frames as they would come after a position. */
function numbered(frames: readonly Uint8Array[], { epoch, seq }: { epoch: number; seq: number }): Uint8Array[] {
  let last = seq;
  for (const frame of frames) {
    last += readHeader(frame).points;
    numberFrame(frame, epoch, last);
  }
  return [...frames];
}

frameLogSuite("memory", async (storeBytes) => {
  const log = new MemoryLog({ epoch: 1, seq: 0 }, { bytes: storeBytes, seconds: 1e9 });
  const under: LogUnderTest = {
    log,
    onFrames: () => undefined,
    append: async (frames, takenAtMs = 1000, series = []) => {
      const fresh = numbered(frames, log.position);
      log.append(fresh, series, takenAtMs);
      under.onFrames(fresh);
      return fresh;
    },
    resetEpoch: async () => log.resetEpoch({ epoch: log.position.epoch + 1, seq: 0 }),
  };
  return under;
});

test("a ring counts the points that it drops, and begins where it was told to", async () => {
  const log = new MemoryLog({ epoch: 7, seq: 1000 }, { bytes: 5000, seconds: 1e9 });
  assert.deepEqual(log.position, { epoch: 7, seq: 1000 });
  for (let n = 1; n <= 10; n++) log.append(numbered([bulkyFrame(A, n, 100)], log.position), [], n);
  // A frame of these has 1,720 bytes.
  assert.equal(log.droppedPoints, 800);
  const batch = await log.framesAfter({ epoch: 7, seq: 0 }, { bytes: 10_000, values: 10_000 });
  assert.deepEqual([batch?.after, batch?.seq], [1800, 2000]);
  log.resetEpoch({ epoch: 8, seq: 0 });
  assert.equal(log.droppedPoints, 0);
});

test("a ring takes no frame that is not the next: a hole would be silent", () => {
  const log = new MemoryLog({ epoch: 7, seq: 0 }, { bytes: 5000, seconds: 1e9 });
  for (const position of [
    { epoch: 7, seq: 1 },
    { epoch: 8, seq: 0 },
  ]) {
    assert.throws(() => log.append(numbered([frameOf(A, 1, [1])], position), [], 1), RangeError);
  }
  assert.deepEqual(log.position, { epoch: 7, seq: 0 });
});

test("a ring keeps what was taken in so many seconds before its newest frame", async () => {
  const log = new MemoryLog({ epoch: 7, seq: 0 }, { bytes: 1e9, seconds: 10 });
  for (const [i, atMs] of [0, 5_000, 10_000, 10_001, 40_000].entries()) {
    log.append(numbered([frameOf(A, i + 1, [i])], log.position), [], atMs);
    assert.equal(log.keptAfter, [0, 0, 0, 1, 4][i]);
  }
});
