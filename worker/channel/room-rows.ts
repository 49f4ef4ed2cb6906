import { parseStoredCommand, type StoredCommand } from "../room/command.ts";
import { type ControlRows, parseStoredControl, type StoredControl } from "../room/control-rows.ts";
import { type NoteRows, parseStoredNote, type StoredNote } from "../room/note-rows.ts";

/** Whether anything of a room was ever stored here. What asks this makes nothing, and reads no row, as a look at SQLite's own list would. */
export function hasRoomRows(sql: SqlStorage): boolean {
  try {
    sql.exec("SELECT 1 FROM controls LIMIT 0").toArray();
    return true;
  } catch {
    // There is no such table.
    return false;
  }
}

/** Controls and commands in a channel's storage. */
export class SqlControlRows implements ControlRows {
  readonly #sql: SqlStorage;

  constructor(sql: SqlStorage) {
    this.#sql = sql;
    // Without a rowid the key has no index of its own, which would be a row more for each write.
    sql.exec("CREATE TABLE IF NOT EXISTS controls (name TEXT PRIMARY KEY, stored TEXT NOT NULL) WITHOUT ROWID");
    sql.exec("CREATE TABLE IF NOT EXISTS commands (id TEXT PRIMARY KEY, stored TEXT NOT NULL) WITHOUT ROWID");
  }

  read(): { controls: StoredControl[]; commands: StoredCommand[] } {
    const stored = (table: "controls" | "commands"): unknown[] =>
      this.#sql
        .exec(`SELECT stored FROM ${table}`)
        .toArray()
        .map((row): unknown => JSON.parse(String(row.stored)));
    return {
      controls: stored("controls")
        .flatMap((value) => parseStoredControl(value) ?? [])
        .toSorted((a, b) => a.place - b.place),
      commands: stored("commands")
        .flatMap((value) => parseStoredCommand(value) ?? [])
        .toSorted((a, b) => a.number - b.number),
    };
  }

  writeControl(stored: StoredControl): void {
    this.#sql.exec("INSERT OR REPLACE INTO controls VALUES (?, ?)", stored.control.name, JSON.stringify(stored));
  }

  deleteControl(name: string): void {
    this.#sql.exec("DELETE FROM controls WHERE name = ?", name);
  }

  writeCommand(command: StoredCommand): void {
    this.#sql.exec("INSERT OR REPLACE INTO commands VALUES (?, ?)", command.state.id, JSON.stringify(command));
  }

  deleteCommand(id: string): void {
    this.#sql.exec("DELETE FROM commands WHERE id = ?", id);
  }
}

/** Notes in a channel's storage. */
export class SqlNoteRows implements NoteRows {
  readonly #sql: SqlStorage;

  constructor(sql: SqlStorage) {
    this.#sql = sql;
    sql.exec("CREATE TABLE IF NOT EXISTS notes (id TEXT PRIMARY KEY, stored TEXT NOT NULL) WITHOUT ROWID");
  }

  read(): StoredNote[] {
    return this.#sql
      .exec("SELECT stored FROM notes")
      .toArray()
      .flatMap((row) => parseStoredNote(JSON.parse(String(row.stored))) ?? [])
      .toSorted((a, b) => a.note.atMs - b.note.atMs);
  }

  write(stored: StoredNote): void {
    this.#sql.exec("INSERT OR REPLACE INTO notes VALUES (?, ?)", stored.note.id, JSON.stringify(stored));
  }

  delete(id: string): void {
    this.#sql.exec("DELETE FROM notes WHERE id = ?", id);
  }

  clear(): void {
    this.#sql.exec("DELETE FROM notes");
  }
}
