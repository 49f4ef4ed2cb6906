import type { Range } from "../data/segment.ts";
import { FONT, type Theme } from "../ui/theme.ts";
import type { Gutters } from "./plot-canvas.ts";
import { Surface } from "./surface.ts";
import { DAY, niceStep, numberLabels, otherDay, ticks, timeLabels, timeStep, timeTicks } from "./ticks.ts";
import type { Tick } from "./y-axis.ts";

const TIME_EVERY_PX = 84;
const NUMBER_EVERY_PX = 72;
const LETTER_PX = 6.6;
const TICK_PX = 4;
const LABEL_PX = 16;

/** The one x axis that all panels share, at the foot of the page. */
export class XAxis {
  readonly #surface: Surface;

  /** @param resized it has another size now, and wants to be drawn */
  constructor(host: HTMLElement, resized: () => void) {
    this.#surface = new Surface(host, resized);
  }

  get canvas(): HTMLCanvasElement {
    return this.#surface.canvas;
  }

  /** How wide the part under the lines is, in CSS pixels. */
  width({ left, right }: Gutters): number {
    return Math.max(1, this.#surface.width - left - right);
  }

  draw({ min, max }: Range, ticks: readonly Tick[], gutters: Gutters, theme: Theme): void {
    const surface = this.#surface;
    const context = surface.begin();
    const width = this.width(gutters);
    context.lineWidth = 1 / surface.ratio;
    context.strokeStyle = theme.tick;
    context.fillStyle = theme.text;
    context.font = FONT;
    context.textAlign = "center";
    context.textBaseline = "middle";
    context.beginPath();
    let freePx = 0;
    for (const { at, label } of ticks) {
      const px = gutters.left + ((at - min) / (max - min)) * width;
      context.moveTo(surface.crisp(px), 0);
      context.lineTo(surface.crisp(px), TICK_PX);
      // A label at the edge would be cut off, and one too near to the one before would be over it.
      const half = (label.length * LETTER_PX) / 2;
      if (px - half < freePx || px + half > surface.width) continue;
      context.fillText(label, px, LABEL_PX);
      freePx = px + half + LETTER_PX;
    }
    context.stroke();
  }
}

/** The ticks of the x axis, for a width in CSS pixels. */
export function xTicks({ min, max }: Range, time: boolean, widthPx: number): Tick[] {
  const rough = ((max - min) * (time ? TIME_EVERY_PX : NUMBER_EVERY_PX)) / Math.max(1, widthPx);
  const step = time ? timeStep(rough) : niceStep(rough);
  const values = time ? timeTicks(min, max, step) : ticks(min, max, step);
  const labels = time ? timeLabels(values, step) : numberLabels(values, step);
  // Of another day the first label says which.
  const [first] = values;
  if (time && step < DAY && first !== undefined) labels[0] = otherDay(first) || (labels[0] ?? "");
  return values.map((at, i) => ({ at, label: labels[i] ?? "" }));
}
