/** What a month costs in which every minute is as the one that was simulated. */
import { type Item, itemsOf } from "../cost/month/bill.ts";
import { type Billed, PRICES, type Prices } from "../cost/month/prices.ts";
import type { Seen } from "./stage.ts";

const MONTH_S = 30 * 24 * 3600;
/** Of the Worker, for each request, as test/cost has it. */
const CPU_MS_PER_REQUEST = 1;
/** Counted for one publish on the real Worker (test/cost). */
const ROWS_READ_PER_PUBLISH = 13;
/** STORE_BYTES of wrangler.toml, and what is trimmed but not overwritten yet. */
const STORED_GB = (9 / 8) * 0.033554432;

/** @param framesPerSecond that were published */
export function billOf(seen: Seen, framesPerSecond: number, prices: Prices = PRICES): Item[] {
  const { channel, relays, workerRequests } = seen.use;
  const month = (inWhile: number): number => (inWhile * MONTH_S) / seen.seconds;
  const requests = channel.requests + relays.requests + channel.alarms + relays.alarms;
  const messages = channel.messages + relays.messages;
  const used: Record<Billed, number> = {
    workerRequests: month(workerRequests),
    workerCpuMs: month(workerRequests) * CPU_MS_PER_REQUEST,
    objectRequests: month(requests + messages / prices.messagesPerRequest),
    // While frames come none of them sleeps.
    durationGbS: prices.objectGb * (1 + seen.relays) * MONTH_S,
    rowsRead: ROWS_READ_PER_PUBLISH * framesPerSecond * MONTH_S,
    rowsWritten: month(channel.rowsWritten + relays.rowsWritten),
    storedGb: STORED_GB,
  };
  return itemsOf(used, prices);
}
