/** Receivers for tests: real sockets, their messages as text, and what they log. */

import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestContext } from "node:test";
import type { SocketConfig } from "../../bridge/config/config.ts";
import { createLog } from "../../bridge/observability/log.ts";
import { Peers } from "../../bridge/sources/zeromq/connections/peers.ts";
import { Receiver } from "../../bridge/sources/zeromq/receiver.ts";
import { defaultSocket } from "./default-socket.ts";
import { waitFor } from "./wait.ts";

export interface Receiving {
  receiver: Receiver;
  /** The first address. */
  address: string;
  /** Frames joined with `|`. */
  messages: string[];
  lines: string[];
  /** What became of publishers, as {@link Peers} sees them. */
  peers: { now: number; returns: number; gone: number };
  /** Waits for this line of log. */
  says(what: RegExp): Promise<string>;
}

export async function receiving(t: TestContext, given: Partial<SocketConfig>): Promise<Receiving> {
  const messages: string[] = [];
  const lines: string[] = [];
  const seen = { now: 0, returns: 0, gone: 0 };
  const log = createLog("text", "info", (line) => lines.push(line));
  const receiver = await Receiver.open({
    socket: defaultSocket(given),
    onMessage: (frames) => messages.push(frames.map((frame) => frame.subarray(0, 100).toString()).join("|")),
    log,
    peers: new Peers({
      log: createLog("text", "silent"),
      onReturn: () => seen.returns++,
      onGone: () => seen.gone++,
      onMissed: () => undefined,
      onCount: (connected) => {
        seen.now = connected;
      },
    }),
  });
  t.after(() => receiver.close());
  return {
    receiver,
    address: receiver.addresses[0] ?? "",
    messages,
    lines,
    peers: seen,
    says: (what) => waitFor(`the line ${what}`, () => lines.find((line) => what.test(line)), { deadlineMs: 15_000 }),
  };
}

/** A directory that is gone after the test. Short: a socket's path has 107 bytes at most. */
export async function directoryFor(t: TestContext): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), "plotcast-"));
  t.after(() => rm(directory, { recursive: true, force: true }));
  return directory;
}
