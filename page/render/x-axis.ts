import type { Range } from "../data/part.ts";
import { FONT, type Theme } from "../ui/theme.ts";
import type { Gutters } from "./plot.ts";
import { Surface } from "./surface.ts";
import type { Tick } from "./y-axis.ts";

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
    for (const { at, label } of ticks) {
      const px = gutters.left + ((at - min) / (max - min)) * width;
      context.moveTo(surface.crisp(px), 0);
      context.lineTo(surface.crisp(px), TICK_PX);
      // A label at the edge would be cut off.
      const half = (label.length * LETTER_PX) / 2;
      if (px - half >= 0 && px + half <= surface.width) context.fillText(label, px, LABEL_PX);
    }
    context.stroke();
  }
}
