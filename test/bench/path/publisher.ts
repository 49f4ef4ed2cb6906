/**
 * A publisher in a process of its own: `{"x": <unix seconds now>, "y": …}`, so many points a second, or flat out (0).
 * With more than one point a message, each message is an array of them. Arguments: address, points a second, points a
 * message.
 */
import { setImmediate, setTimeout } from "node:timers/promises";
import { Publisher } from "zeromq";

const [address = "", rate = "0", messagePoints = "1"] = process.argv.slice(2);
const perSecond = Number(rate);
const pointsPerMessage = Number(messagePoints);

const publisher = new Publisher({ sendHighWaterMark: 1000, linger: 0 });
publisher.connect(address);

function message(): string {
  const x = (performance.timeOrigin + performance.now()) / 1000;
  const point = `{"x":${x},"y":${Math.sin(x)}}`;
  return pointsPerMessage === 1 ? point : `[${new Array<string>(pointsPerMessage).fill(point).join()}]`;
}

const startMs = performance.now();
for (let sent = 0; ; ) {
  const dueMs = performance.now() - startMs;
  const due = perSecond === 0 ? sent + 100 : Math.floor(((dueMs / 1000) * perSecond) / pointsPerMessage);
  for (; sent < due; sent++) await publisher.send(message());
  // At a rate it sleeps between points: spinning would take a core from what is measured.
  await (perSecond === 0 ? setImmediate() : setTimeout(1));
}
