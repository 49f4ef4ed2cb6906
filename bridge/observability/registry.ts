import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from "prom-client";
import type { Watched, WatchedUplink } from "./health.ts";
import type { CommandLedger, SourceLedger, UplinkLedger } from "./ledger.ts";

const SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60];

type Reasons = Iterable<readonly [reason: string, count: number]>;

const SOURCE_COUNTS: readonly (readonly [name: string, help: string, read: (ledger: SourceLedger) => number])[] = [
  ["received_messages", "ZeroMQ messages received.", (ledger) => ledger.received],
  ["received_bytes", "Bytes of these.", (ledger) => ledger.receivedBytes],
  ["decoded_points", "Points understood; all of them go into frames.", (ledger) => ledger.decoded],
  [
    "control_messages",
    "Messages that are for a channel's room: controls, answers, notes.",
    (ledger) => ledger.controlMessages,
  ],
  ["repeats", "Messages left out because they had come before.", (ledger) => ledger.repeats],
  ["unnumbered_messages", "Messages without the number that they should have.", (ledger) => ledger.unnumbered],
  [
    "shared_topics",
    "Topics not checked any more, because several publishers number them.",
    (ledger) => ledger.sharedTopics,
  ],
  ["publisher_disconnects", "Publishers that went.", (ledger) => ledger.disconnects],
  ["silences", "Times that publishers fell silent without a word.", (ledger) => ledger.silences],
];

const UPLINK_COUNTS: readonly (readonly [name: string, help: string, read: (ledger: UplinkLedger) => number])[] = [
  ["delivered_points", "Points that a 2xx has confirmed.", (ledger) => ledger.delivered],
  ["posts", "Bodies sent, by POST or by WebSocket.", (ledger) => ledger.posts],
  ["retries", "Bodies sent again.", (ledger) => ledger.retries],
  ["websocket_bodies", "Bodies sent by WebSocket.", (ledger) => ledger.socketBodies],
  [
    "websocket_fallbacks",
    "Times that a WebSocket was lost or could not be had, so that bodies went by POST.",
    (ledger) => ledger.fallbacks,
  ],
  ["spool_write_failures", "Writes to the spool that failed.", (ledger) => ledger.spoolFailures],
  ["new_publisher_ids", "Times that a new publisher id was taken, because others used it.", (ledger) => ledger.newIds],
  [
    "foreign_repeat_points",
    "Points passed over as repeats of others' frames, and sent again under a new id.",
    (ledger) => ledger.foreignRepeats,
  ],
];

const UPLINK_REASONS: readonly (readonly [name: string, help: string, read: (ledger: UplinkLedger) => Reasons])[] = [
  ["dropped_points", "Points lost in the bridge, by reason.", ({ dropped }) => each(dropped, ({ points }) => points)],
  ["dropped_frames", "Frames lost in the bridge, by reason.", ({ dropped }) => each(dropped, ({ frames }) => frames)],
  ["gaps", "Gaps told to viewers, by reason.", ({ gaps }) => each(gaps, (count) => count.gaps)],
  ["gap_points", "Points known to be missing in these gaps.", ({ gaps }) => each(gaps, ({ points }) => points)],
];

const UPLINK_GAUGES: readonly (readonly [name: string, help: string, read: (uplink: WatchedUplink) => number])[] = [
  ["viewers", "Viewers, as the last answer said.", ({ ledger }) => ledger.viewers ?? Number.NaN],
  ["websocket_open", "1 while bodies go by WebSocket, 0 while by POST.", ({ ledger }) => ledger.openSockets],
  ["undelivered_points", "Points that no 2xx has confirmed.", ({ held }) => held.points],
  ["undelivered_bytes", "Bytes of frames that no 2xx has confirmed.", ({ held }) => held.bytes],
  ["oldest_undelivered_seconds", "Age of the oldest of them.", ({ held }) => held.oldestAgeMs / 1000],
  ["undelivered_frames", "Closed frames that no 2xx has confirmed.", ({ backlog }) => backlog.frames],
  ["memory_bytes", "Bytes of frames in memory.", ({ backlog }) => backlog.memoryBytes],
  ["spooled_bytes", "Bytes of frames that only the spool holds.", ({ backlog }) => backlog.bytesOnDisk],
  ["spool_failing", "1 while the spool cannot be written.", ({ isSpoolFailing }) => Number(isSpoolFailing)],
];

const COMMAND_COUNTS: readonly (readonly [name: string, help: string, read: (ledger: CommandLedger) => number])[] = [
  ["delivered_commands", "Commands that a program was told.", (ledger) => ledger.delivered],
  ["confirmed_commands", "Commands that a program confirmed.", (ledger) => ledger.confirmed],
  ["refused_commands", "Commands that a program refused, or that it could not be told.", (ledger) => ledger.refused],
  ["stray_answers", "Answers to commands that nobody gave, or for a second time.", (ledger) => ledger.strayAnswers],
  [
    "dropped_room_messages",
    "What programs said while the room was away, beyond what is kept.",
    (ledger) => ledger.dropped,
  ],
];

export interface Metrics {
  readonly registry: Registry;
  /** To be called for each uplink as it is opened: its POSTs are timed. */
  observe(uplink: WatchedUplink): void;
  /** To be called for each client of these metrics that is cut off. */
  countCutOff(): void;
}

/** What sources count of their connections: what each event is, in a sentence, by its name in camel case. */
export type ConnectionEvents = Readonly<Record<string, string>>;

/** Every count of every source and channel, read when it is asked for. */
export function createRegistry({ sources, uplinks, downlinks }: Watched, connectionEvents: ConnectionEvents): Metrics {
  const registry = new Registry();
  const registers = [registry];
  collectDefaultMetrics({ register: registry });

  const count = (name: string, help: string, labelNames: string[], read: () => Iterable<Labelled>): void => {
    const counter: Counter = new Counter({
      name: `plotcast_bridge_${name}_total`,
      help,
      labelNames,
      registers,
      // prom-client's counters only grow; the ledgers' numbers are there already.
      collect: () => {
        counter.reset();
        for (const [labels, value] of read()) counter.inc(labels, value);
      },
    });
  };
  const gauge = (name: string, help: string, labelNames: string[], read: () => Iterable<Labelled>): void => {
    const made: Gauge = new Gauge({
      name: `plotcast_bridge_${name}`,
      help,
      labelNames,
      registers,
      collect: () => {
        made.reset();
        for (const [labels, value] of read()) made.set(labels, value);
      },
    });
  };

  for (const [name, help, read] of SOURCE_COUNTS) {
    count(name, help, ["source"], () => sources.map(({ config, ledger }) => [{ source: config.name }, read(ledger)]));
  }
  count("refused_messages", "Messages that hold no points, by reason.", ["source", "reason"], () =>
    sources.flatMap(({ config, ledger }) =>
      [...ledger.refused].map(([reason, value]): Labelled => [{ source: config.name, reason }, value]),
    ),
  );
  count(
    "left_out_values",
    "Parts of messages that were not taken though the rest was, by reason.",
    ["source", "reason"],
    () =>
      sources.flatMap(({ config, ledger }) =>
        [...ledger.leftOut].map(([reason, value]): Labelled => [{ source: config.name, reason }, value]),
      ),
  );
  const meanings = Object.entries(connectionEvents).map(([event, meaning]) => `${snakeCase(event)}: ${meaning}`);
  count("connection_events", `What befell connections: ${meanings.join(" ")}`, ["source", "event"], () =>
    sources.flatMap(({ config, counters }) =>
      Object.entries(counters).map(
        ([event, value]): Labelled => [{ source: config.name, event: snakeCase(event) }, value],
      ),
    ),
  );
  gauge("publishers", "Publishers connected.", ["source"], () =>
    sources.map(({ config, ledger }) => [{ source: config.name }, ledger.publishers]),
  );
  gauge("stale", "1 while no message comes though one is due.", ["source"], () =>
    sources.map(({ config, isStale }) => [{ source: config.name }, Number(isStale)]),
  );
  for (const [name, help, read] of UPLINK_COUNTS) {
    count(name, help, ["channel"], () => uplinks.all.map(({ channel, ledger }) => [{ channel }, read(ledger)]));
  }
  for (const [name, help, read] of COMMAND_COUNTS) {
    count(name, help, ["channel"], () => downlinks.all.map(({ channel, ledger }) => [{ channel }, read(ledger)]));
  }
  for (const [name, help, read] of UPLINK_REASONS) {
    count(name, help, ["channel", "reason"], () =>
      uplinks.all.flatMap(({ channel, ledger }) =>
        [...read(ledger)].map(([reason, value]): Labelled => [{ channel, reason }, value]),
      ),
    );
  }
  for (const [name, help, read] of UPLINK_GAUGES) {
    gauge(name, help, ["channel"], () => uplinks.all.map((uplink) => [{ channel: uplink.channel }, read(uplink)]));
  }
  const posts = new Histogram({
    name: "plotcast_bridge_post_seconds",
    help: "From sending a body to its outcome.",
    labelNames: ["channel"],
    buckets: SECONDS,
    registers,
  });
  const cutOff = new Counter({
    name: "plotcast_bridge_metrics_cut_off_total",
    help: "Clients of these metrics that were cut off: too slow, or too many at once.",
    registers,
  });
  return {
    registry,
    countCutOff: () => cutOff.inc(),
    observe: ({ channel, ledger }) => {
      ledger.onPost = (seconds) => posts.observe({ channel }, seconds);
    },
  };
}

type Labelled = readonly [labels: Record<string, string>, value: number];

function snakeCase(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

function each<V>(map: ReadonlyMap<string, V>, of: (value: V) => number): [string, number][] {
  return [...map].map(([reason, value]) => [reason, of(value)]);
}
