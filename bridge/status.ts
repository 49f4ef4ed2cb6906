import type { Held } from "./collect.ts";
import type { Ledger } from "./ledger.ts";
import type { Log } from "./log.ts";
import { counted, duration } from "./text.ts";

/** The state of the bridge in one line of plain words. */
export function statusLine(ledger: Ledger, held: Held): string {
  const parts = [
    `received ${counted(ledger.received, "message")}`,
    `delivered ${counted(ledger.delivered, "point")} in ${counted(ledger.posts, "POST")}`,
  ];
  if (held.points > 0)
    parts.push(`${counted(held.points, "point")} waiting (the oldest for ${duration(held.oldestAgeMs)})`);
  if (ledger.retries > 0) parts.push(counted(ledger.retries, "retry").replace("retrys", "retries"));
  for (const [reason, count] of ledger.refused) parts.push(`${counted(count, "message")} not understood (${reason})`);
  for (const [reason, { points }] of ledger.dropped) parts.push(`${counted(points, "point")} lost (${reason})`);
  if (ledger.viewers !== undefined) parts.push(ledger.viewers === 0 ? "nobody watches" : `${ledger.viewers} watching`);
  return parts.join(", ");
}

/** Logs {@link statusLine} every `everyMs` while something happens. @returns how to stop it */
export function reportStatus(ledger: Ledger, held: () => Held, log: Log, everyMs: number): () => void {
  let before = "";
  const timer = setInterval(() => {
    // The age of what waits changes by itself; that is worth a line too.
    const line = statusLine(ledger, held());
    if (line !== before && ledger.received > 0) log.info(line);
    before = line;
  }, everyMs);
  timer.unref();
  return () => clearInterval(timer);
}
