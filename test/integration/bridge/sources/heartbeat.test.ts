import assert from "node:assert/strict";
import { it } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import type { SecurityConfig } from "../../../../bridge/config/config.ts";
import { PingWatch } from "../../../../bridge/sources/zeromq/guard/ping-watch.ts";
import { connectPublisher } from "../../../support/publisher.ts";
import { receiving } from "../../../support/receiving.ts";
import { waitFor } from "../../../support/wait.ts";
import {
  command,
  FLAG,
  frame,
  greeting,
  greeting2,
  ping,
  rawBinder,
  rawPeer,
  rawPlainPublisher,
  rawPublisher,
} from "../../../support/zmtp.ts";

//     publishers that do not answer heartbeats ─→ receiver that sends them

const TIMEOUT = { timeout: 30_000 };
const HEARTBEAT_MS = 100;
/** Longer than three heartbeats, after which libzmq cuts off. */
const PAUSE_MS = 700;
const ANY_PORT = "tcp://127.0.0.1:*";
const PLAIN: SecurityConfig = { mechanism: "plain-server", users: new Map([["lab", "word"]]) };

for (const [what, heartbeatMs] of [
  ["heartbeats every 0.1 s", HEARTBEAT_MS],
  ["no heartbeats, as by default", 0],
] as const) {
  it(
    `[BR19i] ${what}: peers of ZMTP 3.0 and 2.0 that answer no PING are not cut off, and nothing of theirs is lost`,
    TIMEOUT,
    async (t) => {
      const to = await receiving(t, { bind: [ANY_PORT], heartbeatMs });
      const plain = await receiving(t, { bind: [ANY_PORT], heartbeatMs, security: PLAIN });
      const old = await rawPeer(to.address);
      await old.send(greeting2());
      const peers = [await rawPublisher(to.address), old, await rawPlainPublisher(plain.address, "lab", "word")];
      for (let i = 0; i < 4; i++) {
        await sleep(PAUSE_MS);
        for (const peer of peers) await peer.send(Buffer.concat([frame("a", FLAG.more), frame(`${i}`)]));
      }
      await waitFor("all messages", () => to.messages.length === 8 && plain.messages.length === 4);
      assert.deepEqual(to.peers, { now: 2, returns: 0, gone: 0 });
      assert.deepEqual(plain.peers, { now: 1, returns: 0, gone: 0 });
      assert.ok(peers.every(({ socket }) => !socket.destroyed));
      const [first] = peers;
      assert.equal(first?.received().includes(Buffer.from("\u0004PING")), heartbeatMs > 0);
      for (const { socket } of peers) socket.destroy();
    },
  );
}

it("[BR19i] the same of a publisher that is connected to, in the middle of a message", TIMEOUT, async (t) => {
  const binder = await rawBinder();
  t.after(() => binder.close());
  const to = await receiving(t, { connect: [binder.address], heartbeatMs: HEARTBEAT_MS });
  const peer = await binder.next();
  await sleep(PAUSE_MS);
  await peer.send(frame("a"));
  await sleep(PAUSE_MS);
  await peer.send(frame("b"));
  await waitFor("both", () => to.messages.length === 2);
  assert.deepEqual(to.peers, { now: 1, returns: 0, gone: 0 });
});

it("[BR19i] who has answered once, and then no more, is cut off: a program that hangs", TIMEOUT, async (t) => {
  const to = await receiving(t, { bind: [ANY_PORT], heartbeatMs: HEARTBEAT_MS });
  const peer = await rawPublisher(to.address);
  await waitFor("a PING", () => peer.received().includes(Buffer.from("\u0004PING")));
  await peer.send(command("PONG", "context"));
  await peer.closed(10_000);
  await waitFor("that it is gone", () => to.peers.gone === 1);
});

it(
  "[BR19i] publishers that answer are there as long as they do, also with a heartbeat of their own",
  TIMEOUT,
  async (t) => {
    // Not so soon that a pause of this process is taken for silence.
    const to = await receiving(t, { bind: [ANY_PORT], heartbeatMs: 1000 });
    const publisher = await connectPublisher(to.address, [""], { heartbeatInterval: 1000, heartbeatTimeout: 3000 });
    await sleep(7000);
    await publisher.send("here");
    await waitFor("the message", () => to.messages.length === 1);
    assert.deepEqual(to.peers, { now: 1, returns: 0, gone: 0 });
    publisher.close();
  },
);

it("[BR19i] PINGs are found in whatever pieces they come, and nothing else is one", () => {
  const bytes = Buffer.concat([
    greeting(),
    command("READY", "x".repeat(300)),
    ping(),
    frame("\u0004PING"),
    frame(""),
    command("PINGS"),
    ping(3, "context"),
    frame("x".repeat(300), FLAG.more),
    ping(),
  ]);
  for (const size of [1, 2, 7, 64, bytes.length]) {
    const watch = new PingWatch();
    let pings = 0;
    for (let at = 0; at < bytes.length; at += size) pings += watch.take(bytes.subarray(at, at + size));
    assert.equal(pings, 3, `${size}`);
  }
});
