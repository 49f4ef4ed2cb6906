/** Clocks that were set ahead and back, and what is stored under them. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import fc from "fast-check";
import { ChannelClock } from "../../../../worker/hub/channel-clock.ts";
import type { Edge } from "../../../support/edge.ts";
import { toOlderStore } from "../../../support/older-store.ts";
import { frameOf, post, publishFrames, storedPoints } from "../../../support/publish.ts";
import { startStoredEdge } from "../../../support/stored-edge.ts";
import { Watcher } from "../../../support/watcher.ts";

const A = "00000000000000aa";
const CHANNEL = "clock";
const DAY_MS = 86_400_000;

test("[CH12a] the channel's time is the wall clock's until that is set back, and then goes on from there as fast", () => {
  const clock = new ChannelClock();
  const times = (...walls: number[]) => walls.map((wallMs) => clock.at(wallMs));
  assert.deepEqual(times(1000, 2000, 2000), [1000, 2000, 2000]);
  assert.equal(clock.aheadMs, 0);
  // A day ahead for a while, and back.
  assert.deepEqual(times(DAY_MS, DAY_MS + 500), [DAY_MS, DAY_MS + 500]);
  assert.deepEqual(times(3000, 3100, 4000), [DAY_MS + 500, DAY_MS + 600, DAY_MS + 1500]);
  assert.equal(clock.aheadMs, DAY_MS - 2500);
  // Set back once more, a little.
  assert.deepEqual(times(3500, 3600), [DAY_MS + 1500, DAY_MS + 1600]);
  // Set ahead again, it is right: no second day is added to the first.
  assert.deepEqual(times(DAY_MS + 5000, DAY_MS + 6000), [DAY_MS + 5000, DAY_MS + 6000]);
  assert.equal(clock.aheadMs, 0);
});

test("[CH12a] [CH6] after eviction it goes on from the latest time that is stored", () => {
  const clock = new ChannelClock(DAY_MS);
  assert.deepEqual([clock.at(1000), clock.at(1200)], [DAY_MS, DAY_MS + 200]);
  clock.passed(DAY_MS + 5000);
  clock.passed(10);
  assert.deepEqual([clock.at(1200), clock.at(1300)], [DAY_MS + 5000, DAY_MS + 5100]);
  assert.equal(new ChannelClock(5000).at(6000), 6000);
});

test("[CH12a] whatever the wall clock does, the channel's never runs back, nor is it behind the wall clock", () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 10_000 }), { size: "max", maxLength: 50 }), (walls) => {
      const clock = new ChannelClock();
      let before = 0;
      for (const wallMs of walls) {
        const ms = clock.at(wallMs);
        assert.ok(ms >= before && ms >= wallMs && ms === wallMs + clock.aheadMs);
        before = ms;
      }
    }),
  );
});

async function hello(edge: Edge) {
  const watcher = await Watcher.open(edge, CHANNEL);
  const message = await watcher.tells("hello");
  await watcher.close();
  return message;
}

async function ys(edge: Edge): Promise<number[]> {
  return (await storedPoints(edge, CHANNEL)).map(({ y }) => y);
}

for (const [what, shift, older] of [
  // The clock was a day ahead when the last frames were taken, and is right again.
  ["the newest frames", `UPDATE segments SET taken_at_ms = taken_at_ms + ${DAY_MS} WHERE publisher_seq > 3`, false],
  ["all frames", `UPDATE segments SET taken_at_ms = taken_at_ms + ${DAY_MS}`, false],
  // The same, and what older versions had of it: they took further frames, whose time is right.
  [
    "the newest frames of an older version",
    `UPDATE frames SET taken_at_ms = taken_at_ms + ${DAY_MS} WHERE publisher_seq > 3`,
    true,
  ],
  [
    "frames in the middle",
    `UPDATE frames SET taken_at_ms = taken_at_ms + ${DAY_MS} WHERE publisher_seq IN (3, 4)`,
    true,
  ],
  ["all frames of an older version", `UPDATE frames SET taken_at_ms = taken_at_ms + ${DAY_MS}`, true],
] as const) {
  test(`[CH12b] [CH12b] ${what} that were taken while the clock was a day ahead go as the others do`, async () => {
    await using stored = await startStoredEdge({ vars: { STORE_SECONDS: "2" } });
    const { edge, whileStopped } = stored;
    for (let n = 1; n <= 6; n++) await publishFrames(edge, CHANNEL, frameOf(A, n, [n]));
    await whileStopped((database) => {
      if (older) toOlderStore(database);
      database.exec(shift);
    });
    const { nowMs, takenForMs } = await hello(edge);
    assert.ok(Math.abs(nowMs - Date.now()) < 60_000, "what is told is the wall clock");
    assert.ok(takenForMs !== null && takenForMs < 60_000, `${takenForMs}`);
    let n = 7;
    const begunAtMs = new Map<number, number>();
    let answeredAtMs = 0;
    /** The newer ones that were taken this long before the newest at most, however slow this machine is. */
    const young = () =>
      [...begunAtMs].filter(([, atMs]) => atMs > answeredAtMs - 1900).map(([publisherSeq]) => publisherSeq);
    // After STORE_SECONDS none of them is left, however slow this machine is.
    for (let oldest = 1; oldest <= 6; n++) {
      assert.ok(n < 100, "they never go");
      begunAtMs.set(n, performance.now());
      await publishFrames(edge, CHANNEL, frameOf(A, n, [n]));
      answeredAtMs = performance.now();
      const kept = await ys(edge);
      assert.deepEqual(kept.slice(kept.length - young().length), young(), "what is younger than STORE_SECONDS stays");
      // Eviction must not let it begin again.
      if (n === 9) await edge.evict(CHANNEL);
      oldest = kept[0] ?? 0;
      await sleep(250);
    }
    assert.ok((await hello(edge)).nowMs <= Date.now());
  });
}

test("[CH8b] [CH12a] the epoch grows though the clock was ahead when the last began", async () => {
  await using stored = await startStoredEdge();
  const { edge, whileStopped } = stored;
  const headers = { Authorization: `Bearer ${edge.token}` };
  await post(edge, CHANNEL, "1");
  assert.equal((await fetch(edge.channelUrl(CHANNEL), { method: "DELETE", headers })).status, 204);
  await whileStopped((database) => database.exec(`UPDATE numbering SET epoch = epoch + ${DAY_MS}`));
  const { epoch } = await hello(edge);
  for (let times = 1; times <= 2; times++) {
    assert.equal((await fetch(edge.channelUrl(CHANNEL), { method: "DELETE", headers })).status, 204);
    assert.equal((await hello(edge)).epoch, epoch + times);
  }
});
