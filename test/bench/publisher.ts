/**
 * A publisher of one-point messages, in a process of its own: `{"x": <unix seconds now>, "y": …}`, so many a second,
 * or flat out (0). Arguments: address, points a second.
 */
import { setImmediate, setTimeout } from "node:timers/promises";
import { Publisher } from "zeromq";

const [address = "", rate = "0"] = process.argv.slice(2);
const perSecond = Number(rate);

const publisher = new Publisher({ sendHighWaterMark: 1000, linger: 0 });
publisher.connect(address);

const startMs = performance.now();
for (let sent = 0; ; ) {
  const due = perSecond === 0 ? sent + 100 : Math.floor(((performance.now() - startMs) / 1000) * perSecond);
  for (; sent < due; sent++) {
    const x = (performance.timeOrigin + performance.now()) / 1000;
    await publisher.send(`{"x":${x},"y":${Math.sin(x)}}`);
  }
  // At a rate it sleeps between points: spinning would take a core from what is measured.
  await (perSecond === 0 ? setImmediate() : setTimeout(1));
}
