import type { Range } from "../data/part.ts";
import { FONT, type Theme } from "../ui/theme.ts";
import type { Line } from "./decimate.ts";
import type { DrawnLine } from "./shown.ts";
import { strokeOf } from "./stroke.ts";
import { Surface } from "./surface.ts";
import { type Threshold, type Tick, type YAxis, yTicks } from "./y-axis.ts";

/** What one drawing shows. */
export interface Picture {
  x: Range;
  xTicks: readonly Tick[];
  left: YAxis;
  /** Undefined if nothing is on it. */
  right: YAxis | undefined;
  lines: readonly DrawnLine[];
  thresholds: readonly Threshold[];
}

/** Where the lines are, in CSS pixels. */
export interface Box {
  left: number;
  top: number;
  width: number;
  height: number;
  /** The middle of the device pixel at an x. */
  columnOf(x: number): number;
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
const LETTER_PX = 6.6;
const LABEL_GAP_PX = 9;
const LINE_PX = 1.5;
const MEANT_PX = 2.5;
const DOT_PX = 2;
/** A line this steep is thin, until it is only half as steep: see {@link Plot.draw}. */
const STEEP = 8;
const THRESHOLD_DASHES = [4, 4];
/** From a threshold to the middle of its value, above it. */
const THRESHOLD_LABEL_PX = 8;
const HALO_PX = 3;
const DASHES = [[], [6, 3], [2, 3], [9, 3, 2, 3]];

/**
 * One panel's lines and y axes on a canvas. Drawn by ourselves, straight from what {@link Line} holds: of a chart
 * library only the axes would be used, at more bytes than the rest of the page together.
 */
export class Plot {
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

  /**
   * Draws, now, with the ticks that were measured last. Call it at most once an animation frame.
   * @param more draws over the lines, no further than they go
   */
  draw(
    picture: Picture,
    gutters: Gutters,
    theme: Theme,
    more?: (context: CanvasRenderingContext2D, box: Box) => void,
  ): void {
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
    // Lines are drawn in device pixels: their paths are made of nothing but numbers.
    context.setTransform(1, 0, 0, 1, 0, 0);
    context.lineJoin = "bevel";
    const drawn = [...picture.lines].sort((a, b) => Number(a.meant) - Number(b.meant));
    for (const { line, slot, onRight, meant } of drawn) {
      const { range } = onRight && picture.right !== undefined ? picture.right : picture.left;
      const scaleX = (width * ratio) / (x.max - x.min);
      const scaleY = (height * ratio) / (range.max - range.min);
      const leftPx = gutters.left * ratio;
      const bottomPx = bottom * ratio;
      const { path, dots, steepness } = strokeOf(line, {
        x: (value) => leftPx + (value - x.min) * scaleX,
        // Not (value - min) * scale: the difference of the largest float64 is infinite.
        y: (value) => bottomPx - (value * scaleY - range.min * scaleY),
        dotRadius: DOT_PX * ratio,
      });
      // Without a GPU, lines of one device pixel are drawn many times faster than wider ones. It only matters where
      // the pen goes up and down within each column, and there the thin line is also the clearer one.
      const dense = line.length > 1.2 * width * ratio;
      line.thin = dense && steepness > (line.thin ? STEEP / 2 : STEEP);
      const colour = theme.lines[slot % theme.lines.length] ?? "";
      context.lineWidth = line.thin ? 1 : (meant ? MEANT_PX : LINE_PX) * ratio;
      context.strokeStyle = colour;
      context.setLineDash(line.thin ? [] : dashOf(slot, theme.lines.length).map((px) => px * ratio));
      context.stroke(path);
      context.fillStyle = colour;
      context.fill(dots);
    }
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    context.setLineDash([]);
    const columnOf = (value: number): number => surface.crisp(xOf(value));
    more?.(context, { left: gutters.left, top: TOP_PX, width, height, columnOf });
    context.restore();

    // Over the lines: where these are dense, nothing under them is seen.
    context.lineJoin = "round";
    context.textAlign = "right";
    context.fillStyle = theme.text;
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
      context.lineWidth = HALO_PX;
      context.strokeStyle = theme.ground;
      context.setLineDash([]);
      context.strokeText(label, right - HALO_PX, labelY);
      context.fillText(label, right - HALO_PX, labelY);
    }
  }

  #rowOf({ range }: YAxis, bottom: number, height: number): (place: number) => number {
    const scale = height / (range.max - range.min);
    return (place) => bottom - (place * scale - range.min * scale);
  }
}

/** The dashes of a line: none for those whose colour is their own. */
export function dashOf(slot: number, colours: number): readonly number[] {
  return DASHES[Math.floor(slot / colours) % DASHES.length] ?? [];
}

/** Wide enough for the longest label, in steps: each other width moves the whole plot. */
function roomFor(ticks: readonly Tick[]): number {
  const longest = Math.max(0, ...ticks.map(({ label }) => label.length));
  return LABEL_GAP_PX + 9 + LETTER_PX * (longest + (longest % 2));
}
