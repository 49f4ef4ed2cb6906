export type { Undelivered } from "../../client/publish/collect/collector.ts";

export interface Dropped {
  frames: number;
  points: number;
}

/** Points that are missing; null: nobody knows how many. */
export interface CountedGap {
  reason: string;
  points: number | null;
}

export interface GapCount {
  gaps: number;
  /** Of the gaps that have a number. */
  points: number;
}

/** What came in from one source since the start. */
export class SourceLedger {
  /** ZeroMQ messages, and their bytes. */
  received = 0;
  receivedBytes = 0;
  /** Of these, such as have no points: they are for the channel's room. */
  controlMessages = 0;
  /** Points understood; all of them are collected. */
  decoded = 0;
  /** Messages that hold no points, by reason. */
  readonly refused = new Map<string, number>();
  /** Parts of messages that were not taken though the rest was, by reason. */
  readonly leftOut = new Map<string, number>();
  /** Messages with a number and a payload that had come before. */
  repeats = 0;
  /** Messages without a number, where one is asked for. */
  unnumbered = 0;
  /** Topics whose numbers were not checked any more, because several publishers sent them. */
  sharedTopics = 0;
  /** Publishers connected now, and how often one has gone. */
  publishers = 0;
  disconnects = 0;
  /** How often publishers fell silent. */
  silences = 0;

  countRefused(reason: string, messages = 1): void {
    this.refused.set(reason, (this.refused.get(reason) ?? 0) + messages);
  }

  countLeftOut(reason: string, parts = 1): void {
    this.leftOut.set(reason, (this.leftOut.get(reason) ?? 0) + parts);
  }

  get refusedMessages(): number {
    return [...this.refused.values()].reduce((sum, count) => sum + count, 0);
  }
}

/** What went out to one channel since the start, and what did not. */
export class UplinkLedger {
  delivered = 0;
  /** Bodies sent, by whichever transport; of these, such as went again; and such as went by WebSocket. */
  posts = 0;
  retries = 0;
  socketBodies = 0;
  /** Whether a WebSocket for bodies is open: 0 or 1. How often one was lost, or could not be had, so that bodies went by POST. */
  openSockets = 0;
  fallbacks = 0;
  /** As the last answer said; undefined before the first. */
  viewers: number | undefined;
  readonly dropped = new Map<string, Dropped>();
  /** What viewers are told is missing, by reason: the drops above, and what never came. */
  readonly gaps = new Map<string, GapCount>();
  /** Writes to the spool that failed. */
  spoolFailures = 0;
  /** How often a new publisher id was taken, because others used the one before. */
  newIds = 0;
  /** Points that were passed over as repeats of others' frames; they are sent again under the new id. */
  foreignRepeats = 0;
  /** Is told of each POST, in seconds from sending to its outcome. */
  onPost: (seconds: number) => void = () => undefined;

  countDropped(reason: string, points: number): void {
    const before = this.dropped.get(reason) ?? { frames: 0, points: 0 };
    this.dropped.set(reason, { frames: before.frames + 1, points: before.points + points });
    this.countGap({ reason, points });
  }

  countGap({ reason, points }: CountedGap): void {
    const before = this.gaps.get(reason) ?? { gaps: 0, points: 0 };
    this.gaps.set(reason, { gaps: before.gaps + 1, points: before.points + (points ?? 0) });
  }

  get droppedPoints(): number {
    return [...this.dropped.values()].reduce((sum, { points }) => sum + points, 0);
  }
}

/** What became of the commands of one channel since the start. */
export class CommandLedger {
  delivered = 0;
  confirmed = 0;
  refused = 0;
  /** Answers to what nobody asked, or for a second time. */
  strayAnswers = 0;
  /** What was said while the room could not be reached, and was too much to keep. */
  dropped = 0;
}

type Counts<L> = Omit<L, "onPost" | `count${string}` | "refusedMessages" | "droppedPoints">;
/** The counts of a whole bridge. */
export type Totals = Readonly<Counts<SourceLedger> & Counts<UplinkLedger>>;

/** The sums over all sources and channels, as they are now. Every loss in the bridge is in one of these. */
export function totalsOf(sources: readonly SourceLedger[], uplinks: readonly UplinkLedger[]): Totals {
  const sum = <L>(ledgers: readonly L[], of: (ledger: L) => number) =>
    ledgers.reduce((total, ledger) => total + of(ledger), 0);
  const watched = uplinks.filter(({ viewers }) => viewers !== undefined);
  return {
    received: sum(sources, (source) => source.received),
    receivedBytes: sum(sources, (source) => source.receivedBytes),
    controlMessages: sum(sources, (source) => source.controlMessages),
    decoded: sum(sources, (source) => source.decoded),
    refused: summed(
      sources.map(({ refused }) => refused),
      (a, b) => a + b,
    ),
    leftOut: summed(
      sources.map(({ leftOut }) => leftOut),
      (a, b) => a + b,
    ),
    repeats: sum(sources, (source) => source.repeats),
    unnumbered: sum(sources, (source) => source.unnumbered),
    sharedTopics: sum(sources, (source) => source.sharedTopics),
    publishers: sum(sources, (source) => source.publishers),
    disconnects: sum(sources, (source) => source.disconnects),
    silences: sum(sources, (source) => source.silences),
    delivered: sum(uplinks, (uplink) => uplink.delivered),
    posts: sum(uplinks, (uplink) => uplink.posts),
    retries: sum(uplinks, (uplink) => uplink.retries),
    socketBodies: sum(uplinks, (uplink) => uplink.socketBodies),
    openSockets: sum(uplinks, (uplink) => uplink.openSockets),
    fallbacks: sum(uplinks, (uplink) => uplink.fallbacks),
    viewers: watched.length === 0 ? undefined : sum(watched, (uplink) => uplink.viewers ?? 0),
    dropped: summed(
      uplinks.map(({ dropped }) => dropped),
      (a, b) => ({ frames: a.frames + b.frames, points: a.points + b.points }),
    ),
    gaps: summed(
      uplinks.map(({ gaps }) => gaps),
      (a, b) => ({ gaps: a.gaps + b.gaps, points: a.points + b.points }),
    ),
    spoolFailures: sum(uplinks, (uplink) => uplink.spoolFailures),
    newIds: sum(uplinks, (uplink) => uplink.newIds),
    foreignRepeats: sum(uplinks, (uplink) => uplink.foreignRepeats),
  };
}

function summed<K, V>(maps: readonly ReadonlyMap<K, V>[], add: (a: V, b: V) => V): Map<K, V> {
  const total = new Map<K, V>();
  for (const map of maps) {
    for (const [key, value] of map) {
      const before = total.get(key);
      total.set(key, before === undefined ? value : add(before, value));
    }
  }
  return total;
}
