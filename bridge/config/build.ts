import type { LogFormat } from "../observability/log.ts";
import type { BridgeConfig, DecodeConfig, MapConfig, SocketConfig, SourceConfig } from "./config.ts";
import {
  DEFAULT_BIND,
  DEFAULT_BUFFER_BYTES,
  DEFAULT_SOCKET,
  DEFAULT_SOURCE_NAME,
  DEFAULT_SPOOL_MAX_BYTES,
  DEFAULT_TO,
} from "./defaults.ts";
import { fieldIn, fieldOf } from "./fields.ts";
import type { Known } from "./known.ts";
import { parseChannelUrl, parseMetricsAddress } from "./options.ts";
import { type SecretSources, securityOf } from "./security.ts";
import type { Values } from "./values.ts";

/** A bridge's configuration, and how it logs. */
export interface Configuration extends BridgeConfig {
  log?: LogFormat | undefined;
}

export interface Surroundings extends SecretSources {
  known: Known;
}

/**
 * The configuration of a bridge whose values are right one by one.
 * @throws KeyFault if they do not go together
 */
export function configurationOf(bridge: Values, sources: readonly Values[], around: Surroundings): Configuration {
  const metrics = bridge.text("metrics");
  const log = bridge.text("log");
  return {
    to: parseChannelUrl(bridge.text("to") ?? DEFAULT_TO),
    sources: sources.map((source) => sourceOf(source, sources, around)),
    bufferBytes: bridge.number("buffer") ?? DEFAULT_BUFFER_BYTES,
    spool: bridge.text("spool"),
    spoolMaxBytes: bridge.number("spool_max") ?? DEFAULT_SPOOL_MAX_BYTES,
    metrics: metrics === undefined ? undefined : parseMetricsAddress(metrics),
    log: log === "text" || log === "json" ? log : undefined,
  };
}

/** @param all of the bridge: the only one needs neither a name nor an address */
function sourceOf(source: Values, all: readonly Values[], around: Surroundings): SourceConfig {
  const name = source.text("name");
  if (name === undefined && all.length > 1) {
    throw source.fault("name", "this is missing: of several sources each has a name.");
  }
  if (name !== undefined && all.find((other) => other.text("name") === name) !== source) {
    throw source.fault("name", `another source has the name "${name}".`);
  }
  return {
    name: name ?? DEFAULT_SOURCE_NAME,
    socket: socketOf(source, all.length > 1, around),
    decode: decodeOf(source, around.known),
    map: mapOf(source),
    sequenceField: source.text("sequence_field"),
    expectEveryMs: source.number("expect_every"),
  };
}

function socketOf(source: Values, needsAddress: boolean, around: Surroundings): SocketConfig {
  const type = source.text("socket");
  const bind = source.texts("bind") ?? [];
  const connect = source.texts("connect") ?? [];
  const preset = source.text("preset");
  const isPull = type === "pull";
  const topics = source.texts("topics") ?? (preset === undefined || isPull ? [] : around.known.presetTopics(preset));
  if (isPull && topics.length > 0) {
    throw source.fault("topics", "a pull socket has no topics: whoever pushes decides what comes.");
  }
  const hasAddress = bind.length + connect.length > 0;
  if (!hasAddress && needsAddress)
    throw source.fault("bind", "this is missing, and so is connect: give the source an address.");
  return {
    type: type === "xsub" || type === "pull" ? type : "sub",
    bind: hasAddress ? bind : [DEFAULT_BIND],
    connect,
    topics,
    security: securityOf(source, around),
    highWaterMark: source.number("high_water_mark") ?? DEFAULT_SOCKET.highWaterMark,
    maxMessageBytes: source.number("max_message") ?? DEFAULT_SOCKET.maxMessageBytes,
    heartbeatMs: source.number("heartbeat") ?? DEFAULT_SOCKET.heartbeatMs,
  };
}

function decodeOf(source: Values, known: Known): DecodeConfig {
  const format = source.text("format") ?? "auto";
  const preset = source.text("preset");
  const frames = source.texts("frames");
  const inflate = source.text("inflate");
  const check = (key: string, fault: string | undefined): void => {
    if (fault !== undefined) throw source.fault(key, fault);
  };
  check("format", known.formatFault(format));
  if (preset !== undefined) check("preset", known.presetFault(preset));
  if (frames !== undefined) check("frames", known.framesFault(frames));
  return {
    format,
    preset,
    frames,
    topicDelimiter: source.text("topic_delimiter"),
    skipBytes: source.number("skip_bytes") ?? 0,
    inflate: inflate === "none" || inflate === "raw" ? inflate : "auto",
  };
}

function mapOf(source: Values): MapConfig {
  const unit = source.text("time_unit");
  const short = source.texts("fields");
  const long = source.tables("field");
  // What says more goes first: the first that fits a field counts.
  const fields =
    short === undefined && long.length === 0 ? undefined : [...long.map(fieldIn), ...(short ?? []).map(fieldOf)];
  return {
    channel: source.text("channel"),
    series: source.text("series"),
    time: source.text("time"),
    timeUnit: unit === "s" || unit === "ms" || unit === "us" || unit === "ns" ? unit : undefined,
    fields,
    maxRate: source.number("max_rate"),
  };
}
