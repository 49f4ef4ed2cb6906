import type { Range } from "../data/segment.ts";
import { zoneText } from "../layout/time-zone.ts";
import { FONT, type Theme } from "../ui/theme.ts";
import { dayText } from "../ui/time-text.ts";
import type { ViewModel } from "../viewport/viewport.ts";
import type { Gutters } from "./plot-canvas.ts";
import { Surface } from "./surface.ts";
import { DAY, niceStep, numberLabels, ticks, timeLabels, timeStep, timeTicks } from "./ticks.ts";
import type { Tick } from "./y-axis.ts";

const TIME_EVERY_PX = 84;
const NUMBER_EVERY_PX = 72;
const LETTER_PX = 6.6;
const TICK_PX = 4;
const LABEL_PX = 16;
/** Left of what is said at the left end. */
const LEAD_PX = 6;

/** The one x axis that all panels share, at the foot of the page. */
export class XAxis {
  /** From where to where there are labels, in CSS pixels. */
  labels: (readonly [left: number, right: number])[] = [];
  readonly #surface: Surface;

  /** @param resized it has another size now, and wants to be drawn */
  constructor(host: HTMLElement, resized: () => void) {
    this.#surface = new Surface(host, resized);
  }

  get canvas(): HTMLCanvasElement {
    return this.#surface.canvas;
  }

  /** It will not be drawn any more. */
  close(): void {
    this.#surface.close();
  }

  /** How wide the part under the lines is, in CSS pixels. */
  width({ left, right }: Gutters): number {
    return Math.max(1, this.#surface.width - left - right);
  }

  draw({ x, time }: ViewModel, ticks: readonly Tick[], gutters: Gutters, theme: Theme): void {
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
    const placed = ticks.map((tick) => {
      const px = gutters.left + ((tick.at - x.min) / (x.max - x.min)) * width;
      const half = (tick.label.length * LETTER_PX) / 2;
      context.moveTo(surface.crisp(px), 0);
      context.lineTo(surface.crisp(px), TICK_PX);
      return { ...tick, px, half };
    });
    context.stroke();
    let freePx = 0;
    this.labels = [];
    const write = (text: string, px: number, half: number): void => {
      // A label at the edge would be cut off, and one too near to the one before would be over it.
      if (text === "" || px - half < freePx || px + half > surface.width) return;
      context.fillText(text, px, LABEL_PX);
      freePx = px + half + LETTER_PX;
      this.labels.push([px - half, px + half]);
    };
    if (time) {
      const widthOf = (text: string): number => context.measureText(text).width;
      const lead = leadOf(placed, widthOf);
      const half = widthOf(lead) / 2;
      write(lead, LEAD_PX + half, half);
    }
    for (const { label, px, half } of placed) write(label, px, half);
  }
}

/** What is said at the left end of a time axis: the day of the first time of day beside it, unless it is today, and the zone. */
function leadOf(ticks: readonly (Tick & { px: number; half: number })[], widthOf: (text: string) => number): string {
  let lead = zoneText();
  for (const { at, isClock, px, half } of ticks) {
    lead = `${isClock ? dayText(at) : ""} ${zoneText()}`.trim();
    if (px - half >= LEAD_PX + widthOf(lead) + LETTER_PX) break;
  }
  return lead;
}

/** The ticks of the x axis, for a width in CSS pixels. */
export function xTicks({ min, max }: Range, time: boolean, widthPx: number): Tick[] {
  const rough = ((max - min) * (time ? TIME_EVERY_PX : NUMBER_EVERY_PX)) / Math.max(1, widthPx);
  const step = time ? timeStep(rough) : niceStep(rough);
  const values = time ? timeTicks(min, max, step) : ticks(min, max, step);
  const labels = time ? timeLabels(values, step) : numberLabels(values, step);
  return values.map((at, i) => ({ at, label: labels[i] ?? "", isClock: time && step < DAY }));
}
