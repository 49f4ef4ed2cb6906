import { gapOf, type Loss } from "../batch/gaps.ts";
import type { SourceConfig } from "../config/config.ts";
import { createReader } from "../decode/reader.ts";
import { createMapper } from "../map/mapper.ts";
import { decisionLog } from "../observability/decisions.ts";
import { SourceLedger } from "../observability/ledger.ts";
import type { Log } from "../observability/log.ts";
import { UndecodableWarnings } from "../observability/warnings.ts";
import { presetNamed } from "../presets/index.ts";
import type { Companion } from "../presets/preset.ts";
import type { SocketCounters } from "../sources/zeromq/counters.ts";
import { Paths } from "../sources/zeromq/paths.ts";
import { Peers } from "../sources/zeromq/peers.ts";
import { RenewableReceiver } from "../sources/zeromq/renewable.ts";
import { Silence } from "../sources/zeromq/silence.ts";
import type { Feed } from "../uplink/channel-uplink.ts";
import { Intake } from "./source-pipeline.ts";

export interface SourceOptions {
  config: SourceConfig;
  /** Whether messages bear numbers of the publishers' own. */
  isNumbered: boolean;
  /** @throws DecodeError too-many-channels */
  feedOf: (channel: string | undefined) => Feed;
  /** The same, undefined if nothing was ever published there. */
  existingFeedOf: (channel: string | undefined) => Feed | undefined;
  /** Is told of each change of how many publishers are connected, and of the channels that this source feeds. */
  onPublishers: () => void;
  log: Log;
  unixSeconds: () => number;
  bindWithinMs?: number;
}

const CHECK_EVERY_MS = 1000;
const TICK_EVERY_MS = 100;

/** One socket and what becomes of its messages: receive → decode → map → feeds. */
export class Source {
  readonly config: SourceConfig;
  readonly ledger: SourceLedger;
  /** The channels that its points went to. */
  readonly feeds: ReadonlySet<Feed>;
  readonly #receiver: RenewableReceiver;
  readonly #silence: Silence;
  readonly #intake: Intake;
  readonly #companion: Companion | undefined;
  readonly #timers: readonly NodeJS.Timeout[];

  /**
   * Binds, connects, and begins to read.
   * @param feed what it feeds in any case, if that is known
   * @throws AddressError if an address cannot be used
   */
  static async open(options: SourceOptions, feed?: Feed): Promise<Source> {
    const { config, log, isNumbered, onPublishers, bindWithinMs } = options;
    const ledger = new SourceLedger();
    const paths = new Paths();
    const feeds = new Set(feed === undefined ? [] : [feed]);
    const addGap = (gap: Loss): void => {
      for (const each of feeds) each.addGap(gap);
    };
    const feeding = (to: Feed): Feed => {
      if (!feeds.has(to)) {
        feeds.add(to);
        onPublishers();
      }
      return to;
    };
    const intake = new Intake({
      ...options,
      ledger,
      reader: createReader(config.decode, decisionLog(config.name, log)),
      mapper: createMapper(config.map),
      warnings: new UndecodableWarnings(log),
      passageOf: (sum) => paths.take(sum),
      feedOf: (channel) => feeding(options.feedOf(channel)),
      existingFeedOf: (channel) => {
        const to = options.existingFeedOf(channel);
        return to === undefined ? undefined : feeding(to);
      },
    });
    const peers = new Peers({
      log,
      onReturn: () => {
        if (!isNumbered) addGap(gapOf("publisher-reconnected", null));
      },
      ...(isNumbered ? {} : { returnNote: "what was sent before that may be missing; viewers see a mark there" }),
      onGone: () => ledger.disconnects++,
      onCount: (connected) => {
        ledger.publishers = connected;
        onPublishers();
      },
    });
    let receiver: RenewableReceiver | undefined;
    const silence = new Silence({
      log,
      ...(config.expectEveryMs === undefined ? {} : { expectEveryMs: config.expectEveryMs }),
      isConnected: () => ledger.publishers > 0,
      reopen: () => receiver?.reopen(),
      onStale: () => ledger.silences++,
    });
    receiver = await RenewableReceiver.open({
      socket: config.socket,
      peers,
      log,
      ...(isNumbered ? { paths } : {}),
      ...(bindWithinMs === undefined ? {} : { bindWithinMs }),
      onMessage: (frames) => {
        silence.heard();
        intake.take(frames);
      },
    });
    const preset = config.decode.preset === undefined ? undefined : presetNamed(config.decode.preset);
    const companion = preset?.accompany?.(config.socket.connect);
    return new Source({ config, ledger, feeds, receiver, silence, intake, companion });
  }

  private constructor(parts: {
    config: SourceConfig;
    ledger: SourceLedger;
    feeds: ReadonlySet<Feed>;
    receiver: RenewableReceiver;
    silence: Silence;
    intake: Intake;
    companion: Companion | undefined;
  }) {
    this.config = parts.config;
    this.ledger = parts.ledger;
    this.feeds = parts.feeds;
    this.#receiver = parts.receiver;
    this.#silence = parts.silence;
    this.#intake = parts.intake;
    this.#companion = parts.companion;
    const { intake, silence } = parts;
    this.#timers = [
      setInterval(() => intake.tick(), TICK_EVERY_MS),
      setInterval(() => silence.check(CHECK_EVERY_MS), CHECK_EVERY_MS),
    ];
    for (const timer of this.#timers) timer.unref();
  }

  /** The endpoints in use; a bound port `*` is resolved. */
  get addresses(): readonly string[] {
    return this.#receiver.addresses;
  }

  /** Those of them that publishers connect to. */
  get bound(): readonly string[] {
    return this.addresses.slice(0, this.config.socket.bind.length);
  }

  /** Those of publishers that bind, which this source connects to. */
  get connected(): readonly string[] {
    return this.addresses.slice(this.config.socket.bind.length);
  }

  /** What befell its connections. */
  get counters(): SocketCounters {
    return this.#receiver.counters;
  }

  get isStale(): boolean {
    return this.#silence.isStale;
  }

  /** Settles when reading ends: after {@link close}, or rejects if it fails. */
  get done(): Promise<void> {
    return this.#receiver.done;
  }

  /** Reads what has arrived, then ends. */
  async close(): Promise<void> {
    // Once nothing is read any more, silence says nothing of publishers.
    for (const timer of this.#timers) clearInterval(timer);
    this.#companion?.close();
    await this.#receiver.close();
    this.#intake.end();
  }
}
