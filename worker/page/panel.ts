import { decimate, Line } from "./decimate.ts";
import { Plot } from "./plot.ts";
import { type Range, stableRange } from "./range.ts";
import { onThemeChange, readTheme } from "./theme.ts";
import type { Sight } from "./view.ts";

/** One plot and what it needs from one drawing to the next. */
export class Panel {
  readonly #host: HTMLElement;
  readonly #plot: Plot;
  readonly #reused: Line[] = [];
  #shown: (Line | undefined)[] = [];
  #y: Range | undefined;

  /** @param stirred it wants to be drawn again */
  constructor(host: HTMLElement, stirred: () => void) {
    this.#host = host;
    this.#plot = new Plot(host, readTheme(), stirred);
    onThemeChange(() => {
      this.#plot.setTheme(readTheme());
      stirred();
    });
  }

  get columns(): number {
    return this.#plot.columns;
  }

  /** The lines of the last drawing, by the index of their series. */
  get lines(): readonly (Line | undefined)[] {
    return this.#shown;
  }

  /** The next drawing finds its range of y by itself. */
  forgetRange(): void {
    this.#y = undefined;
  }

  draw({ minX, maxX, time, bucket, slices }: Sight): void {
    this.#host.dataset.drawn = "";
    this.#shown = [];
    let low = Number.POSITIVE_INFINITY;
    let high = Number.NEGATIVE_INFINITY;
    for (const { series, x, y } of slices) {
      const line = this.#reused[series.index] ?? new Line();
      this.#reused[series.index] = line;
      decimate(x, y, bucket, line);
      this.#shown[series.index] = line;
      low = Math.min(low, line.minY);
      high = Math.max(high, line.maxY);
    }
    this.#y = low <= high ? stableRange(this.#y, low, high) : (this.#y ?? { min: 0, max: 1 });
    this.#plot.draw({ x: { min: minX, max: maxX }, y: this.#y, time, lines: this.#shown });
  }
}
