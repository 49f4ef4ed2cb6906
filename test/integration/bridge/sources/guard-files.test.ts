import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { connectPublisher } from "../../../support/publisher.ts";
import { receiving } from "../../../support/receiving.ts";
import { waitFor, withDeadline } from "../../../support/wait.ts";
import { frame, greeting, type RawPeer, rawPeer, ready } from "../../../support/zmtp.ts";

//     more strangers than a process has files for ─tcp→ guard → libzmq, in a process of its own

const FILE = fileURLToPath(new URL("../../../support/busy-receiver.ts", import.meta.url));
/** All of 127/8 is this machine's, on Linux. */
const onLinux = { timeout: 60_000, skip: process.platform !== "linux" };

test("[BR33b] a process with few files goes on, whoever connects, and a publisher finds room", onLinux, async (t) => {
  const socket = JSON.stringify({ bind: ["tcp://127.0.0.1:*"] });
  const args = ["-c", 'ulimit -n 256 && exec "$@"', "sh", process.execPath, FILE, "none", socket];
  const child = spawn("sh", args, { stdio: ["ignore", 2, 2, "ipc"] });
  t.after(() => child.kill("SIGKILL"));
  const exit = once(child, "exit").then(([code, signal]: unknown[]) => {
    throw new Error(`the receiver ended: ${String(signal ?? code)}`);
  });
  exit.catch(() => undefined);
  const answer = async (): Promise<unknown> => {
    const [said]: unknown[] = await Promise.race([withDeadline("its word", once(child, "message")), exit]);
    return typeof said === "object" && said !== null ? Object.values(said)[0] : undefined;
  };
  const address = String(await answer());
  const peers: RawPeer[] = [];
  t.after(() => {
    for (const { socket } of peers) socket.destroy();
  });
  for (let i = 0; i < 200; i++) {
    const peer = await Promise.race([rawPeer(address, `127.0.0.${1 + (i % 8)}`), exit]);
    peers.push(peer);
    await peer.send(Buffer.concat([greeting(), ready()]));
  }
  const publisher = await Promise.race([connectPublisher(address), exit]);
  t.after(() => publisher.close());
  await publisher.send("1");
  await waitFor("the message of a publisher", async () => {
    const said = answer();
    child.send("messages");
    return Number(await said) > 0;
  });
});

test("[BR33] a handshake that libzmq ends is no connection that could not be accepted", onLinux, async (t) => {
  const to = await receiving(t, { bind: ["tcp://127.0.0.1:*"] });
  const publisher = await rawPeer(to.address);
  t.after(() => publisher.socket.destroy());
  // Another mechanism: libzmq closes with much of it unread, which is a reset to the guard.
  const much = Array.from({ length: 64 }, () => frame(Buffer.alloc(60_000)));
  await publisher.send(Buffer.concat([greeting({ mechanism: "PLAIN" }), ...much]));
  await publisher.closed();
  await to.says(/has security \(CURVE or PLAIN\), and this source has none/);
  assert.equal(to.receiver.counters.acceptFailures, 0);
});
