/** An entry of the legend above a panel: a series and its value. */
export interface LegendEntry {
  name: string;
  colour: string;
  value: string;
  /** "" for none. */
  unit: string;
}

export interface PanelPicture {
  /** "" for none. */
  title: string;
  canvas: HTMLCanvasElement;
  /** The room around its lines, in CSS pixels. */
  lines: { left: number; right: number; top: number; bottom: number };
  /** From where to where something is missing, in parts of the lines' width. */
  gaps: readonly (readonly [from: number, to: number])[];
  legend: readonly LegendEntry[];
  /** What is not drawn, each a line. */
  notes?: readonly string[];
}

export interface Picture {
  title: string;
  /** The window in words. */
  range: string;
  panels: readonly PanelPicture[];
  /** Below the panels, with their left edge. */
  xAxis?: HTMLCanvasElement;
  /** Device pixels of a CSS pixel, as the canvases have them. */
  scale: number;
  theme: { ground: string; ink: string; quiet: string; fontFamily: string };
}

const PADDING = 16;
const LINE = 22;
const SWATCH_WIDTH = 14;
const SWATCH_HEIGHT = 3;
const GAP = 7;
const BETWEEN = 20;
/** As in gaps.css: how far a mark reaches beyond what is missing, between its hatches, and how faint it is. */
const BAND_BEYOND = [4, 6] as const;
const HATCH = 7 * Math.SQRT2;
const BAND_ALPHA = 0.22;

/** Puts what is in view on one canvas: header, then each panel under its legend, then the x axis. */
export async function pngBlob(picture: Picture): Promise<Blob> {
  const canvas = compose(picture);
  const blob = await new Promise<Blob | null>((done) => canvas.toBlob(done, "image/png"));
  if (blob === null) throw new Error("The picture is too large for this browser.");
  return blob;
}

type Draw = (context: CanvasRenderingContext2D) => void;

function compose({ title, range, panels, xAxis, scale, theme }: Picture): HTMLCanvasElement {
  const canvas = document.createElement("canvas");
  const context = canvas.getContext("2d");
  if (context === null) throw new Error("This browser has no canvas left for the picture.");
  const pictures = [...panels.map((panel) => panel.canvas), ...(xAxis === undefined ? [] : [xAxis])];
  const inner = Math.max(200, ...pictures.map(({ width }) => width / scale));
  const font = (size: number, weight = 400): string => `${weight} ${size}px ${theme.fontFamily}`;
  const draws: Draw[] = [];
  let y = PADDING;

  /** @returns how wide it is */
  const text = (words: string, x: number, fontOf: string, colour: string, maxWidth: number): number => {
    context.font = fontOf;
    const fitted = fit(context, words, maxWidth);
    const baseline = y + LINE - GAP;
    draws.push((to) => {
      to.font = fontOf;
      to.fillStyle = colour;
      to.fillText(fitted, x, baseline);
    });
    return context.measureText(fitted).width;
  };
  /** A canvas keeps its device pixels: it begins at a whole one and is not scaled. */
  const copy = (from: HTMLCanvasElement): void => {
    // Drawing one of no size throws.
    if (from.width === 0 || from.height === 0) return;
    const [left, top] = [PADDING, y].map((at) => Math.round(at * scale) / scale);
    draws.push((to) => to.drawImage(from, left ?? 0, top ?? 0, from.width / scale, from.height / scale));
    y += from.height / scale;
  };

  const titleWidth = text(title, PADDING, font(16, 700), theme.ink, inner);
  context.font = font(13);
  const rangeWidth = context.measureText(range).width;
  const isBesideTitle = titleWidth + BETWEEN + rangeWidth <= inner;
  if (!isBesideTitle) y += LINE;
  text(range, isBesideTitle ? PADDING + inner - rangeWidth : PADDING, font(13), theme.quiet, inner);
  y += LINE + GAP;

  for (const panel of panels) {
    if (panel.title !== "") {
      text(panel.title, PADDING, font(13, 700), theme.ink, inner);
      y += LINE;
    }
    let x = PADDING;
    for (const { name, colour, value, unit } of panel.legend) {
      const valueText = unit === "" ? value : `${value} ${unit}`;
      context.font = font(13);
      const nameWidth = context.measureText(name).width;
      context.font = font(13, 700);
      const valueWidth = context.measureText(valueText).width;
      const width = SWATCH_WIDTH + GAP + nameWidth + GAP + valueWidth;
      if (x > PADDING && x + width > PADDING + inner) {
        x = PADDING;
        y += LINE;
      }
      const [left, middle] = [x, y + LINE - GAP - 5];
      draws.push((to) => {
        to.fillStyle = colour;
        to.fillRect(left, middle - SWATCH_HEIGHT / 2, SWATCH_WIDTH, SWATCH_HEIGHT);
      });
      x += SWATCH_WIDTH + GAP;
      x += text(name, x, font(13), theme.quiet, inner - SWATCH_WIDTH - 2 * GAP - valueWidth) + GAP;
      x += text(valueText, x, font(13, 700), theme.ink, inner) + BETWEEN;
    }
    if (panel.legend.length > 0) y += LINE;
    for (const note of panel.notes ?? []) {
      text(note, PADDING, font(12), theme.quiet, inner);
      y += LINE;
    }
    const top = y;
    draws.push((to) => drawGaps(to, panel, PADDING, top, scale, theme.quiet));
    copy(panel.canvas);
  }
  if (xAxis !== undefined) copy(xAxis);

  canvas.width = Math.round((inner + 2 * PADDING) * scale);
  canvas.height = Math.round((y + PADDING) * scale);
  context.fillStyle = theme.ground;
  context.fillRect(0, 0, canvas.width, canvas.height);
  context.scale(scale, scale);
  for (const draw of draws) draw(context);
  return canvas;
}

/** Hatches what is missing, behind the lines. */
function drawGaps(
  to: CanvasRenderingContext2D,
  { canvas, lines, gaps }: PanelPicture,
  left: number,
  top: number,
  scale: number,
  colour: string,
): void {
  const width = canvas.width / scale - lines.left - lines.right;
  const height = canvas.height / scale - lines.top - lines.bottom;
  if (width <= 0 || height <= 0) return;
  to.save();
  to.translate(left + lines.left, top + lines.top);
  to.beginPath();
  to.rect(0, 0, width, height);
  to.clip();
  to.globalAlpha = BAND_ALPHA;
  to.strokeStyle = colour;
  for (const [from, until] of gaps) {
    const [start, end] = [from * width - BAND_BEYOND[0], until * width + BAND_BEYOND[1]];
    to.save();
    to.beginPath();
    to.rect(start, 0, end - start, height);
    to.clip();
    to.beginPath();
    to.setLineDash([3, 3]);
    for (const x of [start + 0.5, end - 0.5]) {
      to.moveTo(x, 0);
      to.lineTo(x, height);
    }
    to.stroke();
    to.beginPath();
    to.setLineDash([]);
    for (let x = start; x < end + height; x += HATCH) {
      to.moveTo(x, 0);
      to.lineTo(x - height, height);
    }
    to.stroke();
    to.restore();
  }
  to.restore();
}

/** As much of the words as there is room for. */
function fit(context: CanvasRenderingContext2D, words: string, maxWidth: number): string {
  if (context.measureText(words).width <= maxWidth) return words;
  const letters = [...words];
  while (letters.length > 0 && context.measureText(`${letters.join("")}…`).width > maxWidth) letters.pop();
  return `${letters.join("")}…`;
}
