import assert from "node:assert/strict";
import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { readdirSync, readFileSync, readlinkSync, statSync, utimesSync } from "node:fs";
import { join } from "node:path";
import { it, type TestContext } from "node:test";
import { fileURLToPath } from "node:url";
import { createLog } from "../../../../bridge/observability/log.ts";
import { privateParents } from "../../../../bridge/sources/zeromq/guard/private.ts";
import { Receiver } from "../../../../bridge/sources/zeromq/receiver.ts";
import { defaultSocket } from "../../../support/default-socket.ts";
import { connectPublisher } from "../../../support/publisher.ts";
import { directoryFor } from "../../../support/receiving.ts";
import { waitFor, withDeadline } from "../../../support/wait.ts";
import { frame, greeting, greeting2, plainHello, rawPeer } from "../../../support/zmtp.ts";

//     a receiver in a process of its own: where libzmq is behind the guard, and what is left of it

const FILE = fileURLToPath(new URL("../../../support/busy-receiver.ts", import.meta.url));
const TIMEOUT = { timeout: 60_000 };
const onLinux = { ...TIMEOUT, skip: process.platform !== "linux" };

async function start(
  t: TestContext,
  temporary: string,
  security: object = { mechanism: "none" },
  only: string[] = [],
): Promise<{ child: ChildProcess; address: string }> {
  const { XDG_RUNTIME_DIR: _, ...env } = process.env;
  const socket = JSON.stringify({ bind: ["tcp://127.0.0.1:*"], security });
  const child = fork(FILE, ["none", socket, ...only], {
    env: { ...env, TMPDIR: temporary },
    stdio: ["ignore", 2, 2, "ipc"],
  });
  t.after(() => child.kill("SIGKILL"));
  const [message]: unknown[] = await withDeadline("its address", once(child, "message"), 20_000);
  const address = typeof message === "object" && message !== null ? String(Object.values(message)[0]) : "";
  return { child, address };
}

async function answerOf(child: ChildProcess, what: "messages" | "refused" = "messages"): Promise<number> {
  const answer = once(child, "message");
  child.send(what);
  const [message]: unknown[] = await withDeadline("its messages", answer);
  return typeof message === "object" && message !== null ? Number(Object.values(message)[0]) : 0;
}

it(
  "[BR31d] [BR31e] libzmq is in a directory of this user's alone, and what a killed bridge left the next removes",
  onLinux,
  async (t) => {
    const temporary = await directoryFor(t);
    const first = await start(t, temporary);
    const [left = ""] = readdirSync(temporary);
    assert.equal(statSync(join(temporary, left)).mode & 0o777, 0o700);
    const second = await start(t, temporary);
    const ended = once(first.child, "exit");
    first.child.kill("SIGKILL");
    await ended;
    // One of the last minute may be about to listen.
    const old = new Date(Date.now() - 61_000);
    for (const name of readdirSync(temporary)) utimesSync(join(temporary, name), old, old);
    await start(t, temporary);
    await waitFor("that it is gone", () => !readdirSync(temporary).includes(left));
    assert.equal(readdirSync(temporary).length, 2, "of the two that run");
    const publisher = await connectPublisher(second.address);
    t.after(() => publisher.close());
    await publisher.send("1");
    await waitFor("that the other goes on", async () => (await answerOf(second.child)) === 1);
  },
);

it(
  "[BR31f] where no directory can be had libzmq is on a port of loopback, and refuses ZMTP 1.0 there itself",
  onLinux,
  async (t) => {
    const { child, address } = await start(t, "/nonexistent", undefined, ["/nonexistent"]);
    const ports = listening(child.pid ?? 0);
    assert.equal(ports.length, 2, "the guard's and libzmq's");
    const zmtp1 = Buffer.concat([Buffer.from([1, 0, 8, 0]), Buffer.from('{"y":1}')]);
    for (const port of ports) {
      for (const bytes of [Buffer.from("GET / HTTP/1.1\r\n\r\n"), zmtp1]) {
        const peer = await rawPeer(`tcp://127.0.0.1:${port}`);
        await peer.send(bytes);
        await peer.closed();
      }
    }
    const old = await rawPeer(address);
    await old.send(Buffer.concat([greeting2(), frame("2.0")]));
    await old.closed();
    const publisher = await connectPublisher(address);
    t.after(() => publisher.close());
    await publisher.send("1");
    await waitFor("the message of a publisher", async () => (await answerOf(child)) > 0);
    assert.equal(await answerOf(child), 1);
  },
);

it(
  "[BR37d] where no directory can be had, who comes past the guard is not let in, with the right password either",
  onLinux,
  async (t) => {
    const security = { mechanism: "plain-server", users: { lab: "right-word" } };
    const { child, address } = await start(t, "/nonexistent", security, ["/nonexistent"]);
    const ports = listening(child.pid ?? 0).filter((port) => !address.endsWith(`:${port}`));
    assert.equal(ports.length, 64);
    const past = await Promise.all(
      ports.map(async (port) => {
        const peer = await rawPeer(`tcp://127.0.0.1:${port}`);
        await peer.send(Buffer.concat([greeting({ mechanism: "PLAIN" }), plainHello("lab", "right-word")]));
        return peer;
      }),
    );
    await waitFor("that all are refused", async () => (await answerOf(child, "refused")) === 64);
    const publisher = await connectPublisher(address, [""], { plainUsername: "lab", plainPassword: "right-word" });
    t.after(() => publisher.close());
    await publisher.send("1");
    await waitFor("the message of a publisher", async () => (await answerOf(child)) > 0);
    for (const peer of past) {
      assert.ok(!peer.received().includes("WELCOME"));
      peer.socket.destroy();
    }
  },
);

it("[BR37] a server of CURVE or PLAIN listens at its own port, and at no other", onLinux, async (t) => {
  const security = { mechanism: "plain-server", users: { lab: "right-word" } };
  const { child, address } = await start(t, await directoryFor(t), security);
  assert.deepEqual(listening(child.pid ?? 0).map(String), [address.split(":").at(-1)]);
});

it("[BR31d] where the temporary directory cannot be written to another is taken", onLinux, async (t) => {
  const { child, address } = await start(t, "/nonexistent");
  assert.deepEqual(listening(child.pid ?? 0).map(String), [address.split(":").at(-1)]);
  assert.deepEqual(privateParents("/run/user/1", "/x"), ["/run/user/1", "/x", "/tmp", "/var/tmp", "/dev/shm"]);
  assert.deepEqual(privateParents("", "/tmp"), ["/tmp", "/var/tmp", "/dev/shm"]);
});

it("[BR31f] where no directory can be had that is said once, with what to do", onLinux, async (t) => {
  const lines: string[] = [];
  for (let i = 0; i < 2; i++) {
    const receiver = await Receiver.open({
      socket: defaultSocket({ bind: ["tcp://127.0.0.1:*"] }),
      onMessage: () => undefined,
      log: createLog("text", "info", (line) => lines.push(line)),
      privateParents: ["/nonexistent", "/proc/1"],
    });
    t.after(() => receiver.close());
  }
  const said = lines.filter((line) => line.includes("/nonexistent, /proc/1"));
  assert.equal(said.length, 1);
  assert.match(said[0] ?? "", /ports of loopback.*Set TMPDIR to a short path/);
});

/** TCP ports of IPv4 on which a process listens: proc(5). */
function listening(pid: number): number[] {
  const inodes = new Set(
    readdirSync(`/proc/${pid}/fd`).flatMap((name) => {
      const target = linkOf(`/proc/${pid}/fd/${name}`);
      return target === undefined ? [] : [target];
    }),
  );
  return readFileSync(`/proc/${pid}/net/tcp`, "utf8")
    .split("\n")
    .map((line) => line.trim().split(/\s+/))
    .filter(([, , , state, , , , , , inode]) => state === "0A" && inodes.has(`socket:[${inode}]`))
    .map(([, local]) => Number.parseInt(local?.split(":")[1] ?? "", 16));
}

function linkOf(path: string): string | undefined {
  try {
    return readlinkSync(path);
  } catch {
    return undefined;
  }
}
