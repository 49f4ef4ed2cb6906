import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { createServer } from "node:net";
import { it } from "node:test";
import type { SecurityConfig } from "../../../../bridge/config/config.ts";
import { makeKeys } from "../../../../bridge/config/syntax/curve-key.ts";
import { createLog } from "../../../../bridge/observability/log.ts";
import { Peers } from "../../../../bridge/sources/zeromq/connections/peers.ts";
import { guardLimits } from "../../../../bridge/sources/zeromq/guard/guard-limits.ts";
import {
  maxNativeBytes,
  memoryOf,
  NativeMemory,
  nativeBytes,
} from "../../../../bridge/sources/zeromq/native-memory.ts";
import { RenewableReceiver } from "../../../../bridge/sources/zeromq/renewable.ts";
import { defaultSocket } from "../../../support/default-socket.ts";
import { connectPublisher } from "../../../support/publisher.ts";
import { waitFor } from "../../../support/wait.ts";

//     a publisher whose parts CURVE hides ─tcp→ guard → libzmq

const none = (): void => undefined;
const TIMEOUT = { timeout: 60_000 };
const MIB = 2 ** 20;
const KEYS = makeKeys();
const SECURITY: SecurityConfig = { mechanism: "curve-server", ...KEYS, allow: undefined };

function client(): { curvePublicKey: string; curveSecretKey: string; curveServerKey: string } {
  const { publicKey, secretKey } = makeKeys();
  return { curvePublicKey: publicKey, curveSecretKey: secretKey, curveServerKey: KEYS.publicKey };
}

/** A process that sends one message of many large parts; in this one its own memory would count. */
const WILD = `
import { XPublisher } from "zeromq";
const [address, options, parts, bytes] = process.argv.slice(1);
const socket = new XPublisher({ sendHighWaterMark: 0, ...JSON.parse(options) });
socket.connect(address);
await socket.receive();
await socket.send(Array(Number(parts)).fill(Buffer.alloc(Number(bytes), 1)));
await new Promise((resolve) => setTimeout(resolve, 60_000));
`;

it("[BR36a] the bound is a third of the memory there is, 256 MiB at least and 2 GiB at most", () => {
  const GIB = 1024 * MIB;
  for (const [memory, bound] of [
    [64 * GIB, 2 * GIB],
    [6 * GIB, 2 * GIB],
    [6 * GIB - 3 * MIB, 2 * GIB - MIB],
    [3 * GIB, GIB],
    [768 * MIB + 3 * MIB, 257 * MIB],
    [768 * MIB, 256 * MIB],
    [100 * MIB, 256 * MIB],
  ] as const) {
    assert.equal(maxNativeBytes(memory), bound, `${memory / MIB} MiB`);
  }
  assert.equal(memoryOf(3 * GIB, 8 * GIB), 3 * GIB, "the control group's");
  assert.equal(memoryOf(0, 8 * GIB), 8 * GIB);
  assert.equal(memoryOf(2 ** 64, 8 * GIB), 8 * GIB, "what Linux says where there is no bound");
  assert.ok(maxNativeBytes() >= 256 * MIB && maxNativeBytes() <= 2 * GIB);
});

it("[BR19f] [BR32d] below the bound publishers wait, or the largest message goes, before all are ended", () => {
  const bytes = (max: number, message: number): number[] => {
    const { holdAboveBytes, unfinishedBytes } = guardLimits(max * MIB, message * MIB);
    return [holdAboveBytes / MIB, unfinishedBytes / MIB];
  };
  assert.deepEqual(bytes(2048, 16), [256, 512]);
  assert.deepEqual(bytes(2048, 400), [256, 800]);
  assert.deepEqual(bytes(2048, 600), [256, 1024]);
  assert.deepEqual(bytes(512, 16), [256, 256]);
  assert.deepEqual(bytes(256, 16), [128, 128]);
});

it("[BR36a] what libzmq holds is too much beyond the bound, and again only for as much more", () => {
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

it("[BR36a] [BR36b] a publisher that fills libzmq's memory is cut off, and the bridge goes on", TIMEOUT, async (t) => {
  const lines: string[] = [];
  const messages: string[] = [];
  let returns = 0;
  const log = createLog("text", "info", (line) => lines.push(line));
  const receiver = await RenewableReceiver.open({
    socket: defaultSocket({ bind: ["tcp://127.0.0.1:*"], security: SECURITY }),
    onMessage: (frames) => messages.push(frames.join("|")),
    log,
    peers: new Peers({ log, onReturn: () => returns++, onGone: none, onMissed: none, onCount: none }),
    maxNativeBytes: nativeBytes() + 150 * MIB,
  });
  t.after(() => receiver.close());
  const address = receiver.addresses[0] ?? "";
  const good = await connectPublisher(address, [""], client());
  t.after(() => good.close());
  await good.send("before");
  await waitFor("a message before", () => messages.length === 1);
  const given = [address, JSON.stringify(client()), "600", String(MIB)];
  const wild = spawn(process.execPath, ["--input-type=module", "-e", WILD, ...given], { stdio: "inherit" });
  t.after(() => wild.kill("SIGKILL"));
  await waitFor("that it is cut off", () => receiver.counters.renewals > 0, { deadlineMs: 40_000 });
  wild.kill("SIGKILL");
  assert.equal(receiver.counters.renewals, 1);
  assert.match(lines.join(""), /ZeroMQ hold more than [\d,]+ MiB in this process\. All connections of tcp:/);
  await waitFor("a message after", async () => {
    await good.send("after");
    return messages.includes("after");
  });
  await waitFor("that something may be missing is told", () => returns >= 1);
  assert.deepEqual(receiver.addresses, [address]);
});

it("[BR36c] a port that another program takes meanwhile is tried until it is free", TIMEOUT, async (t) => {
  const lines: string[] = [];
  const messages: string[] = [];
  const squatter = createServer((socket) => socket.destroy());
  t.after(() => squatter.close());
  let port = 0;
  const receiver = await RenewableReceiver.open({
    socket: defaultSocket({ bind: ["tcp://127.0.0.1:*"] }),
    onMessage: (frames) => messages.push(frames.join("|")),
    log: createLog("text", "info", (line) => lines.push(line)),
    peers: {
      came: none,
      left: none,
      // It is closed, and not yet opened again.
      reopened: () => squatter.listen(port, "127.0.0.1"),
    },
    maxNativeBytes: Math.floor(nativeBytes() / 2),
  });
  t.after(() => receiver.close());
  let failure: unknown;
  receiver.done.catch((error: unknown) => {
    failure = error;
  });
  const address = receiver.addresses[0] ?? "";
  port = Number(address.split(":").at(-1));
  await waitFor("that it says so", () => /trying on\. Cannot bind to tcp:.*EADDRINUSE/.test(lines.join("")));
  assert.ok(receiver.counters.bindFailures > 0);
  assert.equal(failure, undefined);
  squatter.close();
  await waitFor("that it is open", () => /open again\./.test(lines.join("")));
  const publisher = await connectPublisher(address);
  t.after(() => publisher.close());
  await publisher.send("after");
  await waitFor("a message", () => messages.includes("after"));
});
