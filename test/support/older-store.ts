/** What a channel has stored, made into what version 0.1 would have stored of the same. */
import type { DatabaseSync } from "node:sqlite";
import { readHeader, splitFrames } from "../../protocol/frame/header.ts";
import { readCheckpoint } from "../../worker/channel/log/checkpoint.ts";

/** The tables of version 0.1; and those of before, when a publisher's row did not say when it was heard of. */
const TABLES = (isFirst: boolean) => `
  CREATE TABLE numbering (epoch INTEGER NOT NULL);
  CREATE TABLE series (name TEXT PRIMARY KEY);
  CREATE TABLE frames (
    seq INTEGER PRIMARY KEY, points INTEGER NOT NULL, taken_at_ms INTEGER NOT NULL, min_x REAL NOT NULL,
    max_x REAL NOT NULL, publisher TEXT NOT NULL, publisher_seq INTEGER NOT NULL, frame BLOB NOT NULL);
  CREATE TABLE told (seq INTEGER PRIMARY KEY, from_seq INTEGER NOT NULL, points REAL);
  CREATE TABLE publishers (
    id TEXT PRIMARY KEY, publisher_seq INTEGER NOT NULL, seq INTEGER NOT NULL
    ${isFirst ? "" : ", taken_at_ms INTEGER"}) WITHOUT ROWID;
  CREATE TABLE presence (change INTEGER PRIMARY KEY, publisher TEXT NOT NULL UNIQUE, gone_at_ms INTEGER
    ${isFirst ? "" : ", heard_at_ms INTEGER"});
`;

/**
 * Rewrites a database. What is trimmed told of publishers is in the table of theirs, as it was then; what it told as lost stays.
 * @param isFirst as the first version did, that did not know when a publisher was heard of
 */
export function toOlderStore(database: DatabaseSync, isFirst = false): void {
  const epoch = Number(database.prepare("SELECT epoch FROM numbering").get()?.epoch);
  const segments = database.prepare("SELECT * FROM segments ORDER BY seq").all();
  const keptAfter = Number(segments.at(-1)?.kept_after ?? 0);
  const told = database.prepare("SELECT * FROM told").all();
  const names = database.prepare("SELECT names FROM series_names ORDER BY id").all();
  const checkpoints = [
    ...database.prepare("SELECT checkpoint FROM numbering WHERE checkpoint IS NOT NULL").all(),
    ...database.prepare("SELECT checkpoint FROM segments WHERE checkpoint IS NOT NULL ORDER BY seq").all(),
  ].map((row) => readCheckpoint(String(row.checkpoint)));
  const tables = database
    .prepare("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE '!_cf!_%' ESCAPE '!'")
    .all();
  for (const { name } of tables) database.exec(`DROP TABLE "${name}"`);
  database.exec(TABLES(isFirst));
  database.prepare("INSERT INTO numbering VALUES (?)").run(epoch);
  for (const { names: json } of names) {
    const list: unknown = JSON.parse(String(json));
    if (Array.isArray(list))
      for (const name of list) database.prepare("INSERT INTO series VALUES (?)").run(String(name));
  }
  for (const { seq, from_seq, points } of told) {
    database
      .prepare("INSERT INTO told VALUES (?, ?, ?)")
      .run(Number(seq), Number(from_seq), points === null ? null : Number(points));
  }
  for (const [id, publisherSeq, seq, takenAtMs] of checkpoints.flatMap(({ publishers }) => publishers)) {
    if (seq > keptAfter) continue;
    const values = [id, publisherSeq, seq, ...(isFirst ? [] : [takenAtMs])];
    database.prepare(`INSERT OR REPLACE INTO publishers VALUES (${values.map(() => "?").join()})`).run(...values);
  }
  const insert = database.prepare("INSERT INTO frames VALUES (?, ?, ?, ?, ?, ?, ?, ?)");
  for (const { taken_at_ms, body } of segments) {
    if (!(body instanceof Uint8Array)) throw new Error("A segment without a body.");
    for (const frame of splitFrames(body)) {
      const { seq, points, minX, maxX, publisher, publisherSeq } = readHeader(frame);
      if (seq > keptAfter) insert.run(seq, points, Number(taken_at_ms), minX, maxX, publisher, publisherSeq, frame);
    }
  }
}
