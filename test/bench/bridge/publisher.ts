/** Sends one case's messages flat out, from a process of its own, and drops none. Arguments: address, case. */
import { setImmediate } from "node:timers/promises";
import { XPublisher } from "zeromq";
import { caseNamed } from "./cases.ts";

const [address = "", name = ""] = process.argv.slice(2);
/** Made before, so that making them takes nothing of what is measured. */
const messages = Array.from({ length: 256 }, (_, n) => caseNamed(name).message(n));

const socket = new XPublisher({ noDrop: true, sendHighWaterMark: 1000, linger: 0 });
socket.connect(address);
await socket.receive();
for (let n = 0; ; ) {
  try {
    await socket.send(messages[n % messages.length] ?? "");
    if (++n % 256 === 0) await setImmediate();
  } catch (error) {
    // libzmq calls an XPUB writable though a subscriber's queue is full.
    if (!(error instanceof Error && "code" in error && error.code === "EAGAIN")) throw error;
    await setImmediate();
  }
}
