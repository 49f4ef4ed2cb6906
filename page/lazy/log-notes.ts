import type { Range } from "../data/segment.ts";
import type { LoggedPanel } from "../render/lazy-render.ts";
import { layoutOf, type PanelSeries } from "../render/renderers/panel-renderer.ts";
import { make } from "../ui/dom.ts";
import { counted } from "../ui/format.ts";
import { lineColour } from "../ui/theme.ts";
import type { ViewModel } from "../viewport/viewport.ts";
import { rangeText } from "./pointing/cursor-text.ts";
import { adoptStyles } from "./styles.ts";
import { undrawnIn } from "./undrawn.ts";

/** The marks at the bottom of a plot, in CSS pixels: so wide and high, and no closer to each other. */
const MARK_PX = 7;

/** How many values of each series are not drawn, and where, as sentences. */
export function undrawnTexts({ series, plan }: LoggedPanel, { x, time }: Pick<ViewModel, "x" | "time">): string[] {
  return series.flatMap((one) => {
    if (!isOnLog(one, plan) || one.buffer.undrawn.length === 0) return [];
    const { count, min, max } = undrawnIn(one.segments, x);
    if (count === 0) return [];
    const where = rangeText(x, time, { min, max });
    return `${one.label ?? one.series.name}: ${counted(count, "value")} of 0 or below not drawn on the logarithmic axis, ${where}`;
  });
}

const notes = new WeakMap<Element, { element: HTMLElement; key: string }>();

/** Says in each panel what its logarithmic axes leave out, and marks the places at the bottom of the plot. */
export function noteUndrawn(panels: readonly LoggedPanel[], viewModel: ViewModel): void {
  for (const panel of panels) {
    const texts = undrawnTexts(panel, viewModel);
    const note = notes.get(panel.plot) ?? { element: make("div", "log-note"), key: "" };
    note.element.hidden = texts.length === 0;
    if (texts.length === 0) continue;
    if (!note.element.isConnected) {
      adoptStyles();
      panel.plot.append(note.element);
      notes.set(panel.plot, note);
    }
    note.element.style.left = panel.under.style.left;
    for (const one of panel.series) if (isOnLog(one, panel.plan)) mark(panel, one, viewModel.x);
    const key = texts.join("\n");
    if (key === note.key) continue;
    note.key = key;
    note.element.replaceChildren(...texts.map((text) => make("p", "", text)));
  }
}

function isOnLog(one: PanelSeries, { left, rightAxis }: LoggedPanel["plan"]): boolean {
  return !one.isHidden && (one.onRight ? rightAxis : left).log && layoutOf(one) === "numbers";
}

/** On the canvas, so that a picture of the panel has them. */
function mark({ canvas, under }: LoggedPanel, { buffer, slot, colour }: PanelSeries, { min, max }: Range): void {
  const context = canvas.getContext("2d");
  if (context === null) return;
  const bottom = under.offsetTop + under.offsetHeight;
  let lastPx = -Infinity;
  context.fillStyle = colour ?? getComputedStyle(document.documentElement).getPropertyValue(lineColour(slot)).trim();
  context.beginPath();
  for (const x of buffer.undrawn) {
    const px = under.offsetLeft + ((x - min) / (max - min)) * under.offsetWidth;
    if (x < min || x > max || px - lastPx < MARK_PX) continue;
    lastPx = px;
    context.moveTo(px - MARK_PX / 2, bottom - MARK_PX);
    context.lineTo(px + MARK_PX / 2, bottom - MARK_PX);
    context.lineTo(px, bottom);
  }
  context.fill();
}
