/** Whether a table has a column, without reading a row. */
export function hasColumn(sql: SqlStorage, table: string, column: string): boolean {
  const cursor = sql.exec(`SELECT * FROM ${table} LIMIT 0`);
  const isThere = cursor.columnNames.includes(column);
  // One that is not read to its end stays open.
  cursor.toArray();
  return isThere;
}

/**
 * Adds a column of whole numbers to a table that an older version may have made without it.
 * @returns whether it was missing
 */
export function addColumn(sql: SqlStorage, table: string, column: string): boolean {
  if (hasColumn(sql, table, column)) return false;
  sql.exec(`ALTER TABLE ${table} ADD COLUMN ${column} INTEGER`);
  return true;
}
