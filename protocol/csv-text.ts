/**
 * What a spreadsheet takes for the beginning of a formula (https://owasp.org/www-community/attacks/CSV_Injection), full width
 * too: at the beginning of a text, and behind what separates cells in some countries, where quotes do not help.
 */
const FORMULA = /(^|[;\t])([ \u00a0]*)(?=[=+\-@\uff1d\uff0b\uff0d\uff20])|^(?=[\t\r])/g;

/** A field of CSV (RFC 4180). Anyone may name a series, so what would be a formula has `'` before it. */
export function csvText(text: string): string {
  const safe = text.replace(FORMULA, "$1$2'");
  return /[",;\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
