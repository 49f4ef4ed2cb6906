import { Worker } from "node:worker_threads";
import type { Listening } from "./workerd-config.ts";

/** A port of this machine's loopback addresses, which is this process's until it ends. */
export interface HeldPort {
  listening: Listening;
  /** Sockets that listen, in the order of SOCKETS; none where they cannot be handed on (Windows). */
  fds: readonly number[];
}

/**
 * Listens without accepting: a thread that stands still right after. workerd accepts, and the next workerd after it; what
 * connects between the two waits. Were the port free in between, or before the first, another user could take it and be
 * sent the token by the bridge.
 */
const LISTEN = `
const { parentPort, workerData } = require("node:worker_threads");
const server = require("node:net").createServer();
server.once("error", ({ code }) => parentPort.postMessage({ code }));
server.listen(workerData, () => {
  parentPort.postMessage({ fd: server._handle.fd });
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
});`;

/** @throws PortError if somebody listens there already */
export async function holdPort(port: number): Promise<HeldPort> {
  const ipv4 = await listen(port, "127.0.0.1");
  if ("code" in ipv4) throw new PortError(`127.0.0.1:${port}`, ipv4.code);
  const ipv6 = await listen(port, "::1");
  // Chrome and Firefox take localhost for both addresses: where only one were ours, somebody else could be the other.
  if ("code" in ipv6 && ipv6.code === "EADDRINUSE") throw new PortError(`[::1]:${port}`, ipv6.code);
  if ("code" in ipv6) return { listening: "ipv4", fds: inheritable([ipv4.fd]) };
  return { listening: "both", fds: inheritable([ipv4.fd, ipv6.fd]) };
}

/** That a port cannot be had, and the system's code that says why, such as EADDRINUSE. */
export class PortError extends Error {
  readonly code: string;
  constructor(address: string, code: string) {
    super(`${address}: ${code}`);
    this.code = code;
  }
}

async function listen(port: number, host: string): Promise<{ fd: number } | { code: string }> {
  const thread = new Worker(LISTEN, { eval: true, workerData: { port, host } });
  thread.unref();
  return await new Promise((resolve, reject) => {
    thread.once("error", reject);
    thread.once("message", (message: unknown) => {
      if (typeof message !== "object" || message === null) return;
      if ("fd" in message && typeof message.fd === "number") resolve({ fd: message.fd });
      else resolve({ code: "code" in message ? String(message.code) : "" });
    });
  });
}

/** File descriptors, if this system has them: Node has none (-1) for sockets of Windows. */
function inheritable(fds: readonly number[]): readonly number[] {
  return fds.every((fd) => fd >= 0) ? fds : [];
}
