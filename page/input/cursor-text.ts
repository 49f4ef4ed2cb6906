import type { Range } from "../data/segment.ts";
import { niceStep, numberLabels, timeLabels } from "../render/ticks.ts";
import { formatCount } from "../ui/format.ts";

/** The resolution of an x in text: about a pixel of a wide screen. */
const RESOLUTION = 1 / 2000;

/** The label of the cursor: its x and, if there is a mark, the distance to it. */
export function cursorText(x: number, mark: number | undefined, seen: Range, time: boolean): string {
  const step = niceStep((seen.max - seen.min) * RESOLUTION);
  // To the second at least: a time of day without them is no time of a point.
  const [at = ""] = time ? timeLabels([x], Math.min(1, step)) : numberLabels([x], step);
  if (mark === undefined) return at;
  return `${at} · Δ ${differenceText(x - mark, step, time)}`;
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
