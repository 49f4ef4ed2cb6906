/**
 * What `inspect` has seen: what `--json` prints. Text of messages is in it as far as it is harmless: control characters are
 * escaped, and long text is cut. Times are seconds; null is what nobody knows.
 */
export interface InspectReport {
  /** Unix seconds. */
  at: number;
  seconds: number;
  sources: readonly SourceReport[];
}

export interface SourceReport {
  name: string;
  type: "sub" | "xsub" | "pull";
  /** As configured: `auto`, `json`, `preset bitcoin` … */
  format: string;
  /** Prefixes asked for; none is everything. */
  topicsWanted: readonly string[];
  endpoints: readonly EndpointReport[];
  /** Those that the bridge would take. */
  messages: number;
  bytes: number;
  messagesPerSecond: number;
  bytesPerSecond: number;
  /** Since the last message of any topic. */
  silentSeconds: number | null;
  topics: readonly TopicReport[];
  /** Messages of topics beyond those listed. */
  otherTopicMessages: number;
  /** Topics that came and were not asked for. */
  unwanted: readonly { topic: string; messages: number }[];
  unwantedMessages: number;
  series: readonly SeriesReport[];
  /** Points of series beyond those listed. */
  otherSeriesPoints: number;
  /** Messages of which nothing is taken, by topic and reason. */
  refused: readonly RefusedReport[];
  /** Refused messages of topics, or for reasons, beyond those listed. */
  otherRefusedMessages: number;
  /** Parts that are not taken of messages whose rest is, by topic and reason. */
  leftOut: readonly LeftOutReport[];
  /** Parts of topics, or for reasons, beyond those listed. */
  otherLeftOut: number;
  /** What is strange about times, each kind once a topic. */
  /** Sentences about topics whose messages are of several things, with what would name their series apart. */
  names: readonly string[];
  oddTimes: readonly OddTimesReport[];
  /** What keeps publishers from being connected, as the socket tells it. */
  troubles: readonly string[];
  /** What to do, in sentences. */
  advice: readonly string[];
}

export interface EndpointReport {
  address: string;
  side: "bind" | "connect";
  connected: number;
  /** Whether anybody ever was. */
  wasConnected: boolean;
  /** Of an address that is connected to: why nobody is, as a look at it found. */
  finding: string | null;
}

export interface TopicReport {
  topic: string;
  messages: number;
  messagesPerSecond: number;
  bytesPerSecond: number;
  /** Of one message, all frames. */
  leastBytes: number;
  mostBytes: number;
  frames: number;
  /** What `auto` takes it for; null if it was told, or does not know. */
  format: string | null;
  because: string | null;
  sure: boolean | null;
  /** Messages of which nothing was taken, and parts of others that were not. */
  refusedMessages: number;
  leftOutParts: number;
  /** The beginning of the last message: text, or hexadecimal. */
  sample: string;
}

export interface SeriesReport {
  channel: string | null;
  series: string;
  points: number;
  pointsPerSecond: number;
  last: number | null;
  /** What the last value is called. */
  text: string | null;
  x: number;
  /** `arrival`: messages have no time; `number`: x is no time. */
  xKind: "time" | "arrival" | "number";
  /** How far x was behind this machine's clock when it came; negative: ahead. Null where x is no time. */
  behindSeconds: number | null;
}

export interface RefusedReport {
  reason: string;
  messages: number;
  /** Of the first of them: what is wrong, and where. */
  detail: string;
  topic: string;
  sample: string;
}

export interface LeftOutReport {
  reason: string;
  /** How many values, or records. */
  count: number;
  topic: string;
  /** Where the first stood: the path of a field, `line 3`; "" for the message itself. */
  place: string;
  /** What stood there. */
  sample: string;
  /** What is wrong, and what to do. */
  detail: string;
}

export interface OddTimesReport {
  topic: string;
  /** As the log has it: `time-zone`, `clock-off`, `other-epoch`, `no-date` or `unit-revised`. */
  oddity: string;
  /** The path of the field; "" for the envelope's, or the first of `[x, y]`. */
  place: string;
  /** A sentence with the first such time and what to do. */
  detail: string;
}
