import type { Totals, Undelivered } from "./ledger.ts";
import { isUsual } from "./left-out.ts";
import type { Log } from "./log.ts";
import { counted, duration } from "./printable.ts";

/** What the spools add to the status: nothing while the memory is enough. */
export interface SpoolStatus {
  backlog: { bytesOnDisk: number };
  isSpoolFailing: boolean;
}

/** The state of the bridge in one line of plain words. */
export function statusLine(totals: Totals, held: Undelivered, spools: readonly SpoolStatus[] = []): string {
  const parts = [
    `received ${counted(totals.received, "message")}`,
    `delivered ${counted(totals.delivered, "point")} in ${sentBy(totals)}`,
  ];
  if (held.points > 0) {
    parts.push(`behind by ${counted(held.points, "point")} (the oldest waits for ${duration(held.oldestAgeMs)})`);
  }
  const bytesOnDisk = spools.reduce((sum, { backlog }) => sum + backlog.bytesOnDisk, 0);
  if (bytesOnDisk > 0) parts.push(`${sizeOf(bytesOnDisk)} of it on disk`);
  if (spools.some(({ isSpoolFailing }) => isSpoolFailing)) parts.push("the spool cannot be written");
  if (totals.retries > 0) parts.push(counted(totals.retries, "retry").replace("retrys", "retries"));
  if (totals.newIds > 0) parts.push(counted(totals.newIds, "new publisher id"));
  for (const [reason, count] of totals.refused) parts.push(`${counted(count, "message")} not understood (${reason})`);
  for (const [reason, count] of totals.leftOut)
    if (!isUsual(reason)) parts.push(`${counted(count, "value")} left out (${reason})`);
  if (totals.repeats > 0) parts.push(`${counted(totals.repeats, "repeat")} left out`);
  if (totals.unnumbered > 0) parts.push(`${counted(totals.unnumbered, "message")} without a number`);
  if (totals.sharedTopics > 0) parts.push(`${counted(totals.sharedTopics, "topic")} of several publishers`);
  for (const [reason, { gaps, points }] of totals.gaps) {
    parts.push(
      points > 0 ? `${counted(points, "point")} lost (${reason})` : `${counted(gaps, "possible gap")} (${reason})`,
    );
  }
  if (totals.viewers !== undefined) parts.push(totals.viewers === 0 ? "nobody watches" : `${totals.viewers} watching`);
  return parts.join(", ");
}

function sentBy({ posts, socketBodies }: Totals): string {
  const inPosts = counted(posts - socketBodies, "POST");
  if (socketBodies === 0) return inPosts;
  return `${counted(socketBodies, "message")} by WebSocket${posts === socketBodies ? "" : ` and ${inPosts}`}`;
}

/** Logs {@link statusLine} every `everyMs` while something happens. @returns how to stop it */
export function reportStatus(line: () => string, received: () => number, log: Log, everyMs: number): () => void {
  let before = "";
  const timer = setInterval(() => {
    // The age of what waits changes by itself; that is worth a line too.
    const now = line();
    if (now !== before && received() > 0) log.info(now);
    before = now;
  }, everyMs);
  timer.unref();
  return () => clearInterval(timer);
}

function sizeOf(bytes: number): string {
  return bytes < 2 ** 20 ? `${Math.ceil(bytes / 1024)} KiB` : `${(bytes / 2 ** 20).toFixed(1)} MiB`;
}
