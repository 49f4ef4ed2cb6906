import { DatabaseSync } from "node:sqlite";
import { makePrivate } from "./private-files.ts";
import { damaged } from "./spool-state.ts";

/** "PLCs": that the file is a spool of ours. */
const APPLICATION_ID = 0x504c4373;
const SCHEMA_VERSION = 1;
const SCHEMA = `
  CREATE TABLE IF NOT EXISTS meta (key TEXT PRIMARY KEY, value) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS frames (
    seq INTEGER PRIMARY KEY, points INTEGER, sinceMs REAL, losses TEXT, crc INTEGER, bytes BLOB
  );
  CREATE TABLE IF NOT EXISTS numbers (topic TEXT PRIMARY KEY, number INTEGER, crc INTEGER, x REAL) WITHOUT ROWID;
`;

/**
 * Opens a spool's SQLite file, or makes it, for this process alone: the lock is held until it is closed.
 * A new one is written without waiting for the disk, whoever writes to it next turns `synchronous` on.
 * @throws what SQLite says, such as that it is damaged or in use; an error without a code if it is another program's
 */
export function openDatabase(file: string): { db: DatabaseSync; isNew: boolean } {
  makePrivate(file);
  const db = new DatabaseSync(file, { timeout: 0 });
  try {
    db.exec("PRAGMA locking_mode=EXCLUSIVE");
    if (pragma(db, "application_id") !== APPLICATION_ID && pragma(db, "schema_version") !== 0) {
      throw new Error("it is the database of another program");
    }
    const version = pragma(db, "user_version");
    if (version > SCHEMA_VERSION) throw new Error("it was made by a newer version of Plotcast");
    const isNew = version !== SCHEMA_VERSION;
    // One that is there is not written, so that it opens on a full disk. A new one has nothing that a power failure could
    // take, so nobody waits for the disk while it is made: topics may name 64 channels at once.
    if (isNew) db.exec("PRAGMA synchronous=OFF; PRAGMA journal_mode=MEMORY; PRAGMA auto_vacuum=INCREMENTAL");
    else db.exec("PRAGMA synchronous=NORMAL");
    db.exec("PRAGMA journal_mode=WAL; PRAGMA journal_size_limit=16777216; PRAGMA cell_size_check=ON");
    const schema = `${SCHEMA} PRAGMA application_id=${APPLICATION_ID}; PRAGMA user_version=${SCHEMA_VERSION};`;
    db.exec("BEGIN IMMEDIATE");
    db.exec(`${isNew ? schema : ""} COMMIT`);
    // Not the frames: that would read all of the file. Each has a checksum; what else is wrong with where they are, is
    // found when they are listed, read or deleted.
    for (const table of isNew ? [] : ["meta", "numbers"]) {
      const check = db.prepare(`PRAGMA quick_check(${table})`).get()?.quick_check;
      if (check !== "ok") throw damaged(String(check));
    }
    return { db, isNew };
  } catch (error) {
    db.close();
    throw error;
  }
}

/** A number that SQLite says of a database. */
export function pragma(db: DatabaseSync, name: string): number {
  return Number(db.prepare(`PRAGMA ${name}`).get()?.[name]);
}
