import type { SourceConfig } from "../config/config.ts";
import type { Log } from "../observability/log.ts";

/** How a message came: what tells a repeat from a publisher that counts anew. */
export interface ArrivalPath {
  /** Its connection; undefined: nobody knows. Connections are numbered in the order in which they began. */
  path: number | undefined;
  /** The newest connection when it came. */
  newest: number;
  /** The second oldest of those that are open and have sent something lately; Infinity if there are fewer than two. */
  second: () => number;
}

/** So long a message can come again by another connection: one that is slower, such as that of a forwarder. */
export const REPEAT_WITHIN_MS = 5000;

/** By what a message is known again, should it come twice. */
export interface MessageOrigin {
  /** CRC-32 of its frames, one after the other. */
  checksum: number;
  arrivalPath: ArrivalPath;
}

/** One message, as it came. */
export interface InletMessage {
  /** What the publisher sent: one payload, or several frames, such as ZeroMQ's. They are the receiver's own to keep. */
  readonly frames: readonly Buffer[];
  /** Where the transport has a topic beside the payload (MQTT, a routing key of AMQP); undefined: the frames say. */
  readonly topic?: string;
  /** What the transport says of the payload, such as its content type; keys in lower case. */
  readonly headers?: ReadonlyMap<string, string>;
  /** When it arrived, in unix seconds. */
  readonly arrivedAt: number;
  /** Where it is asked for ({@link InletOptions.knowsOrigins}) and can be known; without it no message is a repeat. */
  readonly origin?: MessageOrigin;
  /**
   * Where the source keeps messages until they are acknowledged. Is called once, as soon as the bridge keeps what the
   * message says, or has refused it.
   */
  readonly ack?: () => void;
}

/** What a source tells whoever reads it. None of these may throw. */
export interface InletListener {
  /** Called for each message as soon as it is read, in the order in which they came. */
  onMessage(message: InletMessage): void;
  /** How many publishers are connected, with each change. */
  onPublishers(connected: number): void;
  /** A publisher has gone. */
  onPublisherGone(): void;
  /**
   * One that had not just come to send something and leave has gone, or this side has cut it off: what it sends until it is
   * back is lost, which nobody can count.
   */
  onPublisherMissed(): void;
  /** A publisher has come where one had gone. */
  onPublisherBack(): void;
}

/** By which connections messages come, of a source that has connections. */
export interface Arrivals {
  /** The connection that began last; they are numbered in that order. */
  readonly newest: number;
  isOpen(path: number): boolean;
  /** Whether any is open that began no later than this one. */
  isAnyOpenSince(path: number): boolean;
  /** From now on messages say by which connection they come, as far as that can be known, or no longer do. */
  note(isOn: boolean): void;
  /** Calls back once, when what has come is told. One at a time may wait: a later call takes the place of an earlier one. */
  whenCaughtUp(onCaughtUp: () => void): void;
}

export interface InletOptions {
  config: SourceConfig;
  log: Log;
  /** The time of arrival, in unix seconds. */
  unixSeconds: () => number;
  /** Whether messages are to say by what they are known again. */
  knowsOrigins: boolean;
  listener: InletListener;
  /** How long an address in use is tried again. */
  bindWithinMs?: number;
}

/** `renewing`: what waited at the source is gone, its addresses are opened anew, and nothing comes meanwhile. */
export type InletState = "open" | "renewing" | "closed";

/**
 * What one source of a bridge yields, whatever it is read from. It is read at all times: nothing makes it wait. Every
 * implementation runs test/support/inlet-suite.ts.
 */
export interface Inlet {
  /** The addresses in use, those that publishers connect to first; a port that was left open is resolved. They stay the same. */
  readonly addresses: readonly string[];
  /** Those of them that publishers connect to. */
  readonly bound: readonly string[];
  /** Those of publishers, or of a broker, which this side connects to. */
  readonly connected: readonly string[];
  /** What befell its connections since the start, by event ({@link InletKind.events}). */
  readonly counters: Readonly<Record<string, number>>;
  readonly state: InletState;
  readonly arrivals?: Arrivals;
  /** Settles when reading ends: after {@link close}, or rejects if it fails. */
  readonly done: Promise<void>;
  /** Begins the connections anew that this side has begun, if there are any: they may be dead on one side only. */
  renew(): void;
  /** Reads what has arrived, then ends. After it nothing is told to the listener. */
  close(): Promise<void>;
}

/** One kind of source: a row of the table in ./inlets.ts. */
export interface InletKind {
  readonly name: string;
  /** Whether this kind reads a source that is configured so. */
  reads(config: SourceConfig): boolean;
  /** What its inlets count of connections: each event in a sentence, by its name in camel case. */
  readonly events: Readonly<Record<string, string>>;
  /**
   * Opens a source's addresses, and begins to read.
   * @throws AddressError if an address cannot be used, SourceError if the rest of the configuration cannot
   */
  open(options: InletOptions): Promise<Inlet>;
}
