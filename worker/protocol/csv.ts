/** A field of CSV (RFC 4180). What begins like a formula would be run by a spreadsheet, and anyone may name a series. */
export function csvText(text: string): string {
  const safe = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
