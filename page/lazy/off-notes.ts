import { extentOf } from "../data/path.ts";
import type { Range, Segment } from "../data/segment.ts";
import { lowerBound } from "../data/sorted-column.ts";
import { beganUntimed, FIRST_TIME_X, isTime } from "../data/store/series.ts";
import type { ShownOff } from "../render/lazy-render.ts";
import type { PanelSeries } from "../render/renderers/panel-renderer.ts";
import { button, make } from "../ui/dom.ts";
import { hasPointIn } from "../viewport/in-view.ts";
import { noteUndrawn } from "./log-notes.ts";
import { noteNothing } from "./nothing-stored.ts";
import { backText, offText, untimedText, wrongTimes } from "./off-text.ts";
import { shownName } from "./shown-name.ts";
import { adoptStyles } from "./styles.ts";

/** More series of one panel are only counted. */
const MAX_LINES = 3;
/** Of the range that “Show” goes to, so much is after the newest point. */
const AFTER = 0.1;
/** Beside all of a series, as part of its width. */
const BESIDE = 0.04;

let told = false;
/** The series of which it was said that they have later points than the newest. */
const toldBack = new Set<string>();
/** And that they have points from before a clock was set. */
const toldUntimed = new Set<string>();
const notes = new WeakMap<Element, { element: HTMLElement; key: string }>();

/**
 * In each panel, the series that have no point in view while the picture is live, and those that are on another axis: what is
 * wrong with their times, and a button that goes to their newest point. Of logarithmic axes, what they leave out.
 */
export function showOff(shown: ShownOff): void {
  const { panels, viewModel, isLive, nowX, go, goLive, notify } = shown;
  noteNothing(shown);
  noteUndrawn(panels, viewModel);
  const { x } = viewModel;
  if (isLive) noteUntimed(panels, x, go, notify);
  for (const { plot, series, under } of panels) {
    const visible = series.filter(({ isHidden, series: { headX } }) => !isHidden && headX > -Infinity);
    // One that is in view is said once: it would be covered.
    const wrong = told
      ? undefined
      : visible.find((one) => !isOut(one, x) && wrongTimes(one.series, nowX) !== undefined);
    if (wrong !== undefined) {
      told = true;
      notify(`${shownName(wrong.series.name)} ${wrongTimes(wrong.series, nowX)}`);
    }
    const back = isLive ? visible.find(({ series: one }) => !toldBack.has(one.name) && backText(one)) : undefined;
    if (back !== undefined) {
      const { name, ring } = back.series;
      toldBack.add(name);
      const run = (): void => go(aboutX(ring.lastX, x.max - x.min));
      notify(`${shownName(name)} ${backText(back.series)}`, { label: "Show", run });
    }
    const isOther = ({ series: one, segments }: PanelSeries): boolean =>
      isTime(one.headX) !== viewModel.time && !hasPointIn(segments, x);
    // Axes of nothing say nothing: such a panel is as high as what is said.
    const isOtherPanel = visible.length > 0 && visible.every(isOther);
    plot.parentElement?.toggleAttribute("data-other", isOtherPanel);
    const isOfTimes = isOtherPanel && !viewModel.time;
    const out = isOfTimes ? [] : visible.filter((one) => (isLive ? isOut(one, x) : viewModel.time && isOther(one)));
    const texts = out.flatMap((one) => {
      const text = offText(one.series, nowX, out.length === visible.length, Date.now() / 1000);
      return text === undefined ? [] : [{ series: one.series, text }];
    });
    const timed = isOfTimes ? visible.map(({ series: { name } }) => shownName(name)) : [];
    const key = JSON.stringify([timed, texts.map(({ series: { name }, text }) => [shownName(name), text])]);
    let note = notes.get(plot);
    if (note === undefined) {
      if (texts.length + timed.length === 0) continue;
      adoptStyles();
      note = { element: make("div", "off-note"), key: "" };
      notes.set(plot, note);
      plot.append(note.element);
    }
    note.element.hidden = texts.length + timed.length === 0;
    note.element.style.left = isOtherPanel ? "" : under.style.left;
    if (note.key === key) continue;
    note.key = key;
    const lines = texts.slice(0, MAX_LINES).map(({ series: one, text }) => {
      const name = shownName(one.name);
      const show = button("Show", () => go(rangeOf(one, x.max - x.min)));
      show.ariaLabel = `Show ${name}`;
      return make("p", "", make("b", "", name), ` ${text} `, show);
    });
    const more = texts.length - lines.length;
    if (isOfTimes) lines.push(timesLine(timed, goLive));
    note.element.replaceChildren(...lines, ...(more > 0 ? [make("p", "", `and ${more} more`)] : []));
  }
}

/** Of a panel of times, beside a path: what leads back to it. */
function timesLine(names: readonly string[], goLive: () => void): HTMLParagraphElement {
  const [first = "", second] = names;
  const who = names.length > 2 ? `${first} and ${names.length - 1} more` : names.join(", ");
  const show = button("Show", goLive);
  show.ariaLabel = `Show ${who}`;
  return make("p", "", make("b", "", who), ` ${second === undefined ? "has" : "have"} an x that is a time `, show);
}

/** Says once of series that they have points from before a clock was set. */
function noteUntimed(
  panels: ShownOff["panels"],
  { min, max }: Range,
  go: ShownOff["go"],
  notify: ShownOff["notify"],
): void {
  const untimed = panels.flatMap(({ series }) =>
    series.filter(({ isHidden, series: one }) => !isHidden && !toldUntimed.has(one.name) && beganUntimed(one)),
  );
  const [first] = untimed;
  if (first === undefined) return;
  for (const { series } of untimed) toldUntimed.add(series.name);
  const { name, ring } = first.series;
  const others = untimed.length > 1 ? ` (and ${untimed.length - 1} more series)` : "";
  const run = (): void => go(rangeOf({ headX: ring.firstX, ring: untimedPart(ring) }, max - min));
  notify(`${shownName(name)}${others} ${untimedText(first.series)}`, { label: "Show", run });
}

function aboutX(at: number, span: number): Range {
  return { min: at - span * (1 - AFTER), max: at + span * AFTER };
}

/** Where a series is: about its newest point, or all of one whose x is no time. */
export function rangeOf({ headX, ring }: { headX: number; ring: Segment }, span: number): Range {
  if (isTime(headX)) return aboutX(headX, span);
  const { minX, maxX } = extentOf([ring]);
  const beside = (maxX - minX) * BESIDE || span / 2;
  return { min: minX - beside, max: maxX + beside };
}

function untimedPart({ x, y }: Segment): Segment {
  const end = lowerBound(x, FIRST_TIME_X);
  return { x: x.subarray(0, end), y: y.subarray(0, end) };
}

/** None of its points is in view, and its line goes nowhere. */
function isOut({ series, segments }: PanelSeries, range: Range): boolean {
  return series.valueNames === undefined && !hasPointIn(segments, range);
}
