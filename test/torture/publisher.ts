/**
 * A ZeroMQ publisher in a process of its own: `{"x": unix seconds, "n": …, "y": …}` under a topic, y counting up.
 * Arguments: address, topic, points a second, send high-water mark, first y, and what n is above y. Numbers are told
 * to the parent, in blocks, before they are used: so it knows what a successor may begin with, however this one ends.
 * From the parent: `{"flood": n}`: so many at once; `{"finish": n}`: so many more, then it says its `last` and no more.
 */
import { setTimeout as sleep } from "node:timers/promises";
import { Publisher } from "zeromq";

const [address = "", topic = "", rate = "0", highWaterMark = "0", firstY = "0", above = "0"] = process.argv.slice(2);
const BLOCK = 1000;
const MAX_AT_ONCE = 1000;

const socket = new Publisher({ linger: 0, sendHighWaterMark: Number(highWaterMark) });
socket.connect(address);

let next = Number(firstY);
let reserved = next;
let toFlood = 0;
let toFinish: number | undefined;

process.on("message", (message: { flood?: number; finish?: number }) => {
  toFlood += message.flood ?? 0;
  toFinish ??= message.finish;
});
process.on("disconnect", () => process.exit());

function tell(message: { reserved: number } | { last: number }): Promise<void> {
  return new Promise((resolve, reject) => {
    process.send?.(message, (error: Error | null) => (error === null ? resolve() : reject(error)));
  });
}

async function send(count: number): Promise<void> {
  if (next + count > reserved) {
    reserved = next + count + BLOCK;
    await tell({ reserved });
  }
  for (let i = 0; i < count; i++, next++) {
    const x = (performance.timeOrigin + performance.now()) / 1000;
    await socket.send([topic, `{"x":${x},"n":${next + Number(above)},"y":${next}}`]);
  }
}

const startMs = performance.now();
for (let paced = 0; toFinish === undefined; ) {
  // After a halt it does not make up for it.
  const due = Math.floor(((performance.now() - startMs) / 1000) * Number(rate));
  const count = Math.min(due - paced, 50);
  paced = due;
  const flood = Math.min(toFlood, MAX_AT_ONCE);
  toFlood -= flood;
  await send(count + flood);
  await sleep(flood > 0 ? 0 : 5);
}
for (let i = 0; i < toFinish; i++) {
  await send(1);
  await sleep(2);
}
await tell({ last: next - 1 });
