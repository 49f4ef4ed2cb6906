/**
 * A receiver in a process of its own that is too busy to read: it tells its address over IPC, is blocked by the first
 * message (`block`) or takes long for each (`slow`), and tells how many messages it got when it is asked, or how many publishers it refused.
 * Arguments: `block` or `slow`, the configuration of the socket as JSON, and the one directory to have libzmq's sockets in, if not any.
 */

import { Receiver } from "../../bridge/sources/zeromq/receiver.ts";
import { defaultSocket } from "./default-socket.ts";

const [mode = "", given = "{}", parent] = process.argv.slice(2);
const BLOCK_MS = { block: 1500, slow: 3 };
let messages = 0;

function block(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
}

const receiver = await Receiver.open({
  socket: defaultSocket(JSON.parse(given, (key, value) => (key === "users" ? new Map(Object.entries(value)) : value))),
  ...(parent === undefined ? {} : { privateParents: [parent] }),
  onMessage: () => {
    messages++;
    if (mode === "block" && messages === 1) block(BLOCK_MS.block);
    if (mode === "slow") block(BLOCK_MS.slow);
  },
});
process.on("message", (what) =>
  process.send?.(what === "refused" ? { refused: receiver.counters.authFailures } : { messages }),
);
process.send?.({ address: receiver.addresses[0] });
