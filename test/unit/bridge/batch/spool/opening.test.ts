import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { after, it } from "node:test";
import { openSpool } from "../../../../../bridge/batch/spool/open-spool.ts";
import { createLog } from "../../../../../bridge/observability/log.ts";

const directory = mkdtempSync(join(tmpdir(), "plotcast-opening-"));
after(() => rmSync(directory, { recursive: true, force: true }));
/** Faster disks, such as one in memory, make nobody wait. */
const UNNOTICED_MS = 1;

/** The quickest of these: what the machine does beside makes others slower. */
function leastMs(count: number, action: (i: number) => void): number {
  const times = Array.from({ length: count }, (_, i) => {
    const from = performance.now();
    action(i);
    return performance.now() - from;
  });
  return Math.min(...times);
}

it("[BR23d] a channel that a topic names is begun without waiting for the disk, so that receiving goes on", () => {
  const log = createLog("text", "silent");
  const spools: { close(): void }[] = [];
  const ofOurs = leastMs(32, (i) => {
    const { spool } = openSpool({ file: join(directory, `ours-${i}.db`), maxBytes: 1 }, new URL("http://h/c/x"), log);
    assert.ok(spool);
    spools.push(spool);
  });
  const waiting = leastMs(32, (i) => {
    const db = new DatabaseSync(join(directory, `waiting-${i}.db`));
    db.exec("PRAGMA auto_vacuum=INCREMENTAL; PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL");
    db.exec("CREATE TABLE meta (key TEXT PRIMARY KEY, value) WITHOUT ROWID; INSERT INTO meta VALUES ('to', 'x')");
    spools.push(db);
  });
  for (const spool of spools) spool.close();
  assert.ok(ofOurs < Math.max(UNNOTICED_MS, waiting / 2), `${ofOurs} ms for each, ${waiting} ms with waiting`);
});
