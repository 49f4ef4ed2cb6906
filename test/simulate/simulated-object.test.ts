import assert from "node:assert/strict";
import { test } from "node:test";
import { EventQueue } from "./event-queue.ts";
import { SimulatedObject } from "./simulated-object.ts";

test("what comes while the thread works waits until it is done", async () => {
  const queue = new EventQueue();
  const object = new SimulatedObject(queue);
  const done: number[] = [];
  const work = (): void => {
    done.push(object.spend(4_000));
  };
  for (const atMs of [0, 1, 2, 100]) queue.at(atMs, () => object.post(work));
  await queue.runUntil(3);
  assert.equal(object.backlogMs, 1);
  await queue.runUntil(1000);
  assert.deepEqual(done, [4, 8, 12, 104]);
});

test("a second counts what was done in it", async () => {
  const queue = new EventQueue();
  const object = new SimulatedObject(queue);
  const send = (): void => {
    object.spend(300_000);
    object.count("sends", 10);
  };
  for (const atMs of [0, 100, 2_500]) queue.at(atMs, () => object.post(send));
  await queue.runUntil(3_000);
  assert.deepEqual(object.peaksBetween(0, 3_000), { cpuShare: 0.6, sends: 20, requests: 0 });
  assert.equal(object.useBetween(0, 3_000).sends, 30);
  assert.equal(object.useBetween(1_000, 3_000).cpuMs, 300);
});

test("an object that is made anew forgets what waited, and is free", async () => {
  const queue = new EventQueue();
  const object = new SimulatedObject(queue);
  const done: string[] = [];
  object.post(() => object.spend(1_000_000));
  object.post(() => done.push("waited"));
  queue.at(500, () => {
    object.restart();
    object.post(() => done.push(`came at ${queue.nowMs}`));
  });
  await queue.runUntil(2_000);
  assert.deepEqual(done, ["came at 500"]);
});
