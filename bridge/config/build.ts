import type { BridgeConfig, CsvConfig, DecodeConfig, MapConfig, SocketConfig, SourceConfig } from "./config.ts";
import { KeyFault, type KeyPath } from "./errors.ts";
import type { Known } from "./known.ts";
import type { BridgeValues } from "./schema/bridge.ts";
import { fieldOf } from "./schema/field.ts";
import { DEFAULT_BIND, DEFAULT_SOURCE_NAME, type SourceValues } from "./schema/source.ts";
import { type SecretSources, securityOf } from "./secrets/security.ts";

/** A bridge's configuration, and how it logs. */
export interface Configuration extends BridgeConfig {
  log?: BridgeValues["log"];
}

export interface ConfigContext extends SecretSources {
  known: Known;
}

/**
 * The configuration of a bridge whose values are right one by one.
 * @throws KeyFault if they do not go together
 */
export function configurationOf(
  bridge: BridgeValues,
  sources: readonly SourceValues[],
  context: ConfigContext,
): Configuration {
  return {
    to: bridge.to,
    sources: sources.map((source, i) => sourceConfigOf(source, ["source", i], sources, context)),
    uplink: bridge.uplink,
    bufferBytes: bridge.buffer,
    spool: bridge.spool,
    spoolMaxBytes: bridge.spool_max,
    metrics: bridge.metrics,
    control: bridge.control ?? [],
    call: bridge.call ?? [],
    log: bridge.log,
  };
}

/**
 * @param path of the source
 * @param all of the bridge: the only one needs neither a name nor an address
 * @throws KeyFault
 */
export function sourceConfigOf(
  source: SourceValues,
  path: KeyPath,
  all: readonly SourceValues[],
  context: ConfigContext,
): SourceConfig {
  const { name } = source;
  if (name === undefined && all.length > 1) {
    throw new KeyFault([...path, "name"], "this is missing: of several sources each has a name.");
  }
  if (name !== undefined && all.find((other) => other.name === name) !== source) {
    throw new KeyFault([...path, "name"], `another source has the name "${name}".`);
  }
  return {
    name: name ?? DEFAULT_SOURCE_NAME,
    socket: socketOf(source, path, all.length > 1, context),
    decode: decodeOf(source, path, context.known),
    map: mapOf(source),
    sequenceField: source.sequence_field,
    expectEveryMs: source.expect_every,
  };
}

function socketOf(source: SourceValues, path: KeyPath, needsAddress: boolean, context: ConfigContext): SocketConfig {
  const { socket: type, bind = [], connect = [], preset } = source;
  const isPull = type === "pull";
  const topics = source.topics ?? (preset === undefined || isPull ? [] : context.known.presetTopics(preset));
  if (isPull && topics.length > 0) {
    throw new KeyFault([...path, "topics"], "a pull socket has no topics: whoever pushes decides what comes.");
  }
  const hasAddress = bind.length + connect.length > 0;
  if (!hasAddress && needsAddress) {
    throw new KeyFault([...path, "bind"], "this is missing, and so is connect: give the source an address.");
  }
  return {
    type,
    bind: hasAddress ? bind : [DEFAULT_BIND],
    connect,
    topics,
    security: securityOf(source, path, context),
    highWaterMark: source.high_water_mark,
    maxMessageBytes: source.max_message,
    heartbeatMs: source.heartbeat,
  };
}

function decodeOf(source: SourceValues, path: KeyPath, known: Known): DecodeConfig {
  const { format, preset, frames, inflate } = source;
  const check = (key: string, fault: string | undefined): void => {
    if (fault !== undefined) throw new KeyFault([...path, key], fault);
  };
  check("format", known.formatFault(format));
  if (preset !== undefined) check("preset", known.presetFault(preset));
  if (frames !== undefined) check("frames", known.framesFault(frames));
  const csv = csvOf(source);
  return {
    format,
    preset,
    frames,
    topicDelimiter: source.topic_delimiter,
    skipBytes: source.skip_bytes,
    inflate,
    ...(csv === undefined ? {} : { csv }),
  };
}

function csvOf({ decimal_comma: decimalComma, time, time_unit: unit }: SourceValues): CsvConfig | undefined {
  if (decimalComma === undefined && time === undefined && unit === undefined) return undefined;
  return { decimalComma, isTimeGiven: time !== undefined, isUnitGiven: unit !== undefined };
}

function mapOf(source: SourceValues): MapConfig {
  const { channel, series, records, time, fields: short, field: long } = source;
  // What says more goes first: the first that fits a field counts.
  const fields = [
    ...(long ?? []).map(({ max_rate: maxRate, ...field }) => ({ ...field, maxRate })),
    ...(short ?? []).map(fieldOf),
  ];
  return {
    channel,
    series,
    records,
    time,
    timeUnit: source.time_unit,
    timeEpoch: source.time_epoch,
    numbers: source.numbers,
    fields: short === undefined && long === undefined ? undefined : fields,
    maxRate: source.max_rate,
  };
}
