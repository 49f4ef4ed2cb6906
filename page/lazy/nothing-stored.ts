import type { Range, Segment } from "../data/segment.ts";
import type { ShownOff } from "../render/lazy-render.ts";
import { momentText } from "../ui/time-text.ts";
import { rangeText } from "./pointing/cursor-text.ts";
import { adoptStyles } from "./styles.ts";

const NOTICE = "nothing";
let told: string | undefined;

/**
 * Where a person, or a link, chose a range in which there is nothing, says so, and hides axes and values that are of other
 * points. While it is not known yet nothing is said.
 */
export function noteNothing({ panels, viewModel, range, source, notice, goLive }: ShownOff): void {
  const text = range === undefined || !isKnown(range, source) ? undefined : nothingText(viewModel, range, source);
  adoptStyles();
  for (const { plot } of panels) plot.parentElement?.toggleAttribute("data-nothing", text !== undefined);
  // Who took it away has read it.
  if (text === told) return;
  told = text;
  if (text === undefined) notice.hide(NOTICE);
  else notice.show(NOTICE, text, { label: "Go live", run: goLive });
}

function nothingText(
  { x, time, segments }: ShownOff["viewModel"],
  range: Range,
  source: ShownOff["source"],
): string | undefined {
  const visible = [...source.series].filter(({ name }) => !source.isHidden(name));
  if (visible.length === 0 || !visible.every((series) => isBeside(segments(series), range))) return undefined;
  const { oldestX } = source;
  const oldest = isWhole(source) && time && range.max < oldestX ? `; the oldest is ${momentText(oldestX)}` : "";
  return `Nothing is stored of ${rangeText(x, time)}${oldest}.`;
}

/** All points are on one side of a range: no line goes through it. */
function isBeside(segments: readonly Segment[], { min, max }: Range): boolean {
  const full = segments.filter(({ x }) => x.length > 0);
  if (full.some(({ isPath }) => isPath)) return false;
  return full.every(({ x }) => (x[0] ?? 0) > max) || full.every(({ x }) => (x.at(-1) ?? 0) < min);
}

/** Whether what is stored of a range is here, or it is known that nothing is. */
function isKnown({ min, max }: Range, source: ShownOff["source"]): boolean {
  const { store, history, fetchState } = source;
  if (fetchState !== "idle") return false;
  const { completeFromX } = store;
  const { fetched, oldestX = -Infinity } = history;
  const isFetched = fetched !== undefined && fetched.min <= min && fetched.max >= Math.min(max, completeFromX);
  return min >= completeFromX || oldestX > max || isFetched || isWhole(source);
}

/** Nothing came before what the page holds, and it has dropped none. */
function isWhole({ store }: ShownOff["source"]): boolean {
  return store.joinedSeq === 0 && [...store.series].every(({ ring }) => ring.completeFromX === -Infinity);
}
