import { setTimeout as sleep } from "node:timers/promises";
import { context, XPublisher } from "zeromq";
import { addressFault, hostOf, type Side, wrongAddress } from "../receive/address.ts";
import { bindSocket, bindTo, connectSocket, needsIpv6 } from "../receive/attach.ts";

export interface OutletOptions {
  bind: readonly string[];
  connect: readonly string[];
}

/** Topics of which it is remembered whether somebody wants them; with more, everything counts as wanted. */
const MAX_TOPICS = 1000;
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
export class Outlet {
  /** The endpoints actually bound, then those connected to. */
  readonly addresses: readonly string[];
  /** Messages that no topic of any subscriber matched. */
  unheard = 0;
  /** Waiting for a subscriber that does not read, at the moment. */
  isHeld = false;
  readonly #socket: XPublisher;
  readonly #topics = new Map<string, Buffer>();
  #hasAll = false;
  readonly #first = Promise.withResolvers<void>();

  /** @throws AddressError */
  static async open({ bind, connect }: OutletOptions): Promise<Outlet> {
    for (const address of bind) checkAddress("bind", address);
    for (const address of connect) checkAddress("connect", address);
    const socket = new XPublisher({
      linger: LINGER_MS,
      sendHighWaterMark: HIGH_WATER_MARK,
      noDrop: true,
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
      return new Outlet(socket, [...addresses, ...connect]);
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

  /** Resolves to true once somebody has subscribed, to false if the signal or the time came first. */
  async subscribed(stopped: AbortSignal, withinMs: number | undefined): Promise<boolean> {
    const limit = withinMs === undefined ? [] : [AbortSignal.timeout(withinMs)];
    const over = AbortSignal.any([stopped, ...limit]);
    const isFirst = await new Promise<boolean>((resolve) => {
      void this.#first.promise.then(() => resolve(true));
      over.addEventListener("abort", () => resolve(false));
      if (over.aborted) resolve(false);
    });
    if (isFirst) await sleep(SETTLE_MS);
    return isFirst && !stopped.aborted;
  }

  /** Sends a message as it is, once every subscriber has room. @returns false if the signal came first */
  async send(frames: readonly Uint8Array[], stopped: AbortSignal): Promise<boolean> {
    if (!this.#isWanted(frames[0])) this.unheard++;
    for (;;) {
      try {
        await this.#socket.send(frames.map(bufferOf));
        this.isHeld = false;
        return true;
      } catch (error) {
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

  #isWanted(first: Uint8Array | undefined): boolean {
    if (this.#hasAll || first === undefined) return true;
    for (const topic of this.#topics.values()) {
      if (first.length >= topic.length && topic.compare(first, 0, topic.length) === 0) return true;
    }
    return false;
  }

  /** 1 and a topic is the first subscription to it, 0 and the topic the end of the last one. */
  async #listen(): Promise<void> {
    try {
      for (;;) {
        const [message] = await this.#socket.receive();
        if (message === undefined || message.length === 0) continue;
        const topic = message.subarray(1);
        const key = topic.toString("latin1");
        if (message[0] === 0) this.#topics.delete(key);
        else this.#topics.set(key, Buffer.from(topic));
        this.#hasAll = this.#topics.has("") || this.#topics.size > MAX_TOPICS;
        if (this.#topics.size > MAX_TOPICS) this.#topics.clear();
        if (message[0] === 1) this.#first.resolve();
      }
    } catch (error) {
      if (!this.#socket.closed) throw error;
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
