import { randomUUID } from "node:crypto";
import { connect, type Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { connectOptions } from "../../sources/zeromq/node-connect.ts";
import type { Companion } from "../preset.ts";

export interface HeartbeatOptions {
  everyMs?: number;
  /** Without an answer for so long, or a connection, it is begun anew. */
  answerWithinMs?: number;
}

/** The plugin calls an application gone after 5 s (ZmqInterface.cpp, checkForApplications); its own client says so every 2 s. */
const EVERY_MS = 2000;
const ANSWER_WITHIN_MS = 10_000;
/** For one heartbeat, the greeting included: its own answer is “heartbeat received”. */
const MAX_ANSWER_BYTES = 4096;
const MAX_ADDRESSES = 16;
const ADDRESS = /^(tcp:\/\/.+):(\d{1,5})$/;

/** Greeting and READY of a REQ without security: https://rfc.zeromq.org/spec/23/ */
const HELLO = Buffer.concat([
  Buffer.from([0xff, 0, 0, 0, 0, 0, 0, 0, 1, 0x7f, 3, 0]),
  Buffer.from("NULL".padEnd(20 + 1 + 31, "\0")),
  Buffer.from([
    4,
    25,
    5,
    ...Buffer.from("READY"),
    11,
    ...Buffer.from("Socket-Type"),
    0,
    0,
    0,
    3,
    ...Buffer.from("REQ"),
  ]),
]);

/**
 * Tells each Open Ephys connected to that it has a listener, so that its ZMQ Interface lists it: REQ to the port after
 * that of the data (ZmqInterface.cpp: listenPort = dataPort + 1). Data comes without it too, so whatever happens here
 * disturbs nothing.
 *
 * It speaks ZMTP itself: of what comes it needs to know only that something does. A socket of libzmq's keeps an answer until
 * it is complete, and nothing bounds how many parts that has.
 */
export class Heartbeat implements Companion {
  readonly #abort = new AbortController();
  readonly #sockets = new Set<Socket>();
  readonly #options: HeartbeatOptions;
  readonly #request = requestOf(JSON.stringify({ application: "Plotcast", uuid: randomUUID(), type: "heartbeat" }));
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
    for (const socket of this.#sockets) socket.destroy();
  }

  /** Never rejects. */
  async #run(address: string): Promise<void> {
    while (!this.#abort.signal.aborted) {
      try {
        await this.#talk(address);
      } catch {
        // An address that Node cannot use now, such as one by a network interface that is not there.
      }
      await this.#pause();
    }
  }

  /** Resolves when the connection is over, for whatever reason. */
  #talk(address: string): Promise<void> {
    const { everyMs = EVERY_MS, answerWithinMs = ANSWER_WITHIN_MS } = this.#options;
    const socket = connect({ ...connectOptions(address), allowHalfOpen: false });
    this.#sockets.add(socket);
    let unansweredSinceMs: number | undefined = performance.now();
    let answerBytes = 0;
    const beat = (): void => {
      unansweredSinceMs = performance.now();
      answerBytes = 0;
      socket.write(this.#request);
    };
    socket.once("connect", () => {
      socket.write(HELLO);
      beat();
    });
    socket.on("data", ({ length }) => {
      unansweredSinceMs = undefined;
      answerBytes += length;
      if (answerBytes > MAX_ANSWER_BYTES) socket.destroy();
    });
    // No connection, or its end: what follows is the same.
    socket.on("error", () => undefined);
    const timer = setInterval(() => {
      if (unansweredSinceMs === undefined) beat();
      else if (performance.now() - unansweredSinceMs >= answerWithinMs) socket.destroy();
    }, everyMs).unref();
    return new Promise((resolve) => {
      socket.once("close", () => {
        clearInterval(timer);
        this.#sockets.delete(socket);
        resolve();
      });
    });
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

/** The empty frame that a REQ puts first, and the request in one frame. */
function requestOf(text: string): Buffer {
  const body = Buffer.from(text);
  return Buffer.concat([Buffer.from([1, 0, 0, body.length]), body]);
}
