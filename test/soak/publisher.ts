/**
 * A ZeroMQ publisher in a process of its own: `{"x": unix seconds, "n": …, "y": …}`, n and y counting up from 0.
 * Arguments: address, points a second. From the parent: `{"perSecond": r}` changes the pace; `{"finish": true}`: no
 * more, and it answers `{"last": y}`.
 */
import { setTimeout as sleep } from "node:timers/promises";
import { Publisher } from "zeromq";

const [address = "", rate = "0"] = process.argv.slice(2);
let perSecond = Number(rate);
let isFinished = false;
process.on("message", (message: { perSecond?: number; finish?: boolean; report?: boolean }) => {
  perSecond = message.perSecond ?? perSecond;
  isFinished ||= message.finish === true;
  if (message.report === true) process.send?.({ next });
});
process.on("disconnect", () => process.exit());

// Without a bound: what the bridge cannot take at once waits here.
const socket = new Publisher({ linger: 10_000, sendHighWaterMark: 0 });
const events = socket.events;
socket.connect(address);
for await (const { type } of events) if (type === "handshake") break;
// The subscription follows the handshake on the same connection, and nothing tells when it has come.
await sleep(200);

let next = 0;
let due = 0;
let lastMs = performance.now();
while (!isFinished) {
  const nowMs = performance.now();
  due += ((nowMs - lastMs) / 1000) * perSecond;
  lastMs = nowMs;
  for (; next < due; next++) {
    const x = (performance.timeOrigin + performance.now()) / 1000;
    await socket.send(`{"x":${x},"n":${next},"y":${next}}`);
  }
  // It sleeps between points: spinning would take a core from what is measured.
  await sleep(2);
}
process.send?.({ last: next - 1 });
