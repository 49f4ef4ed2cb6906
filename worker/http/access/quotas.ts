import { readHeader, splitFrames } from "../../../protocol/frame/header.ts";
import { QuotaBuckets } from "../../auth/bounds/quota-buckets.ts";
import type { Principal } from "../../auth/principal.ts";
import { type QuotaConfig, type QuotaName, quotaWord } from "../../auth/quota-config.ts";
import { isWithin, RATE_LIMIT_PERIOD_S, type RateLimitBinding } from "../../auth/rate-limit-binding.ts";
import type { Asker } from "../../auth/viewer-share.ts";
import { HttpProblem } from "../problem-response.ts";
import type { Access } from "./access.ts";
import { clientAddress } from "./client-address.ts";

/** Reads come in bursts: a page that is opened, or moved along its history. */
const READ_BURST_S = 10;
/** Announcements, too: a bridge that starts announces all its channels. */
const ANNOUNCEMENT_BURST_S = 100;

/** Whose quota counts for a request. */
export function askerOf(request: Request, principal: Principal | undefined): Asker {
  return principal === undefined
    ? { kind: "address", address: clientAddress(request) }
    : { kind: "token", id: principal.id };
}

interface Buckets {
  points: QuotaBuckets | undefined;
  bytes: QuotaBuckets | undefined;
  reads: Record<Asker["kind"], QuotaBuckets | undefined>;
  announcements: Record<Asker["kind"], QuotaBuckets | undefined>;
}

let last: { config: QuotaConfig; buckets: Buckets } | undefined;

/** Of this isolate. */
function bucketsOf(config: QuotaConfig): Buckets {
  if (last?.config !== config) {
    const of = (perSecond: number | undefined, seconds?: number): QuotaBuckets | undefined =>
      perSecond === undefined ? undefined : new QuotaBuckets(perSecond, seconds);
    const ofBoth = (name: "reads" | "announcements", seconds: number) => ({
      token: of(config.token[name], seconds),
      address: of(config.address[name], seconds),
    });
    const buckets = {
      points: of(config.token.points),
      bytes: of(config.token.bytes),
      reads: ofBoth("reads", READ_BURST_S),
      announcements: ofBoth("announcements", ANNOUNCEMENT_BURST_S),
    };
    last = { config, buckets };
  }
  return last.buckets;
}

/**
 * AC13d: counts the points and bytes of a publish, before its channel is asked.
 * @param frames that are to be stored, one after the other
 * @throws Problem `quota-exceeded`
 */
export function spendOnPublish({ quotas }: Access, { id }: Principal, frames: Uint8Array, nowMs: number): void {
  const { points, bytes } = bucketsOf(quotas);
  const costs: ["points" | "bytes", QuotaBuckets, number][] = [];
  if (points !== undefined) costs.push(["points", points, pointsIn(frames)]);
  if (bytes !== undefined) costs.push(["bytes", bytes, frames.byteLength]);
  // A body that one of them refuses is not counted by the other: it comes again.
  for (const [name, buckets, count] of costs) {
    const waitMs = buckets.waitMs(id, count, nowMs);
    if (waitMs > 0)
      throw exceeded(quotas, "token", name, "More was published with this token in a second than it may", waitMs);
  }
  for (const [, buckets, count] of costs) buckets.spend(id, count, nowMs);
}

/** AC13m: counts an announcement, for its token and for its address. @throws Problem `quota-exceeded` */
export function spendOnAnnouncement({ quotas }: Access, { id }: Principal, address: string, nowMs: number): void {
  const { announcements } = bucketsOf(quotas);
  const costs = [
    { kind: "token", key: id },
    { kind: "address", key: address },
  ] as const;
  for (const { kind, key } of costs) {
    const waitMs = announcements[kind]?.waitMs(key, 1, nowMs) ?? 0;
    const what = `More publishers are announced by this ${kind} than may be`;
    if (waitMs > 0) throw exceeded(quotas, kind, "announcements", what, waitMs);
  }
  for (const { kind, key } of costs) announcements[kind]?.spend(key, 1, nowMs);
}

/** AC13f: counts a read. @throws Problem `quota-exceeded` */
export async function spendOnRead(
  { quotas }: Access,
  { READ_LIMIT }: { READ_LIMIT?: RateLimitBinding | undefined },
  asker: Asker,
  nowMs: number,
): Promise<void> {
  const buckets = bucketsOf(quotas).reads[asker.kind];
  const key = asker.kind === "token" ? asker.id : asker.address;
  const waitMs = buckets?.waitMs(key, 1, nowMs) ?? 0;
  if (waitMs > 0)
    throw exceeded(quotas, asker.kind, "reads", `This ${asker.kind} reads more often than it may`, waitMs);
  buckets?.spend(key, 1, nowMs);
  if (asker.kind === "token" || (await isWithin(READ_LIMIT, key))) return;
  throw new HttpProblem(
    "quota-exceeded",
    `This address reads more often than it may (READ_LIMIT). Try again in ${RATE_LIMIT_PERIOD_S} s.`,
    { "Retry-After": String(RATE_LIMIT_PERIOD_S) },
  );
}

/** AC13h: one more viewer of this asker would be too many in this channel. */
export function tooManyViewers({ quotas }: Access, { kind }: Asker): HttpProblem {
  return exceeded(quotas, kind, "viewers", `As many viewers of this ${kind} watch here already as may`, 30_000);
}

function exceeded(
  quotas: QuotaConfig,
  kind: Asker["kind"],
  name: QuotaName,
  what: string,
  waitMs: number,
): HttpProblem {
  const variable = kind === "token" ? "QUOTA_TOKEN" : "QUOTA_ADDRESS";
  const seconds = Math.max(1, Math.ceil(waitMs / 1000));
  const word = quotaWord(name, quotas[kind][name] ?? 0);
  return new HttpProblem("quota-exceeded", `${what} (${variable} has ${word}). Try again in ${seconds} s.`, {
    "Retry-After": String(seconds),
  });
}

function pointsIn(frames: Uint8Array): number {
  return splitFrames(frames).reduce((sum, frame) => sum + readHeader(frame).points, 0);
}
