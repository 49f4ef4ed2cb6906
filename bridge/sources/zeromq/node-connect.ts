import type { NetConnectOpts } from "node:net";
import { networkInterfaces } from "node:os";
import { hostOf, portOf } from "../../config/syntax/endpoint.ts";

/** How Node connects to a ZeroMQ address. */
export function connectOptions(address: string): NetConnectOpts {
  if (address.startsWith("ipc://")) {
    const path = address.slice("ipc://".length);
    return { path: path.startsWith("@") ? `\0${path.slice(1)}` : path, allowHalfOpen: true };
  }
  // `tcp://source:port;destination:port`: zmq_tcp(7).
  const [, source, localPort] = /^tcp:\/\/\[?([^;]*?)\]?:(\d+|\*);/.exec(address) ?? [];
  return {
    host: hostOf(address) ?? "",
    port: Number(portOf(address)),
    allowHalfOpen: true,
    ...(source === undefined || source === "*" ? {} : { localAddress: interfaceAddress(source, true) ?? source }),
    ...(localPort === undefined || localPort === "*" || localPort === "0" ? {} : { localPort: Number(localPort) }),
  };
}

/** The address of a network interface: IPv4, or else IPv6 if that may be. */
export function interfaceAddress(name: string, ipv6: boolean): string | undefined {
  const found = networkInterfaces()[name] ?? [];
  const [first] = [...found.filter(({ family }) => family === "IPv4"), ...(ipv6 ? found : [])];
  if (first === undefined) return undefined;
  return first.family === "IPv6" && first.scopeid ? `${first.address}%${name}` : first.address;
}
