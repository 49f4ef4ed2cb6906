import { crc32 } from "node:zlib";
import type { Inlet, InletKind, InletOptions, InletState } from "../../bridge/sources/inlet.ts";

/** What a memory inlet has beside an inlet: somebody who publishes to it. */
export interface MemoryInlet extends Inlet {
  publisher(): MemoryPublisher;
}

export interface MemoryPublisher {
  send(frames: readonly Buffer[], more?: { topic?: string; ack?: () => void }): void;
  leave(): void;
}

/** An inlet without a network: publishers call it. */
export class Memory implements MemoryInlet {
  readonly addresses = ["memory://bound", "memory://connected"];
  readonly bound = ["memory://bound"];
  readonly connected = ["memory://connected"];
  readonly counters = { accepts: 0, disconnects: 0 };
  state: InletState = "open";
  readonly done: Promise<void>;
  readonly #options: InletOptions;
  readonly #end = Promise.withResolvers<void>();
  readonly #present = new Set<number>();
  #gone = 0;

  constructor(options: InletOptions) {
    this.#options = options;
    this.done = this.#end.promise;
  }

  publisher(): MemoryPublisher {
    const { listener, unixSeconds, knowsOrigins } = this.#options;
    const path = ++this.counters.accepts;
    this.#present.add(path);
    listener.onPublishers(this.#present.size);
    if (this.#gone > 0) {
      this.#gone--;
      listener.onPublisherBack();
    }
    return {
      send: (frames, more) => {
        if (this.state === "closed") return;
        const arrivalPath = { path, newest: this.counters.accepts, second: () => [...this.#present][1] ?? Infinity };
        const origin = { checksum: crc32(Buffer.concat(frames)), arrivalPath };
        listener.onMessage({ frames, arrivedAt: unixSeconds(), ...(knowsOrigins ? { origin } : {}), ...more });
      },
      leave: () => {
        if (this.state === "closed" || !this.#present.delete(path)) return;
        this.#gone++;
        this.counters.disconnects++;
        listener.onPublisherGone();
        listener.onPublisherMissed();
        listener.onPublishers(this.#present.size);
      },
    };
  }

  renew(): void {}

  async close(): Promise<void> {
    this.state = "closed";
    this.#end.resolve();
  }
}

export const memoryInlets: InletKind = {
  name: "memory",
  reads: () => true,
  events: { accepts: "Publishers that came.", disconnects: "Publishers that went." },
  open: async (options) => new Memory(options),
};
