/** Publishers that send the same under the same numbers again: whether that is a repeat depends on how it comes. */

import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { Push, XPublisher, XSubscriber } from "zeromq";
import type { SecurityConfig, SocketConfig } from "../../../../bridge/config/config.ts";
import { sourceOf } from "../../../../bridge/config/defaults.ts";
import { makeKeys } from "../../../../bridge/config/syntax/curve-key.ts";
import { createLog } from "../../../../bridge/observability/log.ts";
import { RepeatWarnings } from "../../../../bridge/observability/number-warnings.ts";
import { type Bridge, startBridge } from "../../../../bridge/pipeline/bridge.ts";
import { defaultSocket } from "../../../support/default-socket.ts";
import { type FakeWorker, startFakeWorker } from "../../../support/fake-worker.ts";
import { connectPublisher, newPublisher, type PublisherOptions, subscriptionsTo } from "../../../support/publisher.ts";
import { waitFor, withDeadline } from "../../../support/wait.ts";

//     publishers that number their messages ─ZeroMQ, over one connection or two→ bridge ─HTTP→ a fake Worker

const ANY_PORT = "tcp://127.0.0.1:*";
const TIMEOUT = { timeout: 60_000 };
/** Messages of one run of a script. */
const RUN = 10;

interface Stage {
  worker: FakeWorker;
  lines: string[];
  start(socket?: Partial<SocketConfig>): Promise<Bridge>;
}

async function stage(t: TestContext): Promise<Stage> {
  const directory = await mkdtemp(join(tmpdir(), "plotcast-repeats-"));
  const worker = await startFakeWorker();
  t.after(async () => {
    await worker.close();
    await rm(directory, { recursive: true, force: true });
  });
  const lines: string[] = [];
  const log = createLog("text", "warn", (line) => lines.push(line));
  const spool = { file: join(directory, "spool.db"), maxBytes: 2 ** 24 };
  return {
    worker,
    lines,
    start: async (socket = {}) => {
      const source = sourceOf({ socket: defaultSocket({ bind: [ANY_PORT], ...socket }), sequenceField: "seq" });
      const bridge = await startBridge({ to: worker.url, token: "t", log, sources: [source], spool });
      t.after(() => bridge.close({ drainMs: 0 }));
      return bridge;
    },
  };
}

/** The first address that a bridge is bound to. */
const at = (bridge: Bridge): string => bridge.addresses[0] ?? "";

/** No x: nothing but the connection tells one run's messages from the next one's. */
const message = (seq: number): string => JSON.stringify({ seq, y: 1 });

/** What a script does that is run: it connects, sends, and ends. */
async function run(bridge: Bridge, topics: readonly string[] = [""], options: PublisherOptions = {}): Promise<void> {
  const publisher = await connectPublisher(at(bridge), [""], options);
  const before = bridge.ledger.received;
  for (let seq = 1; seq <= RUN; seq++) {
    for (const topic of topics) await publisher.send(...(topic === "" ? [] : [topic]), message(seq));
  }
  await waitFor("every message read", () => bridge.ledger.received >= before + RUN * topics.length);
  publisher.close();
}

const told = ({ worker }: Stage): string[] => worker.gaps().map(({ reason, points }) => `${reason} ${points}`);
const restarts = (count: number): string[] => Array<string>(count).fill("publisher-restarted null");

test(
  "[BR16h] a script that is run three times in quick succession has every point stored, and two restarts told",
  TIMEOUT,
  async (t) => {
    const on = await stage(t);
    const bridge = await on.start();
    for (let i = 0; i < 3; i++) await run(bridge);
    await on.worker.waitForPoints(3 * RUN);
    assert.deepEqual([told(on), bridge.ledger.repeats, on.lines], [restarts(2), 0, []]);
  },
);

test("[BR16h] the same of several topics, beside publishers that are always there", TIMEOUT, async (t) => {
  const on = await stage(t);
  const bridge = await on.start();
  const others = [
    await connectPublisher(at(bridge)),
    await connectPublisher(at(bridge)),
    await connectPublisher(at(bridge)),
  ];
  t.after(() => {
    for (const other of others) other.close();
  });
  let seq = 0;
  const alive = setInterval(() => others[0]?.send("other", message(++seq)).catch(() => undefined), 5);
  t.after(() => clearInterval(alive));
  for (let i = 0; i < 2; i++) await run(bridge, ["a", "b"]);
  clearInterval(alive);
  const points = () => on.worker.points().filter(({ series }) => series === "a" || series === "b").length;
  await waitFor("both runs of both topics", () => points() >= 4 * RUN);
  assert.deepEqual([points(), told(on), bridge.ledger.repeats], [4 * RUN, restarts(2), 0]);
});

test(
  "[BR16h] the same behind a forwarder, whose connection stays, with another publisher beside it",
  TIMEOUT,
  async (t) => {
    const on = await stage(t);
    const bridge = await on.start();
    const front = new XSubscriber({ linger: 0 });
    const back = new XPublisher({ linger: 0 });
    const other = await connectPublisher(at(bridge));
    t.after(() => {
      for (const socket of [front, back, other]) socket.close();
    });
    await front.bind(ANY_PORT);
    back.connect(at(bridge));
    const pass = async (): Promise<void> => {
      for await (const frames of front) await back.send(frames);
    };
    const subscribe = async (): Promise<void> => {
      for await (const frames of back) await front.send(frames);
    };
    for (const passing of [pass(), subscribe()]) passing.catch(() => undefined);
    for (let i = 0; i < 2; i++) {
      const publisher = await connectPublisher(front.lastEndpoint ?? "");
      const before = bridge.ledger.received;
      for (let seq = 1; seq <= RUN; seq++) await publisher.send(message(seq));
      await waitFor("every message read", () => bridge.ledger.received === before + RUN);
      publisher.close();
    }
    await on.worker.waitForPoints(2 * RUN);
    assert.deepEqual([told(on), bridge.ledger.repeats], [restarts(1), 0]);
  },
);

test("[BR16] the same with a restart of the bridge in between, also of one message alone", TIMEOUT, async (t) => {
  const on = await stage(t);
  const first = await on.start();
  await run(first, ["a"]);
  const one = await connectPublisher(at(first));
  await one.send("one", message(1));
  await on.worker.waitForPoints(RUN + 1);
  one.close();
  await first.close({ drainMs: 5000 });
  const second = await on.start();
  const again = await connectPublisher(at(second));
  await again.send("one", message(1));
  await waitFor("it read", () => second.ledger.received === 1);
  again.close();
  await run(second, ["a"]);
  await on.worker.waitForPoints(2 * RUN + 2);
  assert.deepEqual([told(on), second.ledger.repeats], [restarts(2), 0]);
});

test("[BR16] the same of one that pushes", TIMEOUT, async (t) => {
  const on = await stage(t);
  const bridge = await on.start({ type: "pull" });
  for (let i = 1; i <= 2; i++) {
    const push = new Push({ linger: 0 });
    push.connect(at(bridge));
    for (let seq = 1; seq <= RUN; seq++) await push.send(message(seq));
    await waitFor("every message read", () => bridge.ledger.received === i * RUN);
    push.close();
  }
  await on.worker.waitForPoints(2 * RUN);
  assert.deepEqual([told(on), bridge.ledger.repeats], [restarts(1), 0]);
});

const bridgeKeys = makeKeys();
const keys = makeKeys();
const SECURED: readonly (readonly [what: string, security: SecurityConfig, options: PublisherOptions])[] = [
  ["no security", { mechanism: "none" }, {}],
  [
    "PLAIN",
    { mechanism: "plain-server", users: new Map([["lab", "word"]]) },
    { plainUsername: "lab", plainPassword: "word" },
  ],
  [
    "CURVE",
    { mechanism: "curve-server", ...bridgeKeys, allow: undefined },
    { curvePublicKey: keys.publicKey, curveSecretKey: keys.secretKey, curveServerKey: bridgeKeys.publicKey },
  ],
];

for (const [what, security, options] of SECURED) {
  test(
    `[BR16d] [BR16e] one publisher over two connections is taken once, counted and said; run again, it is new: ${what}`,
    TIMEOUT,
    async (t) => {
      const on = await stage(t);
      const bridge = await on.start({ bind: [ANY_PORT, ANY_PORT], security });
      for (let i = 1; i <= 2; i++) {
        const publisher = newPublisher(options);
        for (const address of bridge.addresses) publisher.connect(address);
        await waitFor("both connections", () => bridge.ledger.publishers === 2);
        await withDeadline("a subscription", subscriptionsTo(publisher));
        // Until it has subscribed over both, a message comes once.
        await waitFor("a message over both", async () => {
          const before = bridge.ledger.received;
          await publisher.send(["probe", "no number"]);
          // Long enough that none is still on its way when the next is sent.
          return await waitFor("it twice", () => bridge.ledger.received >= before + 2, { deadlineMs: 2000 });
        });
        const before = bridge.ledger.received;
        for (let seq = 1; seq <= RUN; seq++) await publisher.send(["lab", message(seq)]);
        await waitFor("every message, twice", () => bridge.ledger.received === before + 2 * RUN);
        publisher.close();
        await waitFor("their end", () => bridge.ledger.publishers === 0);
        assert.equal(bridge.ledger.repeats, i * RUN);
      }
      await on.worker.waitForPoints(2 * RUN);
      await bridge.close({ drainMs: 5000 });
      assert.equal(on.worker.points().length, 2 * RUN);
      assert.deepEqual(told(on), restarts(1));
      const said = on.lines.filter((line) => line.includes("came twice"));
      assert.equal(said.length, 1, on.lines.join(""));
      assert.match(said[0] ?? "", /Message 1 of the topic "lab" came twice within seconds, by two connections/);
      assert.match(bridge.status(), /20 repeats left out/);
    },
  );
}

test("[BR16e] a publisher that is connected to at two addresses is taken once", TIMEOUT, async (t) => {
  const on = await stage(t);
  const publisher = newPublisher();
  t.after(() => publisher.close());
  const endpoints: string[] = [];
  for (let i = 0; i < 2; i++) {
    await publisher.bind(ANY_PORT);
    endpoints.push(publisher.lastEndpoint ?? "");
  }
  const bridge = await on.start({ bind: [], connect: endpoints });
  await waitFor("both connections", () => bridge.ledger.publishers === 2);
  await withDeadline("a subscription", subscriptionsTo(publisher));
  await waitFor("a message over both", async () => {
    const before = bridge.ledger.received;
    await publisher.send(["probe", "no number"]);
    await waitFor("it read", () => bridge.ledger.received > before);
    return bridge.ledger.received === before + 2;
  });
  const before = bridge.ledger.received;
  for (let seq = 1; seq <= RUN; seq++) await publisher.send(["lab", message(seq)]);
  await waitFor("every message, twice", () => bridge.ledger.received === before + 2 * RUN);
  // The program begins anew, and its socket stays.
  for (let seq = 1; seq <= RUN; seq++) await publisher.send(["lab", message(seq)]);
  await waitFor("every message again", () => bridge.ledger.received === before + 4 * RUN);
  await on.worker.waitForPoints(2 * RUN);
  assert.deepEqual([told(on), bridge.ledger.repeats], [restarts(1), 2 * RUN]);
});

test(
  "[BR16g] with CURVE, a script that is run again is new, too, beside publishers that are there and say nothing",
  TIMEOUT,
  async (t) => {
    const on = await stage(t);
    const [, security, options] = SECURED[2] ?? assert.fail();
    const bridge = await on.start({ security });
    for (let i = 0; i < 3; i++) {
      const other = await connectPublisher(at(bridge), [""], options);
      t.after(() => other.close());
    }
    for (let i = 0; i < 2; i++) await run(bridge, ["lab"], options);
    await on.worker.waitForPoints(2 * RUN);
    assert.deepEqual([told(on), bridge.ledger.repeats], [restarts(1), 0]);
  },
);

test("[BR16d] repeats are said at once, and then every ten minutes, with how many there were", () => {
  const lines: string[] = [];
  let nowMs = 0;
  const repeats = new RepeatWarnings({ warn: (...said: unknown[]) => lines.push(String(said.at(-1))) }, () => nowMs);
  for (let number = 1; number <= 4; number++) repeats.warn("a\u001b", number);
  nowMs = 599_999;
  repeats.warn("a", 5);
  assert.equal(lines.length, 1);
  nowMs = 600_000;
  repeats.warn("", 6);
  assert.equal(lines.length, 2);
  assert.match(lines[0] ?? "", /^Message 1 of the topic "a\\x1b" came twice .* the second time\. That is right/);
  assert.match(lines[1] ?? "", /^Message 6 without a topic came twice .*, and 4 repeats before it\. That is right/);
});
