import { DatabaseSync, type StatementSync } from "node:sqlite";
import { makePrivate } from "../batch/spool/private-files.ts";

/** How far a command has come that a program was told, or is about to be: `sent` while nobody knows what came of it. */
export type CommandRecord = { control: string } & ({ kind: "sent" } | { kind: "ended"; outcome: string });

/** What is remembered of commands, so that none is done twice. A later one of the same id takes the place of the earlier. */
export interface CommandStore {
  read(id: string): CommandRecord | undefined;
  /** Before a program is told: what comes after may not be known any more. */
  sent(id: string, control: string): void;
  /** @param outcome as it was said to the channel, to be said again */
  ended(id: string, control: string, outcome: string): void;
  /** No program was told after all. */
  untold(id: string): void;
  close(): void;
}

/** Commands that are known; beyond, those that came first are forgotten. */
export const MAX_KNOWN_COMMANDS = 10_000;

/** For as long as the bridge runs. */
export class MemoryCommandStore implements CommandStore {
  readonly #known = new Map<string, CommandRecord>();

  read(id: string): CommandRecord | undefined {
    return this.#known.get(id);
  }

  sent(id: string, control: string): void {
    this.#keep(id, { kind: "sent", control });
  }

  ended(id: string, control: string, outcome: string): void {
    this.#keep(id, { kind: "ended", control, outcome });
  }

  untold(id: string): void {
    this.#known.delete(id);
  }

  close(): void {
    this.#known.clear();
  }

  #keep(id: string, record: CommandRecord): void {
    this.#known.set(id, record);
    const [first] = this.#known.keys();
    if (this.#known.size > MAX_KNOWN_COMMANDS && first !== undefined) this.#known.delete(first);
  }
}

/** In a file beside the spool, across restarts and kills. */
export class FileCommandStore implements CommandStore {
  readonly #db: DatabaseSync;
  readonly #read: StatementSync;
  readonly #write: StatementSync;
  readonly #delete: StatementSync;
  readonly #trim: StatementSync;
  #writes = 0;

  /** @throws what SQLite says */
  constructor(file: string) {
    makePrivate(file);
    this.#db = new DatabaseSync(file, { timeout: 1_000 });
    this.#db.exec(`
      PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;
      CREATE TABLE IF NOT EXISTS commands (number INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, control TEXT NOT NULL, outcome TEXT)`);
    this.#read = this.#db.prepare("SELECT control, outcome FROM commands WHERE id = ?");
    this.#write = this.#db.prepare(
      "INSERT INTO commands (id, control, outcome) VALUES (?, ?, ?) ON CONFLICT (id) DO UPDATE SET outcome = excluded.outcome",
    );
    this.#delete = this.#db.prepare("DELETE FROM commands WHERE id = ?");
    this.#trim = this.#db.prepare("DELETE FROM commands WHERE number <= (SELECT max(number) FROM commands) - ?");
    // A bridge may be restarted again and again before so many are written.
    this.#trim.run(MAX_KNOWN_COMMANDS);
  }

  read(id: string): CommandRecord | undefined {
    const row = this.#read.get(id);
    if (row === undefined) return undefined;
    const control = String(row.control);
    return row.outcome === null ? { kind: "sent", control } : { kind: "ended", control, outcome: String(row.outcome) };
  }

  sent(id: string, control: string): void {
    this.#write.run(id, control, null);
    if (++this.#writes % 1_000 === 0) this.#trim.run(MAX_KNOWN_COMMANDS);
  }

  ended(id: string, control: string, outcome: string): void {
    this.#write.run(id, control, outcome);
  }

  untold(id: string): void {
    this.#delete.run(id);
  }

  close(): void {
    this.#db.close();
  }
}
