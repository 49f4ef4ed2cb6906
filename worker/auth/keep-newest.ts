/** Lets the oldest of a table go, in the order in which they were put there, until no more than so many are left. */
export function keepNewest<K>(table: Map<K, unknown> | Set<K>, most: number): void {
  for (const oldest of table.keys()) {
    if (table.size <= most) return;
    table.delete(oldest);
  }
}
