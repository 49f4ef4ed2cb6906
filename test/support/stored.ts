/** What an edge keeps on disk, read while nothing runs on it. */
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";

export interface StoredOnDisk {
  /** The tables of each channel's database, by its path. */
  databases: { file: string; tables: string[] }[];
  /** When each alarm is due, in unix milliseconds. */
  alarmsMs: number[];
}

/** Looks at the databases of an edge that was killed. */
export async function storedOnDisk(persistDir: string): Promise<StoredOnDisk> {
  const files = await readdir(persistDir, { recursive: true });
  const paths = files.map((file) => join(persistDir, file));
  const databases = paths
    .filter((file) => /Channel.*[0-9a-f]{64}\.sqlite$/.test(file))
    .map((file) => ({ file, tables: rows(file, "SELECT name FROM sqlite_master WHERE type = 'table'").map(String) }));
  // Where Miniflare keeps the alarms of all objects of a class.
  const alarmsMs = paths
    .filter((file) => /Channel.*metadata\.sqlite$/.test(file))
    .flatMap((file) => rows(file, "SELECT scheduled_time / 1000000 FROM _cf_ALARM").map(Number));
  return { databases, alarmsMs };
}

/** The first column of what a query finds. */
function rows(file: string, query: string): unknown[] {
  const database = new DatabaseSync(file);
  try {
    return database
      .prepare(query)
      .all()
      .map((row) => Object.values(row)[0]);
  } finally {
    database.close();
  }
}
