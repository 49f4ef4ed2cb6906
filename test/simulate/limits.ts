/** What an object of Cloudflare's may have, and the design allows; and how much of that a simulation used. */
import { MAX_RELAYS } from "../../worker/channel/relays/choose-relay.ts";
import type { Seen } from "./stage.ts";
import type { Settings } from "./world.ts";

/** Of one of the limits. */
export interface Utilisation {
  readonly what: string;
  readonly used: number;
  readonly limit: number;
}

/** Above it queues grow without end, whatever the mean: some of each second is the runtime's own. */
const MAX_CPU_SHARE = 0.95;
/** https://developers.cloudflare.com/durable-objects/platform/limits/ */
const MAX_REQUESTS_PER_SECOND = 1_000;
const MAX_SOCKETS = 32_768;
const MAX_MEMORY_MB = 128;
/** The ring of a relay (worker/hub/bounds-of-env.ts), and what V8 and its code take. */
const RELAY_MB = 12 + 20;
/** Assumed: a session, its record and its socket, in JavaScript and beside it. */
const VIEWER_KB = 10;

/** How much of each limit was used on average over a while that is as any other: those that are used most come first. */
export function lastingUse(seen: Seen, settings: Settings): Utilisation[] {
  return sorted([
    { what: "processor of the channel", used: seen.channel.meanShare, limit: MAX_CPU_SHARE },
    { what: "processor of a relay", used: seen.relay.meanShare, limit: MAX_CPU_SHARE },
    ...otherUse(seen, settings),
  ]);
}

/** The same with the busiest second of each processor. */
export function peakUse(seen: Seen, settings: Settings): Utilisation[] {
  return sorted([
    { what: "processor of the channel, busiest second", used: seen.channel.cpuShare, limit: MAX_CPU_SHARE },
    { what: "processor of a relay, busiest second", used: seen.relay.cpuShare, limit: MAX_CPU_SHARE },
    ...otherUse(seen, settings),
  ]);
}

export function isOver({ used, limit }: Utilisation): boolean {
  return used > limit;
}

function otherUse(seen: Seen, { viewers, relayAfter, relayViewers }: Settings): Utilisation[] {
  const inRelay = Math.min(relayViewers, Math.max(0, viewers - relayAfter));
  // Those for whom there is no relay.
  const homeless = viewers - seen.viewers - seen.away;
  const relays = homeless > viewers / 100 ? MAX_RELAYS + Math.ceil(homeless / relayViewers) : seen.relays;
  return [
    { what: "requests to the channel in a second", used: seen.channel.requests, limit: MAX_REQUESTS_PER_SECOND },
    { what: "requests to a relay in a second", used: seen.relay.requests, limit: MAX_REQUESTS_PER_SECOND },
    { what: "relays", used: relays, limit: MAX_RELAYS },
    { what: "sockets of the channel", used: Math.min(viewers, relayAfter) + seen.relays, limit: MAX_SOCKETS },
    { what: "sockets of a relay", used: inRelay + 1, limit: MAX_SOCKETS },
    { what: "memory of a relay, MB", used: RELAY_MB + (inRelay * VIEWER_KB) / 1000, limit: MAX_MEMORY_MB },
  ];
}

function sorted(uses: Utilisation[]): Utilisation[] {
  return uses.sort((a, b) => b.used / b.limit - a.used / a.limit);
}
