import "./language-guard.ts";
import uPlot from "uplot";
import type { Line } from "./decimate.ts";
import type { Range } from "./range.ts";
import { strokeOf } from "./stroke.ts";
import { lineColour, type Theme } from "./theme.ts";
import { niceStep, numberLabels, ticks, timeLabels, timeStep, timeTicks } from "./ticks.ts";

/** What one drawing shows. Lines stand by the index of their series; undefined is not drawn. */
export interface Picture {
  x: Range;
  y: Range;
  time: boolean;
  lines: readonly (Line | undefined)[];
}

const FONT = '11px system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif';
const Y_AXIS_WIDTH = 54;
const X_AXIS_HEIGHT = 30;
const RIGHT_PADDING = 12;
const LETTER_WIDTH = 6.6;
const TICK_SIZE = 4;
const LINE_WIDTH = 1.5;
const THIN_WIDTH = 1;
const DOT_RADIUS = 2;
/** A line this steep is thin, until it is only half as steep: see {@link Plot.draw}. */
const STEEP = 8;

const NOTHING: Picture = { x: { min: 0, max: 1 }, y: { min: 0, max: 1 }, time: false, lines: [] };

/**
 * The plot: uPlot gives the scales, the axes and the layout; the lines are drawn by path builders of our own, straight
 * from what {@link Line} holds. uPlot itself only knows two points without a value, so nothing is joined or copied.
 */
export class Plot {
  readonly #u: uPlot;
  #picture = NOTHING;
  #theme: Theme;
  readonly #thin: boolean[] = [];

  /** @param resized the plot has another size now, and wants to be drawn */
  constructor(host: HTMLElement, theme: Theme, resized: () => void) {
    this.#theme = theme;
    this.#u = new uPlot(this.#options(host), [[0, 1]], host);
    new ResizeObserver(() => {
      if (host.clientWidth === 0 || host.clientHeight === 0) return;
      this.#u.setSize({ width: host.clientWidth, height: host.clientHeight });
      resized();
    }).observe(host);
  }

  /** How many pixel columns there are for lines. */
  get columns(): number {
    return Math.max(1, Math.round(this.#u.bbox.width));
  }

  /** Lies behind the lines, and is as large as the part they are drawn in. */
  get under(): HTMLElement {
    return this.#u.under;
  }

  setTheme(theme: Theme): void {
    this.#theme = theme;
  }

  /** Draws, now. Call it at most once an animation frame. */
  draw(picture: Picture): void {
    this.#picture = picture;
    const u = this.#u;
    if (u.series.length <= picture.lines.length) this.#addSeries(picture.lines.length);
    u.batch(() => {
      u.setScale("x", picture.x);
      u.setScale("y", picture.y);
    });
  }

  #addSeries(count: number): void {
    const u = this.#u;
    while (u.series.length <= count) {
      const index = u.series.length - 1;
      const colour = (): string => this.#theme.lines[index % this.#theme.lines.length] ?? "";
      u.addSeries({
        label: lineColour(index),
        scale: "y",
        auto: false,
        stroke: colour,
        fill: colour,
        width: LINE_WIDTH,
        pxAlign: 0,
        points: { show: false },
        paths: () => this.#paths(index),
      });
    }
    const nothing = [null, null];
    u.setData([[0, 1], ...u.series.slice(1).map(() => nothing)], false);
  }

  #paths(index: number): uPlot.Series.Paths | null {
    const line = this.#picture.lines[index];
    const series = this.#u.series[index + 1];
    if (line === undefined || series === undefined) return null;
    const { bbox } = this.#u;
    const { x, y } = this.#picture;
    const scaleX = bbox.width / (x.max - x.min);
    const scaleY = bbox.height / (y.max - y.min);
    const bottom = bbox.top + bbox.height;
    const { path, dots, steepness } = strokeOf(line, {
      x: (value) => bbox.left + (value - x.min) * scaleX,
      // Not (value - min) * scale: the difference of the largest float64 is infinite.
      y: (value) => bottom - (value * scaleY - y.min * scaleY),
      dotRadius: DOT_RADIUS * uPlot.pxRatio,
    });
    // Without a GPU, lines of one device pixel are drawn many times faster than wider ones. It only matters where
    // the pen goes up and down within each column, and there the thin line is also the clearer one.
    const dense = line.length > 1.2 * bbox.width;
    const thin = dense && steepness > (this.#thin[index] === true ? STEEP / 2 : STEEP);
    this.#thin[index] = thin;
    // uPlot reads the width after it has asked for the path.
    series.width = thin ? THIN_WIDTH : LINE_WIDTH;
    return { stroke: path, fill: dots, clip: null, flags: 0 };
  }

  #options(host: HTMLElement): uPlot.Options {
    const given = (_u: uPlot, min: number | null, max: number | null): uPlot.Range.MinMax => [min ?? 0, max ?? 1];
    const axis = {
      font: FONT,
      stroke: () => this.#theme.text,
      grid: { stroke: () => this.#theme.grid, width: 1 },
      ticks: { stroke: () => this.#theme.tick, width: 1, size: TICK_SIZE },
      // uPlot takes no increment under 5 that is not in a table of its own; the ticks below have their own steps.
      incrs: (_u: uPlot, _axis: number, min: number, max: number): number[] => [Math.max(5, max - min)],
    };
    return {
      width: Math.max(1, host.clientWidth),
      height: Math.max(1, host.clientHeight),
      padding: [10, RIGHT_PADDING, 0, 0],
      cursor: { show: false },
      legend: { show: false },
      scales: {
        x: { time: false, auto: false, range: given },
        y: { auto: false, range: given },
      },
      series: [{}],
      axes: [
        {
          ...axis,
          size: X_AXIS_HEIGHT,
          gap: 5,
          splits: (u, _axis, min, max) => this.#xTicks(u, min, max).values,
          values: (u, _values) => this.#xTicks(u, this.#picture.x.min, this.#picture.x.max).labels,
        },
        {
          ...axis,
          gap: 5,
          size: (_u, labels) => yAxisWidth(labels ?? []),
          splits: (u, _axis, min, max) => ticks(min, max, yStep(u, min, max)),
          values: (u, values) => numberLabels(values, yStep(u, this.#picture.y.min, this.#picture.y.max)),
        },
      ],
    };
  }

  #xTicks(u: uPlot, min: number, max: number): { values: number[]; labels: string[] } {
    const { time } = this.#picture;
    const widthPx = u.bbox.width / uPlot.pxRatio;
    const rough = ((max - min) * (time ? 84 : 72)) / Math.max(1, widthPx);
    const step = time ? timeStep(rough) : niceStep(rough);
    const values = time ? timeTicks(min, max, step) : ticks(min, max, step);
    const labels = time ? timeLabels(values, step) : numberLabels(values, step);
    // A label at the right edge would be cut off.
    const fits = (label: string, value: number): boolean =>
      ((max - value) / (max - min)) * widthPx + RIGHT_PADDING >= (label.length * LETTER_WIDTH) / 2;
    return { values, labels: labels.map((label, i) => (fits(label, values[i] ?? 0) ? label : "")) };
  }
}

function yStep(u: uPlot, min: number, max: number): number {
  const heightPx = u.bbox.height / uPlot.pxRatio;
  return niceStep((max - min) * (36 / Math.max(1, heightPx)));
}

/** Wide enough for the longest label, in steps: each other width moves the whole plot. */
function yAxisWidth(labels: readonly string[]): number {
  const longest = Math.max(0, ...labels.map((label) => label.length));
  return Math.max(Y_AXIS_WIDTH, TICK_SIZE + 14 + LETTER_WIDTH * (longest + (longest % 2)));
}
