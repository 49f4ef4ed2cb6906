/** As much of a Durable Object's `SqlStorage` as tokens need. Tests give it a database of Node's. */
export interface Sql {
  exec(query: string, ...values: (string | number | null)[]): { toArray(): Record<string, unknown>[] };
}

/** The number in the only column of the only row; null if it is NULL. */
export function numberIn(sql: Sql, query: string, ...values: (string | number | null)[]): number | null {
  const [value] = Object.values(sql.exec(query, ...values).toArray()[0] ?? {});
  return value === null || value === undefined ? null : Number(value);
}
