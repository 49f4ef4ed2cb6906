import assert from "node:assert/strict";
import { afterEach, beforeEach, describe, it } from "node:test";
import { sourceOf } from "../../../../bridge/config/defaults.ts";
import { addressFault } from "../../../../bridge/config/syntax/endpoint.ts";
import { createLog } from "../../../../bridge/observability/log.ts";
import { type Bridge, startBridge } from "../../../../bridge/pipeline/bridge.ts";
import { AddressError } from "../../../../bridge/sources/errors.ts";
import { startDemo } from "../../../../bridge/tools/demo.ts";
import { type FakeWorker, startFakeWorker } from "../../../support/fake-worker.ts";
import { bindPublisher, connectPublisher, type TestPublisher } from "../../../support/publisher.ts";
import { waitFor, withDeadline } from "../../../support/wait.ts";

//     publisher ─ZeroMQ→ bridge ─HTTP→ fake Worker

let worker: FakeWorker;
let closers: (() => unknown)[];
let lines: string[];

beforeEach(async () => {
  worker = await startFakeWorker();
  closers = [];
  lines = [];
});

afterEach(async () => {
  for (const close of closers.reverse()) await close();
  await worker.close();
});

async function bridgeOf(
  options: Partial<Parameters<typeof startBridge>[0]> & Parameters<typeof sourceOf>[0] = {},
): Promise<Bridge> {
  const { bind = ["tcp://127.0.0.1:*"], connect = [], topics = [], ...more } = options;
  const log = createLog("text", "info", (line) => lines.push(line));
  const bridge = await startBridge({
    to: worker.url,
    token: "t",
    log,
    sources: [sourceOf({ bind, connect, topics })],
    ...more,
  });
  closers.push(() => bridge.close({ drainMs: 0 }));
  return bridge;
}

async function connected(bridge: Bridge, at = 0): Promise<TestPublisher> {
  const publisher = await connectPublisher(bridge.addresses[at] ?? "");
  closers.push(() => publisher.close());
  return publisher;
}

async function bound(): Promise<Awaited<ReturnType<typeof bindPublisher>>> {
  const publisher = await bindPublisher();
  closers.push(() => publisher.close());
  return publisher;
}

describe("publishers that connect", () => {
  it("[BR1] [BR4] [BR6] have every message delivered once and in order", async () => {
    const bridge = await bridgeOf();
    const publisher = await connected(bridge);
    for (let i = 0; i < 20_000; i++) await publisher.send(JSON.stringify({ x: i, y: i / 3 }));
    await worker.waitForPoints(20_000);
    assert.deepEqual(
      worker.points(),
      Array.from({ length: 20_000 }, (_, i) => ({ series: "y", x: i, y: i / 3 })),
    );
    assert.equal(worker.mostAtOnce, 1);
    await waitFor("the last confirmation", () => bridge.ledger.delivered === 20_000);
    assert.equal(bridge.ledger.received, 20_000);
    assert.equal(bridge.ledger.decoded, 20_000);
  });

  it("[BR2] name series with topics, in two frames or in one", async () => {
    const publisher = await connected(await bridgeOf());
    await publisher.send("lab/temp", '{"x": 1, "y": 2}');
    await publisher.send('lab/hum {"x": 3, "y": 4}');
    await worker.waitForPoints(2);
    assert.deepEqual(worker.points(), [
      { series: "lab/temp", x: 1, y: 2 },
      { series: "lab/hum", x: 3, y: 4 },
    ]);
  });

  it("[BR3] that send nonsense change nothing else", async () => {
    const bridge = await bridgeOf();
    const publisher = await connected(bridge);
    await publisher.send('{"x": 1, "y": 1}');
    for (let i = 0; i < 100; i++) await publisher.send(`{nonsense\u0007 ${"n".repeat(500)}`);
    await publisher.send("a", "b", "c");
    await publisher.send('{"x": 2, "y": 2}');
    await worker.waitForPoints(2);
    assert.deepEqual(Object.fromEntries(bridge.ledger.refused), { "not-json": 100, "too-many-frames": 1 });
    const warnings = lines.filter((line) => line.includes("not-json"));
    assert.equal(warnings.length, 1);
    const sample = /sample="(.*)"/.exec(warnings[0] ?? "")?.[1] ?? "";
    assert.match(sample, /^\{nonsense\\\\x07 n+…$/);
    assert.ok(sample.length <= 121);
  });

  it("[BR3] that send more than 16 MiB at once are refused, counted, and go on", async () => {
    const bridge = await bridgeOf();
    const greedy = await connected(bridge);
    const modest = await connected(bridge);
    await greedy.send(Buffer.alloc(17 * 1024 * 1024));
    await greedy.send('{"x": 1, "y": 1}');
    await modest.send('{"x": 2, "y": 2}');
    await worker.waitForPoints(2);
    assert.equal(bridge.ledger.received, 3);
    assert.equal(bridge.ledger.refused.get("message-too-large"), 1);
  });
});

describe("while the Worker is away", () => {
  it("[BR6a] [BR7a] [BR7c] keeps what the buffer holds; the rest is counted, and told as a gap", async () => {
    worker.script = () => ({ take: false, status: 503 });
    const bridge = await bridgeOf({ bufferBytes: 1024 * 1024 });
    const publisher = await connected(bridge);
    for (let i = 0; i < 200_000; i++) await publisher.send(`[${Math.random()}, ${Math.random()}]`);
    await waitFor("every message", () => bridge.ledger.received === 200_000, { deadlineMs: 30_000 });
    assert.ok(bridge.held().bytes <= 1024 * 1024);
    worker.script = () => undefined;
    await waitFor("everything delivered", () => bridge.held().points === 0, { deadlineMs: 20_000 });
    const told = worker.gaps().reduce((sum, { points }) => sum + (points ?? 0), 0);
    const dropped = bridge.ledger.dropped.get("bridge-full")?.points ?? 0;
    assert.ok(dropped > 100_000);
    assert.equal(told, dropped);
    assert.equal(worker.points().length + dropped, 200_000);
  });
});

describe("addresses", () => {
  it("[BR1a] of publishers that bind are connected to, before or after they are there, and mix with bound ones", async () => {
    const binding = await bound();
    const bridge = await bridgeOf({ bind: ["tcp://127.0.0.1:*", "tcp://127.0.0.1:*"], connect: [binding.address] });
    assert.equal(bridge.addresses.length, 3);
    assert.match(bridge.addresses[0] ?? "", /^tcp:\/\/127\.0\.0\.1:\d+$/);
    const [first, second] = [await connected(bridge, 0), await connected(bridge, 1)];
    await binding.subscribed();
    await first.send("[1, 1]");
    await second.send("[2, 2]");
    await binding.send("[3, 3]");
    await worker.waitForPoints(3);
    assert.deepEqual(
      worker
        .points()
        .map(({ x }) => x)
        .sort(),
      [1, 2, 3],
    );
  });

  it("[BR1c] without any, tcp://127.0.0.1:5000 is bound", async () => {
    // Something on this machine may have the port: then the error names the address, which proves as much.
    const addresses = await bridgeOf({ bind: [], bindWithinMs: 0 }).then(
      (bridge) => bridge.addresses,
      (error: unknown) => (error instanceof AddressError ? [error.address] : error),
    );
    assert.equal(String(addresses), "tcp://127.0.0.1:5000");
  });

  it("[BR1b] --topic subscribes to what begins so, and may repeat", async () => {
    const bridge = await bridgeOf({ topics: ["temp", "hum"] });
    const publisher = await connectPublisher(bridge.addresses[0] ?? "", ["temp", "hum"]);
    closers.push(() => publisher.close());
    await publisher.send("pressure", "[1, 1]");
    await publisher.send("temp", "[2, 2]");
    await publisher.send("humidity", "[3, 3]");
    await worker.waitForPoints(2);
    assert.deepEqual(
      worker.points().map(({ series }) => series),
      ["temp", "humidity"],
    );
  });

  it("[BR10] in use are tried for a while: a bridge that has just ended is followed by another", async () => {
    const first = await bridgeOf();
    const [address = ""] = first.addresses;
    await assert.rejects(bridgeOf({ bind: [address], bindWithinMs: 100 }), (error) => {
      assert.ok(error instanceof AddressError);
      assert.ok(error.message.includes(address) && error.message.includes("--bind"), error.message);
      return true;
    });
    const second = bridgeOf({ bind: [address], bindWithinMs: 5000 });
    await first.close({ drainMs: 0 });
    assert.deepEqual((await second).addresses, [address]);
  });

  it("[BR10] that are none are refused with what is wrong", async () => {
    for (const bind of ["foo", "http://*:5000", "tcp://*:99999", "tcp://*", "tcp://10.255.255.1:5000"]) {
      await assert.rejects(bridgeOf({ bind: [bind] }), (error) => {
        assert.ok(error instanceof AddressError && error.message.includes(bind) && error.message.includes("--bind"));
        return true;
      });
    }
    for (const connect of ["localhost:5000", "tcp://*:5000", "tcp://localhost:0", "udp://x:1"]) {
      await assert.rejects(bridgeOf({ bind: [], connect: [connect] }), AddressError, connect);
    }
    for (const good of ["tcp://*:5000", "tcp://*:*", "tcp://[::1]:5000", "tcp://eth0:5000", "ipc:///tmp/feed"]) {
      assert.equal(addressFault("bind", good), undefined, good);
    }
  });
});

describe("ending", () => {
  it("[BR9] delivers what was received before, and counts nothing undelivered", async () => {
    worker.viewers = 0;
    const bridge = await bridgeOf();
    const publisher = await connected(bridge);
    for (let i = 0; i < 5000; i++) await publisher.send(`[${i}, 1]`);
    await waitFor("the first message", () => bridge.ledger.received > 0);
    const { undelivered } = await withDeadline("the close", bridge.close({ drainMs: 5000 }));
    assert.equal(undelivered, 0);
    assert.equal(worker.points().length, bridge.ledger.decoded);
    await withDeadline("done", bridge.done);
  });

  it("[BR9] ends though messages keep coming, with everything it read delivered", async () => {
    const bridge = await bridgeOf();
    const publisher = await connected(bridge);
    let sending = true;
    const flood = (async () => {
      for (let i = 0; sending; i++) {
        await publisher.send(`[${i},1]`);
        if (i % 500 === 0) await new Promise((resolve) => setImmediate(resolve));
      }
    })();
    await worker.waitForPosts(5);
    const { undelivered } = await withDeadline("the close", bridge.close({ drainMs: 5000 }));
    sending = false;
    await flood;
    await withDeadline("done", bridge.done);
    assert.equal(undelivered, 0);
    assert.equal(bridge.ledger.delivered, bridge.ledger.decoded);
  });

  it("[BR9] says how many points stay undelivered", async () => {
    worker.script = () => ({ take: false, status: 503 });
    const bridge = await bridgeOf();
    const publisher = await connected(bridge);
    for (let i = 0; i < 10; i++) await publisher.send(`[${i}, 1]`);
    await waitFor("ten messages", () => bridge.ledger.received === 10);
    assert.deepEqual(await bridge.close({ drainMs: 50 }), { undelivered: 10 });
  });
});

it("[ST1] the demo connects and sends a sine", async () => {
  const bridge = await bridgeOf();
  const demo = startDemo({ connect: bridge.addresses[0] ?? "", hz: 100 });
  closers.push(() => demo.close());
  await worker.waitForPoints(20);
  for (const { x, y } of worker.points()) {
    assert.ok(Math.abs(x - Date.now() / 1000) < 20);
    assert.equal(y, Math.sin(x));
  }
});

it("[BR4a] POSTs go out while messages come as fast as they can", async () => {
  const bridge = await bridgeOf();
  const publisher = await connected(bridge);
  let sending = true;
  const flood = (async () => {
    for (let i = 0; sending; i++) {
      await publisher.send(`{"x":${i},"y":1}`);
      if (i % 500 === 0) await new Promise((resolve) => setImmediate(resolve));
    }
  })();
  await worker.waitForPosts(20);
  sending = false;
  await flood;
  assert.ok(bridge.ledger.received > 0);
});
