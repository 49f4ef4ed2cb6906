import { isIPv6 } from "node:net";

export type Side = "bind" | "connect";

const EXAMPLES: Record<Side, string> = { bind: "tcp://*:5000", connect: "tcp://192.168.1.20:5000" };
/** `sun_path` without the zero at its end: unix(7); 104 bytes with it on macOS. */
const MAX_IPC_PATH_BYTES = process.platform === "darwin" ? 103 : 107;

/**
 * What is wrong with an address, undefined if nothing is. libzmq looks at the form only in part: it takes port 99999 for
 * 34463, and connects to port 0 for ever.
 */
export function addressFault(side: Side, address: string): string | undefined {
  const [, transport, rest] = /^([a-z]+):\/\/(.+)$/s.exec(address) ?? [];
  if (transport === undefined || rest === undefined) return `an address looks like ${EXAMPLES[side]}`;
  if (transport === "ipc") return ipcFault(side, rest);
  if (transport !== "tcp") return `${transport}:// is not supported: use tcp:// or ipc://`;
  if (rest.includes("@")) return "a ZeroMQ address has no user and no password: PLAIN has them (docs/CONFIG.md)";
  const [, host = "", port] = /^(.+):(\d{1,5}|\*)$/s.exec(rest) ?? [];
  if (port === undefined) return `a tcp address ends with a port, as in ${EXAMPLES[side]}`;
  if (isIPv6(host)) return `an IPv6 address stands in brackets, as in tcp://[${host}]:${port}`;
  if (port === "*" || port === "0") return side === "bind" ? undefined : "to connect, the port must be given";
  if (Number(port) > 65_535) return "a port is at most 65535";
  if (side === "connect" && host === "*") return `to connect, the host must be given, as in ${EXAMPLES.connect}`;
  return undefined;
}

/** An address that is wrong, fit for a message: without what may be a user and a password. */
export function withoutUser(address: string): string {
  return address.startsWith("ipc://") ? address : address.replace(/^([a-z]+:\/\/)?.*@/s, "$1…@");
}

function ipcFault(side: Side, path: string): string | undefined {
  const bytes = Buffer.byteLength(path);
  if (bytes > MAX_IPC_PATH_BYTES) return `its path has ${bytes} bytes, and ${MAX_IPC_PATH_BYTES} are the most`;
  if (path.includes("\0")) return "its path has a zero byte";
  if (path === "@") return "an abstract address has a name, as in ipc://@plotcast";
  if (path.startsWith("@") && process.platform !== "linux") return "abstract addresses (ipc://@…) are Linux's alone";
  if (side === "connect" && path === "*") return "to connect, the path must be given, as in ipc:///run/plotcast.sock";
  return undefined;
}

/** The host of a tcp address as it stands there, without brackets; undefined for other transports. */
export function hostOf(address: string): string | undefined {
  // `tcp://source;destination`: zmq_tcp(7).
  return /^tcp:\/\/(?:.*;)?\[?([^\]]*?)\]?:[^:\]]*$/s.exec(address)?.[1];
}

/** The port of a tcp address. */
export function portOf(address: string): string | undefined {
  return /^tcp:\/\/.*:(\d+)$/s.exec(address)?.[1];
}
