import { lstat, mkdtemp, rm } from "node:fs/promises";
import { isIP, type Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { hostOf, portOf } from "../../../config/syntax/endpoint.ts";
import { codeOf } from "../attach.ts";
import { interfaceAddress } from "../node-connect.ts";

/** Of a system without IPv6. */
const NO_IPV6 = new Set<unknown>(["EAFNOSUPPORT", "EADDRNOTAVAIL"]);

/**
 * Makes a server of Node's listen at a ZeroMQ address, as libzmq would, but that `*` is IPv6 too where there is any: a
 * publisher that looks this machine's name up may be led to either.
 * @param ipv6 whether a network interface without IPv4 is listened at by IPv6
 * @returns the endpoint as libzmq names it (`*` stays `*`), with the port that was chosen
 * @throws an error with a code, such as EADDRINUSE, or ENODEV if this machine has no such address
 */
export async function listenAt(server: Server, address: string, ipv6: boolean): Promise<string> {
  if (address.startsWith("ipc://")) return await listenAtPath(server, address.slice("ipc://".length));
  const port = Number(portOf(address) ?? 0);
  if (hostOf(address) === "*") return await listenAtAll(server, port);
  const host = hostToListen(hostOf(address) ?? "", ipv6);
  await listening(server, { host, port, ipv6Only: !ipv6 && host !== "::" });
  const bound = server.address();
  if (bound === null || typeof bound === "string") return address;
  return `tcp://${bound.family === "IPv6" ? `[${bound.address}]` : bound.address}:${bound.port}`;
}

async function listenAtAll(server: Server, port: number): Promise<string> {
  try {
    await listening(server, { host: "::", port });
  } catch (error) {
    if (!NO_IPV6.has(codeOf(error))) throw error;
    await listening(server, { host: "0.0.0.0", port });
  }
  const bound = server.address();
  return `tcp://*:${bound === null || typeof bound === "string" ? port : bound.port}`;
}

/** The directory of a path that was made up, for who removes it at the end. */
export function directoryOfWildcard(address: string, endpoint: string): string | undefined {
  return address === "ipc://*" ? endpoint.slice("ipc://".length).replace(/\/[^/]*$/, "") : undefined;
}

async function listenAtPath(server: Server, given: string): Promise<string> {
  const path = given === "*" ? join(await mkdtemp(join(tmpdir(), "plotcast-ipc-")), "socket") : given;
  // An abstract address has no file.
  const isFile = !path.startsWith("@");
  // What is there is a socket that nobody listens at: `canTry` in attach.ts.
  if (isFile && (await isSocket(path))) await rm(path, { force: true });
  await listening(server, { path: isFile ? path : `\0${path.slice(1)}` });
  return `ipc://${path}`;
}

async function isSocket(path: string): Promise<boolean> {
  return await lstat(path).then(
    (found) => found.isSocket(),
    () => false,
  );
}

function listening(server: Server, options: Parameters<Server["listen"]>[0]): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(options, () => {
      server.off("error", reject);
      resolve();
    });
  });
}

/** libzmq looks up the names of network interfaces, and no others. */
function hostToListen(host: string, ipv6: boolean): string {
  if (isIP(host.replace(/%.*$/, "")) !== 0) return host;
  if (host === "localhost") return "127.0.0.1";
  const found = interfaceAddress(host, ipv6);
  if (found !== undefined) return found;
  throw Object.assign(new Error("no such address"), { code: "ENODEV" });
}
