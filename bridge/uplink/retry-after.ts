/**
 * `Retry-After` in milliseconds from now: seconds or an HTTP date; undefined if it is neither. It may be any number, up
 * to infinity: whoever waits sets a bound.
 * @param nowMs milliseconds since 1970
 */
export function retryAfterMs(header: unknown, nowMs: number): number | undefined {
  if (typeof header !== "string") return undefined;
  const text = header.trim();
  if (/^\d+$/.test(text)) return Number(text) * 1000;
  // Date.parse takes much that is no date, such as "-1"; an HTTP date begins with the name of a day.
  const ms = /^[A-Z][a-z]{2,8},? /.test(text) ? Date.parse(text) - nowMs : Number.NaN;
  return Number.isNaN(ms) ? undefined : Math.max(0, ms);
}
