import assert from "node:assert/strict";
import { it } from "node:test";
import type { SecurityConfig } from "../../bridge/configure/config.ts";
import { NativeMemory, nativeBytes } from "../../bridge/receive/native-memory.ts";
import { Peers } from "../../bridge/receive/peers.ts";
import { RenewableReceiver } from "../../bridge/receive/renewable.ts";
import { defaultSocket } from "../../bridge/receive/socket.ts";
import { createLog } from "../../bridge/tell/log.ts";
import { connectPublisher } from "../support/publisher.ts";
import { waitFor } from "../support/wait.ts";
import { command, FLAG, greeting, longHeader, type RawPeer, rawPeer } from "../support/zmtp.ts";

//     a publisher by hand, let in by its password ─tcp→ libzmq, which no guard stands before

const TIMEOUT = { timeout: 60_000 };
const MIB = 2 ** 20;
const SECURITY: SecurityConfig = { mechanism: "plain-server", users: new Map([["lab", "right-word"]]) };

async function plainPublisher(address: string): Promise<RawPeer> {
  const text = (value: string): Buffer => Buffer.concat([Buffer.from([value.length]), Buffer.from(value)]);
  const peer = await rawPeer(address);
  const says = (word: string) => waitFor(word, () => peer.received().includes(word));
  await peer.send(greeting({ mechanism: "PLAIN" }));
  await peer.send(command("HELLO", Buffer.concat([text("lab"), text("right-word")])));
  await says("WELCOME");
  const type = Buffer.concat([
    Buffer.from([11]),
    Buffer.from("Socket-Type"),
    Buffer.from([0, 0, 0, 3]),
    Buffer.from("PUB"),
  ]);
  await peer.send(command("INITIATE", type));
  await says("READY");
  return peer;
}

it("[BR36] what libzmq holds is too much beyond the bound, and again only for as much more", () => {
  const memory = new NativeMemory(100);
  let nowMs = 0;
  const at = (bytes: number): boolean => {
    nowMs += 1000;
    return memory.isTooMuch(bytes, nowMs);
  };
  assert.deepEqual([at(50), at(100), at(101)], [false, false, true]);
  assert.deepEqual([at(90), at(80)], [false, false], "connections are being ended");
  nowMs += 5000;
  assert.deepEqual([at(180), at(181)], [false, true], "80 did not go back to the system");
  nowMs += 5000;
  assert.deepEqual([at(20), at(120), at(121)], [false, false, true], "now they did");
});

it("[BR36] a publisher that fills libzmq's memory is cut off, and the bridge goes on", TIMEOUT, async (t) => {
  const lines: string[] = [];
  const messages: string[] = [];
  let returns = 0;
  const log = createLog("text", "info", (line) => lines.push(line));
  const receiver = await RenewableReceiver.open({
    socket: defaultSocket({ bind: ["tcp://127.0.0.1:*"], security: SECURITY }),
    onMessage: (frames) => messages.push(frames.join("|")),
    log,
    peers: new Peers({ log, onReturn: () => returns++, onGone: () => undefined, onCount: () => undefined }),
    maxNativeBytes: nativeBytes() + 150 * MIB,
  });
  t.after(() => receiver.close());
  const address = receiver.addresses[0] ?? "";
  const good = await connectPublisher(address, [""], { plainUsername: "lab", plainPassword: "right-word" });
  t.after(() => good.close());
  await good.send("before");
  await waitFor("a message before", () => messages.length === 1);
  const wild = await plainPublisher(address);
  const part = Buffer.concat([longHeader(MIB, FLAG.more), Buffer.alloc(MIB, 1)]);
  await waitFor(
    "that it is cut off",
    async () => {
      if (nativeBytes() < 600 * MIB && !wild.socket.destroyed) await wild.send(part);
      return wild.socket.destroyed;
    },
    { deadlineMs: 40_000, everyMs: 1 },
  );
  assert.equal(receiver.counters.renewals, 1);
  assert.match(lines.join(""), /ZeroMQ hold more than [\d,]+ MiB in this process\. All connections of tcp:/);
  await waitFor("a message after", async () => {
    await good.send("after");
    return messages.includes("after");
  });
  assert.ok(returns >= 1, "that something may be missing is told");
  assert.deepEqual(receiver.addresses, [address]);
});
