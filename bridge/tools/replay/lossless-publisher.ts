import { setTimeout as sleep } from "node:timers/promises";
import { context, XPublisher } from "zeromq";
import { addressFault, hostOf, type Side } from "../../config/syntax/endpoint.ts";
import { wrongAddress } from "../../sources/errors.ts";
import { bindSocket, bindTo, connectSocket, needsIpv6 } from "../../sources/zeromq/attach.ts";
import { MAX_SUBSCRIBER_BYTES, Subscriptions, TooManySubscriptionsError } from "./subscriptions.ts";

export interface LosslessPublisherOptions {
  bind: readonly string[];
  connect: readonly string[];
}

/** Messages that wait for one subscriber; then sending waits for it, too. */
const HIGH_WATER_MARK = 1000;
/** For subscribers to read what waits for them after the last message was sent. */
const LINGER_MS = 30_000;
const FULL_RETRY_MS = 2;
/** A subscriber's topics come one by one. */
const SETTLE_MS = 100;
const BIND_WITHIN_MS = 3000;

context.blocky = false;

/**
 * A PUB socket that drops nothing: to its subscribers it is one, but where a PUB drops what a slow one cannot take
 * (ZMQ_XPUB_NODROP off), this waits for it. What nobody subscribed to goes nowhere, and is counted.
 */
export class LosslessPublisher {
  /** The endpoints actually bound, then those connected to. */
  readonly addresses: readonly string[];
  /** Messages that no topic of any subscriber matched. */
  unheard = 0;
  /** Waiting for a subscriber that does not read, at the moment. */
  isHeld = false;
  readonly #socket: XPublisher;
  readonly #subscriptions = new Subscriptions();
  #fault: TooManySubscriptionsError | undefined;
  readonly #first = Promise.withResolvers<void>();

  /** @throws AddressError */
  static async open({ bind, connect }: LosslessPublisherOptions): Promise<LosslessPublisher> {
    for (const address of bind) checkAddress("bind", address);
    for (const address of connect) checkAddress("connect", address);
    const socket = new XPublisher({
      linger: LINGER_MS,
      sendHighWaterMark: HIGH_WATER_MARK,
      noDrop: true,
      maxMessageSize: MAX_SUBSCRIBER_BYTES,
      // `*` is both families; but with IPv6 libzmq looks for a name's IPv6 address first.
      ipv6:
        (await needsIpv6([...bind, ...connect])) ||
        (connect.length === 0 && bind.some((address) => hostOf(address) === "*")),
    });
    try {
      const addresses: string[] = [];
      for (const address of bind)
        addresses.push(await bindTo(address, BIND_WITHIN_MS, () => bindSocket(socket, address)));
      for (const address of connect) connectSocket(socket, address);
      return new LosslessPublisher(socket, [...addresses, ...connect]);
    } catch (error) {
      socket.close();
      throw error;
    }
  }

  private constructor(socket: XPublisher, addresses: readonly string[]) {
    this.#socket = socket;
    this.addresses = addresses;
    void this.#listen();
  }

  /**
   * Resolves to true once somebody has subscribed, to false if the signal or the time came first.
   * @throws TooManySubscriptionsError
   */
  async subscribed(stopped: AbortSignal, withinMs: number | undefined): Promise<boolean> {
    const limit = withinMs === undefined ? [] : [AbortSignal.timeout(withinMs)];
    const over = AbortSignal.any([stopped, ...limit]);
    const isFirst = await new Promise<boolean>((resolve) => {
      void this.#first.promise.then(() => resolve(true));
      over.addEventListener("abort", () => resolve(false));
      if (over.aborted) resolve(false);
    });
    if (isFirst) await sleep(SETTLE_MS);
    if (this.#fault !== undefined) throw this.#fault;
    return isFirst && !stopped.aborted;
  }

  /**
   * Sends a message as it is, once every subscriber has room.
   * @returns false if the signal came first
   * @throws TooManySubscriptionsError
   */
  async send(frames: readonly Uint8Array[], stopped: AbortSignal): Promise<boolean> {
    const [first] = frames;
    if (first !== undefined && !this.#subscriptions.wants(first)) this.unheard++;
    for (;;) {
      if (this.#fault !== undefined) throw this.#fault;
      try {
        await this.#socket.send(frames.map(bufferOf));
        this.isHeld = false;
        return true;
      } catch (error) {
        if (this.#fault !== undefined) throw this.#fault;
        // Of a message of several frames libzmq refuses the first or none: room is counted in messages
        // (zeromq/libzmq, src/xpub.cpp and src/pipe.cpp).
        if (!(error instanceof Error && "code" in error && error.code === "EAGAIN")) throw error;
      }
      this.isHeld = true;
      if (stopped.aborted) return false;
      await sleep(FULL_RETRY_MS);
    }
  }

  /**
   * Closes the socket. What waits in it still goes out, and libzmq says to nobody when: a process that ends by itself
   * waits for that (up to {@link LINGER_MS}), and `process.exit` does not.
   */
  async close(): Promise<void> {
    await sleep(SETTLE_MS);
    this.#socket.close();
  }

  async #listen(): Promise<void> {
    try {
      for (;;) {
        const [message] = await this.#socket.receive();
        if (message === undefined || message.length === 0) continue;
        this.#subscriptions.take(message);
        if (message[0] === 1) this.#first.resolve();
      }
    } catch (error) {
      if (error instanceof TooManySubscriptionsError) {
        // What libzmq keeps of subscriptions goes with their connections, also while nothing is sent.
        this.#fault = error;
        this.#socket.close();
        this.#first.resolve();
      } else if (!this.#socket.closed) throw error;
    }
  }
}

function bufferOf(bytes: Uint8Array): Buffer {
  return Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes);
}

function checkAddress(side: Side, address: string): void {
  const fault = addressFault(side, address);
  if (fault !== undefined) throw wrongAddress(side, address, fault);
}
