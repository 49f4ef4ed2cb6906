import type { Event, Observer } from "zeromq";
import type { SecurityConfig } from "../../../config/config.ts";
import { errorAdvice } from "../../../observability/error-advice.ts";
import type { PeerWarnings } from "../../../observability/line-rate.ts";
import type { Log } from "../../../observability/log.ts";
import { codeOf } from "../attach.ts";
import type { SocketCounters } from "../counters.ts";
import { Endpoints } from "./endpoints.ts";
import { adviceOn, type Failure } from "./handshake-advice.ts";
import { Handshakes } from "./handshakes.ts";
import { Lifelines } from "./lifelines.ts";
import type { Peers } from "./peers.ts";
import { PublisherLink } from "./publisher-link.ts";

export interface MonitorOptions {
  connect: readonly string[];
  security: SecurityConfig;
  maxMessageBytes: number;
  counters: SocketCounters;
  peers: Pick<Peers, "came" | "left" | "reopened"> | undefined;
  log: Pick<Log, "info" | "warn">;
  warnings: PeerWarnings;
  /** The address at which others find what libzmq has behind the guard; undefined if it is not behind it. */
  nameOf: (endpoint: string) => string | undefined;
  /** libzmq has looked for this address, which the guard stands before, in vain. */
  onWanted: (address: string) => void;
  /** Why there is no connection to an address, if that is known. */
  failureAt: (address: string) => Error | undefined;
  /** Ends what is left of the connection to an address and begins another. */
  reconnect: (address: string) => void;
}

/** Makes counts, lines of log and new connections of what libzmq tells about a socket. */
export class Monitor {
  readonly #options: MonitorOptions;
  readonly #endpoints: Endpoints;
  readonly #handshakes = new Handshakes();
  readonly #lifelines: Lifelines;
  /** Connections that had been fit for messages and have ended, until libzmq says that it tries again. */
  readonly #cut = new Set<string>();
  /** By address that is connected to without a guard: only there nobody else knows of a connection, and there is but one. */
  readonly #links = new Map<string, PublisherLink>();
  #isEnding = false;

  constructor(options: MonitorOptions) {
    this.#options = options;
    const { connect, log, counters, failureAt, reconnect } = options;
    this.#endpoints = new Endpoints(connect);
    this.#lifelines = new Lifelines({
      addresses: connect,
      log,
      failureAt,
      reconnect: (address) => {
        counters.beganAnew++;
        this.#handshakes.forget(address);
        if (this.#cut.delete(address)) this.#sayCut(address);
        reconnect(address);
      },
    });
  }

  /** Ends with the socket: closing it closes its events. */
  async run(events: Observer): Promise<void> {
    for await (const event of events) {
      if (this.#isEnding) continue;
      const name = "address" in event ? this.#options.nameOf(event.address) : undefined;
      if (name === undefined || !("address" in event)) this.#take(event, false);
      else this.#take({ ...event, address: name }, true);
    }
  }

  /** What befalls connections from now on is this side's own doing. */
  end(): void {
    this.#isEnding = true;
  }

  /** To be called about once a second. */
  check(): void {
    this.#lifelines.check();
  }

  /** All connections that this socket began were ended and begun again. */
  reopened(): void {
    const { connect, peers } = this.#options;
    for (const address of connect) {
      this.#handshakes.forget(address);
      this.#lifelines.ended(address);
      this.#lifelines.trying(address);
    }
    this.#links.clear();
    peers?.reopened(connect);
  }

  /** @param isGuarded the guard has counted the connection */
  #take(event: Event, isGuarded: boolean): void {
    const { counters } = this.#options;
    switch (event.type) {
      case "accept":
        if (!isGuarded) counters.accepts++;
        this.#handshakes.begun(event.address);
        return;
      case "connect": {
        counters.connects++;
        const address = this.#trying(event.address);
        this.#handshakes.begun(address);
        this.#lifelines.connected(address);
        return;
      }
      case "connect:delay":
        this.#trying(event.address);
        return;
      case "connect:retry":
        if (isGuarded) this.#options.onWanted(event.address);
        else counters.connectRetries++;
        this.#trying(event.address);
        return;
      case "handshake": {
        const address = this.#endpoints.of(event.address) ?? event.address;
        this.#handshakes.succeeded(address);
        if (!isGuarded) this.#came(address);
        return;
      }
      case "handshake:error:auth":
        counters.authFailures++;
        this.#failed("auth", event.address, String(event.error.status));
        return;
      case "handshake:error:protocol":
        counters.protocolFailures++;
        this.#failed("protocol", event.address, event.error.code);
        return;
      case "handshake:error:other":
        counters.otherFailures++;
        this.#failed("other", event.address, String(codeOf(event.error) ?? event.error.message));
        return;
      case "disconnect": {
        const address = this.#endpoints.of(event.address) ?? event.address;
        this.#lifelines.ended(address);
        if (!this.#handshakes.ended(address)) return;
        if (this.#options.connect.includes(address)) this.#cut.add(address);
        if (!isGuarded) this.#left(address);
        return;
      }
      case "accept:error":
        counters.acceptFailures++;
        this.#options.warnings.warn(
          `A connection to ${event.address} could not be accepted: ${errorAdvice(event.error, "accept")}.`,
        );
        return;
      case "bind:error":
        counters.bindFailures++;
        return;
      case "bind":
      case "close":
      case "close:error":
      case "end":
      case "unknown":
        return;
      default:
        event satisfies never;
    }
  }

  #came(address: string): void {
    this.#left(address);
    const link = new PublisherLink(address);
    link.cameAtMs = performance.now();
    this.#links.set(address, link);
    this.#options.counters.handshakes++;
    this.#options.peers?.came(link);
  }

  #left(address: string): void {
    const link = this.#links.get(address);
    if (link === undefined) return;
    this.#links.delete(address);
    this.#options.counters.disconnects++;
    this.#options.peers?.left(link);
  }

  #trying(named: string): string {
    const address = this.#endpoints.learn(named, (each) => this.#lifelines.isAway(each)) ?? named;
    this.#lifelines.trying(address);
    this.#cut.delete(address);
    return address;
  }

  #sayCut(address: string): void {
    const { warnings, maxMessageBytes } = this.#options;
    warnings.warn(
      `The connection to ${address} was ended on this side, most likely for a message of more than ` +
        `${maxMessageBytes.toLocaleString("en")} bytes, the most that is taken. Trying on.`,
    );
  }

  #failed(kind: Failure["kind"], named: string, code: string): void {
    const { security, warnings } = this.#options;
    const connected = this.#endpoints.of(named);
    const address = connected ?? named;
    this.#handshakes.failed(address);
    const isOurs = connected === undefined ? "bound" : "connected";
    const advice = adviceOn({ kind, code, address, isOurs }, security);
    if (advice !== undefined) warnings.warn(advice);
  }
}
