import { coversRights, parseRights, type Rights } from "../../protocol/access/rights.ts";
import type { ListedToken } from "../../protocol/messages/named-tokens.ts";
import type { Refusal } from "../../protocol/problem.ts";
import { EXPIRED_TOKEN } from "../auth/authenticate.ts";
import { MAX_CHANNELS_OF_TOKEN, UNKNOWN_TOKEN } from "../auth/named-tokens.ts";
import { isExpired, isOwner, type Principal } from "../auth/principal.ts";
import type { NamedToken, TokenList, UseNoted } from "../auth/token-list.ts";
import { numberIn, type Sql } from "./sql.ts";

export const MAX_NAMED_TOKENS = 1_000;
/** Of all together, as JSON: every isolate keeps them. */
export const MAX_RIGHTS_LENGTH = 1_048_576;
/** Of one maker, and so many are left to the owner alone. */
export const MAX_TOKENS_OF_MAKER = 100;
export const MAX_RIGHTS_LENGTH_OF_MAKER = 131_072;
/**
 * In how many channels all tokens together may be used, and those of one maker; so many are left to the owner's own. A channel that is still to
 * be told of a revoked token counts as one use: so as many are to be told at most, whatever is revoked.
 */
export const MAX_USES = 100_000;
export const MAX_USES_OF_MAKER = 10_000;
/** Whoever comes with a token that has expired is told so for a day. Until then it counts as none. */
export const EXPIRED_KEPT_MS = 86_400_000;
/** A list names so many channels of each token. */
const MAX_CHANNELS_LISTED = 20;

/** A token that is to be kept. */
export interface NewToken {
  /** With a prefix: it gets a name of its own that begins with that. */
  name: string | { prefix: string };
  sha256: string;
  rights: Rights;
  expiresAtMs: number | null;
  maker: Pick<Principal, "kind" | "id" | "tokenId">;
}

/** In how many channels tokens may be used. */
export interface UseBounds {
  /** One token. */
  most: number;
  /** How many channels are still to be told of revoked tokens: of those that counted for somebody, or of all. */
  pending(countsFor?: string): number;
  nowMs: number;
}

/** To whom tokens are counted that the Worker's own secrets made: they have no bound of their own. */
const OWNER = "owner";
/** The columns of a {@link NamedToken}. */
const NAMED = "id, name, sha256, rights, expires_at_ms, counted_to";

/** Named tokens, without the tokens themselves, and in which channels each was used. */
export class TokenStore {
  readonly #sql: Sql;

  /** Whether a token was ever kept here. */
  static isIn(sql: Sql): boolean {
    return sql.exec("SELECT 1 FROM sqlite_master WHERE name = 'tokens'").toArray().length > 0;
  }

  /** Makes its tables if they are not there. */
  constructor(sql: Sql) {
    this.#sql = sql;
    sql.exec(
      `CREATE TABLE IF NOT EXISTS tokens (id TEXT PRIMARY KEY, name TEXT NOT NULL UNIQUE, sha256 TEXT NOT NULL UNIQUE,
        rights TEXT NOT NULL, created_at_ms INTEGER NOT NULL, expires_at_ms INTEGER, made_by TEXT NOT NULL,
        counted_to TEXT NOT NULL, channel_count INTEGER NOT NULL)`,
    );
    sql.exec(
      "CREATE TABLE IF NOT EXISTS uses (token_id TEXT, channel TEXT, PRIMARY KEY (token_id, channel)) WITHOUT ROWID",
    );
    // One row: how often the list was changed.
    sql.exec("CREATE TABLE IF NOT EXISTS list (id INTEGER PRIMARY KEY, version INTEGER NOT NULL)");
  }

  /** The list, if it is not the one of this version any more. */
  tokensSince(version: number): TokenList | undefined {
    const current = this.#version;
    if (version === current) return undefined;
    const rows = this.#sql.exec(`SELECT ${NAMED} FROM tokens`).toArray();
    return { version: current, tokens: rows.map(namedTokenOf) };
  }

  /** Keeps a token. @returns its name; or why there is no room for it */
  add(token: NewToken, nowMs: number): { name: string } | Refusal {
    const { sha256, expiresAtMs, maker } = token;
    const { id, name } = this.#newIdAndName(token.name);
    const rights = JSON.stringify(token.rights);
    const countedTo = this.#countedTo(maker, nowMs);
    if (typeof countedTo !== "string") return countedTo;
    const former = this.find(name);
    if (former !== undefined && !isExpired(former, nowMs)) return exists(name);
    if (former !== undefined) this.remove(former.id, nowMs);
    if (this.#full(rights, countedTo) !== undefined) this.dropExpired(nowMs, 0);
    const full = this.#full(rights, countedTo);
    if (full !== undefined) return full;
    this.#sql.exec(
      "INSERT INTO tokens VALUES (?, ?, ?, ?, ?, ?, ?, ?, 0)",
      id,
      name,
      sha256,
      rights,
      nowMs,
      expiresAtMs,
      maker.id,
      countedTo,
    );
    this.#changed();
    return { name };
  }

  /** The token of a name. */
  find(name: string): NamedToken | undefined {
    const rows = this.#sql.exec(`SELECT ${NAMED} FROM tokens WHERE name = ?`, name);
    return rows.toArray().map(namedTokenOf)[0];
  }

  /** Those that have not expired and for which somebody with these rights has `admin`, by name. */
  list(nowMs: number, rightsOfAsker: Rights): ListedToken[] {
    const rows = this.#sql.exec(
      "SELECT * FROM tokens WHERE expires_at_ms IS NULL OR expires_at_ms > ? ORDER BY name",
      nowMs,
    );
    const listed: ListedToken[] = [];
    for (const row of rows.toArray()) {
      const { id, name, rights, expiresAtMs } = namedTokenOf(row);
      if (!coversRights(rightsOfAsker, "admin", rights)) continue;
      listed.push({
        name,
        rights,
        createdAtMs: Number(row.created_at_ms),
        expiresAtMs,
        madeBy: String(row.made_by),
        channels: this.#channelsOf(id, MAX_CHANNELS_LISTED),
        channelCount: Number(row.channel_count),
      });
    }
    return listed;
  }

  /**
   * Takes a token away.
   * @returns in which channels it let somebody in who may be there still, and whose bound counted that; undefined: there is none of this id
   */
  remove(id: string, nowMs: number): { channels: string[]; countsFor: string } | undefined {
    const [row] = this.#sql.exec("SELECT counted_to, expires_at_ms FROM tokens WHERE id = ?", id).toArray();
    if (row === undefined) return undefined;
    // What came in with one that has expired ended by itself.
    const channels = isExpired(expiryOf(row), nowMs) ? [] : this.#channelsOf(id, MAX_CHANNELS_OF_TOKEN);
    this.#sql.exec("DELETE FROM uses WHERE token_id = ?", id);
    this.#sql.exec("DELETE FROM tokens WHERE id = ?", id);
    this.#changed();
    return { channels, countsFor: countsFor(id, String(row.counted_to)) };
  }

  /** A token is used in a channel. */
  note(id: string, channel: string, bounds: UseBounds): UseNoted {
    const channelCount = numberIn(this.#sql, "SELECT channel_count FROM tokens WHERE id = ?", id);
    if (channelCount === null) return "no-such-token";
    const isNoted = "SELECT COUNT(*) FROM uses WHERE token_id = ? AND channel = ?";
    if (numberIn(this.#sql, isNoted, id, channel) === 1) return "noted";
    if (channelCount >= bounds.most) return "too-many-channels";
    if (!this.#hasRoomForUse(id, bounds)) return "too-many-uses";
    this.#sql.exec("INSERT INTO uses VALUES (?, ?)", id, channel);
    // Kept, because a list has the counts of all.
    this.#sql.exec("UPDATE tokens SET channel_count = channel_count + 1 WHERE id = ?", id);
    return "noted";
  }

  /** Forgets tokens that have expired so long ago. Connections that came in with them ended by themselves. */
  dropExpired(nowMs: number, keptMs = EXPIRED_KEPT_MS): void {
    const rows = this.#sql.exec("SELECT id FROM tokens WHERE expires_at_ms <= ?", nowMs - keptMs).toArray();
    for (const { id } of rows) this.remove(String(id), nowMs);
  }

  /** When the next one is to be forgotten; null: none expires. */
  get nextDropAtMs(): number | null {
    const expiresAtMs = numberIn(this.#sql, "SELECT MIN(expires_at_ms) FROM tokens");
    return expiresAtMs === null ? null : expiresAtMs + EXPIRED_KEPT_MS;
  }

  get #version(): number {
    return numberIn(this.#sql, "SELECT version FROM list") ?? 0;
  }

  #changed(): void {
    this.#sql.exec("INSERT OR REPLACE INTO list VALUES (1, ?)", this.#version + 1);
  }

  /**
   * Whose bound a new token counts for; or why its maker makes none any more. What is made with a token that somebody made is theirs,
   * and stays so when that is revoked: or whoever may make tokens could make makers.
   */
  #countedTo(maker: NewToken["maker"], nowMs: number): string | Refusal {
    const { id, tokenId } = maker;
    if (isOwner(maker)) return OWNER;
    if (tokenId === null) return id;
    const [row] = this.#sql.exec("SELECT counted_to, expires_at_ms FROM tokens WHERE id = ?", tokenId).toArray();
    // It was revoked, and an isolate does not know it yet: what it made now would outlive it.
    if (row === undefined) return UNKNOWN_TOKEN;
    if (isExpired(expiryOf(row), nowMs)) return EXPIRED_TOKEN;
    return countsFor(tokenId, String(row.counted_to));
  }

  /** Why there is no room for one more token. */
  #full(rights: string, countedTo: string): Refusal | undefined {
    const exceeds = (where: string, values: string[], most: number, mostLength: number): boolean => {
      const count = numberIn(this.#sql, `SELECT COUNT(*) FROM tokens ${where}`, ...values) ?? 0;
      const length = numberIn(this.#sql, `SELECT SUM(LENGTH(rights)) FROM tokens ${where}`, ...values) ?? 0;
      return count >= most || length + rights.length > mostLength;
    };
    if (countedTo === OWNER) return exceeds("", [], MAX_NAMED_TOKENS, MAX_RIGHTS_LENGTH) ? FULL : undefined;
    if (exceeds("WHERE counted_to = ?", [countedTo], MAX_TOKENS_OF_MAKER, MAX_RIGHTS_LENGTH_OF_MAKER))
      return MAKER_FULL;
    const left = [MAX_NAMED_TOKENS - MAX_TOKENS_OF_MAKER, MAX_RIGHTS_LENGTH - MAX_RIGHTS_LENGTH_OF_MAKER] as const;
    return exceeds("", [], ...left) ? FULL : undefined;
  }

  /** Whether one more use has room beside the others, and beside what is still to be told of those that were taken away. */
  #hasRoomForUse(id: string, { pending, nowMs }: UseBounds): boolean {
    const [row] = this.#sql.exec("SELECT counted_to FROM tokens WHERE id = ?", id).toArray();
    const countedTo = String(row?.counted_to);
    const maker = countsFor(id, countedTo);
    // Of one that has expired nobody is to be told.
    const uses = "SELECT SUM(channel_count) FROM tokens WHERE (expires_at_ms IS NULL OR expires_at_ms > ?)";
    const inAll = numberIn(this.#sql, uses, nowMs) ?? 0;
    const ofMaker = numberIn(this.#sql, `${uses} AND (counted_to = ? OR 'token:' || id = ?)`, nowMs, maker, maker) ?? 0;
    const most = countedTo === OWNER ? MAX_USES : MAX_USES - MAX_USES_OF_MAKER;
    return inAll + pending() < most && ofMaker + pending(maker) < MAX_USES_OF_MAKER;
  }

  #newIdAndName(asked: NewToken["name"]): { id: string; name: string } {
    for (;;) {
      const [random = 0] = crypto.getRandomValues(new Uint32Array(1));
      const id = random.toString(16).padStart(8, "0");
      if (this.#count("id", id) !== 0) continue;
      if (typeof asked === "string") return { id, name: asked };
      const name = asked.prefix + id;
      if (this.#count("name", name) === 0) return { id, name };
    }
  }

  #count(column: "id" | "name", value: string): number {
    return numberIn(this.#sql, `SELECT COUNT(*) FROM tokens WHERE ${column} = ?`, value) ?? 0;
  }

  #channelsOf(id: string, limit: number): string[] {
    const rows = this.#sql.exec("SELECT channel FROM uses WHERE token_id = ? ORDER BY channel LIMIT ?", id, limit);
    return rows.toArray().map(({ channel }) => String(channel));
  }
}

const FULL: Refusal = {
  code: "quota-exceeded",
  detail: `There are ${MAX_NAMED_TOKENS} named tokens at most, and their rights together have a bound. Revoke some first: plotcast token list.`,
};

const MAKER_FULL: Refusal = {
  code: "quota-exceeded",
  detail: `With this token, and with those that it made, ${MAX_TOKENS_OF_MAKER} named tokens are made at most, share links too, and their rights together have a bound. Revoke some first: plotcast token list.`,
};

function exists(name: string): Refusal {
  return {
    code: "token-exists",
    detail: `There is a token of the name "${name}". Choose another name, or revoke that one first.`,
  };
}

function expiryOf({ expires_at_ms: expiresAtMs }: Record<string, unknown>): { expiresAtMs: number | null } {
  return { expiresAtMs: expiresAtMs === null ? null : Number(expiresAtMs) };
}

/** Whose bound counts what is made with a token. @param countedTo for whom it counts itself */
function countsFor(id: string, countedTo: string): string {
  return countedTo === OWNER ? `token:${id}` : countedTo;
}

function namedTokenOf(row: Record<string, unknown>): NamedToken {
  const { id, name, sha256, rights, counted_to: countedTo } = row;
  const parsed = parseRights(JSON.parse(String(rights)));
  if ("fault" in parsed) throw new Error(`The stored rights of a token are damaged. ${parsed.fault}`);
  return {
    id: String(id),
    name: String(name),
    sha256: String(sha256),
    // RPC passes on no object without a prototype.
    rights: { ...parsed.rights },
    ...expiryOf(row),
    countsFor: countsFor(String(id), String(countedTo)),
  };
}
