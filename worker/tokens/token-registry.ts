import { DurableObject } from "cloudflare:workers";
import type { Rights } from "../../protocol/access/rights.ts";
import type { ListedToken } from "../../protocol/messages/named-tokens.ts";
import type { Refusal } from "../../protocol/problem.ts";
import { channelsOfToken } from "../auth/named-tokens.ts";
import { type NamedToken, type TokenList, type UseNoted, withinMs } from "../auth/token-list.ts";
import { type Revocation, Revocations } from "./revocations.ts";
import { type NewToken, TokenStore } from "./token-store.ts";

/** Channels that are told with one alarm, and of these at once: each is a request, of which an event may make 1,000. */
const TOLD_AN_ALARM = 500;
const TOLD_AT_ONCE = 25;
/** A channel that does not answer for so long is tried again later. */
const MAX_TELL_MS = 10_000;

/** What is stored. */
interface Kept {
  tokens: TokenStore;
  revocations: Revocations;
}

/**
 * Keeps the named tokens of all channels: one object. Isolates have copies of its list, so it is asked seldom; channels are told what
 * was revoked.
 */
export class TokenRegistry extends DurableObject<Env> {
  /** Undefined until the first token: whoever comes with a wrong one makes no row. */
  #kept: Kept | undefined;

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env);
    if (TokenStore.isIn(ctx.storage.sql)) this.#kept = keptIn(ctx.storage.sql);
  }

  /** The list, if it is not the one of this version any more. */
  async tokensSince(version: number): Promise<TokenList | undefined> {
    if (this.#kept !== undefined) return this.#kept.tokens.tokensSince(version);
    return version === 0 ? undefined : { version: 0, tokens: [] };
  }

  /** Keeps a new token. @returns its name; or why not */
  async add(token: NewToken): Promise<{ name: string } | Refusal> {
    this.#kept ??= keptIn(this.ctx.storage.sql);
    const added = this.#kept.tokens.add(token, Date.now());
    await this.#setAlarm(this.#kept);
    return added;
  }

  /** The tokens for which somebody with these rights has `admin`. */
  async list(rightsOfAsker: Rights): Promise<ListedToken[]> {
    return this.#kept?.tokens.list(Date.now(), rightsOfAsker) ?? [];
  }

  async find(name: string): Promise<NamedToken | undefined> {
    return this.#kept?.tokens.find(name);
  }

  /** Takes a token away, and soon from the connections that came in with it. @returns whether there was one */
  async revoke(tokenId: string): Promise<boolean> {
    const nowMs = Date.now();
    const removed = this.#kept?.tokens.remove(tokenId, nowMs);
    if (this.#kept === undefined || removed === undefined) return false;
    this.#kept.revocations.begin(tokenId, removed.countsFor, removed.channels, nowMs);
    await this.#setAlarm(this.#kept);
    return true;
  }

  /** A token is used in a channel, which is told when it is revoked. */
  async note(tokenId: string, channel: string): Promise<UseNoted> {
    if (this.#kept === undefined) return "no-such-token";
    const { tokens, revocations } = this.#kept;
    return tokens.note(tokenId, channel, {
      most: channelsOfToken(this.env),
      pending: (of) => revocations.pending(of),
      nowMs: Date.now(),
    });
  }

  override async alarm(): Promise<void> {
    if (this.#kept === undefined) return;
    const { tokens, revocations } = this.#kept;
    const nowMs = Date.now();
    tokens.dropExpired(nowMs);
    const due = revocations.due(nowMs, TOLD_AN_ALARM);
    const failures: string[] = [];
    while (due.length > 0) {
      const turn = due.splice(0, TOLD_AT_ONCE);
      failures.push(
        ...(await Promise.all(turn.map((each) => this.#tell(revocations, each)))).filter((why) => why !== undefined),
      );
    }
    const [first] = failures;
    if (first !== undefined)
      console.warn(`${failures.length} times a channel could not be told of a revoked token. ${first}`);
    await this.#setAlarm(this.#kept);
  }

  /** @returns what failed */
  async #tell(revocations: Revocations, revocation: Revocation): Promise<string | undefined> {
    const { tokenId, channel } = revocation;
    try {
      await withinMs(MAX_TELL_MS, this.env.CHANNEL.getByName(channel).revoke(tokenId));
      revocations.told(revocation);
      return undefined;
    } catch (error) {
      revocations.failed(revocation, Date.now());
      return `${channel}: ${error instanceof Error ? error.message : String(error)}`;
    }
  }

  /** Sets the alarm for what is due next. */
  async #setAlarm({ tokens, revocations }: Kept): Promise<void> {
    const times = [tokens.nextDropAtMs, revocations.nextDueAtMs].filter((atMs) => atMs !== null);
    const nextMs = Math.min(...times);
    if (times.length > 0 && (await this.ctx.storage.getAlarm()) !== nextMs) await this.ctx.storage.setAlarm(nextMs);
  }
}

function keptIn(sql: SqlStorage): Kept {
  return { tokens: new TokenStore(sql), revocations: new Revocations(sql) };
}
