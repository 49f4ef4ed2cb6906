/** Adds a column of whole numbers to a table that an older version may have made without it. */
export function addColumn(sql: SqlStorage, table: string, column: string): void {
  const cursor = sql.exec(`SELECT * FROM ${table} LIMIT 0`);
  const isThere = cursor.columnNames.includes(column);
  // One that is not read to its end stays open.
  cursor.toArray();
  if (!isThere) sql.exec(`ALTER TABLE ${table} ADD COLUMN ${column} INTEGER`);
}
