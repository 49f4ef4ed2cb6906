import type { AuthEnv } from "../../auth/auth-env.ts";
import { QuotaBuckets } from "../../auth/bounds/quota-buckets.ts";
import { makerOf } from "../../auth/named-tokens.ts";
import { isOwner, type Principal } from "../../auth/principal.ts";
import { HttpProblem } from "../problem-response.ts";

/** How often whoever is not the owner may list and change tokens: all verify by the object that keeps them. */

const PER_S = 1;
const LIST_BURST_S = 10;
/** As many as one maker may have (AC6j), in a row, and some more. */
const CHANGE_BURST_S = 120;

/** Of this isolate. */
const lists = new QuotaBuckets(PER_S, LIST_BURST_S);
const changes = new QuotaBuckets(PER_S, CHANGE_BURST_S);

/** AC6k. @throws Problem `too-many-requests` */
export function spendOnList(principal: Principal, nowMs: number): void {
  if (isOwner(principal)) return;
  spend(lists, principal.id, nowMs, "Tokens are listed once a second at most.");
}

/**
 * AC6l: before a token is made or revoked, which every isolate then learns, and this one at once: whoever comes next waits for that.
 * @throws Problem `too-many-requests`
 */
export async function spendOnChange(principal: Principal, env: AuthEnv): Promise<void> {
  if (isOwner(principal)) return;
  const nowMs = Date.now();
  const maker = await makerOf(principal, env, nowMs);
  const what = "With this token, and those that it made, tokens and share links are made and revoked once a second.";
  spend(changes, maker, nowMs, what);
}

function spend(buckets: QuotaBuckets, key: string, nowMs: number, what: string): void {
  const waitMs = buckets.waitMs(key, 1, nowMs);
  if (waitMs > 0) {
    const seconds = Math.ceil(waitMs / 1000);
    throw new HttpProblem("too-many-requests", `${what} Try again in ${seconds} s.`, {
      "Retry-After": String(seconds),
    });
  }
  buckets.spend(key, 1, nowMs);
}
