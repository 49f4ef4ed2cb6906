import { setTimeout as sleep } from "node:timers/promises";
import { errorAdvice } from "../../observability/error-advice.ts";
import { AddressError } from "../errors.ts";
import type { InletState } from "../inlet.ts";
import { SocketCounters } from "./counters.ts";
import { maxNativeBytes, NativeMemory, nativeBytes } from "./native-memory.ts";
import { Receiver, type ReceiverOptions } from "./receiver.ts";

export interface RenewableOptions extends ReceiverOptions {
  /** For tests. */
  maxNativeBytes?: number;
}

const CHECK_EVERY_MS = 1000;
/** One attempt to open it anew: its own port is free again in less. */
const BIND_AGAIN_WITHIN_MS = 2000;
const TRY_AGAIN_AFTER_MS = 500;
const SAY_AGAIN_AFTER_MS = 60_000;
const MIB = 1024 * 1024;

/**
 * A receiver whose socket is closed and opened anew when ZeroMQ holds too much: the one bound for what the guard does not
 * see, which are the parts of messages that CURVE hides, and publishers that are connected to where there is no ipc.
 */
export class RenewableReceiver {
  /** The endpoints actually bound, then those connected to. They stay the same. */
  readonly addresses: readonly string[];
  readonly counters: SocketCounters;
  /** Settles after {@link close}; rejects if reading fails. */
  readonly done: Promise<void>;
  readonly #options: RenewableOptions;
  readonly #memory: NativeMemory;
  readonly #timer: NodeJS.Timeout;
  readonly #ended = Promise.withResolvers<void>();
  #receiver: Receiver;
  #renewing: Promise<void> | undefined;
  #isClosing = false;

  /** @throws AddressError, SourceError as {@link Receiver.open} */
  static async open(options: RenewableOptions): Promise<RenewableReceiver> {
    const counters = options.counters ?? new SocketCounters();
    const given = { ...options, counters };
    return new RenewableReceiver(await Receiver.open(given), given, counters);
  }

  private constructor(receiver: Receiver, options: RenewableOptions, counters: SocketCounters) {
    this.#receiver = receiver;
    this.addresses = receiver.addresses;
    this.counters = counters;
    this.#memory = new NativeMemory(options.maxNativeBytes);
    this.done = this.#ended.promise;
    this.done.catch(() => undefined);
    const bind = receiver.addresses.slice(0, options.socket.bind.length);
    this.#options = { ...options, socket: { ...options.socket, bind }, bindWithinMs: BIND_AGAIN_WITHIN_MS };
    this.#follow(receiver);
    this.#timer = setInterval(() => this.#check(), CHECK_EVERY_MS).unref();
  }

  /** Ends the connections that this socket began, and begins them again. */
  reopen(): void {
    if (this.#renewing === undefined) this.#receiver.reopen();
  }

  /** See {@link Receiver.whenCaughtUp}. */
  whenCaughtUp(onCaughtUp: () => void): void {
    this.#receiver.whenCaughtUp(onCaughtUp);
  }

  get state(): InletState {
    if (this.#isClosing) return "closed";
    return this.#renewing === undefined ? "open" : "renewing";
  }

  /** Reads what has arrived, then ends. */
  async close(): Promise<void> {
    this.#isClosing = true;
    clearInterval(this.#timer);
    await this.#renewing;
    await this.#receiver.close();
    this.#ended.resolve();
    await this.done;
  }

  #follow(receiver: Receiver): void {
    receiver.done.catch((error: unknown) => this.#ended.reject(error));
  }

  #check(): void {
    if (this.#renewing !== undefined || !this.#memory.isTooMuch(nativeBytes(), performance.now())) return;
    this.#renewing = this.#renew()
      .catch((error: unknown) => this.#ended.reject(error))
      .finally(() => {
        this.#renewing = undefined;
      });
  }

  async #renew(): Promise<void> {
    const { log, peers, maxNativeBytes: most = maxNativeBytes() } = this.#options;
    this.counters.renewals++;
    log?.error(
      `Publishers have made ZeroMQ hold more than ${Math.round(most / MIB).toLocaleString("en")} MiB in this ` +
        `process. All connections of ${this.addresses.join(", ")} are ended and opened anew; what waited there is lost. ` +
        "Look for a publisher with messages of very many or very large parts.",
    );
    await this.#receiver.close();
    peers?.reopened(this.addresses);
    if (this.#isClosing) return;
    const receiver = await this.#openAgain();
    if (receiver === undefined) return;
    this.#receiver = receiver;
    this.#follow(receiver);
  }

  /** Tries until it can: another program may have taken a port meanwhile. @returns undefined if all ends before that */
  async #openAgain(): Promise<Receiver | undefined> {
    const { log } = this.#options;
    let saidAtMs: number | undefined;
    while (!this.#isClosing) {
      try {
        const receiver = await Receiver.open(this.#options);
        if (saidAtMs !== undefined) log?.info(`${this.addresses.join(", ")} open again.`);
        return receiver;
      } catch (error) {
        this.counters.bindFailures++;
        const nowMs = performance.now();
        if (saidAtMs === undefined || nowMs - saidAtMs >= SAY_AGAIN_AFTER_MS) {
          saidAtMs = nowMs;
          const why = error instanceof AddressError ? error.message : errorAdvice(error, "listen");
          log?.error(`Nothing comes by ${this.addresses.join(", ")} until it can be opened anew; trying on. ${why}`);
        }
        await sleep(TRY_AGAIN_AFTER_MS);
      }
    }
    return undefined;
  }
}
