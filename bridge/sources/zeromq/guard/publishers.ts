import type { ArrivalPaths } from "../arrival-paths.ts";
import type { Peers } from "../connections/peers.ts";
import { PublisherLink } from "../connections/publisher-link.ts";
import type { SocketCounters } from "../counters.ts";
import { ZmtpFraming } from "./framing.ts";
import { type HandshakeRules, HandshakeWatch } from "./handshake.ts";
import type { SpliceOptions } from "./splice.ts";

export interface PublishersOptions {
  maxMessageBytes: number;
  counters: Pick<SocketCounters, "handshakes" | "disconnects">;
  /** Is told of connections. */
  paths: ArrivalPaths;
  /** Whether it is told of each message, too. What CURVE hides cannot be known again. */
  notesMessages: boolean;
  handshake: HandshakeRules;
  /** Whether libzmq asks peers whether they are there. */
  hasHeartbeat: boolean;
  /** Is told which connections are publishers, each by itself. */
  peers: Pick<Peers, "came" | "left"> | undefined;
}

/** What looks at one connection, for its splice, and what the splice is to tell. */
export interface PublisherWatch extends Pick<SpliceOptions, "framing" | "handshake" | "hasHeartbeat" | "onReady"> {
  /** One whole message or more has come. */
  heard(nowMs: number): void;
  /** The connection is closed, whatever came of it. */
  ended(): void;
}

/** How the connections of one socket are looked at, whichever side began them, and which of them are publishers. */
export class Publishers {
  readonly #options: PublishersOptions;
  readonly #maxParts: number;
  #isClosed = false;

  /** @param maxParts of a message */
  constructor(options: PublishersOptions, maxParts: number) {
    this.#options = options;
    this.#maxParts = maxParts;
  }

  /** A connection begins. @param address our own, or the one that is connected to */
  begin(address: string): PublisherWatch {
    const { maxMessageBytes, notesMessages, paths, handshake, hasHeartbeat } = this.#options;
    const path = paths.begin();
    const onMessage = notesMessages ? (sum: number): void => paths.passed(path, sum) : undefined;
    const framing = new ZmtpFraming({ maxParts: this.#maxParts, maxMessageBytes }, onMessage, paths);
    const link = new PublisherLink(address, path);
    return {
      framing,
      handshake: new HandshakeWatch(handshake),
      // With CURVE heartbeats are as hidden as messages.
      hasHeartbeat: hasHeartbeat && handshake.mechanism !== "CURVE",
      onReady: () => this.#came(link),
      heard(nowMs) {
        link.heard(framing.messages, nowMs);
        paths.heard(path);
      },
      ended: () => {
        paths.end(path);
        this.#left(link);
      },
    };
  }

  /** The socket is closed, with what was not read: who leaves now is told to nobody. */
  close(): void {
    this.#isClosed = true;
    this.#options.paths.clear();
  }

  #came(link: PublisherLink): void {
    if (this.#isClosed) return;
    link.cameAtMs = performance.now();
    this.#options.counters.handshakes++;
    this.#options.peers?.came(link);
  }

  #left(link: PublisherLink): void {
    if (this.#isClosed || !link.hasCome) return;
    this.#options.counters.disconnects++;
    this.#options.peers?.left(link);
  }
}
