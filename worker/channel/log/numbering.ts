import { type Checkpoint, readCheckpoint, writeCheckpoint } from "./checkpoint.ts";
import { hasColumn } from "./columns.ts";

/** The epoch, and what publishers had sent before it began: the one row that every channel has. */
export class Numbering {
  /** An older version stored what there is: it must be {@link upgrade}d. */
  readonly isOlder: boolean;
  readonly #sql: SqlStorage;
  #epoch: number;

  /** @param nowMs the epoch of a channel that begins */
  constructor(sql: SqlStorage, nowMs: number) {
    this.#sql = sql;
    sql.exec("CREATE TABLE IF NOT EXISTS numbering (epoch INTEGER NOT NULL, checkpoint TEXT)");
    this.isOlder = !hasColumn(sql, "numbering", "checkpoint");
    const row = sql.exec("SELECT epoch FROM numbering").toArray()[0];
    this.#epoch = row === undefined ? nowMs : Number(row.epoch);
    if (row === undefined) sql.exec("INSERT INTO numbering (epoch) VALUES (?)", this.#epoch);
  }

  /** Whether anything was ever published here. What asks this makes nothing. */
  static isIn(sql: SqlStorage): boolean {
    return sql.exec("SELECT 1 FROM sqlite_master WHERE name = 'numbering' LIMIT 1").toArray().length > 0;
  }

  get epoch(): number {
    return this.#epoch;
  }

  /** How things were when it began. */
  get checkpoint(): Checkpoint {
    const { checkpoint } = this.#sql.exec("SELECT checkpoint FROM numbering").one();
    return typeof checkpoint === "string" ? readCheckpoint(checkpoint) : { publishers: [], takings: [] };
  }

  /** Has the table as this version makes it. */
  upgrade(checkpoint: Checkpoint): void {
    this.#sql.exec("ALTER TABLE numbering ADD COLUMN checkpoint TEXT");
    this.write(this.#epoch, checkpoint);
  }

  /** Writes the next numbering down, in a transaction; {@link begin} follows once that is done. */
  write(epoch: number, checkpoint: Checkpoint): void {
    this.#sql.exec("UPDATE numbering SET epoch = ?, checkpoint = ?", epoch, writeCheckpoint(checkpoint));
  }

  begin(epoch: number): void {
    this.#epoch = epoch;
  }
}
