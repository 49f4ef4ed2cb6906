import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { Request } from "zeromq";
import type { Companion } from "./preset.ts";

export interface HeartbeatOptions {
  everyMs?: number;
  /** Without an answer for so long, the socket is replaced: a REQ that waits can send nothing. */
  answerWithinMs?: number;
}

/** The plugin calls an application gone after 5 s (ZmqInterface.cpp, checkForApplications); its own client says so every 2 s. */
const EVERY_MS = 2000;
const ANSWER_WITHIN_MS = 10_000;
const MAX_ADDRESSES = 16;
const ADDRESS = /^(tcp:\/\/.+):(\d{1,5})$/;

/**
 * Tells each Open Ephys connected to that it has a listener, so that its ZMQ Interface lists it: REQ to the port after
 * that of the data (ZmqInterface.cpp: listenPort = dataPort + 1). Data comes without it too, so whatever happens here
 * disturbs nothing.
 */
export class Heartbeat implements Companion {
  readonly #abort = new AbortController();
  readonly #sockets = new Set<Request>();
  readonly #options: HeartbeatOptions;
  readonly #text = JSON.stringify({ application: "Plotcast", uuid: randomUUID(), type: "heartbeat" });
  /** Settles when all has ended: after {@link close}. */
  readonly done: Promise<unknown>;

  /** @param connect the addresses of the data; those that are not of TCP have no port to follow, and are left out */
  constructor(connect: readonly string[], options: HeartbeatOptions = {}) {
    this.#options = options;
    const addresses = connect.map(heartbeatAddress).filter((address) => address !== undefined);
    this.done = Promise.all([...new Set(addresses)].slice(0, MAX_ADDRESSES).map((address) => this.#run(address)));
  }

  close(): void {
    this.#abort.abort();
    for (const socket of this.#sockets) socket.close();
  }

  /** Never rejects. */
  async #run(address: string): Promise<void> {
    while (!this.#abort.signal.aborted) {
      const answerWithinMs = this.#options.answerWithinMs ?? ANSWER_WITHIN_MS;
      const socket = new Request({ linger: 0, sendTimeout: answerWithinMs, receiveTimeout: answerWithinMs });
      this.#sockets.add(socket);
      try {
        socket.connect(address);
        while (!this.#abort.signal.aborted) {
          await socket.send(this.#text);
          await socket.receive();
          await this.#pause();
        }
      } catch {
        // No answer, an address that cannot be used, or the end: of these only the end is for good.
        await this.#pause();
      } finally {
        this.#sockets.delete(socket);
        socket.close();
      }
    }
  }

  /** Ends early, without a word, when all ends. */
  async #pause(): Promise<void> {
    try {
      await sleep(this.#options.everyMs ?? EVERY_MS, undefined, { signal: this.#abort.signal, ref: false });
    } catch {
      // Aborted.
    }
  }
}

/** Where a heartbeat goes; undefined if the address has no port. */
export function heartbeatAddress(data: string): string | undefined {
  const [, host, port] = ADDRESS.exec(data) ?? [];
  const next = Number(port ?? "NaN") + 1;
  return host !== undefined && next <= 65_535 ? `${host}:${next}` : undefined;
}
