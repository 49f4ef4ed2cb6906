/** However many read, half of the time is left to whoever publishes. */
import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { ReadTurns } from "../../../../worker/channel/read-turns.ts";

/** So many readers that never stop, for so long by a clock of their own, on which each turn takes as long as it says. */
async function readFor(t: TestContext, readers: number, forMs: number, turnMs: (turn: number) => number) {
  t.mock.timers.enable({ apis: ["Date", "setTimeout"], now: 1_000_000 });
  const turns = new ReadTurns();
  const endMs = 1_000_000 + forMs;
  const seen = { turns: new Array<number>(readers).fill(0), spentMs: 0, longestMs: 0 };
  let [inARowMs, endedAtMs] = [0, 0];
  const readOn = async (reader: number): Promise<void> => {
    while (Date.now() < endMs) {
      await turns.take();
      turns.spend(() => {
        const ms = turnMs(seen.turns.reduce((sum, n) => sum + n, 0));
        inARowMs = Date.now() === endedAtMs ? inARowMs + ms : ms;
        t.mock.timers.setTime(Date.now() + ms);
        endedAtMs = Date.now();
        seen.turns[reader] = (seen.turns[reader] ?? 0) + 1;
        seen.spentMs += ms;
        seen.longestMs = Math.max(seen.longestMs, inARowMs);
      });
    }
  };
  const reading = Promise.all(Array.from({ length: readers }, (_, i) => readOn(i)));
  let isOver = false;
  void reading.then(() => {
    isOver = true;
  });
  while (!isOver) {
    // What is due runs, and then what came of it.
    t.mock.timers.tick(1);
    for (let i = 0; i < 5 * readers; i++) await Promise.resolve();
  }
  return seen;
}

for (const readers of [1, 4, 50]) {
  test(`[RD3d] ${readers} readers take half of the time at most, and never two turns without a pause`, async (t) => {
    const { spentMs, longestMs } = await readFor(t, readers, 2_000, (turn) => [1, 3, 8, 2][turn % 4] ?? 1);
    assert.ok(spentMs <= 1_100, `${spentMs} ms`);
    assert.ok(spentMs >= 500, `${spentMs} ms: nobody else was there`);
    assert.equal(longestMs, 8);
  });
}

test("[RD3d] turns that suddenly take ten times as long leave half of the time all the same", async (t) => {
  const { spentMs, turns } = await readFor(t, 20, 6_000, (turn) => (turn < 200 ? 1 : 10));
  assert.ok(spentMs <= 3_300, `${spentMs} ms`);
  assert.ok(Math.min(...turns) >= 10, `the least got ${Math.min(...turns)} turns, the most ${Math.max(...turns)}`);
});

test("[RD3d] a clock that was set back holds up nobody for longer than ten seconds", async (t) => {
  t.mock.timers.enable({ apis: ["Date"], now: 1_000_000_000 });
  const turns = new ReadTurns();
  await turns.take();
  turns.spend(() => undefined);
  t.mock.timers.setTime(1_000_000_000 - 11_000);
  await turns.take();
});
