import type { Range } from "../../data/segment.ts";
import { niceStep, numberLabels } from "../../render/ticks.ts";
import { formatCount } from "../../ui/format.ts";
import { momentText, periodText } from "../../ui/time-text.ts";

/** The resolution of an x in text: about a pixel of a wide screen. */
const RESOLUTION = 1 / 2000;

/** The label of the cursor: its x and, if there is a mark, the distance to it. */
export function cursorText(
  x: number,
  mark: number | undefined,
  seen: Range,
  time: boolean,
  nowMs = Date.now(),
): string {
  const step = stepOf(seen);
  const at = time ? momentText(x, step, nowMs) : (numberLabels([x], step)[0] ?? "");
  if (mark === undefined) return at;
  return `${at} · Δ ${differenceText(x - mark, step, time)}`;
}

/** From where to where, as finely as it is seen. @param part of what is seen */
export function rangeText(seen: Range, time: boolean, part = seen, nowMs = Date.now()): string {
  const step = stepOf(seen);
  const { min, max } = part;
  if (min === max) return `at ${cursorText(min, undefined, seen, time, nowMs)}`;
  return time ? periodText(min, max, step, nowMs) : numberLabels([min, max], step).join(" – ");
}

function stepOf({ min, max }: Range): number {
  return niceStep((max - min) * RESOLUTION);
}

function differenceText(difference: number, step: number, time: boolean): string {
  const [text = ""] = numberLabels([difference], step);
  if (!time) return text;
  return difference === 0 ? `${text} s` : `${text} s · ${hertzText(1 / Math.abs(difference))} Hz`;
}

/** To three digits. */
function hertzText(hertz: number): string {
  const rounded = Number(hertz.toPrecision(3));
  return rounded >= 1000 ? formatCount(rounded) : String(rounded);
}
