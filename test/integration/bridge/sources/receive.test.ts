import assert from "node:assert/strict";
import { connect } from "node:net";
import { join } from "node:path";
import { it, type TestContext } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { Push, XPublisher } from "zeromq";
import { createLog } from "../../../../bridge/observability/log.ts";
import { Receiver } from "../../../../bridge/sources/zeromq/receiver.ts";
import { defaultSocket } from "../../../support/default-socket.ts";
import { bindPublisher, connectPublisher, type TestPublisher } from "../../../support/publisher.ts";
import { directoryFor, receiving } from "../../../support/receiving.ts";
import { waitFor, withDeadline } from "../../../support/wait.ts";
import { greeting, rawPeer, ready } from "../../../support/zmtp.ts";

//     publishers ─ZeroMQ→ receiver

const ANY_PORT = "tcp://127.0.0.1:*";
const TIMEOUT = { timeout: 30_000 };

function closed<P extends TestPublisher>(t: TestContext, publisher: P): P {
  t.after(() => publisher.close());
  return publisher;
}

function pusher(t: TestContext): Push {
  const push = new Push({ linger: 0 });
  t.after(() => push.close());
  return push;
}

for (const type of ["sub", "xsub"] as const) {
  it(`[BR19a] ${type}: bound and connected alike, several of each, in one socket`, TIMEOUT, async (t) => {
    const binding = [closed(t, await bindPublisher()), closed(t, await bindPublisher())];
    const connect = binding.map(({ address }) => address);
    const { receiver, messages } = await receiving(t, { type, bind: [ANY_PORT, ANY_PORT], connect });
    assert.equal(receiver.addresses.length, 4);
    const [first = "", second = ""] = receiver.addresses;
    const publishers = [
      ...binding,
      closed(t, await connectPublisher(first)),
      closed(t, await connectPublisher(first)),
      closed(t, await connectPublisher(second)),
    ];
    await Promise.all(binding.map(({ subscribed }) => subscribed()));
    for (const [i, publisher] of publishers.entries()) await publisher.send("lab", `${i}`);
    await waitFor("all messages", () => messages.length === 5);
    assert.deepEqual(messages.sort(), ["lab|0", "lab|1", "lab|2", "lab|3", "lab|4"]);
  });

  it(`[BR19] ${type}: topics are prefixes, and are subscribed anew when a publisher comes back`, TIMEOUT, async (t) => {
    const before = await bindPublisher();
    const topics = ["temp", "hum"];
    const { receiver, messages, peers } = await receiving(t, { type, connect: [before.address], topics });
    await before.subscribed(topics);
    for (const topic of ["pressure", "temp.a", "humidity"]) await before.send(topic);
    await waitFor("two messages", () => messages.length === 2);
    before.close();
    await waitFor("that it has gone", () => peers.gone === 1);
    const after = closed(t, await waitFor("its port", () => bindPublisher(before.address)));
    await after.subscribed(topics);
    for (const topic of ["pressure", "temp.b"]) await after.send(topic);
    await waitFor("a message from after", () => messages.length === 3);
    assert.deepEqual(messages, ["temp.a", "humidity", "temp.b"]);
    assert.deepEqual(peers, { now: 1, returns: 1, gone: 1 });
    assert.equal(receiver.counters.disconnects, 1);
    assert.equal(receiver.counters.beganAnew, 0, "libzmq does it by itself");
  });
}

it("[BR19] pull: takes what is pushed, bound and connected, and never keeps a pusher waiting", TIMEOUT, async (t) => {
  const [binding, connecting] = [pusher(t), pusher(t)];
  await binding.bind(ANY_PORT);
  const { address, messages } = await receiving(t, {
    type: "pull",
    bind: [ANY_PORT],
    connect: [binding.lastEndpoint ?? ""],
  });
  connecting.connect(address);
  const COUNT = 20_000;
  const pushAll = async (push: Push, name: string): Promise<void> => {
    for (let i = 0; i < COUNT; i++) await push.send(`${name}${i}`);
  };
  await withDeadline("all pushes", Promise.all([pushAll(binding, "a"), pushAll(connecting, "b")]), 20_000);
  await waitFor("all messages", () => messages.length === 2 * COUNT);
  for (const name of ["a", "b"]) {
    const own = messages.filter((message) => message.startsWith(name));
    assert.deepEqual([own.length, own[0], own.at(-1)], [COUNT, `${name}0`, `${name}${COUNT - 1}`]);
  }
});

it(
  "[BR19] several sockets in one process work side by side, and one that ends leaves the others",
  TIMEOUT,
  async (t) => {
    const all = [];
    for (const type of ["sub", "xsub", "pull"] as const) all.push(await receiving(t, { type, bind: [ANY_PORT] }));
    const [sub, xsub, pull] = all;
    assert.ok(sub && xsub && pull);
    const toXsub = closed(t, await connectPublisher(xsub.address));
    const toSub = await connectPublisher(sub.address);
    await toSub.send("1");
    await waitFor("the first", () => sub.messages.length === 1);
    toSub.close();
    await sub.receiver.close();
    const push = pusher(t);
    push.connect(pull.address);
    await push.send("3");
    await toXsub.send("2");
    await waitFor("the others", () => pull.messages.length + xsub.messages.length === 2);
    assert.deepEqual([sub.messages, xsub.messages, pull.messages], [["1"], ["2"], ["3"]]);
    await sub.receiver.done;
  },
);

it("[BR19d] that nobody listens is said once, and that somebody does", TIMEOUT, async (t) => {
  const free = await bindPublisher();
  free.close();
  const { lines, says, receiver } = await receiving(t, { connect: [free.address] });
  await says(
    /warn {2}tcp:\/\/127\.0\.0\.1:\d+ is not connected yet: nobody listens there\. .*use --bind here \(ECONNREFUSED\)\. Trying on\./,
  );
  const publisher = closed(t, await waitFor("its port", () => bindPublisher(free.address)));
  await publisher.subscribed();
  await says(/info {2}tcp:\/\/127\.0\.0\.1:\d+ answers, after \d+ s\./);
  assert.equal(lines.length, 2, lines.join(""));
  assert.ok(receiver.counters.connectRetries > 1);
});

it("[BR19d] [BR39] why an address is not connected: a name of nobody, a path without a socket", TIMEOUT, async (t) => {
  const path = join(await directoryFor(t), "none.sock");
  const { says } = await receiving(t, { connect: ["tcp://nobody.invalid:5000", `ipc://${path}`] });
  await says(
    /tcp:\/\/nobody\.invalid:5000 is not connected yet: (no machine of this name|the host's name cannot) .*\((ENOTFOUND|EAI_AGAIN)\)\. Trying on\./,
  );
  await says(/none\.sock is not connected yet: nobody listens there\. .*\(ENOENT\)\. Trying on\./);
});

it(
  "[BR19] where the guard cannot stand before a publisher, that libzmq ended a connection is said",
  TIMEOUT,
  async (t) => {
    const publisher = closed(t, await bindPublisher());
    const lines: string[] = [];
    const messages: Buffer[][] = [];
    const receiver = await Receiver.open({
      socket: defaultSocket({ connect: [publisher.address], maxMessageBytes: 1000 }),
      onMessage: (frames) => messages.push(frames),
      log: createLog("text", "info", (line) => lines.push(line)),
      privateParents: [],
    });
    t.after(() => receiver.close());
    await publisher.subscribed();
    await publisher.send(Buffer.alloc(1001));
    const said =
      /The connection to tcp:\/\/127\.0\.0\.1:\d+ was ended on this side, most likely for a message of more than 1,000 bytes/;
    await waitFor("that it is said", () => lines.some((line) => said.test(line)));
    await waitFor("a message after it", async () => {
      await publisher.send("small");
      return messages.length > 0;
    });
  },
);

it("[BR19] [BR32f] a connection that is ended for a message that is too large is begun again", TIMEOUT, async (t) => {
  const publisher = closed(t, await bindPublisher());
  const named = publisher.address.replace("127.0.0.1", "localhost");
  const { messages, says, receiver, peers } = await receiving(t, { connect: [named], maxMessageBytes: 1000 });
  await publisher.subscribed();
  await publisher.send(Buffer.alloc(1001));
  await says(/A publisher was cut off from tcp:\/\/localhost:\d+: a message of it has more than 1,000 bytes/);
  await waitFor("a message after it", async () => {
    await publisher.send("small");
    return messages.length > 0;
  });
  assert.deepEqual([messages[0], receiver.counters.cutOff], ["small", 1]);
  assert.deepEqual(peers, { now: 1, returns: 1, gone: 1 });
});

it("[BR19g] what connects and speaks no ZeroMQ is told and is no publisher that has gone", TIMEOUT, async (t) => {
  const { address, says, receiver, peers } = await receiving(t, { bind: [ANY_PORT] });
  const here = closed(t, await connectPublisher(address));
  const scan = connect(Number(address.split(":").at(-1)), "127.0.0.1");
  scan.resume().end();
  await says(/Something connected to tcp:\/\/127.* and left before it spoke ZeroMQ/);
  assert.deepEqual(peers, { now: 1, returns: 0, gone: 0 });
  assert.ok(receiver.counters.otherFailures >= 1);
  here.close();
  await waitFor("the publisher gone", () => peers.gone === 1);
  assert.equal(peers.now, 0);
});

it("[BR19] one publisher's large messages silence no other", TIMEOUT, async (t) => {
  const { address, messages } = await receiving(t, { bind: [ANY_PORT] });
  const small = closed(t, await connectPublisher(address));
  const large = closed(t, await connectPublisher(address));
  let expected = 0;
  // More than a half of the mark that 512 MiB of the large ones would give, and no multiple of it.
  for (let i = 0; i < 101; i++) await small.send(`${i}`);
  await waitFor("the small ones", () => messages.length === 101);
  for (let round = 0; round < 3; round++) {
    await large.send(Buffer.alloc(20 * 1024 * 1024));
    expected = messages.length + 1;
    await waitFor("the large one", () => messages.length === expected);
    // Whatever the bridge makes of that, it does so once a second.
    await sleep(1100);
    for (let i = 0; i < 101; i++) await small.send(`${i}`);
    await waitFor("the small ones again", () => messages.length === expected + 101);
  }
});

it("[BR19f] while too much waits publishers are not read from, and nothing of theirs is lost", TIMEOUT, async (t) => {
  const received: string[] = [];
  const receiver = await Receiver.open({
    socket: defaultSocket({ bind: [ANY_PORT] }),
    onMessage: ([frame]) => {
      received.push(String(frame));
      // Slower than they come.
      const end = performance.now() + 1;
      while (performance.now() < end);
    },
    guardLimits: { holdAboveBytes: 0 },
  });
  t.after(() => receiver.close());
  const publishers = [
    closed(t, await connectPublisher(receiver.addresses[0] ?? "")),
    closed(t, await connectPublisher(receiver.addresses[0] ?? "")),
  ];
  for (let i = 0; i < 2000; i++) for (const publisher of publishers) await publisher.send(`${i}`);
  await waitFor("every message", () => received.length === 4000, { deadlineMs: 30_000 });
  assert.ok(receiver.counters.heldBack > 0);
  const late = closed(t, await connectPublisher(receiver.addresses[0] ?? ""));
  await late.send("late");
  await waitFor("one that came later", () => received.at(-1) === "late");
});

it("[BR18] [BR19] who connects with a socket of another type is no publisher that has gone", TIMEOUT, async (t) => {
  const { address, peers, messages } = await receiving(t, { bind: [ANY_PORT] });
  const here = closed(t, await connectPublisher(address));
  for (const type of ["REQ", "SUB", "ROUTER"]) {
    const peer = await rawPeer(address);
    await peer.send(Buffer.concat([greeting(), ready(type)]));
    await peer.closed();
  }
  const later = closed(t, await connectPublisher(address));
  await later.send("later");
  await waitFor("a message of one that came later", () => messages.length === 1);
  assert.deepEqual(peers, { now: 2, returns: 0, gone: 0 });
  here.close();
  await waitFor("the one that leaves", () => peers.gone === 1);
  assert.equal(peers.now, 1);
});

it("[BR19] the same address given twice is connected to once", TIMEOUT, async (t) => {
  const push = pusher(t);
  await push.bind(ANY_PORT);
  const address = push.lastEndpoint ?? "";
  const { receiver, messages } = await receiving(t, { type: "pull", connect: [address, address] });
  await push.send("1");
  await waitFor("the message", () => messages.length === 1);
  assert.deepEqual([receiver.addresses.length, receiver.counters.handshakes], [1, 1]);
});

it("[BR19] reopening tells peers of connected publishers alone", TIMEOUT, async (t) => {
  const binding = closed(t, await bindPublisher());
  const { receiver, address, peers } = await receiving(t, { bind: ["tcp://*:*"], connect: [binding.address] });
  closed(t, await connectPublisher(address));
  await binding.subscribed();
  await waitFor("both", () => peers.now === 2);
  receiver.reopen();
  assert.equal(peers.now, 1, "that which is bound stays");
  await waitFor("both again", () => peers.now === 2);
  assert.equal(peers.returns, 1);
});

it("[BR19] closing frees the address", TIMEOUT, async (t) => {
  const first = await receiving(t, { bind: [ANY_PORT] });
  await first.receiver.close();
  const socket = defaultSocket({ bind: [first.address] });
  const second = await Receiver.open({ socket, onMessage: () => undefined });
  await second.close();
  const other = new XPublisher();
  await waitFor("the port", async () => {
    await other.bind(first.address);
    return true;
  });
  other.close();
});
