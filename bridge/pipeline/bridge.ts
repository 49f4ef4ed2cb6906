import type { SourceConfig } from "../config/config.ts";
import { DEFAULT_BUFFER_BYTES } from "../config/defaults.ts";
import { isTemplate, mayHaveMade } from "../config/syntax/template.ts";
import { ChannelDownlinks, type DownlinkChannel } from "../downlink/channel-downlinks.ts";
import { Outlets } from "../downlink/outlets.ts";
import type { ProgramMessage } from "../downlink/program-message.ts";
import type { Undelivered } from "../observability/ledger.ts";
import { type Totals, totalsOf } from "../observability/ledger.ts";
import type { Log } from "../observability/log.ts";
import { type MetricsAddress, type MetricsServer, serveMetrics } from "../observability/metrics.ts";
import { reportStatus, statusLine } from "../observability/status.ts";
import { bearsNumbers } from "../presets/reader.ts";
import { CONNECTION_EVENTS } from "../sources/inlets.ts";
import type { ChannelUplink } from "../uplink/channel-uplink.ts";
import { ChannelUplinks } from "../uplink/channel-uplinks.ts";
import type { UplinkTransportName } from "../uplink/transport.ts";
import { createClock, setBackLog } from "./clock.ts";
import { Source } from "./source.ts";

export interface BridgeOptions {
  /** The channel's URL: `http(s)://host/c/<name>`. */
  to: URL;
  token: string;
  log: Log;
  sources: readonly SourceConfig[];
  /** How bodies go out; by POST unless given. */
  uplink?: UplinkTransportName | undefined;
  /** Bound of what is kept in memory for each channel; 64 MiB by default, 1 MiB at least. */
  bufferBytes?: number;
  /** Where what is undelivered is kept on disk too (no file: each channel's default); without it, in memory alone. */
  spool?: { file?: string | undefined; maxBytes: number } | undefined;
  /** 16 hexadecimal digits; without it the spool's own, or else a new one for each start. */
  publisher?: string;
  metrics?: MetricsAddress | undefined;
  /** Where programs are told what is set and called. */
  control?: readonly string[];
  /** REP programs that are told it. */
  call?: readonly string[];
  statusEveryMs?: number;
  bindWithinMs?: number;
  /** Whether the Worker is asked at the start if it would take what comes, which is said if not. */
  checksStart?: boolean;
  /** By which clock publishers are away, in milliseconds; `performance.now()` by default. */
  presenceNowMs?: () => number;
}

export interface Bridge {
  /** The ZeroMQ endpoints in use; a bound port `*` is resolved. */
  readonly addresses: readonly string[];
  /** Those of them that publishers connect to. */
  readonly bound: readonly string[];
  /** Those of publishers that bind, which this bridge connects to. */
  readonly connected: readonly string[];
  /** What came in, what went out and what did not, over all sources and channels, as it is now. */
  readonly ledger: Totals;
  /** Where programs are told what is set and called. */
  readonly controls: readonly string[];
  /** Of `/metrics`, if asked for. */
  readonly metricsUrl: string | undefined;
  /** Whether what is undelivered outlives the process. */
  readonly isSpooling: boolean;
  /** What no 2xx has confirmed yet. */
  held(): Undelivered;
  /** The line of status, now. */
  status(): string;
  /** Writes everything to the spool at once, for an end that cannot wait. */
  save(): void;
  /** Resolves after {@link close}; rejects if the bridge fails by itself, which only a fault in it can cause. */
  readonly done: Promise<void>;
  /** Stops receiving, delivers what is left within `drainMs`, and ends. @returns how many points stay undelivered */
  close(options: { drainMs: number }): Promise<{ undelivered: number }>;
}

/**
 * Starts a bridge: sources (inlet → decode → map) → uplinks (batch → deliver), one for each channel. The Worker need
 * not be there yet.
 * @throws AddressError if an address cannot be used, SpoolError if the spool must not; nothing then goes on running
 */
export async function startBridge(options: BridgeOptions): Promise<Bridge> {
  const { to, token, log, spool, statusEveryMs = 10_000 } = options;
  const sources: Source[] = [];
  let metrics: MetricsServer | undefined;
  const failed = Promise.withResolvers<never>();
  // Whoever started the bridge may not look; then close() tells.
  failed.promise.catch(() => undefined);
  const uplinks = new ChannelUplinks(
    {
      to,
      token,
      log,
      transport: options.uplink,
      bufferBytes: options.bufferBytes ?? DEFAULT_BUFFER_BYTES,
      spoolFile: spool === undefined ? null : spool.file,
      spoolMaxBytes: spool?.maxBytes ?? 0,
      publisher: options.publisher,
      presenceNowMs: options.presenceNowMs,
      isNumbered: options.sources.some(isNumbered),
    },
    (uplink) => {
      uplink.done.catch(failed.reject);
      metrics?.observe(uplink);
    },
  );
  const countPublishers = (): void => {
    for (const uplink of uplinks.all) {
      const ours = sources.filter((source) => source.uplinks.has(uplink));
      uplink.countPublishers(ours.reduce((sum, { ledger }) => sum + ledger.publishers, 0));
    }
  };
  let outlets: Outlets | undefined;
  const downlinks = new ChannelDownlinks(token, log, () => outlets?.all ?? []);
  const toRoom = (channel: string | undefined, messages: readonly ProgramMessage[]): void => {
    downlinks.take(roomOf(uplinks.open(channel)), messages);
  };
  const totals = () =>
    totalsOf(
      sources.map(({ ledger }) => ledger),
      uplinks.all.map(({ ledger }) => ledger),
    );
  try {
    if (options.metrics !== undefined)
      metrics = await serveMetrics(options.metrics, { sources, uplinks, downlinks }, CONNECTION_EVENTS);
    for (const { map } of options.sources) {
      const { channel } = map;
      if (channel === undefined || !isTemplate(channel)) uplinks.open(channel);
      else {
        // Its spool is the bridge's lock, too: two that read the same publishers would deliver every point twice.
        uplinks.open(undefined);
        uplinks.openSpooled((name) => mayHaveMade(channel, name));
      }
    }
    const { control = [], call = [] } = options;
    outlets = await Outlets.open(
      { control, call, source: options.sources[0], log },
      {
        onMessages: (messages) => toRoom(undefined, messages),
        onListener: () => downlinks.listened(),
      },
    );
    // What was set while no bridge was there waits in the room.
    if (outlets.all.length > 0) downlinks.of(roomOf(uplinks.open(undefined)));
    const unixSeconds = createClock(undefined, undefined, setBackLog(log));
    for (const config of options.sources) {
      const { channel } = config.map;
      const source = await Source.open(
        {
          config,
          isNumbered: isNumbered(config),
          isAlone: options.sources.length === 1,
          uplinkOf: (name) => uplinks.of(name),
          existingUplinkOf: (name) => uplinks.existing(name),
          onPublishers: countPublishers,
          onProgram: toRoom,
          log,
          unixSeconds,
          ...(options.bindWithinMs === undefined ? {} : { bindWithinMs: options.bindWithinMs }),
        },
        channel === undefined || !isTemplate(channel) ? uplinks.open(channel) : undefined,
      );
      sources.push(source);
      source.done.catch(failed.reject);
    }
    countPublishers();
    // One for all channels: they have the same Worker and the same token.
    if (options.checksStart === true) uplinks.all[0]?.checkStart();
  } catch (error) {
    await Promise.all([...sources.map((source) => source.close()), metrics?.close(), outlets?.close()]);
    downlinks.close();
    await Promise.all(uplinks.all.map((uplink) => uplink.close(0)));
    throw error;
  }
  const held = () => sumOf(uplinks.all.map((uplink) => uplink.held));
  const status = () => statusLine(totals(), held(), uplinks.all);
  const stopReporting = reportStatus(status, () => totals().received, log, statusEveryMs);

  let closing: Promise<{ undelivered: number }> | undefined;
  const ended = Promise.withResolvers<void>();
  const close = async (drainMs: number): Promise<{ undelivered: number }> => {
    try {
      // If reading failed, `done` says so; what was read before is delivered all the same.
      await Promise.allSettled(sources.map((source) => source.close()));
      await Promise.all(uplinks.all.map((uplink) => uplink.close(drainMs)));
      await outlets?.close();
    } finally {
      downlinks.close();
      stopReporting();
      await metrics?.close();
      ended.resolve();
    }
    return { undelivered: held().points };
  };
  const done = Promise.race([failed.promise, ended.promise]);
  done.catch(() => undefined);
  return {
    addresses: sources.flatMap(({ addresses }) => addresses),
    bound: sources.flatMap(({ bound }) => bound),
    connected: sources.flatMap(({ connected }) => connected),
    get ledger() {
      return totals();
    },
    controls: outlets.all.map(({ address }) => address),
    metricsUrl: metrics?.url,
    get isSpooling() {
      return uplinks.all.every((uplink) => uplink.isSpooling);
    },
    held,
    status,
    save: () => {
      for (const uplink of uplinks.all) uplink.save();
    },
    done,
    close: ({ drainMs }) => {
      closing ??= close(drainMs);
      return closing;
    },
  };
}

/** Of the room of an uplink's channel. */
function roomOf(uplink: ChannelUplink): DownlinkChannel {
  const { channel, to, spoolFile } = uplink;
  return { channel, to, publisher: () => uplink.publisher, spoolFile };
}

function isNumbered({ sequenceField, decode }: SourceConfig): boolean {
  return sequenceField !== undefined || bearsNumbers(decode);
}

function sumOf(all: readonly Undelivered[]): Undelivered {
  return {
    points: all.reduce((sum, { points }) => sum + points, 0),
    bytes: all.reduce((sum, { bytes }) => sum + bytes, 0),
    oldestAgeMs: Math.max(0, ...all.map(({ oldestAgeMs }) => oldestAgeMs)),
  };
}
