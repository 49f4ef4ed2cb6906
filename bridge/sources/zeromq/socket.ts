import { capability, context, Pull, type SocketOptions, Subscriber, XSubscriber } from "zeromq";
import type { SocketConfig } from "../../config/config.ts";
import { addressFault } from "../../config/syntax/endpoint.ts";
import { SourceError, wrongAddress } from "../errors.ts";
import { securityFault, securityOptions } from "./security/socket-security.ts";

export type ReceivingSocket = Subscriber | XSubscriber | Pull;

/**
 * An unreachable host is given up and tried again so soon. Otherwise the kernel goes on with the same attempt at ever
 * longer intervals for two minutes, and finds a host that has come up only then.
 */
const CONNECT_TIMEOUT_MS = 5000;
/** Most often to the guard, on this machine: what it connects to itself it tries every 100 ms at most. */
const RECONNECT_EVERY_MS = 25;
/**
 * A peer whose machine is gone is noticed after 60 s, however quiet it was: idle, then probes that are not answered. (The
 * number of probes is not Node's to choose: it sends 10, 1 s apart.)
 */
export const TCP_KEEPALIVE = { idleSeconds: 45, intervalSeconds: 5, probes: 3 };
/** The same, as libzmq takes it. */
export const KEEPALIVE_OPTIONS = {
  tcpKeepalive: 1,
  tcpKeepaliveIdle: TCP_KEEPALIVE.idleSeconds,
  tcpKeepaliveInterval: TCP_KEEPALIVE.intervalSeconds,
  tcpKeepaliveCount: TCP_KEEPALIVE.probes,
} as const;
/** Of the other side's answer, in heartbeats. */
const HEARTBEATS_MISSED = 3;

// Otherwise libzmq may hold the process when it ends.
context.blocky = false;

/** What is wrong with a socket's configuration, in a sentence; undefined if nothing is. */
export function socketFault(config: SocketConfig): string | undefined {
  const { type, bind, connect, topics, highWaterMark, maxMessageBytes, heartbeatMs, security } = config;
  if (bind.length + connect.length === 0) return "A source needs an address to bind or to connect to.";
  if (type === "pull" && topics.length > 0) return "A pull socket has no topics: it gets whatever is pushed to it.";
  if (!(Number.isSafeInteger(highWaterMark) && highWaterMark > 0 && highWaterMark <= 0x7fff_ffff)) {
    return "The high-water mark is a whole number of messages, 1 at least.";
  }
  if (!(Number.isSafeInteger(maxMessageBytes) && maxMessageBytes > 0))
    return "The largest message has 1 byte at least.";
  // ZMTP has tenths of a second in 16 bits: https://rfc.zeromq.org/spec/37/
  if (!(Number.isSafeInteger(heartbeatMs) && heartbeatMs >= 0 && heartbeatMs <= 6_553_500)) {
    return "The heartbeat is 0 to 6,553,500 ms.";
  }
  return securityFault(security);
}

/** @throws SourceError, AddressError if the configuration cannot be used */
export function checkSocket(config: SocketConfig): void {
  const fault = socketFault(config);
  if (fault !== undefined) throw new SourceError(fault);
  for (const side of ["bind", "connect"] as const) {
    for (const address of config[side]) {
      const wrong =
        address.startsWith("ipc://") && capability.ipc !== true
          ? "ipc:// is not to be had on this system"
          : addressFault(side, address);
      if (wrong !== undefined) throw wrongAddress(side, address, wrong);
    }
  }
}

/** For what binds and connects next: libzmq gives each of them the options as they are then. */
export function setZapDomain(socket: ReceivingSocket, domain: string): void {
  const { emitWarning } = process;
  // zeromq.js warns that this changes nothing before the next bind or connect, each time.
  process.emitWarning = () => undefined;
  try {
    socket.zapDomain = domain;
  } finally {
    process.emitWarning = emitWarning;
  }
}

/** A socket with all options set and subscribed: libzmq takes options for what binds and connects after them. */
export async function createSocket(
  config: SocketConfig,
  { ipv6, zapDomain }: { ipv6: boolean; zapDomain: string },
): Promise<ReceivingSocket> {
  const { heartbeatMs } = config;
  const options: SocketOptions<Subscriber> = {
    linger: 0,
    receiveHighWaterMark: config.highWaterMark,
    // libzmq cuts a publisher off whose message is larger, and tells nobody; up to here it is for the decoder to refuse.
    maxMessageSize: config.maxMessageBytes,
    ...(heartbeatMs === 0 ? {} : { heartbeatInterval: heartbeatMs, heartbeatTimeout: HEARTBEATS_MISSED * heartbeatMs }),
    connectTimeout: CONNECT_TIMEOUT_MS,
    reconnectInterval: RECONNECT_EVERY_MS,
    ...KEEPALIVE_OPTIONS,
    ipv6,
    ...securityOptions(config.security, zapDomain),
  };
  const topics = config.topics.length > 0 ? config.topics : [""];
  switch (config.type) {
    case "sub": {
      const socket = new Subscriber(options);
      socket.subscribe(...topics);
      return socket;
    }
    case "xsub": {
      const socket = new XSubscriber(options);
      // libzmq keeps them, and sends them to each publisher that comes, as it does for SUB: `xsub_t::xattach_pipe`,
      // `xhiccuped` in https://github.com/zeromq/libzmq/blob/v4.3.5/src/xsub.cpp
      for (const topic of topics) await socket.send(Buffer.from(`\u0001${topic}`));
      return socket;
    }
    case "pull":
      return new Pull(options);
    default:
      return config.type satisfies never;
  }
}
