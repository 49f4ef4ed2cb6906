/** A connection, as far as it matters for who makes room. */
export interface Occupant {
  /** What one user of the network has: `networkOf` in network.ts; empty for ipc. */
  readonly network: string;
  readonly sinceMs: number;
  /** When its last whole message came; undefined: none has come yet. */
  readonly heardAtMs: number | undefined;
  /** More may have come of it that is not read, because ZeroMQ takes no more just now. */
  readonly isHeldUp: boolean;
}

/** Who has sent a message within this time delivers. Nobody else is sure of a place while others look for one. */
export const IDLE_AFTER_MS = 10_000;

/**
 * Whom to end so that another finds room; undefined if nobody should go for it.
 *
 * Of those who do not deliver one goes who is of a network with many of these (at least half as many as the one with the
 * most): first who has never sent a message and has had 10 s to do so, then who sent none for the longest time. It is of
 * another network than the newcomer if possible, so that those who come back do not push out each other.
 *
 * Of those who deliver one goes only if its network has more than twice as many connections as the newcomer's will have.
 *
 * @param occupants all that are open, or those of the newcomer's network if that has too many
 * @param newcomer its network
 */
export function whomToEnd<O extends Occupant>(occupants: readonly O[], newcomer: string, nowMs: number): O | undefined {
  const idle = occupants.filter((each) => isIdle(each, nowMs));
  if (idle.length > 0) {
    const others = idle.filter(({ network }) => network !== newcomer);
    const among = ofLargeNetworks(others.length > 0 ? others : idle);
    const mute = among.filter((each) => each.heardAtMs === undefined && nowMs - each.sinceMs >= IDLE_AFTER_MS);
    return longestIdle(mute.length > 0 ? mute : among);
  }
  const counts = countsOf(occupants);
  const own = counts.get(newcomer) ?? 0;
  counts.delete(newcomer);
  const most = Math.max(0, ...counts.values());
  if (most <= 2 * (own + 1)) return undefined;
  return longestIdle(occupants.filter((each) => counts.get(each.network) === most && !each.isHeldUp));
}

function isIdle({ heardAtMs, isHeldUp }: Occupant, nowMs: number): boolean {
  return heardAtMs === undefined || (!isHeldUp && nowMs - heardAtMs >= IDLE_AFTER_MS);
}

function ofLargeNetworks<O extends Occupant>(among: readonly O[]): O[] {
  const counts = countsOf(among);
  const most = Math.max(...counts.values());
  return among.filter(({ network }) => 2 * (counts.get(network) ?? 0) >= most);
}

function countsOf(among: readonly Occupant[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const { network } of among) counts.set(network, (counts.get(network) ?? 0) + 1);
  return counts;
}

function longestIdle<O extends Occupant>(among: readonly O[]): O | undefined {
  let longest: O | undefined;
  let since = Number.POSITIVE_INFINITY;
  for (const each of among) {
    const idleSince = each.heardAtMs ?? each.sinceMs;
    if (idleSince < since) [longest, since] = [each, idleSince];
  }
  return longest;
}
