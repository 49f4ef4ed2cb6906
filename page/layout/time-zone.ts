/** Where this browser remembers that times are to be in UTC. */
const STORED = "plotcast-time-zone";
const UTC = "utc";
const MINUTE_MS = 60_000;

/** The zone of every time that is shown: this device's, or UTC. */
export interface TimeZone {
  isUtc: boolean;
}

let zone: TimeZone = { isUtc: false };

export function timeZone(): TimeZone {
  return zone;
}

/** The file that is loaded later has this module once more: it uses the zone of the page. */
export function shareTimeZone(ofPage: TimeZone): void {
  zone = ofPage;
}

/** How far UTC is ahead of the zone at a time. */
export function behindUtcMs(timeMs: number): number {
  return zone.isUtc ? 0 : new Date(timeMs).getTimezoneOffset() * MINUTE_MS;
}

/** A date whose UTC fields are what calendar and clock show in the zone. */
export function wallDate(timeMs: number): Date {
  return new Date(timeMs - behindUtcMs(timeMs));
}

/** When a day of the zone begins. */
export function dayStartMs(year: number, month: number, day = 1): number {
  return zone.isUtc ? Date.UTC(year, month, day) : new Date(year, month, day).getTime();
}

/** What is said after a time where its zone is not that of this device. */
export function zoneText(): string {
  return zone.isUtc ? "UTC" : "";
}

/** The zone that a person chose here; a browser may refuse to remember anything. */
export function rememberedUtc(): boolean {
  try {
    return localStorage.getItem(STORED) === UTC;
  } catch {
    return false;
  }
}

/** Remembers the zone for this browser. */
export function rememberUtc(isUtc: boolean): void {
  try {
    if (isUtc) localStorage.setItem(STORED, UTC);
    else localStorage.removeItem(STORED);
  } catch {
    // Then it holds until the page is left.
  }
}
