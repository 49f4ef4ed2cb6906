import type { MetricsAddress } from "../observability/metrics.ts";
import type { BridgeValues } from "./schema/bridge.ts";
import type { FieldValues } from "./schema/field.ts";
import type { SourceValues } from "./schema/source.ts";

/** All that a bridge is told, from flags or from a file. */
export interface BridgeConfig {
  /** The channel's URL, `http(s)://host/c/<name>`; a source may name another channel of the same Worker. */
  to: URL;
  sources: readonly SourceConfig[];
  /** What delivers frames: a POST for each body, or a WebSocket for each channel. */
  uplink: BridgeValues["uplink"];
  /** Bound of what is kept in memory for each channel. */
  bufferBytes: number;
  /** Undefined: the channel's default file in `.plotcast/`; `none`: in memory alone. */
  spool: string | undefined;
  spoolMaxBytes: number;
  metrics: MetricsAddress | undefined;
  /** Where programs are told what to do: XPUB, or ROUTER with `router+` before the address. */
  control: readonly string[];
  /** REP programs that are told what to do. */
  call: readonly string[];
}

/** One socket: where it gets messages from, how they are read, and what becomes of them. */
export interface SourceConfig {
  /** In log, metrics and the spool; unique. */
  name: string;
  socket: SocketConfig;
  decode: DecodeConfig;
  map: MapConfig;
  /** JSON field with the publisher's own number. */
  sequenceField?: string | undefined;
  expectEveryMs?: number | undefined;
}

export interface SocketConfig {
  type: SourceValues["socket"];
  bind: readonly string[];
  connect: readonly string[];
  /** Prefixes; none is everything. Not for pull. */
  topics: readonly string[];
  security: SecurityConfig;
  /** Messages that libzmq keeps for each publisher while this process is busy. */
  highWaterMark: number;
  /** Of all parts together where the guard sees them, else of each part. */
  maxMessageBytes: number;
  /** 0: none. With one, peers that have answered and do so no more are cut off; with CURVE, all that do not. */
  heartbeatMs: number;
}

export type SecurityConfig =
  | { mechanism: "none" }
  /** Keys are Z85 text, 40 characters. */
  | { mechanism: "curve-client"; serverKey: string; publicKey: string; secretKey: string }
  /** @property allow clients' public keys; undefined: whoever knows the server's */
  | { mechanism: "curve-server"; publicKey: string; secretKey: string; allow: readonly string[] | undefined }
  | { mechanism: "plain-client"; user: string; password: string }
  | { mechanism: "plain-server"; users: ReadonlyMap<string, string> };

export interface DecodeConfig {
  /** `auto`, `json`, `msgpack`, `f32@48k` … */
  format: string;
  /** The name of a preset; then format is only what its items are. */
  preset?: string | undefined;
  /** What each frame of a message is, such as `["topic", "payload", "time"]`; undefined: found out. */
  frames?: readonly string[] | undefined;
  /** Ends the topic within the one frame. */
  topicDelimiter?: string | undefined;
  /** Bytes at the beginning of a payload that are left out. */
  skipBytes: number;
  /** `auto`: zlib, gzip and zstd by their magic; `none`; or `raw`: deflate without a header. */
  inflate: SourceValues["inflate"];
  csv?: CsvConfig;
}

/** How lines of numbers are read. */
export interface CsvConfig {
  /** Whether a comma is the decimal mark; undefined: found out, or refused. */
  decimalComma?: boolean | undefined;
  /** Whether the mapping names the time: then no column is taken for it. */
  isTimeGiven?: boolean;
  /** The same of its unit. */
  isUnitGiven?: boolean;
}

export interface MapConfig {
  /** Template of the channel's name: `lab/{1}`; undefined: the bridge's own channel. */
  channel?: string | undefined;
  /** Template of series' names: `{1}.{field}`; undefined: PT5. */
  series?: string | undefined;
  /** Path of a list whose items are read each by itself. */
  records?: string | undefined;
  /** Path of the field with the time; undefined: PT2. */
  time?: string | undefined;
  timeUnit?: SourceValues["time_unit"];
  /** The moment that numbers which are times count from, in unix seconds. */
  timeEpoch?: SourceValues["time_epoch"];
  /** Of all fields that do not say it themselves; undefined: plain. */
  numbers?: SourceValues["numbers"];
  /** Only these: a path, or one with `*`; undefined: every number. */
  fields?: readonly FieldConfig[] | undefined;
  /** Points a second of each series; more are thinned to the least and the greatest. Undefined: all. */
  maxRate?: number | undefined;
}

export interface FieldConfig extends Omit<FieldValues, "max_rate"> {
  maxRate?: number | undefined;
}
