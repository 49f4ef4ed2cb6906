/** Where the stretches of the log begin and end that a viewer with `max_rate` gets. */
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { type Stretch, StretchSplitter, stretchMs } from "../../../../../worker/hub/rate/stretches.ts";

const taken = (seq: number, atMs: number) => ({ after: seq - 1, seq, atMs, frames: [new Uint8Array([seq])] });
const numbers = (stretches: readonly Stretch[]) => stretches.map(({ after, seq }) => [after, seq]);

test("[VW22] a stretch is as long as three points may take, in whole milliseconds", () => {
  assert.deepEqual([1, 7, 10, 1000].map(stretchMs), [3000, 429, 300, 3]);
});

test("[VW22] what comes alone ends at once, what comes often when the next stretch begins, and the last by time", () => {
  const splitter = new StretchSplitter(300, undefined, true);
  assert.deepEqual(numbers(splitter.add(taken(1, 10))), [[0, 1]]);
  // In the same stretch.
  assert.deepEqual(numbers(splitter.add(taken(2, 20))), []);
  assert.deepEqual(numbers(splitter.add(taken(3, 299))), []);
  assert.equal(splitter.openAfter, 1);
  // In the next.
  assert.deepEqual(numbers(splitter.add(taken(4, 300))), [[1, 3]]);
  assert.deepEqual(numbers(splitter.endedBy(599)), []);
  assert.deepEqual(numbers(splitter.endedBy(600)), [[3, 4]]);
  assert.deepEqual(numbers(splitter.endedBy(900)), []);
  assert.equal(splitter.openAfter, null);
  // After one in which nothing was taken.
  const [alone] = splitter.add(taken(5, 900));
  assert.deepEqual([alone?.after, alone?.seq, alone?.coveredMs], [4, 5, 600]);
});

test("[VW22] whatever is taken when, each is in one stretch, in order, and who begins at one gets the same", () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: 500 }), { minLength: 1, maxLength: 60 }), (pauses) => {
      let atMs = 0;
      const all = pauses.map((pause, i) => {
        atMs += pause;
        return taken(i + 1, atMs);
      });
      const splitAll = (from: number): number[][] => {
        const splitter = new StretchSplitter(100, all[from - 1]?.atMs, true);
        return numbers([...all.slice(from).flatMap((each) => splitter.add(each)), ...splitter.endedBy(atMs + 1000)]);
      };
      const whole = splitAll(0);
      assert.deepEqual(
        whole.flatMap(([after = 0, seq = 0]) => all.slice(after, seq).map((each) => each.seq)),
        all.map(({ seq }) => seq),
      );
      for (const [i, taking] of all.entries()) {
        const isFirst = i === 0 || Math.floor((all[i - 1]?.atMs ?? 0) / 100) < Math.floor(taking.atMs / 100);
        if (isFirst)
          assert.deepEqual(
            splitAll(i),
            whole.filter(([after = 0]) => after >= i),
          );
      }
    }),
  );
});

test("one that is larger than may be held is passed over, and the next is known again", () => {
  const splitter = new StretchSplitter(300, 1, false, 2);
  splitter.add(taken(1, 10));
  assert.equal(splitter.openAfter, undefined);
  assert.deepEqual(numbers(splitter.add(taken(2, 310))), []);
  assert.equal(splitter.openAfter, 1);
  splitter.add(taken(3, 320));
  splitter.add(taken(4, 330));
  assert.equal(splitter.openAfter, undefined);
  assert.deepEqual(numbers(splitter.add(taken(5, 610))), []);
  assert.deepEqual(numbers(splitter.endedBy(900)), [[4, 5]]);
});
