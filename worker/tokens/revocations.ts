import { numberIn, type Sql } from "./sql.ts";

/**
 * After so long a channel is told that a token was revoked. The first time ends its connections. But isolates keep the list of tokens for five
 * seconds, and for a minute while it cannot be had: what one of them lets in meanwhile is ended by the second time, and the third.
 */
export const TOLD_AFTER_MS = [0, 10_000, 70_000] as const;
/** A channel that cannot be told is tried again until it can: after so long, then twice as long, and so on. */
export const BASE_DELAY_MS = 1_000;
export const MAX_DELAY_MS = 600_000;

/** A channel that is still to be told of a revoked token. */
export interface Revocation {
  tokenId: string;
  channel: string;
  revokedAtMs: number;
  /** How often it was told. */
  told: number;
  /** How often that failed since. */
  failures: number;
  /** Whose bound counts it: as of the token (AC6j). */
  countsFor: string;
}

/**
 * What is still to be told of revoked tokens. It outlives an eviction, and none is left out: a connection that nobody ends would stay for
 * ever. What bounds it is that each was a use of a token before, and that there is no room for uses where too much is still to be told.
 */
export class Revocations {
  readonly #sql: Sql;
  /** How many there are, by whom their tokens counted for. */
  readonly #pending = new Map<string, number>();

  constructor(sql: Sql) {
    this.#sql = sql;
    sql.exec(
      `CREATE TABLE IF NOT EXISTS revocations (token_id TEXT, channel TEXT, revoked_at_ms INTEGER NOT NULL, due_at_ms INTEGER NOT NULL,
        told INTEGER NOT NULL, failures INTEGER NOT NULL, counts_for TEXT NOT NULL DEFAULT '', PRIMARY KEY (token_id, channel)) WITHOUT ROWID`,
    );
    const isNamed = "SELECT COUNT(*) FROM sqlite_master WHERE name = 'revocations' AND sql LIKE '%counts_for%'";
    // One that was made before it was counted.
    if (numberIn(sql, isNamed) === 0)
      sql.exec("ALTER TABLE revocations ADD COLUMN counts_for TEXT NOT NULL DEFAULT ''");
    for (const row of sql.exec("SELECT counts_for, COUNT(*) AS count FROM revocations GROUP BY counts_for").toArray())
      this.#pending.set(String(row.counts_for), Number(row.count));
  }

  /** How many channels are still to be told: of tokens that counted for somebody, or of all. */
  pending(countsFor?: string): number {
    if (countsFor !== undefined) return this.#pending.get(countsFor) ?? 0;
    return [...this.#pending.values()].reduce((sum, count) => sum + count, 0);
  }

  /** A token was revoked that was used in these channels. */
  begin(tokenId: string, countsFor: string, channels: readonly string[], nowMs: number): void {
    const query = "INSERT OR REPLACE INTO revocations VALUES (?, ?, ?, ?, 0, 0, ?)";
    for (const channel of channels) this.#sql.exec(query, tokenId, channel, nowMs, nowMs, countsFor);
    this.#count(countsFor, channels.length);
  }

  /** Who is to be told now, so many at most. Each token in its turn: one that was used in many channels holds up no other. */
  due(nowMs: number, limit: number): Revocation[] {
    const rows = this.#sql.exec(
      `SELECT * FROM (SELECT *, ROW_NUMBER() OVER (PARTITION BY token_id ORDER BY due_at_ms) AS turn FROM revocations WHERE due_at_ms <= ?)
        ORDER BY turn, due_at_ms LIMIT ?`,
      nowMs,
      limit,
    );
    return rows.toArray().map((row) => ({
      tokenId: String(row.token_id),
      channel: String(row.channel),
      revokedAtMs: Number(row.revoked_at_ms),
      told: Number(row.told),
      failures: Number(row.failures),
      countsFor: String(row.counts_for),
    }));
  }

  /** When the next is due; null: none is. */
  get nextDueAtMs(): number | null {
    return numberIn(this.#sql, "SELECT MIN(due_at_ms) FROM revocations");
  }

  /** A channel was told. */
  told(revocation: Revocation): void {
    const told = revocation.told + 1;
    const afterMs = TOLD_AFTER_MS[told];
    if (afterMs === undefined) this.#end(revocation);
    else this.#next(revocation, revocation.revokedAtMs + afterMs, told, 0);
  }

  /** It could not be told. */
  failed(revocation: Revocation, nowMs: number): void {
    const delayMs = Math.min(MAX_DELAY_MS, BASE_DELAY_MS * 2 ** Math.min(revocation.failures, 30));
    this.#next(revocation, nowMs + delayMs, revocation.told, revocation.failures + 1);
  }

  #next({ tokenId, channel }: Revocation, dueAtMs: number, told: number, failures: number): void {
    this.#sql.exec(
      "UPDATE revocations SET due_at_ms = ?, told = ?, failures = ? WHERE token_id = ? AND channel = ?",
      dueAtMs,
      told,
      failures,
      tokenId,
      channel,
    );
  }

  #end({ tokenId, channel, countsFor }: Revocation): void {
    this.#sql.exec("DELETE FROM revocations WHERE token_id = ? AND channel = ?", tokenId, channel);
    this.#count(countsFor, -1);
  }

  #count(countsFor: string, more: number): void {
    const count = this.pending(countsFor) + more;
    if (count > 0) this.#pending.set(countsFor, count);
    else this.#pending.delete(countsFor);
  }
}
