import { lookup } from "node:dns/promises";
import { lstat, stat } from "node:fs/promises";
import { connect as connectTo, isIP } from "node:net";
import { dirname, resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { Pull } from "zeromq";
import { fullJitterMs } from "../../../protocol/backoff.ts";
import { hostOf, type Side } from "../../config/syntax/endpoint.ts";
import { errorAdvice, errorCode } from "../../observability/error-advice.ts";
import { AddressError } from "../errors.ts";
import type { ReceivingSocket } from "./socket.ts";

const LOOK_UP_WITHIN_MS = 2000;

/**
 * Binds to an address. One in use is tried again for a while: a socket closed a moment ago is freed only later.
 * @param bind does it once. @param flag by which the address was given. @returns the endpoint, with the port that was chosen
 * @throws AddressError
 */
export async function bindTo(
  address: string,
  withinMs: number,
  bind: () => Promise<string>,
  flag = "bind",
): Promise<string> {
  const end = performance.now() + withinMs;
  for (let attempt = 0; ; attempt++) {
    if (await canTry(address)) {
      try {
        return await bind();
      } catch (error) {
        const mayPass = codeOf(error) === "EADDRINUSE" || codeOf(error) === "EAGAIN";
        if (!mayPass || performance.now() >= end) throw unusable("bind", address, error, flag);
      }
    } else if (performance.now() >= end) throw unusable("bind", address, IN_USE, flag);
    await sleep(Math.min(50 + fullJitterMs(attempt, 50, 500, Math.random()), Math.max(1, end - performance.now())));
  }
}

/** Binds libzmq itself, once. @returns the endpoint, with the port that was chosen */
export async function bindSocket(socket: ReceivingSocket, address: string): Promise<string> {
  try {
    await socket.bind(address);
    return socket.lastEndpoint ?? address;
  } catch (error) {
    throw codeOf(error) === "EAGAIN" ? ((await causeOf(address, socket.ipv6)) ?? error) : error;
  }
}

/**
 * Why nothing can be bound there, undefined if it can be now. `zmq_bind` of a socket whose events are read may fail with
 * EAGAIN whatever is wrong: telling of the failure overwrites errno, in `socket_base_t::event_bind_failed`.
 */
async function causeOf(address: string, ipv6: boolean): Promise<unknown> {
  const probe = new Pull({ linger: 0, ipv6 });
  try {
    await probe.bind(address);
    return undefined;
  } catch (error) {
    return error;
  } finally {
    probe.close();
  }
}

/**
 * @param endpoint what is connected to for this address, if that is something else. @param flag by which it was given
 * @throws AddressError
 */
export function connectSocket(
  socket: Pick<ReceivingSocket, "connect">,
  address: string,
  endpoint = address,
  flag = "connect",
): void {
  try {
    socket.connect(endpoint);
  } catch (error) {
    throw unusable("connect", address, error, flag);
  }
}

/**
 * Whether a socket needs IPv6 for these. With it libzmq looks for a name's IPv6 address first, and `localhost` would be
 * `::1`, where few publishers listen; so it is on only where an address cannot be reached otherwise.
 */
export async function needsIpv6(addresses: readonly string[]): Promise<boolean> {
  const needs = await Promise.all(
    addresses.map(async (address) => {
      const host = hostOf(address);
      if (host === undefined || host === "*") return false;
      if (host.includes(":")) return true;
      return isIP(host) === 0 && (await hasIpv6Alone(host));
    }),
  );
  return needs.includes(true);
}

async function hasIpv6Alone(host: string): Promise<boolean> {
  // A name that cannot be looked up now is left to libzmq, which goes on trying.
  const found = lookup(host, { all: true }).catch(() => []);
  const given = await Promise.race([found, sleep(LOOK_UP_WITHIN_MS, [], { ref: false })]);
  return given.length > 0 && given.every(({ family }) => family === 6);
}

const IN_USE = Object.assign(new Error("in use"), { code: "EADDRINUSE" });

/**
 * libzmq removes whatever stands at an ipc path before it binds there, be it another program's live socket or a file:
 * `ipc_listener_t::set_local_address` in https://github.com/zeromq/libzmq/blob/v4.3.5/src/ipc_listener.cpp
 * So only a socket that nobody listens at is left to it.
 * @returns false if another program listens there
 * @throws AddressError
 */
async function canTry(address: string): Promise<boolean> {
  if (!address.startsWith("ipc://")) return true;
  const path = address.slice("ipc://".length);
  // Abstract ones have no file, and of `*` libzmq makes a new directory.
  if (path.startsWith("@") || path.startsWith("*")) return true;
  const found = await lstat(path).catch((error: unknown) => ({ error }));
  if ("error" in found) {
    if (codeOf(found.error) !== "ENOENT") throw unusable("bind", address, found.error);
    const directory = resolve(dirname(path));
    const isThere = await stat(directory).then(
      (at) => at.isDirectory(),
      () => false,
    );
    if (isThere) return true;
    throw new AddressError(address, `Cannot bind to ${address}: the directory ${directory} does not exist. Create it.`);
  }
  if (!found.isSocket()) {
    const instead = "and ZeroMQ would delete it. Give another path";
    throw new AddressError(address, `Cannot bind to ${address}: something else than a socket is there, ${instead}.`);
  }
  const failure = await failureToConnect(path);
  if (codeOf(failure) === "EACCES" || codeOf(failure) === "EPERM") {
    const why = `a socket is there that this user may not connect to (${codeOf(failure)}), so whether a program listens cannot be known`;
    throw new AddressError(address, `Cannot bind to ${address}: ${why}. Give another path, or run as that user.`);
  }
  return !isListened(failure);
}

/** Whether a program listens at this path. */
export async function isListenedTo(path: string): Promise<boolean> {
  return isListened(await failureToConnect(path));
}

function isListened(failure: Error | undefined): boolean {
  // Refused: whoever listened there is gone.
  return codeOf(failure) !== "ECONNREFUSED" && codeOf(failure) !== "ENOENT";
}

function failureToConnect(path: string): Promise<Error | undefined> {
  return new Promise((settle) => {
    const probe = connectTo(path);
    const end = (failure: Error | undefined): void => {
      probe.destroy();
      settle(failure);
    };
    probe.once("connect", () => end(undefined));
    probe.once("error", end);
  });
}

function unusable(side: Side, address: string, cause: unknown, flag: string = side): AddressError {
  return new AddressError(address, `Cannot ${side} to ${address}: ${reasonOf(side, address, cause, flag)}.`, { cause });
}

function reasonOf(side: Side, address: string, cause: unknown, flag: string): string {
  const isIpc = address.startsWith("ipc://");
  const advice = errorAdvice(cause, isIpc ? "file" : "listen");
  const code = errorCode(cause);
  if (isIpc && side === "bind" && (code === "EACCES" || code === "EPERM")) {
    const directory = dirname(resolve(address.slice("ipc://".length)));
    return `this user may not make a socket in ${directory} (${code}). Give a path where it may write, or let its owner change its rights (chmod)`;
  }
  switch (code) {
    case "EADDRINUSE":
      if (flag !== "bind")
        return `another program is using it (EADDRINUSE). End that program, or give another address with --${flag}`;
      return (
        "another program is using it (EADDRINUSE). If that is your publisher, use --connect with its address; else end that " +
        "program, or give another address with --bind"
      );
    case "ENODEV":
    case "EADDRNOTAVAIL":
      return `${advice}. Give one that it has with --${flag}, or * for all`;
    default:
      return `${advice}. Give another address with --${flag}`;
  }
}

export function codeOf(error: unknown): unknown {
  return error instanceof Error && "code" in error ? error.code : undefined;
}
