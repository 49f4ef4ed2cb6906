import { fullJitterMs } from "../../../protocol/backoff.ts";
import type { Exchange } from "./page-credential.ts";

/** Where the Worker does not say when: from so long to so long. */
const BASE_DELAY_MS = 5_000;
const MAX_DELAY_MS = 60_000;

/** What trying a link's token again needs. */
export interface LinkTokenEnvironment {
  exchange(token: string): Promise<Exchange>;
  pause(ms: number): Promise<unknown>;
  random(): number;
  /** Says why the token is not taken yet. */
  say(text: string): void;
  /** No other token took its place. */
  isWanted(): boolean;
}

/**
 * Tries the token of a link until the Worker can say whether it counts: the link is out of the address, and the page alone has the token.
 * It is kept in memory, and nowhere else.
 * @returns undefined: another token took its place
 */
export async function exchangeLinkToken(
  token: string,
  { exchange, pause, random, say, isWanted }: LinkTokenEnvironment,
): Promise<Exclude<Exchange, { kind: "later" }> | undefined> {
  for (let attempt = 0; ; attempt++) {
    const outcome = await exchange(token);
    if (!isWanted()) return undefined;
    if (outcome.kind !== "later") return outcome;
    const { text, retryAfterMs } = outcome;
    const why = retryAfterMs === undefined ? "The Worker cannot be reached now." : text;
    say(`${why} This page keeps the token of the link, and tries it again by itself.`);
    await pause(retryAfterMs ?? BASE_DELAY_MS + fullJitterMs(attempt, BASE_DELAY_MS, MAX_DELAY_MS, random()));
    if (!isWanted()) return undefined;
  }
}
