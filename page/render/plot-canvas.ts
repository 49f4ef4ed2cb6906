import type { Range } from "../data/segment.ts";
import { FONT, type Theme } from "../ui/theme.ts";
import { layoutOf, type PanelSeries } from "./renderers/panel-renderer.ts";
import { Surface } from "./surface.ts";
import { type Threshold, type Tick, type YAxis, yTicks } from "./y-axis.ts";
import { halfSpan } from "./y-range.ts";

/** What one drawing shows. */
export interface PlotContent {
  x: Range;
  xTicks: readonly Tick[];
  left: YAxis;
  /** Undefined if nothing is on it. */
  right: YAxis | undefined;
  /** Those that are not hidden, in their order. */
  series: readonly PanelSeries[];
  thresholds: readonly Threshold[];
}

/** The room beside the lines, in CSS pixels: the same in all panels, so that their x stand under each other. */
export interface Gutters {
  left: number;
  right: number;
}

export const MIN_GUTTERS: Gutters = { left: 54, right: 12 };
/** Above and below the lines. */
export const TOP_PX = 8;
export const BOTTOM_PX = 6;
/** Of a number. */
export const LETTER_PX = 6.6;
const LABEL_GAP_PX = 9;
/** None for lines whose colour is their own. */
const DASHES = [[], [6, 3], [2, 3], [9, 3, 2, 3]];
const THRESHOLD_DASHES = [4, 4];
/** From a threshold to the middle of its value, above it. */
const THRESHOLD_LABEL_PX = 8;
const HALO_PX = 3;

/**
 * One panel's grid, y axes and thresholds on a canvas; each series' renderer paints it between them. Drawn by ourselves: of
 * a chart library only the axes would be used, at more bytes than the rest of the page together.
 */
export class PlotCanvas {
  readonly #surface: Surface;
  #leftTicks: Tick[] = [];
  #rightTicks: Tick[] = [];

  /** @param resized the plot has another size now, and wants to be drawn */
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

  /** How many pixel columns there are for lines. */
  columns(gutters: Gutters): number {
    return Math.max(1, Math.round((this.#surface.width - gutters.left - gutters.right) * this.#surface.ratio));
  }

  /** Finds the ticks of its axes, and how much room their labels need. */
  measure(left: YAxis, right: YAxis | undefined): Gutters {
    const height = this.#surface.height - TOP_PX - BOTTOM_PX;
    this.#leftTicks = yTicks(left, height);
    this.#rightTicks = right === undefined ? [] : yTicks(right, height);
    return {
      left: Math.max(MIN_GUTTERS.left, roomFor(this.#leftTicks)),
      right: right === undefined ? MIN_GUTTERS.right : Math.max(MIN_GUTTERS.left, roomFor(this.#rightTicks)),
    };
  }

  /** Draws, now, with the ticks that were measured last. Call it at most once an animation frame. */
  draw(picture: PlotContent, gutters: Gutters, theme: Theme): void {
    const surface = this.#surface;
    const context = surface.begin();
    const { ratio } = surface;
    const width = surface.width - gutters.left - gutters.right;
    const height = surface.height - TOP_PX - BOTTOM_PX;
    if (width <= 0 || height <= 0) return;
    const right = gutters.left + width;
    const bottom = TOP_PX + height;
    const { x } = picture;
    const xOf = (value: number): number => gutters.left + ((value - x.min) / (x.max - x.min)) * width;

    context.lineWidth = 1 / ratio;
    context.strokeStyle = theme.grid;
    context.beginPath();
    for (const { at } of picture.xTicks) {
      const px = surface.crisp(xOf(at));
      context.moveTo(px, TOP_PX);
      context.lineTo(px, bottom);
    }
    const rowOf = this.#rowOf(picture.left, bottom, height);
    for (const { at } of this.#leftTicks) {
      const py = surface.crisp(rowOf(at));
      context.moveTo(gutters.left, py);
      context.lineTo(right, py);
    }
    context.stroke();

    context.font = FONT;
    context.fillStyle = theme.text;
    context.textBaseline = "middle";
    context.textAlign = "right";
    for (const { at, label } of this.#leftTicks) context.fillText(label, gutters.left - LABEL_GAP_PX, rowOf(at));
    if (picture.right !== undefined) {
      const rightRowOf = this.#rowOf(picture.right, bottom, height);
      context.textAlign = "left";
      for (const { at, label } of this.#rightTicks) context.fillText(label, right + LABEL_GAP_PX, rightRowOf(at));
    }

    context.save();
    context.beginPath();
    context.rect(gutters.left, 0, width, surface.height);
    context.clip();
    const rows = picture.series.filter((one) => layoutOf(one) === "row");
    const hasTexts = rows.length === picture.series.length;
    const box = { left: gutters.left, top: TOP_PX, width, height: hasTexts ? height / rows.length : height };
    const scaleX = (width * ratio) / (x.max - x.min);
    const leftPx = gutters.left * ratio;
    const bottomPx = bottom * ratio;
    for (const one of inPaintingOrder(picture.series)) {
      const { range } = one.onRight && picture.right !== undefined ? picture.right : picture.left;
      const scaleY = (height * ratio) / halfSpan(range);
      one.renderer.paint(one, {
        context,
        ratio,
        box,
        colour: one.colour ?? theme.lines[one.slot % theme.lines.length] ?? "",
        textColour: theme.text,
        dashes: DASHES[Math.floor(one.slot / theme.lines.length) % DASHES.length] ?? [],
        hasTexts,
        newPath: () => new Path2D(),
        columnOf: (value) => surface.crisp(xOf(value)),
        xPx: (value) => leftPx + (value - x.min) * scaleX,
        // First the difference, which is exact where both are large. That of the largest float64 would be infinite.
        yPx: (value) => bottomPx - (value / 2 - range.min / 2) * scaleY,
      });
      if (hasTexts) box.top += box.height;
    }
    context.restore();

    // Over the lines: where these are dense, nothing under them is seen.
    context.lineJoin = "round";
    context.textAlign = "right";
    context.fillStyle = theme.text;
    const write = (text: string | undefined, x: number, y: number): void => {
      if (text === undefined) return;
      context.lineWidth = HALO_PX;
      context.strokeStyle = theme.ground;
      context.strokeText(text, x, y);
      context.fillText(text, x, y);
    };
    for (const { at, label, onRight } of picture.thresholds) {
      const axis = onRight && picture.right !== undefined ? picture.right : picture.left;
      const py = surface.crisp(this.#rowOf(axis, bottom, height)(at));
      context.beginPath();
      context.moveTo(gutters.left, py);
      context.lineTo(right, py);
      context.lineWidth = 1 / ratio;
      context.strokeStyle = theme.ground;
      context.stroke();
      context.strokeStyle = theme.text;
      context.setLineDash(THRESHOLD_DASHES);
      context.stroke();
      const labelY = py < TOP_PX + 2 * THRESHOLD_LABEL_PX ? py + THRESHOLD_LABEL_PX : py - THRESHOLD_LABEL_PX;
      context.setLineDash([]);
      write(label, right - HALO_PX, labelY);
    }
    // Beside the labels it belongs to there is no room.
    write(this.#rightTicks[0]?.base, right - HALO_PX, TOP_PX);
    context.textAlign = "left";
    write(this.#leftTicks[0]?.base, gutters.left + HALO_PX, TOP_PX);
  }

  #rowOf({ range }: YAxis, bottom: number, height: number): (place: number) => number {
    const scale = height / halfSpan(range);
    return (place) => bottom - (place / 2 - range.min / 2) * scale;
  }
}

/** The highlighted series is painted over the others, and rows over all. */
function inPaintingOrder(series: readonly PanelSeries[]): PanelSeries[] {
  const rank = (one: PanelSeries): number => (layoutOf(one) === "row" ? 2 : Number(one.isHighlighted));
  return [...series].sort((a, b) => rank(a) - rank(b));
}

/** Wide enough for the longest label, in steps: each other width moves the whole plot. */
function roomFor(ticks: readonly Tick[]): number {
  const longest = Math.max(0, ...ticks.map(({ label, letters = label.length }) => letters));
  return LABEL_GAP_PX + 9 + LETTER_PX * 2 * Math.ceil(longest / 2);
}
