import { setImmediate as nextTurn, setTimeout as sleep } from "node:timers/promises";
import type { Observer } from "zeromq";
import type { SocketConfig } from "../../config/config.ts";
import { PeerWarnings } from "../../observability/line-rate.ts";
import type { Log } from "../../observability/log.ts";
import { ArrivalPaths } from "./arrival-paths.ts";
import { codeOf, connectSocket, needsIpv6 } from "./attach.ts";
import { Monitor } from "./connections/monitor.ts";
import type { Peers } from "./connections/peers.ts";
import { SocketCounters } from "./counters.ts";
import { ZapDomains } from "./guard/entry.ts";
import { Guard } from "./guard/guard.ts";
import type { GuardLimits } from "./guard/guard-limits.ts";
import { handshakeRules } from "./guard/handshake.ts";
import { noDirectoryText, PrivateEndpoints, privateParents } from "./guard/private.ts";
import { nativeBytes } from "./native-memory.ts";
import { PasswordBrake } from "./security/brake.ts";
import { admission } from "./security/socket-security.ts";
import { guardDomain } from "./security/zap.ts";
import { checkSocket, createSocket, type ReceivingSocket } from "./socket.ts";

export interface ReceiverOptions {
  socket: SocketConfig;
  /** Called for each message as soon as it is read. The frames are its own to keep. */
  onMessage: (frames: Buffer[]) => void;
  /** How long an address in use is tried again. */
  bindWithinMs?: number;
  /** Told who comes and goes. */
  peers?: Pick<Peers, "came" | "left" | "reopened"> & Partial<Pick<Peers, "heard" | "check">>;
  /** Told what keeps publishers from being connected, and what to do. */
  log?: Log;
  counters?: SocketCounters;
  /** Is told by which connection each message comes. */
  paths?: ArrivalPaths;
  /** For tests. */
  guardLimits?: Partial<GuardLimits>;
  /** For tests: {@link privateParents}. */
  privateParents?: readonly string[];
}

/** While ending, for reading what has arrived but was not read yet. */
const READ_ON_MS = 500;
const CHECK_EVERY_MS = 1000;
/** What CURVE adds to a part: rfc.zeromq.org/spec/26. */
const MECHANISM_BYTES = 64;
/** While messages come as fast as they are read, POSTs and timers wait no longer than this and one message. */
const MAX_TURN_MS = 3;
const SILENT: Pick<Log, "info" | "warn"> = { info: () => undefined, warn: () => undefined };

/** Of this process; each has a ZAP domain of its own. */
let sockets = 0;
/** It is the same for all sources, and each time that they are opened anew. */
let isNoDirectorySaid = false;

/**
 * One socket for all addresses of a source, bound and connected alike: libzmq then takes turns among all publishers, and
 * there is one loop that reads, which is never paused: a bound SUB that is not read does not subscribe new publishers,
 * and a PULL that is not read stops those who push.
 */
export class Receiver {
  /** The endpoints actually bound, then those connected to: port `*` is resolved here. */
  readonly addresses: readonly string[];
  readonly counters: SocketCounters;
  /** Settles when reading ends: after {@link close}, or rejects if it fails. */
  readonly done: Promise<void>;
  readonly #socket: ReceivingSocket;
  readonly #connect: readonly string[];
  readonly #monitor: Monitor;
  readonly #watching: Promise<void>;
  readonly #timer: NodeJS.Timeout;
  readonly #release: () => void;
  readonly #guard: Guard;
  readonly #peers: ReceiverOptions["peers"];
  /** Who waits until all is read that has come. */
  #onCaughtUp: (() => void) | undefined;
  #isCheckDue = false;
  /** What libzmq connects to, by the address that was given. */
  readonly #endpoints: ReadonlyMap<string, string>;
  #reads = 0;

  /**
   * Binds, connects, and begins to read.
   * @throws AddressError if an address cannot be used, SourceError if the rest of the configuration cannot
   */
  static async open(options: ReceiverOptions): Promise<Receiver> {
    const config = { ...options.socket, connect: [...new Set(options.socket.connect)] };
    checkSocket(config);
    const { bind, connect, security } = config;
    const log = options.log ?? SILENT;
    const warnings = new PeerWarnings(log);
    const zapDomain = `plotcast-${sockets++}`;
    const brake = new PasswordBrake();
    const isServer = security.mechanism === "curve-server" || security.mechanism === "plain-server";
    const domains = isServer ? new ZapDomains(zapDomain) : undefined;
    const parents = options.privateParents ?? privateParents();
    const privates = await PrivateEndpoints.open(parents);
    if (!privates.arePrivate && process.platform !== "win32" && !isNoDirectorySaid) {
      isNoDirectorySaid = true;
      log.warn(noDirectoryText(parents));
    }
    // Where others can reach libzmq behind the guard, it must itself refuse ZMTP 1.0: it does if a handler is asked.
    const admit =
      admission(security, (sentence) => warnings.warn(sentence), brake) ??
      (privates.arePrivate ? undefined : () => "anybody");
    const addressOf = (way: string): string | undefined => domains?.addressOf(way);
    const release = admit === undefined ? () => undefined : await guardDomain(zapDomain, admit, { brake, addressOf });
    const counters = options.counters ?? new SocketCounters();
    let socket: ReceivingSocket | undefined;
    let guard: Guard | undefined;
    try {
      socket = await createSocket(config, {
        ipv6: await needsIpv6([...bind, ...connect]),
        zapDomain: admit === undefined ? "" : zapDomain,
      });
      // Before anything can happen: what libzmq tells earlier is told to nobody.
      const { events } = socket;
      const withinMs = options.bindWithinMs ?? 3000;
      const made = new Guard({
        socket,
        endpoints: privates,
        maxMessageBytes: config.maxMessageBytes + (isCurve(security) ? MECHANISM_BYTES : 0),
        domains,
        counters,
        paths: options.paths ?? new ArrivalPaths(),
        notesMessages: options.paths !== undefined && !isCurve(security),
        handshake: handshakeRules(config, privates.arePrivate),
        hasHeartbeat: config.heartbeatMs > 0,
        peers: options.peers,
        warnings,
        limits: options.guardLimits ?? {},
      });
      guard = made;
      const addresses: string[] = [];
      for (const address of bind) addresses.push(await made.bind(address, withinMs));
      const endpoints = new Map(connect.map((address) => [address, made.connect(address)]));
      for (const [address, endpoint] of endpoints) {
        made.prepare(address);
        connectSocket(socket, address, endpoint);
      }
      addresses.push(...connect);
      return new Receiver({
        socket,
        events,
        addresses,
        config,
        log,
        warnings,
        release,
        options,
        guard: made,
        counters,
        endpoints,
      });
    } catch (error) {
      socket?.close();
      await (guard ?? privates)?.close();
      release();
      throw error;
    }
  }

  private constructor(parts: {
    socket: ReceivingSocket;
    events: Observer;
    addresses: readonly string[];
    config: SocketConfig;
    log: Pick<Log, "info" | "warn">;
    warnings: PeerWarnings;
    release: () => void;
    options: ReceiverOptions;
    guard: Guard;
    counters: SocketCounters;
    endpoints: ReadonlyMap<string, string>;
  }) {
    const { socket, config, options, log, warnings, guard } = parts;
    this.#socket = socket;
    this.#connect = config.connect;
    this.#release = parts.release;
    this.addresses = parts.addresses;
    this.#guard = guard;
    this.#endpoints = parts.endpoints;
    this.counters = parts.counters;
    this.#monitor = new Monitor({
      connect: config.connect,
      security: config.security,
      maxMessageBytes: config.maxMessageBytes,
      counters: this.counters,
      peers: options.peers,
      log,
      warnings,
      onWanted: (address) => guard.wanted(address),
      nameOf: (endpoint) => guard.nameOf(endpoint),
      failureAt: (address) => guard.failureAt(address),
      reconnect: (address) => this.#reconnect(address),
    });
    const { peers, onMessage } = options;
    this.#peers = peers;
    this.done = this.#read(onMessage);
    this.#watching = this.#monitor.run(parts.events);
    this.#timer = setInterval(() => this.#check(), CHECK_EVERY_MS);
    this.#timer.unref();
  }

  /** Ends the connections that this socket began, and begins them again. */
  reopen(): void {
    if (this.#socket.closed || this.#connect.length === 0) return;
    for (const address of this.#connect) this.#reconnect(address);
    this.#monitor.reopened();
  }

  /** Calls back once, after a message after which no other waits. One at a time may wait. */
  whenCaughtUp(onCaughtUp: () => void): void {
    this.#onCaughtUp = onCaughtUp;
  }

  /** Reads what has arrived (for half a second at most, should more keep coming), then closes the socket. */
  async close(): Promise<void> {
    const end = performance.now() + READ_ON_MS;
    for (let before = -1; before !== this.#reads && performance.now() < end; ) {
      before = this.#reads;
      await sleep(10);
    }
    clearInterval(this.#timer);
    this.#monitor.end();
    this.#socket.close();
    await this.#guard.close();
    this.#release();
    await this.#watching;
    await this.done;
  }

  #reconnect(address: string): void {
    if (this.#socket.closed) return;
    const endpoint = this.#endpoints.get(address) ?? address;
    try {
      this.#socket.disconnect(endpoint);
    } catch (error) {
      // Nothing of it was left.
      if (codeOf(error) !== "ENOENT") throw error;
    }
    this.#guard.prepare(address);
    this.#socket.connect(endpoint);
  }

  #check(): void {
    if (this.#socket.closed) return;
    this.#monitor.check();
    this.#peers?.check?.();
    this.#isCheckDue = true;
  }

  /**
   * Bytes that wait are bounded so, and not by fewer messages: libzmq tells a sender what was read only at each half of the
   * mark, counted from the beginning. Where the mark changes under a connection, a sender may wait for that for ever.
   *
   * To be called between two reads and never while one waits: to ask whether a socket is readable takes its signal away
   * (ZMQ_FD is edge-triggered, zmq_getsockopt(3)), and the read would wait for ever.
   */
  #holdOrReadOn(): void {
    if (this.#onCaughtUp !== undefined && !this.#socket.readable) {
      this.#onCaughtUp();
      this.#onCaughtUp = undefined;
    }
    if (this.#isCheckDue && this.#socket.readable) this.#guard.holdIfMuchWaits(nativeBytes());
    this.#isCheckDue = false;
    if (this.#guard.isHeld && !this.#socket.readable) this.#guard.readOn();
  }

  /** zeromq.js lets the event loop turn after 512 messages; large ones need it sooner, so that POSTs go out. */
  async #read(onMessage: (frames: Buffer[]) => void): Promise<void> {
    let turnedAtMs = performance.now();
    try {
      for (;;) {
        const frames = await this.#socket.receive();
        this.#reads++;
        this.#peers?.heard?.();
        onMessage(frames);
        this.#holdOrReadOn();
        if (performance.now() - turnedAtMs < MAX_TURN_MS) continue;
        await nextTurn();
        turnedAtMs = performance.now();
      }
    } catch (error) {
      // Closing ends a read that waits with EAGAIN, and the next one with EBADF.
      if (!this.#socket.closed) throw error;
    }
  }
}

function isCurve({ mechanism }: SocketConfig["security"]): boolean {
  return mechanism === "curve-server" || mechanism === "curve-client";
}
