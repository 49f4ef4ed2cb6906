import type { CommandLedger, SourceLedger, Undelivered, UplinkLedger } from "./ledger.ts";
import { counted, duration } from "./printable.ts";

/** One source, as metrics and health see it. */
export interface WatchedSource {
  readonly config: { readonly name: string };
  readonly ledger: SourceLedger;
  /** What befell its connections, by event. */
  readonly counters: Readonly<Record<string, number>>;
  /** No message comes though one is due. */
  readonly isStale: boolean;
}

/** What waits for one channel. */
export interface UplinkBacklog {
  frames: number;
  bytes: number;
  memoryBytes: number;
  /** Undelivered bytes that only the spool holds. */
  bytesOnDisk: number;
}

/** What delivers to one channel, as metrics and health see it. */
export interface WatchedUplink {
  /** The channel's name. */
  readonly channel: string;
  readonly ledger: UplinkLedger;
  readonly held: Undelivered;
  readonly backlog: UplinkBacklog;
  readonly isSpoolFailing: boolean;
}

/** What brings commands down from one channel, as metrics see it. */
export interface WatchedDownlink {
  /** The channel's name. */
  readonly channel: string;
  readonly ledger: CommandLedger;
}

/** What metrics and health are read from. */
export interface Watched {
  readonly sources: readonly WatchedSource[];
  readonly uplinks: { readonly all: readonly WatchedUplink[] };
  readonly downlinks: { readonly all: readonly WatchedDownlink[] };
}

export interface Health {
  ok: boolean;
  /** What is wrong, a sentence each. */
  problems: string[];
}

/** What waits for longer is not on its way. */
const MAX_DELIVERY_MS = 60_000;

/** Whether what comes in goes out. A publisher that does not send is no fault of the bridge, unless one is due. */
export function healthOf({ sources, uplinks }: Omit<Watched, "downlinks">): Health {
  const problems: string[] = [];
  for (const { config, isStale } of sources) {
    if (isStale) problems.push(`Source ${config.name}: no message comes though one is due.`);
  }
  for (const { channel, held, isSpoolFailing } of uplinks.all) {
    if (isSpoolFailing) problems.push(`Channel ${channel}: the spool cannot be written.`);
    if (held.oldestAgeMs > MAX_DELIVERY_MS) {
      const since = duration(held.oldestAgeMs);
      problems.push(`Channel ${channel}: ${counted(held.points, "point")} undelivered, the oldest for ${since}.`);
    }
  }
  return { ok: problems.length === 0, problems };
}
