import { setTimeout as sleep } from "node:timers/promises";
import { context, type Observer, Subscriber } from "zeromq";
import { fullJitterMs } from "../../worker/protocol/backoff.ts";
import { AddressError, addressFault, type Side } from "./address.ts";
import type { Peers } from "./peers.ts";

export interface ReceiverOptions {
  bind: readonly string[];
  connect: readonly string[];
  /** Prefixes of what to subscribe to; none is everything. */
  topics: readonly string[];
  /** Called for each message as soon as it is read. The frames are its own to keep. */
  onMessage: (frames: Buffer[]) => void;
  /** How long an address in use is tried again. */
  bindWithinMs?: number;
  /** Told who comes and goes. */
  peers?: Pick<Peers, "connected" | "disconnected" | "reopened">;
}

/** Messages that libzmq keeps for each publisher while this process is busy; beyond, the publisher drops. */
const RECEIVE_HIGH_WATER_MARK = 100_000;
/** libzmq cuts a publisher off whose message is larger, and tells nobody; up to here it is for the decoder to refuse. */
const MAX_MESSAGE_BYTES = 256 * 1024 * 1024;
/** While ending, for reading what has arrived but was not read yet. */
const READ_ON_MS = 500;

// Otherwise libzmq may hold the process when it ends.
context.blocky = false;

/**
 * One SUB socket for all addresses, bound and connected alike: libzmq then takes turns among all publishers, and there
 * is one loop that reads, which is never paused: a bound SUB that is not read does not subscribe new publishers.
 */
export class Receiver {
  /** The endpoints actually bound, then those connected to: port `*` is resolved here. */
  readonly addresses: readonly string[];
  /** Settles when reading ends: after {@link close}, or rejects if it fails. */
  readonly done: Promise<void>;
  readonly #socket: Subscriber;
  readonly #options: ReceiverOptions;
  readonly #watching: Promise<void>;
  #reads = 0;

  /**
   * Binds, connects, and begins to read.
   * @throws AddressError if an address cannot be used
   */
  static async open(options: ReceiverOptions): Promise<Receiver> {
    const socket = new Subscriber({
      linger: 0,
      receiveHighWaterMark: RECEIVE_HIGH_WATER_MARK,
      maxMessageSize: MAX_MESSAGE_BYTES,
      heartbeatInterval: 5000,
      heartbeatTimeout: 15_000,
      tcpKeepalive: 1,
      tcpKeepaliveIdle: 60,
      tcpKeepaliveInterval: 15,
      ipv6: options.bind.concat(options.connect).some((address) => address.includes("[")),
    });
    // Before anything can happen: what libzmq tells earlier is told to nobody.
    const { events } = socket;
    try {
      socket.subscribe(...(options.topics.length > 0 ? options.topics : [""]));
      const addresses: string[] = [];
      for (const address of options.bind) {
        await bindTo(socket, address, options.bindWithinMs ?? 3000);
        addresses.push(socket.lastEndpoint ?? address);
      }
      for (const address of options.connect) {
        connectTo(socket, address);
        addresses.push(address);
      }
      return new Receiver(socket, events, addresses, options);
    } catch (error) {
      socket.close();
      throw error;
    }
  }

  private constructor(socket: Subscriber, events: Observer, addresses: readonly string[], options: ReceiverOptions) {
    this.#socket = socket;
    this.#options = options;
    this.addresses = addresses;
    this.done = this.#read(options.onMessage);
    this.#watching = this.#watch(events);
  }

  /** Ends the connections that this socket began, and begins them again. */
  reopen(): void {
    if (this.#socket.closed) return;
    const { connect, peers } = this.#options;
    if (connect.length === 0) return;
    for (const address of connect) {
      this.#socket.disconnect(address);
      this.#socket.connect(address);
    }
    peers?.reopened(this.addresses.slice(0, this.addresses.length - connect.length));
  }

  /** Reads what has arrived (for half a second at most, should more keep coming), then closes the socket. */
  async close(): Promise<void> {
    const end = performance.now() + READ_ON_MS;
    for (let before = -1; before !== this.#reads && performance.now() < end; ) {
      before = this.#reads;
      await sleep(10);
    }
    this.#socket.close();
    await this.#watching;
    await this.done;
  }

  /** Ends with the socket: closing it closes its events. */
  async #watch(events: Observer): Promise<void> {
    const { peers } = this.#options;
    for await (const event of events) {
      if (event.type === "handshake") peers?.connected(event.address);
      else if (event.type === "disconnect") peers?.disconnected(event.address);
    }
  }

  /** zeromq.js lets the event loop turn after 512 messages at most, so POSTs go out however fast messages come. */
  async #read(onMessage: (frames: Buffer[]) => void): Promise<void> {
    try {
      for (;;) {
        const frames = await this.#socket.receive();
        this.#reads++;
        onMessage(frames);
      }
    } catch (error) {
      // Closing ends a read that waits with EAGAIN, and the next one with EBADF.
      if (!this.#socket.closed) throw error;
    }
  }
}

/** An address in use is tried again for a while: a socket closed a moment ago is freed only later. */
async function bindTo(socket: Subscriber, address: string, withinMs: number): Promise<void> {
  throwIfWrong("bind", address);
  const end = performance.now() + withinMs;
  for (let attempt = 0; ; attempt++) {
    try {
      return await socket.bind(address);
    } catch (error) {
      if (codeOf(error) !== "EADDRINUSE" || performance.now() >= end) throw unusable("bind", address, error);
    }
    await sleep(Math.min(50 + fullJitterMs(attempt, 50, 500, Math.random()), Math.max(1, end - performance.now())));
  }
}

function connectTo(socket: Subscriber, address: string): void {
  throwIfWrong("connect", address);
  try {
    socket.connect(address);
  } catch (error) {
    throw unusable("connect", address, error);
  }
}

function throwIfWrong(side: Side, address: string): void {
  const fault = addressFault(side, address);
  if (fault !== undefined) throw new AddressError(address, `Cannot ${side} to ${address}: ${fault} (--${side}).`);
}

function unusable(side: Side, address: string, cause: unknown): AddressError {
  const why =
    codeOf(cause) === "EADDRINUSE"
      ? "another program is using it. End that program, or give another address with --bind"
      : `${cause instanceof Error ? cause.message : "it cannot be used"}. Give another address with --${side}`;
  return new AddressError(address, `Cannot ${side} to ${address}: ${why}.`, { cause });
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && "code" in error ? error.code : undefined;
}
