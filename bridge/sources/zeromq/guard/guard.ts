import { rm } from "node:fs/promises";
import { createServer, type Server, type Socket } from "node:net";
import { errorAdvice } from "../../../observability/error-advice.ts";
import type { PeerWarnings } from "../../../observability/line-rate.ts";
import { bindTo } from "../attach.ts";
import type { SocketCounters } from "../counters.ts";
import { maxNativeBytes } from "../native-memory.ts";
import { networkOf } from "../network.ts";
import { type ReceivingSocket, setZapDomain, TCP_KEEPALIVE } from "../socket.ts";
import type { GuardedConnection } from "./connection.ts";
import { Connections } from "./connections.ts";
import { Connector } from "./connector.ts";
import { type Entry, openEntry, SLOTS, type ZapDomains } from "./entry.ts";
import { type GuardLimits, guardLimits } from "./guard-limits.ts";
import { directoryOfWildcard, listenAt } from "./listen.ts";
import type { PrivateEndpoints } from "./private.ts";
import { type ProcessRoom, processRoom } from "./process-room.ts";
import { Publishers, type PublishersOptions } from "./publishers.ts";
import { Splice } from "./splice.ts";
import { leftText, madeRoomText, mostText, type Refused, refusalText } from "./words.ts";

export interface GuardOptions extends PublishersOptions {
  socket: ReceivingSocket;
  /** They end with the guard. */
  endpoints: PrivateEndpoints;
  /** Of a server of CURVE or PLAIN. */
  domains: ZapDomains | undefined;
  counters: SocketCounters;
  warnings: Pick<PeerWarnings, "warn">;
  /** For tests; each has a default that is in SPEC.md. */
  limits?: Partial<GuardLimits>;
}

const CHECK_EVERY_MS = 1000;
/** Files of a socket of libzmq's and what belongs to it: signals between threads, the monitor, the guard's timers. */
const FILES_OF_SOCKET = 16;
/** A listener and a connection, on both sides. */
const FILES_OF_CONNECTOR = 4;

/**
 * Stands before a socket, and before publishers that are connected to: who connects is looked at first, and what is no
 * ZMTP, or more than a message may have, does not reach libzmq. It listens at the public addresses, and libzmq at private ones.
 */
export class Guard {
  readonly #options: GuardOptions;
  readonly #limits: GuardLimits;
  readonly #endpoints: PrivateEndpoints;
  readonly #servers: Server[] = [];
  readonly #entries: Entry[] = [];
  /** Public addresses by what libzmq calls them. */
  readonly #names = new Map<string, string>();
  readonly #directories: string[] = [];
  readonly #connectors = new Map<string, Connector>();
  /** ZAP's, by address that is connected to. */
  readonly #domainOf = new Map<string, string>();
  readonly #connections: Connections;
  readonly #publishers: Publishers;
  readonly #process: ProcessRoom = processRoom();
  #reserved = 0;
  readonly #timer: NodeJS.Timeout;
  #isHeld = false;

  constructor(options: GuardOptions) {
    this.#options = options;
    this.#endpoints = options.endpoints;
    this.#limits = { ...guardLimits(maxNativeBytes(), options.maxMessageBytes), ...options.limits };
    this.#connections = new Connections(this.#limits, this.#process);
    this.#publishers = new Publishers(options, this.#limits.parts);
    this.#reserve(FILES_OF_SOCKET);
    this.#timer = setInterval(() => this.#check(), CHECK_EVERY_MS).unref();
  }

  /**
   * Listens at an address, and has libzmq listen behind it.
   * @returns the endpoint, with the port that was chosen
   * @throws AddressError
   */
  async bind(address: string, withinMs: number): Promise<string> {
    const { socket } = this.#options;
    const entry = await openEntry(this.#endpoints, socket, this.#options.domains);
    this.#entries.push(entry);
    this.#reserve(entry.endpoints.length + 1);
    let name = address;
    const endpoint = await bindTo(address, withinMs, async () => {
      const server = createServer({ allowHalfOpen: true, noDelay: true }, (peer) => this.#accept(peer, name, entry));
      const bound = await listenAt(server, address, socket.ipv6);
      server.on("error", (error) => this.#failed(bound, error));
      this.#servers.push(server);
      return bound;
    });
    name = endpoint;
    for (const each of entry.endpoints) this.#names.set(each, endpoint);
    const directory = directoryOfWildcard(address, endpoint);
    if (directory !== undefined) this.#directories.push(directory);
    return endpoint;
  }

  /**
   * Stands before a publisher that is connected to.
   * @returns what libzmq is to connect to: the address itself where the guard cannot stand before it
   */
  connect(address: string): string {
    const path = this.#endpoints.pathToConnect();
    if (path === undefined) return address;
    this.#reserve(FILES_OF_CONNECTOR);
    const connector = new Connector({
      address,
      path,
      publishers: this.#publishers,
      counters: this.#options.counters,
      onFault: (fault) => this.#refuse({ fault, address, from: "", head: Buffer.alloc(0) }),
    });
    this.#connectors.set(address, connector);
    const { domains } = this.#options;
    if (domains !== undefined)
      this.#domainOf.set(
        address,
        domains.add(() => connector.from),
      );
    this.#names.set(`ipc://${path}`, address);
    return `ipc://${path}`;
  }

  /** To be called before libzmq's socket connects for this address. */
  prepare(address: string): void {
    const { socket, domains } = this.#options;
    if (domains !== undefined) setZapDomain(socket, this.#domainOf.get(address) ?? domains.base);
  }

  /** libzmq has looked for the publisher at this address in vain. */
  wanted(address: string): void {
    this.#connectors.get(address)?.wanted();
  }

  /** Why the publisher at this address cannot be connected to, as far as the guard knows. */
  failureAt(address: string): Error | undefined {
    return this.#connectors.get(address)?.failure;
  }

  /** The public address behind which libzmq has this one; undefined if it is none of the guard's. */
  nameOf(endpoint: string): string | undefined {
    return this.#names.get(endpoint);
  }

  /** Whether nothing is read from publishers just now. */
  get isHeld(): boolean {
    return this.#isHeld;
  }

  /**
   * Stops reading from all connections if libzmq holds too much: what comes meanwhile waits in the network, and then at
   * publishers. To be called while messages wait, and {@link readOn} when they are read.
   */
  holdIfMuchWaits(nativeBytes: number): void {
    if (nativeBytes <= this.#limits.holdAboveBytes || this.#isHeld) return;
    this.#options.counters.heldBack++;
    this.#hold(true);
  }

  readOn(): void {
    this.#hold(false);
  }

  /** To be called after libzmq's socket is closed. */
  async close(): Promise<void> {
    clearInterval(this.#timer);
    this.#reserve(-this.#reserved);
    this.#publishers.close();
    for (const { splice } of this.#connections) splice.end();
    for (const connector of this.#connectors.values()) connector.close();
    const closed = this.#servers.map((server) => new Promise<void>((resolve) => server.close(() => resolve())));
    await Promise.all(closed);
    await this.#endpoints.close();
    for (const directory of this.#directories) await rm(directory, { recursive: true, force: true });
  }

  #reserve(files: number): void {
    this.#reserved += files;
    this.#process.reserve(files);
  }

  #hold(isHeld: boolean): void {
    this.#isHeld = isHeld;
    for (const { splice } of this.#connections) splice.hold(isHeld);
    for (const connector of this.#connectors.values()) connector.hold(isHeld);
  }

  #accept(peer: Socket, address: string, entry: Entry): void {
    const { counters, warnings } = this.#options;
    const from = addressOf(peer);
    const network = networkOf(from);
    counters.accepts++;
    const room = this.#connections.makeRoom(network);
    if (room.kind === "none") {
      counters.turnedAway++;
      peer.destroy();
      warnings.warn(
        `A connection to ${address} was refused: there are ${room.most} at once` +
          `${room.of === "address" ? ` from ${from}` : ""}, ${mostText(room.of, this.#process.files)}.`,
      );
      return;
    }
    if (room.kind === "made") {
      counters.madeRoom++;
      warnings.warn(madeRoomText(room.ended, room.most, mostText(room.of, this.#process.files)));
    }
    peer.setKeepAlive(true, TCP_KEEPALIVE.idleSeconds * 1000);
    const watch = this.#publishers.begin(address);
    const splice = new Splice({
      peer,
      ...watch,
      enter: (begin) => entry.enter(connection, begin),
      onZmtp: () => this.#connections.speaksZmtp(connection),
      onMessages: () => {
        const nowMs = performance.now();
        connection.heardAtMs = nowMs;
        watch.heard(nowMs);
      },
      onFault: (fault, head) => this.#refuse({ fault, address, from, head }),
      onLeft: (code) => {
        counters.otherFailures++;
        warnings.warn(leftText(address, code));
      },
      onFailure: (error) => this.#failed(address, error),
      onUnfinished: (bytes) => {
        const ended = this.#connections.unfinished(connection, bytes);
        if (ended === undefined) return;
        const { address, from } = ended;
        this.#refuse({ fault: "too-much-unfinished", address, from, head: Buffer.alloc(0) });
      },
      onClose: () => {
        this.#connections.closed(connection);
        entry.left(connection);
        watch.ended();
      },
    });
    const connection: GuardedConnection = {
      splice,
      address,
      from,
      network,
      sinceMs: performance.now(),
      heardAtMs: undefined,
      get isHeldUp() {
        return splice.isPaused;
      },
      unfinishedBytes: 0,
      end: () => {
        counters.turnedAway++;
        warnings.warn(
          `A connection to ${address}${from === "" ? "" : ` from ${from}`} was ended before it was let in: ` +
            `${SLOTS} handshakes are the most at once, and others waited for it.`,
        );
        splice.end();
      },
    };
    this.#connections.add(connection);
    if (this.#isHeld) splice.hold(true);
  }

  #refuse(refused: Refused): void {
    const { counters, warnings, maxMessageBytes } = this.#options;
    if (refused.fault === "not-zmtp") counters.notZmtp++;
    else counters.cutOff++;
    warnings.warn(refusalText(refused, { maxParts: this.#limits.parts, maxMessageBytes }));
  }

  #failed(address: string, error: Error): void {
    this.#options.counters.acceptFailures++;
    this.#options.warnings.warn(`A connection to ${address} could not be accepted: ${errorAdvice(error, "accept")}.`);
  }

  #check(): void {
    for (const entry of this.#entries) entry.check();
    this.#connections.check();
  }
}

/** Who has connected, an IPv4 address as such; empty for ipc. */
function addressOf(peer: Socket): string {
  return (peer.remoteAddress ?? "").replace(/^::ffff:(?=[\d.]+$)/i, "");
}
