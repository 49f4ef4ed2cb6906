import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { it } from "node:test";
import { Reply } from "zeromq";
import type { SecurityConfig } from "../../../../bridge/config/config.ts";
import { RepOutlet } from "../../../../bridge/downlink/rep-outlet.ts";
import { bindPublisher } from "../../../support/publisher.ts";
import { receiving } from "../../../support/receiving.ts";
import { waitFor } from "../../../support/wait.ts";
import { rawPeer, rawPublisher } from "../../../support/zmtp.ts";

//     publishers ─tcp→ receiver: what the kernel does while nothing comes

const onLinux = { timeout: 30_000, skip: process.platform !== "linux" };
const PLAIN: SecurityConfig = { mechanism: "plain-server", users: new Map([["lab", "word"]]) };
const KEEPALIVE = "02";
const HERTZ = 100;

/** When the kernel probes the connection of this process from one port to another, in seconds: proc(5), tcp in net. */
function probedWithinSeconds(from: number, to: number): number | undefined {
  for (const line of readFileSync("/proc/net/tcp", "utf8").split("\n").slice(1)) {
    const [, local, remote, , , timer = ""] = line.trim().split(/\s+/);
    const port = (address: string | undefined): number => Number.parseInt(address?.split(":")[1] ?? "", 16);
    const [kind, when = ""] = timer.split(":");
    if (port(local) === from && port(remote) === to && kind === KEEPALIVE) return Number.parseInt(when, 16) / HERTZ;
  }
  return undefined;
}

const portOf = (address: string): number => Number(address.split(":").at(-1));

it("[BR19h] [BR19i] a quiet publisher is probed by TCP after 45 s, and sent nothing by ZeroMQ", onLinux, async (t) => {
  const bound = await receiving(t, { bind: ["tcp://127.0.0.1:*"] });
  const guarded = await rawPublisher(bound.address);
  const server = await receiving(t, { bind: ["tcp://127.0.0.1:*"], security: PLAIN });
  const secured = await rawPeer(server.address);
  for (const [peer, { address }] of [
    [guarded, bound],
    [secured, server],
  ] as const) {
    const seconds = await waitFor("the kernel's timer", () =>
      probedWithinSeconds(portOf(address), peer.socket.localPort ?? 0),
    );
    assert.ok(seconds > 40 && seconds <= 45, `${seconds}`);
    peer.socket.destroy();
  }
});

it("[BR19h] a publisher that is connected to is probed, too", onLinux, async (t) => {
  const publisher = await bindPublisher();
  t.after(() => publisher.close());
  await receiving(t, { connect: [publisher.address] });
  await publisher.subscribed();
  await isProbed(portOf(publisher.address));
});

it("[BR19h] [DL2f] a REP program of --call is probed, too", onLinux, async (t) => {
  const program = new Reply({ linger: 0 });
  t.after(() => program.close());
  await program.bind("tcp://127.0.0.1:*");
  const address = program.lastEndpoint ?? "";
  const outlet = new RepOutlet(address, {}, { onMessages: () => undefined, onListener: () => undefined });
  t.after(() => outlet.close());
  await isProbed(portOf(address));
});

/** That what this process has connected to there is. */
async function isProbed(to: number): Promise<void> {
  const seconds = await waitFor("the kernel's timer", () => {
    for (const line of readFileSync("/proc/net/tcp", "utf8").split("\n").slice(1)) {
      const [, local, remote] = line.trim().split(/\s+/);
      if (Number.parseInt(remote?.split(":")[1] ?? "", 16) !== to) continue;
      const found = probedWithinSeconds(Number.parseInt(local?.split(":")[1] ?? "", 16), to);
      if (found !== undefined) return found;
    }
    return undefined;
  });
  assert.ok(seconds > 40 && seconds <= 45, `${seconds}`);
}
