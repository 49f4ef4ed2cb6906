import type { ClockRemarks } from "../data/clocks.ts";
import { formatDuration } from "../ui/format.ts";
import { shownName } from "./shown-name.ts";

const QUARTER_MS = 900_000;
/** Zones differ by whole quarters of an hour, and messages take a while. */
const SAME_ZONE_MS = 45_000;
const LARGEST_ZONE_MS = 15 * 3_600_000;

/** Asks for the zone where a difference of clocks looks like one. */
export function zoneHint(differenceMs: number): string {
  const quarters = Math.round(differenceMs / QUARTER_MS);
  const isZone = Math.abs(differenceMs - quarters * QUARTER_MS) <= SAME_ZONE_MS && differenceMs <= LARGEST_ZONE_MS;
  return isZone && quarters > 0 ? " (time zone?)" : "";
}

/** How far a clock is behind, or with a minus ahead: `5 h 30 min behind (time zone?)`. */
export function offsetText(behindMs: number): string {
  const size = Math.abs(behindMs);
  const hint = zoneHint(size);
  const minutes = hint === "" ? Math.round(size / 60_000) : Math.round(size / QUARTER_MS) * 15;
  const [hours, rest] = [Math.floor(minutes / 60), minutes % 60];
  const parts = [hours > 0 ? `${hours} h` : "", rest > 0 ? `${rest} min` : ""].filter((part) => part !== "");
  const isLong = size >= 7_200_000 && size < 172_800_000;
  return `${hint === "" && !isLong ? formatDuration(size) : parts.join(" ")} ${behindMs > 0 ? "behind" : "ahead"}${hint}`;
}

/** What the quiet line says of clocks; undefined if they agree. */
export function clocksText({ behind, publisherAheadMs, aheadName, oursAheadMs }: ClockRemarks): string | undefined {
  const parts = [
    behind &&
      `${shownName(behind.name)}${behind.count > 1 ? ` and ${behind.count - 1} more` : ""}: ${offsetText(behind.lateMs)}`,
    publisherAheadMs === undefined
      ? undefined
      : aheadName === undefined
        ? `the publisher’s clock is ${formatDuration(publisherAheadMs)} ahead${zoneHint(publisherAheadMs)}`
        : `${shownName(aheadName)}: ${offsetText(-publisherAheadMs)}`,
    oursAheadMs === undefined ? undefined : `this device’s clock is ${aheadText(oursAheadMs)}`,
  ].filter((part) => part !== undefined);
  return parts.length === 0 ? undefined : parts.join(" · ");
}

function aheadText(aheadMs: number): string {
  return `${formatDuration(Math.abs(aheadMs))} ${aheadMs > 0 ? "ahead" : "behind"}`;
}
