import { cp, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { waitFor } from "./wait.ts";

/** Waits until a bridge's spool holds `points` points, as a start after `kill -9` would find them. */
export async function waitForSpooled(file: string, points: number): Promise<void> {
  await waitFor(`${points} points in the spool`, async () => (await spooledPoints(file)) === points, { everyMs: 100 });
}

/** The bridge has its file locked, so a copy of it is read. */
async function spooledPoints(file: string): Promise<number> {
  const directory = await mkdtemp(join(tmpdir(), "plotcast-spooled-"));
  try {
    const copy = join(directory, "spool.db");
    for (const end of ["", "-wal"]) await cp(file + end, copy + end);
    const database = new DatabaseSync(copy);
    const row = database.prepare("SELECT SUM(points) AS points FROM frames").get();
    database.close();
    return Number(row?.points ?? 0);
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}
