import type { SourceConfig } from "../config/config.ts";
import { isTemplate } from "../config/syntax/template.ts";
import type { ProgramMessage } from "../downlink/program-message.ts";
import { SourceLedger } from "../observability/ledger.ts";
import type { Log } from "../observability/log.ts";
import { presetNamed } from "../presets/index.ts";
import type { Companion } from "../presets/preset.ts";
import type { Inlet, InletListener } from "../sources/inlet.ts";
import { openInlet } from "../sources/inlets.ts";
import { Silence } from "../sources/silence.ts";
import type { ChannelUplink } from "../uplink/channel-uplink.ts";
import { createPipeline } from "./create-pipeline.ts";
import { Interruptions } from "./interruptions.ts";
import type { SourcePipeline } from "./source-pipeline.ts";

export interface SourceOptions {
  config: SourceConfig;
  /** Whether messages bear numbers of the publishers' own. */
  isNumbered: boolean;
  /** Whether the bridge has no other source. */
  isAlone: boolean;
  /** @throws DecodeError too-many-channels */
  uplinkOf: (channel: string | undefined) => ChannelUplink;
  /** The same, undefined if nothing was ever published there. */
  existingUplinkOf: (channel: string | undefined) => ChannelUplink | undefined;
  /** Is told of each change of how many publishers are connected, and of the channels that this source feeds. */
  onPublishers: () => void;
  /** A program of this source says something that is for its channel's room. @param channel undefined: the bridge's own */
  onProgram?: (channel: string | undefined, messages: readonly ProgramMessage[]) => void;
  log: Log;
  unixSeconds: () => number;
  bindWithinMs?: number;
}

const CHECK_EVERY_MS = 1000;
const TICK_EVERY_MS = 100;

/** One source and what becomes of its messages: inlet → decode → map → uplinks. */
export class Source {
  readonly config: SourceConfig;
  readonly ledger: SourceLedger;
  /** The channels that its points went to. */
  readonly uplinks: ReadonlySet<ChannelUplink>;
  readonly #inlet: Inlet;
  readonly #silence: Silence;
  readonly #pipeline: SourcePipeline;
  readonly #companion: Companion | undefined;
  readonly #timers: readonly NodeJS.Timeout[];

  /**
   * Binds, connects, and begins to read.
   * @param uplink the channel that it feeds in any case, if that is known
   * @throws AddressError if an address cannot be used
   */
  static async open(options: SourceOptions, uplink?: ChannelUplink): Promise<Source> {
    const { config, log, isNumbered, unixSeconds, bindWithinMs } = options;
    const ledger = new SourceLedger();
    const uplinks = new Set(uplink === undefined ? [] : [uplink]);
    const interruptions = new Interruptions(uplinks, options.isAlone);
    const pipeline = pipelineOf(options, ledger, uplinks, interruptions);
    const onPublishers = (connected: number): void => {
      ledger.publishers = connected;
      options.onPublishers();
    };
    let inlet: Inlet | undefined;
    const silence = new Silence({
      log,
      ...(config.expectEveryMs === undefined ? {} : { expectEveryMs: config.expectEveryMs }),
      isConnected: () => ledger.publishers > 0,
      reopen: () => inlet?.renew(),
      onStale: () => ledger.silences++,
    });
    const listener: InletListener = {
      onMessage: (message) => {
        silence.heard();
        pipeline.take(message);
      },
      onPublishers,
      onPublisherGone: () => ledger.disconnects++,
      // Publishers that number their messages say themselves what is missing.
      onPublisherMissed: () => {
        if (!isNumbered) interruptions.interrupted();
      },
      onPublisherBack: () => {
        if (!isNumbered) interruptions.returned();
      },
    };
    inlet = await openInlet({
      config,
      log,
      unixSeconds,
      knowsOrigins: isNumbered,
      listener,
      ...(bindWithinMs === undefined ? {} : { bindWithinMs }),
    });
    interruptions.follow(inlet.arrivals);
    const preset = config.decode.preset === undefined ? undefined : presetNamed(config.decode.preset);
    const companion = preset?.accompany?.(config.socket.connect);
    return new Source({ config, ledger, uplinks, inlet, silence, pipeline, interruptions, companion });
  }

  private constructor(parts: {
    config: SourceConfig;
    ledger: SourceLedger;
    uplinks: ReadonlySet<ChannelUplink>;
    inlet: Inlet;
    silence: Silence;
    pipeline: SourcePipeline;
    interruptions: Interruptions;
    companion: Companion | undefined;
  }) {
    this.config = parts.config;
    this.ledger = parts.ledger;
    this.uplinks = parts.uplinks;
    this.#inlet = parts.inlet;
    this.#silence = parts.silence;
    this.#pipeline = parts.pipeline;
    this.#companion = parts.companion;
    const { pipeline, silence, interruptions } = parts;
    this.#timers = [
      setInterval(() => pipeline.tick(), TICK_EVERY_MS),
      setInterval(() => {
        silence.check(CHECK_EVERY_MS);
        interruptions.check();
      }, CHECK_EVERY_MS),
    ];
    for (const timer of this.#timers) timer.unref();
  }

  /** The endpoints in use; a bound port `*` is resolved. */
  get addresses(): readonly string[] {
    return this.#inlet.addresses;
  }

  /** Those of them that publishers connect to. */
  get bound(): readonly string[] {
    return this.#inlet.bound;
  }

  /** Those of publishers that bind, which this source connects to. */
  get connected(): readonly string[] {
    return this.#inlet.connected;
  }

  /** What befell its connections. */
  get counters(): Readonly<Record<string, number>> {
    return this.#inlet.counters;
  }

  get isStale(): boolean {
    return this.#silence.isStale;
  }

  /** Settles when reading ends: after {@link close}, or rejects if it fails. */
  get done(): Promise<void> {
    return this.#inlet.done;
  }

  /** Reads what has arrived, then ends. */
  async close(): Promise<void> {
    // Once nothing is read any more, silence says nothing of publishers.
    for (const timer of this.#timers) clearInterval(timer);
    this.#companion?.close();
    await this.#inlet.close();
    this.#pipeline.end();
  }
}

/** What becomes of the messages of a source. @param uplinks the channels that its points have gone to */
function pipelineOf(
  options: SourceOptions,
  ledger: SourceLedger,
  uplinks: Set<ChannelUplink>,
  interruptions: Interruptions,
): SourcePipeline {
  const { onPublishers } = options;
  const noted = (uplink: ChannelUplink): ChannelUplink => {
    if (!uplinks.has(uplink)) {
      uplinks.add(uplink);
      onPublishers();
    }
    return uplink;
  };
  const { channel } = options.config.map;
  // Of a channel that topics name nobody knows which: a program's controls are those of the bridge's own.
  const ofProgram = channel === undefined || isTemplate(channel) ? undefined : channel;
  return createPipeline({
    ...options,
    ledger,
    onProgram: (messages) => options.onProgram?.(ofProgram, messages),
    uplinkOf: (channel) => noted(options.uplinkOf(channel)),
    existingUplinkOf: (channel) => {
      const uplink = options.existingUplinkOf(channel);
      return uplink === undefined ? undefined : noted(uplink);
    },
    beforePoints: (channel, rows, path) => {
      if (interruptions.isAny) interruptions.before(options.uplinkOf(channel), rows, path);
    },
  });
}
