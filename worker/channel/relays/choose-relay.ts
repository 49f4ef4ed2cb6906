import { type Region, regionOf, relayName } from "../../relay/relay-name.ts";

/** How many relays one channel feeds at most. */
export const MAX_RELAYS = 1000;

/** Where so many relays cannot be dialled, none can: others are not made there. */
const MAX_FAILING = 3;

/** A relay, as far as it matters to who joins. */
export interface RelayLoad {
  name: string;
  /** As it said last, and those who were sent there since. */
  viewers: number;
}

/**
 * The relay that a viewer is to join: of its region the one with the fewest viewers, or a new one if all are full.
 * @param maxViewers of one relay
 * @param failing relays that cannot be dialled now: nobody is sent there, and they count
 * @returns undefined if all relays that there may be are full
 */
export function chooseRelay(
  channel: string,
  relays: readonly RelayLoad[],
  region: Region,
  maxViewers: number,
  failing: readonly string[] = [],
): string | undefined {
  const free = relays.filter(({ viewers }) => viewers < maxViewers);
  const ofRegion = relayName(channel, region, 0).slice(0, -1);
  const here = free.filter(({ name }) => name.startsWith(ofRegion));
  if (here.length > 0) return leastLoaded(here);
  if (relays.length + failing.length >= MAX_RELAYS) return leastLoaded(free);
  const names = new Set([...relays.map(({ name }) => name), ...failing]);
  for (let number = 1; ; number++) {
    const name = relayName(channel, region, number);
    if (!names.has(name)) return name;
  }
}

/** The region whose relays somebody is to use: where those of its own cannot be dialled, that of the relay with the fewest viewers. */
export function reachedRegion(relays: readonly RelayLoad[], failing: readonly string[], region: Region): Region {
  if (failing.length < MAX_FAILING || failing.filter((name) => regionOf(name) === region).length < MAX_FAILING)
    return region;
  return regionOf(leastLoaded(relays) ?? "") ?? region;
}

function leastLoaded(relays: readonly RelayLoad[]): string | undefined {
  let least: RelayLoad | undefined;
  for (const relay of relays) if (least === undefined || relay.viewers < least.viewers) least = relay;
  return least?.name;
}
