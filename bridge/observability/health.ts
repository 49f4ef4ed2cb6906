import type { Source } from "../pipeline/source.ts";
import type { Feed } from "../uplink/channel-uplink.ts";
import { counted, duration } from "./text.ts";

/** What metrics and health are read from. */
export interface Watched {
  readonly sources: readonly Pick<Source, "config" | "ledger" | "counters" | "isStale">[];
  readonly feeds: {
    readonly all: readonly Pick<Feed, "channel" | "ledger" | "held" | "backlog" | "isSpoolFailing">[];
  };
}

export interface Health {
  ok: boolean;
  /** What is wrong, a sentence each. */
  problems: string[];
}

/** What waits for longer is not on its way. */
const MAX_DELIVERY_MS = 60_000;

/** Whether what comes in goes out. A publisher that does not send is no fault of the bridge, unless one is due. */
export function healthOf({ sources, feeds }: Watched): Health {
  const problems: string[] = [];
  for (const { config, isStale } of sources) {
    if (isStale) problems.push(`Source ${config.name}: no message comes though one is due.`);
  }
  for (const { channel, held, isSpoolFailing } of feeds.all) {
    if (isSpoolFailing) problems.push(`Channel ${channel}: the spool cannot be written.`);
    if (held.oldestAgeMs > MAX_DELIVERY_MS) {
      const since = duration(held.oldestAgeMs);
      problems.push(`Channel ${channel}: ${counted(held.points, "point")} undelivered, the oldest for ${since}.`);
    }
  }
  return { ok: problems.length === 0, problems };
}
