/**
 * What Cloudflare's Workers Paid plan costs, as its two price pages say it, read in their sources
 * (github.com/cloudflare/cloudflare-docs) on {@link READ_ON}. If a page says something else since, this table is wrong, and
 * nothing else: all dollars are reckoned from it.
 */

export const READ_ON = "2026-12-01";
const WORKERS = "https://developers.cloudflare.com/workers/platform/pricing/";
const OBJECTS = "https://developers.cloudflare.com/durable-objects/platform/pricing/";

/** What is billed by use. */
export interface Price {
  /** So many a month cost nothing, of all that an account has. */
  readonly included: number;
  /** What {@link dollars} buys of what is more than that. */
  readonly per: number;
  readonly dollars: number;
  /** The page's own examples bill the next whole {@link per}, not a part of one. */
  readonly isRoundedUp: boolean;
  readonly source: string;
}

export type Billed =
  | "workerRequests"
  | "workerCpuMs"
  | "objectRequests"
  | "durationGbS"
  | "rowsRead"
  | "rowsWritten"
  | "storedGb";

export interface Prices {
  /** A month, whatever is used. */
  readonly baseDollars: number;
  /** So many incoming messages of WebSockets are billed as one request to the object. */
  readonly messagesPerRequest: number;
  /** The memory that a second of an object is billed for: 128 MB, whatever it uses, and 1,000 MB in a GB. */
  readonly objectGb: number;
  readonly of: Readonly<Record<Billed, Price>>;
}

const MILLION = 1e6;

export const PRICES: Prices = {
  baseDollars: 5,
  messagesPerRequest: 20,
  objectGb: 0.128,
  of: {
    workerRequests: { included: 10e6, per: MILLION, dollars: 0.3, isRoundedUp: false, source: WORKERS },
    workerCpuMs: { included: 30e6, per: MILLION, dollars: 0.02, isRoundedUp: false, source: WORKERS },
    objectRequests: { included: 1e6, per: MILLION, dollars: 0.15, isRoundedUp: true, source: OBJECTS },
    durationGbS: { included: 400_000, per: MILLION, dollars: 12.5, isRoundedUp: true, source: OBJECTS },
    rowsRead: { included: 25e9, per: MILLION, dollars: 0.001, isRoundedUp: false, source: OBJECTS },
    rowsWritten: { included: 50e6, per: MILLION, dollars: 1, isRoundedUp: false, source: OBJECTS },
    storedGb: { included: 5, per: 1, dollars: 0.2, isRoundedUp: false, source: OBJECTS },
  },
};
