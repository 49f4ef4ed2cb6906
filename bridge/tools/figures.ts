const UNITS = ["B", "KiB", "MiB", "GiB", "TiB"];

/** In seconds: https://tc39.es/ecma262/#sec-time-values-and-time-range */
const FIRST_WITHOUT_DATE = 8.64e12;

/** `31 B`, `1.2 KiB`, `3.4 GiB`. */
export function bytesText(bytes: number): string {
  let value = bytes;
  let unit = 0;
  while (value >= 999.5 && unit < UNITS.length - 1) {
    value /= 1024;
    unit++;
  }
  return `${unit === 0 || value >= 99.95 ? Math.round(value) : value.toFixed(1)} ${UNITS[unit]}`;
}

/** A rate as people read it: `1,250/s`, `9.5/s`, and of what is seldom its pause, `every 12 s`. */
export function rateText(perSecond: number): string {
  if (!(perSecond > 0)) return "–";
  if (perSecond >= 99.95) return `${Math.round(perSecond).toLocaleString("en")}/s`;
  if (perSecond >= 0.95) return `${perSecond.toFixed(1)}/s`;
  return `every ${spanText(1 / perSecond)}`;
}

/** `0.2 s`, `12 s`, `3 min`, `5 h`, `40 d`. */
export function spanText(seconds: number): string {
  const of = Math.abs(seconds);
  if (of < 9.95) return `${of.toFixed(1)} s`;
  if (of < 120) return `${Math.round(of)} s`;
  if (of < 7200) return `${Math.round(of / 60)} min`;
  return of < 172_800 ? `${Math.round(of / 3600)} h` : `${Math.round(of / 86_400).toLocaleString("en")} d`;
}

/** With every digit that the number has: a rounded one would be taken for the value that came. */
export function valueText(value: number | null): string {
  return value === null ? "–" : String(value);
}

/** A time of unix seconds with every digit that it has: `2026-11-28 20:42:59.5`; where there is no date, the number. */
export function timeText(unixSeconds: number): string {
  const [, whole, fraction = ""] = /^(\d+)(\.\d+)?$/.exec(String(unixSeconds)) ?? [];
  if (whole === undefined || Number(whole) >= FIRST_WITHOUT_DATE) return String(unixSeconds);
  return `${new Date(Number(whole) * 1000).toISOString().replace("T", " ").slice(0, 19)}${fraction}`;
}
