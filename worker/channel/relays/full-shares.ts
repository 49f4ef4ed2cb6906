import type { RelayShare } from "../../relay/feed-message.ts";

/** So many are told to relays, which keep them where 16 KiB have room: those with the most viewers. */
export const MAX_FULL_SHARES = 512;

/**
 * Of these tokens and addresses as many watch as may, in all hubs together.
 * @param hubs what each counts
 */
export function fullShares(hubs: Iterable<readonly RelayShare[]>): string[] {
  const counted = new Map<string, { viewers: number; most: number }>();
  for (const shares of hubs) {
    for (const [who, viewers, most] of shares) {
      const before = counted.get(who);
      // Of a bound that was changed meanwhile the smaller counts.
      counted.set(who, {
        viewers: viewers + (before?.viewers ?? 0),
        most: Math.min(most, before?.most ?? most),
      });
    }
  }
  return [...counted]
    .filter(([, { viewers, most }]) => viewers >= most)
    .sort(([, a], [, b]) => b.viewers - a.viewers)
    .slice(0, MAX_FULL_SHARES)
    .map(([who]) => who)
    .sort();
}
