import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { type TestContext, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import type { SecurityConfig } from "../../../../bridge/config/config.ts";
import { sourceOf } from "../../../../bridge/config/defaults.ts";
import { makeKeys } from "../../../../bridge/config/syntax/curve-key.ts";
import { createLog } from "../../../../bridge/observability/log.ts";
import { type Bridge, startBridge } from "../../../../bridge/pipeline/bridge.ts";
import { type FakeWorker, startFakeWorker } from "../../../support/fake-worker.ts";
import {
  bindPublisher,
  connectPublisher,
  type PublisherOptions,
  type TestPublisher,
} from "../../../support/publisher.ts";
import { waitFor } from "../../../support/wait.ts";

//     publishers that stay, and publishers that come and go ─ZeroMQ→ bridge ─HTTP→ fake Worker

const TIMEOUT = { timeout: 60_000 };
/** Who sends for longer is no process that just sends what it has. */
const STREAM_MS = 1100;
/** What was sent goes out though its socket is closed at once. */
const LINGER_MS = 30_000;

interface Bridging {
  worker: FakeWorker;
  bridge: Bridge;
  address: string;
  lines: string[];
}

async function bridging(
  t: TestContext,
  given: Parameters<typeof sourceOf>[0],
  security: SecurityConfig = { mechanism: "none" },
): Promise<Bridging> {
  const worker = await startFakeWorker();
  t.after(() => worker.close());
  const lines: string[] = [];
  const log = createLog("text", "info", (line) => lines.push(line));
  const source = sourceOf(given);
  const sources = [{ ...source, socket: { ...source.socket, security } }];
  const bridge = await startBridge({ to: worker.url, token: "t", log, sources });
  t.after(() => bridge.close({ drainMs: 0 }));
  return { worker, bridge, address: bridge.addresses[0] ?? "", lines };
}

/** Sends a topic's values at a rate, until it is stopped. @returns what it has sent */
function sending(t: TestContext, publisher: TestPublisher, topic: string, everyMs: number) {
  let sent = 0;
  const next = (): void => void publisher.send(topic, `[${Date.now() / 1000}, ${sent++}]`).catch(() => undefined);
  next();
  const timer = setInterval(next, everyMs);
  const leave = (): void => {
    clearInterval(timer);
    publisher.close();
  };
  t.after(leave);
  return { sent: () => sent, leave };
}

const gapSeries = (worker: FakeWorker): string[] =>
  worker
    .gaps()
    .map(({ series }) => series)
    .sort();

test(
  "[BR15f] a socket for each message beside a steady publisher: nothing lost, no gap, one publisher more, said once",
  TIMEOUT,
  async (t) => {
    const { worker, bridge, address, lines } = await bridging(t, { bind: ["tcp://127.0.0.1:*"] });
    const steady = sending(t, await connectPublisher(address), "steady", 50);
    for (let i = 0; i < 25; i++) {
      const cron = await connectPublisher(address, [""], { linger: LINGER_MS });
      await cron.send("cron", `[${Date.now() / 1000}, ${i}]`);
      await sleep(20);
      cron.close();
      await sleep(180);
      if (i > 5) assert.equal(bridge.ledger.publishers, 2);
    }
    const sent = steady.sent();
    await waitFor("all points", () => worker.points().length >= 25 + sent);
    assert.deepEqual(worker.gaps(), []);
    assert.equal(worker.points().filter(({ series }) => series === "cron").length, 25);
    assert.ok(worker.announced.every(({ here }) => here));
    const said = lines.filter((line) => /publisher/i.test(line));
    assert.ok(said.length <= 6, said.join(""));
    assert.equal(said.filter((line) => line.includes("send and leave, as a process for each message does")).length, 1);
  },
);

test(
  "[BR15f] a socket for each message and nobody else: here all the time, and gone when the next is overdue",
  TIMEOUT,
  async (t) => {
    const { worker, bridge, address } = await bridging(t, { bind: ["tcp://127.0.0.1:*"] });
    for (let i = 0; i < 15; i++) {
      const cron = await connectPublisher(address);
      await cron.send("cron", `${i}`);
      await waitFor("its message", () => bridge.ledger.received === i + 1, { everyMs: 1 });
      assert.equal(bridge.ledger.publishers, 1);
      cron.close();
      await sleep(200);
    }
    await waitFor("all points", () => worker.points().length === 15);
    assert.deepEqual(
      worker.announced.filter(({ here }) => !here),
      [],
    );
    await waitFor("that they are gone", () => bridge.ledger.publishers === 0);
    await waitFor("that it is announced", () => worker.announced.at(-1)?.here === false);
    assert.deepEqual(worker.gaps(), []);
  },
);

/** Until somebody has subscribed, a PUB drops what it sends. People wait for a moment; this one is told when that is. */
const ONE_SHOT = `
import { XPublisher } from "zeromq";
const socket = new XPublisher({ linger: ${LINGER_MS} });
socket.connect(process.argv[1]);
await socket.receive();
await socket.send(["shell", process.argv[2]]);
socket.close();
`;

test("[BR15f] a process for each message, as a shell script runs it", TIMEOUT, async (t) => {
  const { worker, address } = await bridging(t, { bind: ["tcp://127.0.0.1:*"] });
  sending(t, await connectPublisher(address), "steady", 50);
  for (let i = 0; i < 6; i++) {
    const shot = spawn(process.execPath, ["--input-type=module", "-e", ONE_SHOT, address, `${i}`], {
      stdio: "inherit",
    });
    await once(shot, "exit");
  }
  const shots = () => worker.points().filter(({ series }) => series === "shell");
  await waitFor("their points", () => shots().length === 6);
  assert.deepEqual(
    shots().map(({ y }) => y),
    [0, 1, 2, 3, 4, 5],
  );
  assert.deepEqual(worker.gaps(), []);
});

const KEYS = makeKeys();
const CURVE: SecurityConfig = { mechanism: "curve-server", ...KEYS, allow: undefined };

for (const [what, security, steadyEveryMs, awayMs] of [
  ["a fast steady one", undefined, 20, 500],
  ["a slow steady one, which just was silent meanwhile", undefined, 1500, 100],
  ["CURVE, which hides who sends what", CURVE, 20, 1000],
] as const) {
  test(
    `[BR15h] a publisher that drops and comes back breaks its own series alone: beside ${what}`,
    TIMEOUT,
    async (t) => {
      const { worker, bridge, address } = await bridging(t, { bind: ["tcp://127.0.0.1:*"] }, security);
      const options = (): PublisherOptions => {
        if (security === undefined) return {};
        const { publicKey, secretKey } = makeKeys();
        return { curveServerKey: KEYS.publicKey, curvePublicKey: publicKey, curveSecretKey: secretKey };
      };
      const steady = sending(t, await connectPublisher(address, [""], options()), "steady", steadyEveryMs);
      const before = sending(t, await connectPublisher(address, [""], options()), "robot", 20);
      await sleep(STREAM_MS + 600);
      before.leave();
      await waitFor("that it is gone", () => bridge.ledger.disconnects === 1);
      await sleep(awayMs);
      const after = sending(t, await connectPublisher(address, [""], options()), "robot", 20);
      await waitFor("points after it", () => after.sent() > 20);
      const seen = steady.sent();
      await waitFor("more of the steady one", () => steady.sent() > seen + 1);
      await waitFor("them", () => worker.gaps().length > 0);
      await sleep(300);
      assert.deepEqual(gapSeries(worker), ["robot"]);
      assert.deepEqual(
        worker.gaps().map(({ reason, points }) => [reason, points]),
        [["publisher-reconnected", null]],
      );
      assert.match(bridge.status(), /1 possible gap \(publisher-reconnected\)/);
    },
  );
}

test("[BR15h] many series of one publisher are one gap, and those of another go on", TIMEOUT, async (t) => {
  const { worker, bridge, address } = await bridging(t, { bind: ["tcp://127.0.0.1:*"] });
  sending(t, await connectPublisher(address), "steady", 20);
  const values = Object.fromEntries(Array.from({ length: 100 }, (_, i) => [`v${i}`, i]));
  const robot = async (): Promise<void> => {
    const publisher = await connectPublisher(address, [""], { linger: LINGER_MS });
    await publisher.send("robot", JSON.stringify(values));
    await sleep(STREAM_MS);
    await publisher.send("robot", JSON.stringify(values));
    await publisher.send("arm", JSON.stringify({ a: 1, b: 2 }));
    await sleep(50);
    publisher.close();
  };
  await robot();
  await waitFor("that it is gone", () => bridge.ledger.disconnects === 1);
  await sleep(300);
  await robot();
  await waitFor("all gaps", () => worker.gaps().length === 102);
  const expected = [...Object.keys(values).map((name) => `robot.${name}`), "arm.a", "arm.b"].sort();
  assert.deepEqual(gapSeries(worker), expected);
  assert.match(bridge.status(), /1 possible gap \(publisher-reconnected\)/);
});

test("[BR15h] a publisher that is connected to breaks its own series alone, too", TIMEOUT, async (t) => {
  const binding = await bindPublisher();
  const { worker, bridge, address } = await bridging(t, { bind: ["tcp://127.0.0.1:*"], connect: [binding.address] });
  await binding.subscribed();
  sending(t, await connectPublisher(address), "steady", 1500);
  const before = sending(t, binding, "robot", 20);
  await sleep(STREAM_MS + 600);
  before.leave();
  await waitFor("that it is gone", () => bridge.ledger.disconnects === 1);
  const again = await waitFor("its port", () => bindPublisher(binding.address));
  await again.subscribed();
  sending(t, again, "robot", 20);
  await waitFor("the gap", () => worker.gaps().length > 0);
  await sleep(2000);
  assert.deepEqual(gapSeries(worker), ["robot"]);
});
