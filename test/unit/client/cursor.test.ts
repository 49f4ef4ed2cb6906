import assert from "node:assert/strict";
import { test } from "node:test";
import { advance, advanceToLive } from "../../../client/cursor.ts";

test("[PG4] [FR11b] where a frame stands: next, repeat, hole, overlap, other epoch", () => {
  const cursor = { epoch: 1, seq: 10 };
  const step = (seq: number, points: number, epoch = 1) => advance(cursor, { epoch, seq, points });
  assert.deepEqual(step(12, 2), { cursor: { epoch: 1, seq: 12 }, missing: undefined });
  assert.deepEqual(step(10, 2), undefined);
  assert.deepEqual(step(15, 2), {
    cursor: { epoch: 1, seq: 15 },
    missing: { reason: "hole", points: 3, epoch: 1, seq: 13 },
  });
  assert.deepEqual(step(12, 5), {
    cursor: { epoch: 1, seq: 12 },
    missing: { reason: "hole", points: null, epoch: 1, seq: 7 },
  });
  assert.deepEqual(step(3, 3, 2), {
    cursor: { epoch: 2, seq: 3 },
    missing: { reason: "epoch", points: null, epoch: 2, seq: 0 },
  });
  assert.deepEqual(advanceToLive(cursor, cursor), undefined);
});

test("[VW2e] a gap that begins an epoch inside a frame is followed by all of that frame, which is no hole", () => {
  const cursor = { epoch: 1, seq: 10 };
  const step = (seq: number, points: number) => advance(cursor, { epoch: 1, seq, points }, true);
  assert.deepEqual(step(12, 5), { cursor: { epoch: 1, seq: 12 }, missing: undefined });
  assert.deepEqual(step(15, 2)?.missing, { reason: "hole", points: 3, epoch: 1, seq: 13 });
});

test("[CH10d] [PG4] what follows the time before the first publish is no loss, whatever its epoch", () => {
  const before = { epoch: 0, seq: 0 };
  const next = (seq: number) => ({ cursor: { epoch: 7, seq }, missing: undefined });
  assert.deepEqual(advanceToLive(before, before), undefined);
  assert.deepEqual(advanceToLive(before, { epoch: 7, seq: 0 }), next(0));
  assert.deepEqual(advance(before, { epoch: 7, seq: 3, points: 3 }), next(3));
  const forgotten = advance({ epoch: 7, seq: 3 }, { ...before, points: 0 });
  assert.deepEqual(forgotten, { cursor: before, missing: { reason: "epoch", points: null, ...before } });
});

test("[VW18c] what is published first begins at 0: a frame that does not is behind a hole", () => {
  assert.deepEqual(advance({ epoch: 0, seq: 0 }, { epoch: 7, seq: 9, points: 3 }), {
    cursor: { epoch: 7, seq: 9 },
    missing: { reason: "hole", points: 6, epoch: 7, seq: 6 },
  });
});
