import type { Rights } from "../../protocol/access/rights.ts";

/** The list of named tokens as an isolate keeps it, and how it is asked for. */

/** A named token, as far as a request needs it. */
export interface NamedToken {
  /** By what it is known in channels: eight hexadecimal digits. */
  id: string;
  name: string;
  /** Of the token itself, in hexadecimal; the token is kept nowhere. */
  sha256: string;
  rights: Rights;
  /** Milliseconds since 1970; null: it does not expire. */
  expiresAtMs: number | null;
  /** Whose bound counts what is made with it: its own, or that of whoever made it (AC6j). */
  countsFor: string;
}

/** All named tokens, and which state of the list that is. */
export interface TokenList {
  version: number;
  tokens: NamedToken[];
}

/** What became of the note that a token is used in a channel. */
export type UseNoted = "noted" | "no-such-token" | "too-many-channels" | "too-many-uses";

/** What isolates ask of the object that keeps named tokens (worker/tokens). */
export interface NamedTokens {
  tokensSince: AskForList;
  note(tokenId: string, channel: string): Promise<UseNoted>;
}

/** Asks for the list, unless it is still the one of this version. */
export type AskForList = (version: number) => Promise<TokenList | undefined>;

/** A copy that is younger is used as it is; for as long nobody asks again. */
export const FRESH_MS = 5_000;
/** While the list cannot be had, or somebody asks for it, an older copy counts for so long. */
export const USABLE_MS = 60_000;
/** Longer nobody waits for it. */
export const MAX_ASK_MS = 3_000;
const LOOK_EVERY_MS = 10;
const NONE = -1;

/** The list as it was when it was asked for. */
interface Copy {
  version: number;
  /** By their SHA-256. */
  tokens: ReadonlyMap<string, NamedToken>;
  askedAtMs: number;
  /** How often the list had been changed from here by then. */
  changes: number;
}

/** Somebody asked for the list, or asks for it still. */
interface Ask {
  atMs: number;
  changes: number;
  isUnderWay: boolean;
}

/**
 * An isolate's copy of the list. It is asked for once in {@link FRESH_MS}, whatever tokens come: by one request, while others use the older
 * copy. Where there is none they look again by timers of their own until it is there: Workers let no request wait for what another awaits.
 * And the one that asks may be ended in the middle, so nobody relies on it.
 *
 * After a change from here it is asked for at once. What a request needs is the list after the changes that were made before it came: later
 * ones do not make it begin again, or whoever makes many could keep it from ever having a list.
 */
export class TokenListCopy {
  #copy: Copy | undefined;
  /** The last one. */
  #ask: Ask | undefined;
  /** How often the list was changed from here. */
  #changes = 0;

  /** The named tokens by their SHA-256; undefined: they cannot be had. */
  async get(ask: AskForList, nowMs: number): Promise<ReadonlyMap<string, NamedToken> | undefined> {
    const changes = this.#changes;
    const isAsked = this.#ask?.changes === changes && isWithin(FRESH_MS, this.#ask.atMs, nowMs);
    if (!isAsked) await this.#renew(ask, nowMs);
    else if (this.#usable(changes, nowMs) === undefined) await this.#untilUsable(changes, nowMs);
    return this.#usable(changes, nowMs);
  }

  /** The list was changed from here: for whoever comes from now on, what is known of it does not count any more. */
  forget(): void {
    this.#changes++;
  }

  #usable(changes: number, nowMs: number): ReadonlyMap<string, NamedToken> | undefined {
    if (this.#copy === undefined || this.#copy.changes < changes) return undefined;
    const { tokens, askedAtMs } = this.#copy;
    // Asked for by a request that began after this one: so it is younger than it looks.
    const isUsable = askedAtMs > nowMs ? askedAtMs - nowMs < USABLE_MS : isWithin(USABLE_MS, askedAtMs, nowMs);
    return isUsable ? tokens : undefined;
  }

  async #renew(askForList: AskForList, nowMs: number): Promise<void> {
    const ask: Ask = { atMs: nowMs, changes: this.#changes, isUnderWay: true };
    this.#ask = ask;
    const former = this.#copy;
    try {
      const list = await withinMs(MAX_ASK_MS, askForList(former?.version ?? NONE));
      // One that was asked for after a later change came first.
      if (this.#copy !== undefined && this.#copy.changes > ask.changes) return;
      const of = { askedAtMs: nowMs, changes: ask.changes };
      if (list !== undefined) {
        const tokens = new Map(list.tokens.map((token) => [token.sha256, token]));
        this.#copy = { ...of, version: list.version, tokens };
      } else if (former !== undefined) this.#copy = { ...former, ...of };
    } catch (error) {
      console.warn(`The list of named tokens cannot be had: ${error instanceof Error ? error.message : String(error)}`);
    } finally {
      ask.isUnderWay = false;
    }
  }

  async #untilUsable(changes: number, nowMs: number): Promise<void> {
    for (let waitedMs = 0; waitedMs < MAX_ASK_MS; waitedMs += LOOK_EVERY_MS) {
      if (this.#ask?.isUnderWay !== true || this.#usable(changes, nowMs) !== undefined) return;
      await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
    }
  }
}

/** Resolves or rejects as `promise` does; rejects when that takes longer. */
export async function withinMs<T>(ms: number, promise: Promise<T>): Promise<T> {
  let cancel = (): void => {};
  const late = new Promise<never>((_, reject) => {
    const timer = setTimeout(() => reject(new Error(`it took longer than ${ms / 1000} s`)), ms);
    cancel = () => clearTimeout(timer);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    cancel();
  }
}

/** Whether it is no longer ago. A time that is ahead is of a clock that was set back since. */
function isWithin(ms: number, thenMs: number, nowMs: number): boolean {
  return nowMs >= thenMs && nowMs < thenMs + ms;
}
