import { ANONYMOUS, type FrameHeader } from "../../../protocol/frame/header.ts";
import { MAX_PUBLISHERS } from "../../../protocol/limits.ts";
import { sequenceFault } from "../../../protocol/sequence.ts";
import { addColumn } from "./add-column.ts";

/** The last frame that was taken of a publisher. */
interface Standing {
  /** The publisher's own number of it, and the channel's. */
  publisherSeq: number;
  seq: number;
  /** When it was taken; 0 if that is not known any more. */
  takenAtMs: number;
}

/**
 * Where publishers stand, which is how a repeat is known: the last {@link MAX_PUBLISHERS} of them. The frames in the
 * store tell that; what they no longer tell is written down when they are deleted.
 */
export class Publishers {
  readonly #sql: SqlStorage;
  /** In the order of use, so that the first is the one to forget. */
  readonly #standings = new Map<string, Standing>();

  /** @param sql has the table of frames already */
  constructor(sql: SqlStorage) {
    this.#sql = sql;
    sql.exec(`
      CREATE TABLE IF NOT EXISTS publishers (
        id TEXT PRIMARY KEY, publisher_seq INTEGER NOT NULL, seq INTEGER NOT NULL, taken_at_ms INTEGER) WITHOUT ROWID`);
    addColumn(sql, "publishers", "taken_at_ms");
    const query = `
      SELECT id, publisher_seq, seq, taken_at_ms FROM publishers
      UNION ALL SELECT publisher, MAX(publisher_seq), seq, taken_at_ms FROM frames GROUP BY publisher ORDER BY 3`;
    for (const { id, publisher_seq, seq, taken_at_ms } of sql.exec(query).toArray()) {
      const takenAtMs = Number(taken_at_ms ?? 0);
      this.remember(String(id), { publisherSeq: Number(publisher_seq), seq: Number(seq), takenAtMs });
    }
  }

  standing(id: string): Standing | undefined {
    return this.#standings.get(id);
  }

  /** Why the first of a publisher's frames that is no repeat is not plausibly numbered; undefined if it is, or if there is none. */
  sequenceFault(headers: readonly FrameHeader[]): string | undefined {
    const { publisher } = headers[0] ?? { publisher: ANONYMOUS };
    if (publisher === ANONYMOUS) return undefined;
    const last = this.standing(publisher)?.publisherSeq;
    const fresh = headers.find(({ publisherSeq }) => last === undefined || publisherSeq > last);
    return fresh && sequenceFault(last, fresh.publisherSeq);
  }

  remember(id: string, standing: Standing): void {
    if (id === ANONYMOUS) return;
    this.#standings.delete(id);
    this.#standings.set(id, standing);
    const first = this.#standings.keys().next();
    if (this.#standings.size > MAX_PUBLISHERS && !first.done) this.#standings.delete(first.value);
  }

  /** Writes down what the frames up to a number tell: they are about to be deleted. */
  writeThrough(seq: number): void {
    this.#sql.exec(
      `INSERT OR REPLACE INTO publishers (id, publisher_seq, seq, taken_at_ms)
       SELECT publisher, MAX(publisher_seq), seq, taken_at_ms FROM frames WHERE seq <= ? AND publisher <> ? GROUP BY publisher`,
      seq,
      ANONYMOUS,
    );
    this.#sql.exec(
      "DELETE FROM publishers WHERE id NOT IN (SELECT id FROM publishers ORDER BY seq DESC LIMIT ?)",
      MAX_PUBLISHERS,
    );
  }

  /** The numbering began anew, and every frame is gone; what publishers have sent stays known. */
  beginAnew(): void {
    this.#sql.exec("UPDATE publishers SET seq = 0");
    for (const standing of this.#standings.values()) standing.seq = 0;
  }
}
