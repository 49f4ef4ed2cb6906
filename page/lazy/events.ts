import type { PanelParts } from "../render/lazy-render.ts";
import type { Box } from "../render/plot.ts";
import type { Shown } from "../render/shown.ts";
import { FONT, type Theme } from "../ui/theme.ts";

const LINE_ALPHA = 0.6;
const FLAG_WIDTH_PX = 7;
const FLAG_HEIGHT_PX = 8;
/** Between a flag and its text, and between that and the next flag. */
const BESIDE_PX = 4;
/** In less room no text is written. */
const MIN_TEXT_PX = 22;

/** The events of a panel: a flag at each. Alone in a panel, each series has a row, and they are written beside their flags. */
export function drawEvents({ shown }: PanelParts, context: CanvasRenderingContext2D, box: Box, theme: Theme): void {
  const visible = shown.filter(({ isHidden }) => !isHidden);
  const events = visible.filter(({ series }) => series.kind === "event");
  const isStrip = events.length === visible.length;
  const height = isStrip ? box.height / events.length : box.height;
  context.font = FONT;
  context.textAlign = "left";
  context.textBaseline = "middle";
  for (const [row, one] of events.entries()) {
    const top = box.top + (isStrip ? row * height : 0);
    drawRow(one, context, { ...box, top, height }, theme, isStrip);
  }
}

function drawRow(
  { series, slot, parts }: Shown,
  context: CanvasRenderingContext2D,
  { left, width, top, height, columnOf }: Box,
  theme: Theme,
  isWritten: boolean,
): void {
  const lines = new Path2D();
  const flags = new Path2D();
  const right = left + width;
  let lastPx = Number.NEGATIVE_INFINITY;
  let lastText = "";
  const write = (untilPx: number): void => {
    const from = Math.max(left, lastPx) + FLAG_WIDTH_PX + BESIDE_PX;
    const room = untilPx - from - BESIDE_PX;
    if (!isWritten || lastPx < left || room < MIN_TEXT_PX) return;
    context.fillText(fitting(context, lastText, room), from, top + height / 2, room);
  };
  context.fillStyle = theme.text;
  for (const { x, y } of parts) {
    for (let i = 0; i < x.length; i++) {
      if (Number.isNaN(y[i])) continue;
      const px = columnOf(x[i] ?? 0);
      // Several in one pixel column are one flag, with what was said last.
      if (px > lastPx) {
        write(px);
        lines.moveTo(px, top);
        lines.lineTo(px, top + height);
        flags.moveTo(px, top);
        flags.lineTo(px + FLAG_WIDTH_PX, top + FLAG_HEIGHT_PX / 2);
        flags.lineTo(px, top + FLAG_HEIGHT_PX);
        lastPx = px;
      }
      lastText = series.naming?.textOf(y[i] ?? 0) ?? "";
    }
  }
  write(right);
  const colour = theme.lines[slot % theme.lines.length] ?? "";
  context.fillStyle = context.strokeStyle = colour;
  context.lineWidth = 1;
  context.globalAlpha = LINE_ALPHA;
  context.stroke(lines);
  context.globalAlpha = 1;
  context.fill(flags);
}

/** About as much of the text as there is room for. */
function fitting(context: CanvasRenderingContext2D, text: string, roomPx: number): string {
  const { width } = context.measureText(text);
  if (width <= roomPx) return text;
  const letters = [...text];
  return `${letters.slice(0, Math.max(1, Math.floor((letters.length * roomPx) / width) - 1)).join("")}…`;
}
