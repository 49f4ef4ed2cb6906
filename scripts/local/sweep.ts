import { existsSync, readdirSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";

/** workerd's own table of alarms, beside the channels. */
const ALARMS = "metadata.sqlite";
/** A database without a table has one page. */
const EMPTY_BYTES = 4096;
/** workerd has a folder for each class of objects: `plotcast-Channel`. */
const OF_CHANNELS = /-Channel$/;

/**
 * Removes the files of channels that hold nothing. workerd makes a database for every object that is asked anything, so
 * whoever asks for names that nobody publishes to leaves a file for each; and one that was deleted leaves its file.
 *
 * Nothing may run on this folder meanwhile: a channel whose file is removed while workerd has it open would lose what
 * is published to it.
 *
 * @param storeDir where workerd stores: a folder for each class of objects
 * @returns how many channels were removed
 */
export function removeEmptyChannels(storeDir: string): number {
  let removed = 0;
  // Without one workerd says so itself.
  if (!existsSync(storeDir)) return removed;
  for (const folder of readdirSync(storeDir, { withFileTypes: true })) {
    if (!folder.isDirectory() || !OF_CHANNELS.test(folder.name)) continue;
    for (const name of readdirSync(join(storeDir, folder.name))) {
      const file = join(storeDir, folder.name, name);
      if (!name.endsWith(".sqlite") || name === ALARMS || !isEmpty(file)) continue;
      for (const suffix of ["", "-wal", "-shm"]) rmSync(file + suffix, { force: true });
      removed++;
    }
  }
  return removed;
}

/** Whether a database has no table. One that cannot be read is left alone: it may be somebody's points. */
function isEmpty(file: string): boolean {
  try {
    const wal = `${file}-wal`;
    if (statSync(file).size > EMPTY_BYTES || (existsSync(wal) && statSync(wal).size > 0)) return false;
    const database = new DatabaseSync(file, { readOnly: true });
    try {
      return database.prepare("SELECT COUNT(*) AS tables FROM sqlite_master").get()?.tables === 0;
    } finally {
      database.close();
    }
  } catch {
    return false;
  }
}
