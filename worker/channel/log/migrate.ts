import { addColumn } from "./columns.ts";
import type { StoredPublisher } from "./publishers.ts";

/** What an older version stored, beside its frames. */
export interface OlderStore {
  series: string[];
  /** Those whose frames are not stored any more; some of the others, too. */
  publishers: StoredPublisher[];
  /** The number after which its frames begin; 0 if there are none. */
  keptAfter: number;
}

/** Version 0.1 stored a row for each frame, and one for the name of each series. */
export function readOlder(sql: SqlStorage): OlderStore {
  addColumn(sql, "publishers", "taken_at_ms");
  const publishers = sql.exec("SELECT id, publisher_seq, seq, taken_at_ms FROM publishers ORDER BY seq").toArray();
  const oldest = sql.exec("SELECT seq - points AS after FROM frames ORDER BY seq LIMIT 1").toArray()[0];
  return {
    series: sql
      .exec("SELECT name FROM series ORDER BY rowid")
      .toArray()
      .map(({ name }) => String(name)),
    publishers: publishers.map(({ id, publisher_seq, seq, taken_at_ms }) => [
      String(id),
      Number(publisher_seq),
      Number(seq),
      Number(taken_at_ms ?? 0),
    ]),
    keptAfter: Number(oldest?.after ?? 0),
  };
}

/** The frames of an older store: those that one publisher sent at one time, together. */
export function* framesOfOlder(sql: SqlStorage): Generator<{ frames: Uint8Array[]; takenAtMs: number }> {
  const newest = Number(sql.exec("SELECT taken_at_ms FROM frames ORDER BY seq DESC LIMIT 1").toArray()[0]?.taken_at_ms);
  let group: { frames: Uint8Array[]; takenAtMs: number; publisher: string } | undefined;
  // All of them together may be too much for memory; this cursor has one at a time there, and is read to its end.
  for (const row of sql.exec("SELECT taken_at_ms, publisher, frame FROM frames ORDER BY seq")) {
    if (!(row.frame instanceof ArrayBuffer)) throw new Error("A stored frame is not bytes.");
    // While its clock was ahead it stored times that would keep frames as long as the clock was ahead. Times never fall.
    const takenAtMs: number = Math.max(group?.takenAtMs ?? 0, Math.min(Number(row.taken_at_ms), newest));
    const publisher = String(row.publisher);
    const frame = new Uint8Array(row.frame);
    if (group?.takenAtMs === takenAtMs && group.publisher === publisher) group.frames.push(frame);
    else {
      if (group !== undefined) yield group;
      group = { frames: [frame], takenAtMs, publisher };
    }
  }
  if (group !== undefined) yield group;
}

export function dropOlder(sql: SqlStorage): void {
  for (const table of ["frames", "publishers", "series"]) sql.exec(`DROP TABLE ${table}`);
}
