/** A database in memory, asked as a Durable Object asks its own. */
import { DatabaseSync } from "node:sqlite";
import type { Sql } from "../../worker/tokens/sql.ts";

export function memorySql(): Sql {
  const database = new DatabaseSync(":memory:");
  return {
    exec(query, ...values) {
      const rows = database.prepare(query).all(...values);
      return { toArray: () => rows };
    },
  };
}
