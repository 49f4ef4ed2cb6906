/** What a channel has stored, looked at and changed while no Worker runs: for what happened to it before. */
import assert from "node:assert/strict";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { type Checkpoint, readCheckpoint, writeCheckpoint } from "../../worker/channel/log/checkpoint.ts";
import { type Edge, type EdgeOptions, startEdge } from "./edge.ts";

export interface StoredEdge extends AsyncDisposable {
  edge: Edge;
  /** Kills the Worker, hands out the database of its one channel, and starts it again. */
  whileStopped<T>(look: (database: DatabaseSync) => T): Promise<T>;
  /** The object knows of an alarm at this time, and the runtime of none. */
  loseAlarm(atMs: number): Promise<void>;
}

/** An edge of one channel. */
export async function startStoredEdge(options: EdgeOptions = {}): Promise<StoredEdge> {
  const persistDir = await mkdtemp(join(tmpdir(), "plotcast-stored-"));
  const edge = await startEdge({ ...options, persistDir });
  /** @param of matches the file's path */
  const withDatabase = async <T>(of: RegExp, look: (database: DatabaseSync) => T): Promise<T> => {
    const files = await readdir(persistDir, { recursive: true });
    const file = files.find((name) => of.test(name));
    assert.ok(file, files.join());
    const database = new DatabaseSync(join(persistDir, file));
    try {
      return look(database);
    } finally {
      database.close();
    }
  };
  const whileStopped = async <T>(look: (database: DatabaseSync) => T): Promise<T> => {
    await edge.kill();
    try {
      return await withDatabase(/Channel.*[0-9a-f]{64}\.sqlite$/, look);
    } finally {
      await edge.restart();
    }
  };
  return {
    edge,
    whileStopped,
    async loseAlarm(atMs) {
      await edge.kill();
      await withDatabase(/Channel.*metadata\.sqlite$/, (database) => database.exec("DELETE FROM _cf_ALARM"));
      await withDatabase(/Channel.*[0-9a-f]{64}\.sqlite$/, (database) =>
        database.prepare("UPDATE _cf_METADATA SET value = ? WHERE key = 1").run(BigInt(Math.round(atMs)) * 1_000_000n),
      );
      await edge.restart();
    },
    async [Symbol.asyncDispose]() {
      await edge.close();
      await rm(persistDir, { recursive: true, force: true });
    },
  };
}

/** When the channel's alarm is due, in milliseconds since 1970; undefined if there is none. */
export function alarmAtMs(database: DatabaseSync): number | undefined {
  // workerd keeps it here, in nanoseconds (actor-sqlite.c++, sqlite-metadata.c++).
  const exists = database.prepare("SELECT 1 FROM sqlite_master WHERE name = '_cf_METADATA'").get();
  const row = exists && database.prepare("SELECT value / 1000000 AS ms FROM _cf_METADATA WHERE key = 1").get();
  return typeof row?.ms === "number" ? row.ms : undefined;
}

/** Changes what is stored of publishers beside their segments. */
export function changeCheckpoints(database: DatabaseSync, change: (checkpoint: Checkpoint) => Checkpoint): void {
  for (const table of ["numbering", "segments"]) {
    const rows = database.prepare(`SELECT rowid AS id, checkpoint FROM ${table} WHERE checkpoint IS NOT NULL`).all();
    for (const { id, checkpoint } of rows) {
      const changed = writeCheckpoint(change(readCheckpoint(String(checkpoint))));
      database.prepare(`UPDATE ${table} SET checkpoint = ? WHERE rowid = ?`).run(changed, Number(id));
    }
  }
}
