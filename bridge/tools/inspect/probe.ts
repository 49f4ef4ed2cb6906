import { connect } from "node:net";
import { connectFault, ipcPathOf } from "../../sources/zeromq/ipc-rights.ts";

/** What a look at an address found. */
export type Found =
  | { kind: "refused" | "unknown-host" | "no-answer" }
  | { kind: "unreachable"; code: string }
  /** An ipc socket, and what keeps this user from it. */
  | { kind: "forbidden"; why: string }
  /** It takes connections, but does not begin as ZeroMQ does. */
  | { kind: "not-zeromq" }
  /** Undefined socket type: it has not said, as one with security does not. */
  | { kind: "zeromq"; socketType: string | undefined };

const WITHIN_MS = 1500;
// ZMTP 3.0 (rfc.zeromq.org/spec/23): greeting = signature (0xFF, 8 bytes, 0x7F), version, mechanism, as-server, filler;
// with NULL each side then sends a READY command with its Socket-Type.
const GREETING_BYTES = 64;
const SIGNATURE_BYTES = 10;
const MECHANISM_AT = 12;
const MAX_BYTES = 1024;

export type Place = { host: string; port: number } | { path: string };

/** Where an address is connected to; undefined if that cannot be looked at. */
export function placeOf(address: string): Place | undefined {
  const path = ipcPathOf(address);
  return path === undefined ? hostAndPort(address) : { path };
}

/** The host and port of a tcp address that is connected to; undefined for others. */
export function hostAndPort(address: string): { host: string; port: number } | undefined {
  const [, bracketed, plain, port] = /^tcp:\/\/(?:\[([^\]]+)\]|([^:;*]+)):(\d+)$/.exec(address) ?? [];
  const host = bracketed ?? plain;
  return host === undefined || port === undefined ? undefined : { host, port: Number(port) };
}

/** Connects once, as ZeroMQ does, and looks at who answers. Never rejects. */
export async function probe(place: Place, withinMs = WITHIN_MS): Promise<Found> {
  const why = "path" in place ? await connectFault(place.path) : undefined;
  return why === undefined ? await look(place, withinMs) : { kind: "forbidden", why };
}

function look(place: Place, withinMs: number): Promise<Found> {
  return new Promise((resolve) => {
    let received = Buffer.alloc(0);
    let isConnected = false;
    const socket = connect(place);
    const end = (found: Found): void => {
      clearTimeout(timer);
      socket.destroy();
      resolve(found);
    };
    const timer = setTimeout(() => end(isConnected ? foundIn(received) : { kind: "no-answer" }), withinMs);
    socket.once("connect", () => {
      isConnected = true;
      socket.write(greeting().subarray(0, SIGNATURE_BYTES));
    });
    socket.on("data", (data) => {
      const isFirst = received.length === 0;
      received = Buffer.concat([received, data]).subarray(0, MAX_BYTES);
      const found = foundIn(received);
      // Only now: who wants security hangs up on this, and could do so before it has said anything.
      if (isFirst && found.kind === "zeromq") socket.write(greeting().subarray(SIGNATURE_BYTES));
      if (found.kind === "not-zeromq" || (found.kind === "zeromq" && found.socketType !== undefined)) end(found);
    });
    socket.once("close", () => end(foundIn(received)));
    socket.once("error", (error) => end(isConnected ? foundIn(received) : failureOf(error)));
  });
}

function greeting(): Buffer {
  const bytes = Buffer.alloc(GREETING_BYTES);
  bytes[0] = 0xff;
  bytes[9] = 0x7f;
  bytes[10] = 3;
  bytes.write("NULL", MECHANISM_AT, "latin1");
  return bytes;
}

function failureOf(error: Error): Found {
  const code = "code" in error && typeof error.code === "string" ? error.code : error.message;
  if (code === "ECONNREFUSED" || code === "ENOENT") return { kind: "refused" };
  if (code === "ENOTFOUND" || code === "EAI_AGAIN") return { kind: "unknown-host" };
  return { kind: "unreachable", code };
}

/** What the first bytes say of who sent them. */
export function foundIn(bytes: Buffer): Found {
  if (bytes[0] !== 0xff || (bytes.length > 9 && (bytes[9] ?? 0) % 2 === 0)) return { kind: "not-zeromq" };
  return { kind: "zeromq", socketType: socketTypeIn(bytes.subarray(GREETING_BYTES)) };
}

/** Of a READY command: flags 4, length, a name, then properties with the length of a value in 4 bytes. */
function socketTypeIn(command: Buffer): string | undefined {
  const body = command.subarray(2);
  if (command[0] !== 4 || body[0] !== 5 || body.toString("latin1", 1, 6) !== "READY") return undefined;
  for (let offset = 6; offset < body.length; ) {
    const nameEnd = offset + 1 + (body[offset] ?? 0);
    if (nameEnd + 4 > body.length) return undefined;
    const end = nameEnd + 4 + body.readUInt32BE(nameEnd);
    if (end > body.length) return undefined;
    const name = body.toString("latin1", offset + 1, nameEnd);
    if (name.toLowerCase() === "socket-type") return body.toString("latin1", nameEnd + 4, end).replace(/[^A-Z]/g, "");
    offset = end;
  }
  return undefined;
}

/** What to do about it, in a sentence; undefined if nothing is wrong with it. */
export function findingText(address: string, found: Found, type: "sub" | "xsub" | "pull"): string | undefined {
  switch (found.kind) {
    case "refused":
      return (
        `Nothing listens at ${address}. Is the publisher running, and is this its ${address.startsWith("ipc:") ? "path" : "port"}? If it connects instead of ` +
        "binding, both wait for each other: let this side --bind."
      );
    case "unknown-host":
      return `The name in ${address} is of no machine that is known here: check its spelling, or give its number.`;
    case "no-answer":
      return `${address} does not answer: the machine is off or another one, or a firewall drops what is sent there.`;
    case "forbidden":
      return `${address} cannot be connected to: ${found.why}.`;
    case "unreachable":
      return `${address} cannot be reached (${found.code}): is this machine on that network?`;
    case "not-zeromq":
      return `Something listens at ${address}, but it does not speak ZeroMQ: is this the right port?`;
    case "zeromq":
      return onSocket(address, found.socketType, type);
    default:
      return found satisfies never;
  }
}

function onSocket(address: string, socketType: string | undefined, type: "sub" | "xsub" | "pull"): string | undefined {
  const fits = type === "pull" ? ["PUSH"] : ["PUB", "XPUB"];
  if (socketType === undefined || fits.includes(socketType)) return undefined;
  const instead = socketType === "PUSH" ? " Use --socket pull." : "";
  return `What listens at ${address} is a ${socketType} socket; this side needs ${fits.join(" or ")}.${instead}`;
}
