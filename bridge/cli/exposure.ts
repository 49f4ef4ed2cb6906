import { BlockList, isIP } from "node:net";
import type { SocketConfig } from "../config/config.ts";
import { hostOf, portOf } from "../config/syntax/endpoint.ts";
import { ipcPathOf, othersFault } from "../sources/zeromq/ipc-rights.ts";

const LOOPBACK = new BlockList();
LOOPBACK.addSubnet("127.0.0.0", 8, "ipv4");
LOOPBACK.addAddress("::1", "ipv6");

/** Who can connect to what a source binds, where that is not what its user may think: sentences for the start. */
export function exposureLines({ bind, security }: SocketConfig): string[] {
  const tcp = bind.filter((address) => address.startsWith("tcp://"));
  if (tcp.length === 0) return [];
  const open = tcp.filter((address) => !isLoopback(hostOf(address) ?? ""));
  if (open.length === 0) {
    const given = portOf(tcp[0] ?? "") ?? "0";
    const port = given === "0" ? "5000" : given;
    return [
      "Only programs on this machine can connect. For publishers in containers and on other hosts: " +
        `--bind "tcp://*:${port}", best with CURVE keys (docs/CONFIG.md: Who can connect).`,
    ];
  }
  const where = open.join(", ");
  switch (security.mechanism) {
    case "none":
      return [`Whoever can reach ${where} can publish: there are no CURVE keys (docs/CONFIG.md: Who can connect).`];
    case "plain-server":
      return [
        `Users and passwords go to ${where} as clear text: whoever can listen to the network can read them. CURVE keeps them.`,
      ];
    case "plain-client":
      return [`Who connects to ${where} is asked for no password: this source is a client of PLAIN, not a server.`];
    case "curve-client":
    case "curve-server":
      return [];
    default:
      return security satisfies never;
  }
}

/** Which of the ipc addresses that are bound some users of this machine cannot connect to: sentences for the start. */
export async function lockedOutLines(bound: readonly string[]): Promise<string[]> {
  // Where there are no such rights, as on Windows, there is no ipc.
  const faults = bound.map(async (address) => {
    const path = ipcPathOf(address);
    return path === undefined ? undefined : await othersFault(path).catch(() => undefined);
  });
  return (await Promise.all(faults)).filter((line) => line !== undefined);
}

function isLoopback(host: string): boolean {
  const bare = host.replace(/%.*$/, "");
  return host === "localhost" || (isIP(bare) !== 0 && LOOPBACK.check(bare, isIP(bare) === 6 ? "ipv6" : "ipv4"));
}
