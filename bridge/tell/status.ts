import type { Held } from "../collect/collect.ts";
import type { Ledger } from "./ledger.ts";
import type { Log } from "./log.ts";
import { counted, duration } from "./text.ts";

/** What the spool adds to the status: nothing while the memory is enough. */
export interface SpoolStatus {
  /** Undelivered bytes that only the spool holds. */
  bytesOnDisk: number;
  isFailing: boolean;
}

/** The state of the bridge in one line of plain words. */
export function statusLine(ledger: Ledger, held: Held, spool?: SpoolStatus): string {
  const parts = [
    `received ${counted(ledger.received, "message")}`,
    `delivered ${counted(ledger.delivered, "point")} in ${counted(ledger.posts, "POST")}`,
  ];
  if (held.points > 0) {
    parts.push(`behind by ${counted(held.points, "point")} (the oldest waits for ${duration(held.oldestAgeMs)})`);
  }
  if (spool !== undefined && spool.bytesOnDisk > 0) parts.push(`${sizeOf(spool.bytesOnDisk)} of it on disk`);
  if (spool?.isFailing) parts.push("the spool cannot be written");
  if (ledger.retries > 0) parts.push(counted(ledger.retries, "retry").replace("retrys", "retries"));
  for (const [reason, count] of ledger.refused) parts.push(`${counted(count, "message")} not understood (${reason})`);
  if (ledger.repeats > 0) parts.push(`${counted(ledger.repeats, "repeat")} left out`);
  if (ledger.unnumbered > 0) parts.push(`${counted(ledger.unnumbered, "message")} without a number`);
  if (ledger.sharedTopics > 0) parts.push(`${counted(ledger.sharedTopics, "topic")} of several publishers`);
  for (const [reason, { gaps, points }] of ledger.gaps) {
    parts.push(points > 0 ? `${counted(points, "point")} lost (${reason})` : `${counted(gaps, "gap")} (${reason})`);
  }
  if (ledger.viewers !== undefined) parts.push(ledger.viewers === 0 ? "nobody watches" : `${ledger.viewers} watching`);
  return parts.join(", ");
}

/** Logs {@link statusLine} every `everyMs` while something happens. @returns how to stop it */
export function reportStatus(line: () => string, ledger: Ledger, log: Log, everyMs: number): () => void {
  let before = "";
  const timer = setInterval(() => {
    // The age of what waits changes by itself; that is worth a line too.
    const now = line();
    if (now !== before && ledger.received > 0) log.info(now);
    before = now;
  }, everyMs);
  timer.unref();
  return () => clearInterval(timer);
}

function sizeOf(bytes: number): string {
  return bytes < 2 ** 20 ? `${Math.ceil(bytes / 1024)} KiB` : `${(bytes / 2 ** 20).toFixed(1)} MiB`;
}
