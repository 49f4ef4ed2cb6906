import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";
import { it } from "node:test";
import { nativeBytes } from "../../../../bridge/sources/zeromq/native-memory.ts";
import { bindPublisher } from "../../../support/publisher.ts";
import { receiving } from "../../../support/receiving.ts";
import { waitFor } from "../../../support/wait.ts";
import { FLAG, frame, longHeader, rawBinder } from "../../../support/zmtp.ts";

//     publishers that bind ←tcp─ guard ← libzmq

const TIMEOUT = { timeout: 60_000 };
const MIB = 2 ** 20;

it(
  "[BR32a] [BR32c] a publisher that is connected to is cut off for a message of more than 4,096 parts, and no other",
  TIMEOUT,
  async (t) => {
    const [wild, good] = [await rawBinder(), await bindPublisher()];
    t.after(() => wild.close());
    t.after(() => good.close());
    const { receiver, messages, says } = await receiving(t, { connect: [wild.address, good.address] });
    await good.subscribed();
    const parts = (count: number): Buffer => Buffer.concat(Array<Buffer>(count).fill(frame("", FLAG.more)));
    const first = await wild.next();
    await first.send(Buffer.concat([parts(4095), frame("")]));
    await waitFor("the message", () => messages.length === 1);
    await first.send(parts(4097));
    await first.closed();
    await says(/A publisher was cut off from tcp:.*more than 4,096 parts/);
    await good.send("good");
    await waitFor("the other's message", () => messages.length === 2);
    assert.equal(receiver.counters.cutOff, 1);
    const again = await wild.next();
    await again.send(frame("again"));
    await waitFor("a message of it, some seconds later", () => messages.includes("again"));
  },
);

it(
  "[BR32] two million empty parts and 600 MiB of a publisher that is connected to cost next to nothing",
  TIMEOUT,
  async (t) => {
    const many = Buffer.concat(Array<Buffer>(100_000).fill(frame("", FLAG.more)));
    const large = Buffer.concat([longHeader(MIB, FLAG.more), Buffer.alloc(MIB, 1)]);
    for (const [bytes, count] of [
      [many, 20],
      [large, 600],
    ] as const) {
      const wild = await rawBinder();
      t.after(() => wild.close());
      const { receiver } = await receiving(t, { connect: [wild.address], maxMessageBytes: 2 ** 24 });
      const peer = await wild.next();
      const before = nativeBytes();
      let most = 0;
      for (let i = 0; i < count && !peer.socket.destroyed; i++) {
        await peer.send(bytes);
        most = Math.max(most, nativeBytes() - before);
      }
      await peer.closed();
      assert.equal(receiver.counters.cutOff, 1);
      assert.ok(most < 100 * MIB, `${Math.round(most / MIB)} MiB more`);
    }
  },
);

it("[BR31b] what is connected to and speaks no ZeroMQ puts no point in, and is told", TIMEOUT, async (t) => {
  const server = createServer((_, answer) => answer.end('{"y":1}')).listen(0, "127.0.0.1");
  await once(server, "listening");
  t.after(() => server.close());
  t.after(() => server.closeAllConnections());
  const at = server.address();
  const address = `tcp://127.0.0.1:${typeof at === "object" ? at?.port : 0}`;
  const { receiver, messages, says } = await receiving(t, { connect: [address] });
  await says(/breaks the handshake off .* what listens there may be no ZeroMQ publisher; trying on/);
  assert.deepEqual([messages.length, receiver.counters.handshakes], [0, 0]);
  await waitFor("that it is counted", () => receiver.counters.notZmtp > 0);
});

it("[BR19] a publisher that comes late and goes is found again, by name and by number", TIMEOUT, async (t) => {
  const first = await bindPublisher();
  const named = first.address.replace("127.0.0.1", "localhost");
  first.close();
  const { messages, peers, receiver } = await receiving(t, { connect: [named, first.address] });
  await waitFor("attempts", () => receiver.counters.connectRetries > 2);
  for (const round of [1, 2]) {
    const publisher = await waitFor("its port", () => bindPublisher(first.address));
    await waitFor("both connections", () => peers.now === 2);
    await waitFor("a message by each", async () => {
      await publisher.send(`${round}`);
      return messages.filter((message) => message === `${round}`).length >= 2;
    });
    publisher.close();
    await waitFor("that both are gone", () => peers.now === 0 && peers.gone === 2 * round);
  }
  assert.equal(peers.returns, 2);
});
