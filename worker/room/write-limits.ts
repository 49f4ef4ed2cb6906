import { RateLimit } from "../auth/bounds/rate-limit.ts";

/** What is written down costs rows, whoever asks for it: so much of each token or address at once, and each second after that. */
export const COMMANDS_AT_ONCE = 100;
export const COMMANDS_PER_SECOND = 25;
export const NOTES_AT_ONCE = 20;
export const NOTES_PER_SECOND = 0.5;
/** Tokens and addresses that are counted; beyond, the one is forgotten that was counted first. */
const MAX_COUNTED = 4_096;

/** What publishers say by POST: as much as by a WebSocket (BW9a), over all requests. */
export const POSTED_AT_ONCE = 2_000;
export const POSTED_PER_SECOND = 500;

export type Write = "command" | "note" | "post";

/** How much each token and each address says in a room, over all its connections, of what costs more than to pass it on. */
export class WriteLimits {
  readonly #limits = new Map<string, RateLimit>();

  /** @param who by what a participant is counted @returns whether it may write one more */
  take(who: string, write: Write, nowMs: number): boolean {
    const key = `${write} ${who}`;
    const limit = this.#limits.get(key) ?? newLimit(write, nowMs);
    this.#limits.delete(key);
    this.#limits.set(key, limit);
    const [first] = this.#limits.keys();
    if (this.#limits.size > MAX_COUNTED && first !== undefined) this.#limits.delete(first);
    return limit.take(nowMs);
  }
}

function newLimit(write: Write, nowMs: number): RateLimit {
  switch (write) {
    case "command":
      return new RateLimit(COMMANDS_PER_SECOND, nowMs, COMMANDS_AT_ONCE);
    case "note":
      return new RateLimit(NOTES_PER_SECOND, nowMs, NOTES_AT_ONCE);
    case "post":
      return new RateLimit(POSTED_PER_SECOND, nowMs, POSTED_AT_ONCE);
    default:
      return write satisfies never;
  }
}
