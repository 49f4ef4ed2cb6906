import assert from "node:assert/strict";
import { test } from "node:test";
import { Random } from "../torture/random.ts";
import { EventQueue } from "./event-queue.ts";

test("events happen in the order of their times, and those of one time in the order in which they were planned", async () => {
  const queue = new EventQueue();
  const random = new Random(1);
  const planned = Array.from({ length: 1000 }, (_, i) => ({ atMs: random.integer(0, 99), i }));
  const happened: typeof planned = [];
  for (const each of planned) queue.at(each.atMs, () => happened.push(each));
  await queue.runUntil(99);
  assert.deepEqual(
    happened,
    planned.toSorted((a, b) => a.atMs - b.atMs || a.i - b.i),
  );
});

test("the clock stands at what happens, and then at where it was let run to", async () => {
  const queue = new EventQueue(10);
  const seen: number[] = [];
  queue.in(5, () => seen.push(queue.nowMs));
  queue.at(3, () => seen.push(queue.nowMs));
  queue.in(21, () => seen.push(queue.nowMs));
  await queue.runUntil(30);
  assert.deepEqual([seen, queue.nowMs], [[10, 15], 30]);
});

test("what waits by a promise goes on before the next event", async () => {
  const queue = new EventQueue();
  const seen: string[] = [];
  queue.at(0, async () => {
    await queue.pause(10);
    seen.push(`paused until ${queue.nowMs}`);
    await Promise.resolve();
    seen.push(`went on at ${queue.nowMs}`);
  });
  queue.at(10.5, () => seen.push(`next at ${queue.nowMs}`));
  await queue.runUntil(20);
  assert.deepEqual(seen, ["paused until 10", "went on at 10", "next at 10.5"]);
});
