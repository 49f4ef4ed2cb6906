import { eventReader } from "./event-reader.ts";
import type { DrawingContext, PaintTarget } from "./paint-target.ts";
import type { PanelRenderer, PanelSeries } from "./panel-renderer.ts";

const LINE_ALPHA = 0.6;
const FLAG_WIDTH_PX = 7;
const FLAG_HEIGHT_PX = 8;
/** Between a flag and its text, and between that and the next flag. */
const BESIDE_PX = 4;
/** In less room no text is written. */
const MIN_TEXT_PX = 22;

/** Events: a flag at each, with its text beside it where there is room. It is loaded later: few pages have any. */
export const eventRenderer: PanelRenderer = { ...eventReader, paint };

function paint({ series, segments }: PanelSeries, target: PaintTarget): void {
  const { context, colour, textColour, hasTexts, newPath, columnOf } = target;
  const { left, width, top, height } = target.box;
  const lines = newPath();
  const flags = newPath();
  const right = left + width;
  let lastPx = -Infinity;
  let lastText = "";
  const write = (untilPx: number): void => {
    const from = Math.max(left, lastPx) + FLAG_WIDTH_PX + BESIDE_PX;
    const room = untilPx - from - BESIDE_PX;
    if (!hasTexts || lastPx < left || room < MIN_TEXT_PX) return;
    context.fillText(fitting(context, lastText, room), from, top + height / 2, room);
  };
  context.textAlign = "left";
  context.textBaseline = "middle";
  context.fillStyle = textColour;
  for (const { x, y } of segments) {
    for (let i = 0; i < x.length; i++) {
      if (Number.isNaN(y[i])) continue;
      const px = columnOf(x[i] ?? 0);
      // Several in one pixel column are one flag, with the last text.
      if (px !== lastPx) {
        write(px);
        lines.moveTo(px, top);
        lines.lineTo(px, top + height);
        flags.moveTo(px, top);
        flags.lineTo(px + FLAG_WIDTH_PX, top + FLAG_HEIGHT_PX / 2);
        flags.lineTo(px, top + FLAG_HEIGHT_PX);
        lastPx = px;
      }
      lastText = series.valueNames?.textOf(y[i] ?? 0) ?? "";
    }
  }
  write(right);
  context.fillStyle = context.strokeStyle = colour;
  context.lineWidth = 1;
  context.globalAlpha = LINE_ALPHA;
  context.stroke(lines);
  context.globalAlpha = 1;
  context.fill(flags);
}

/** About as much of the text as there is room for. */
function fitting(context: DrawingContext, text: string, roomPx: number): string {
  const { width } = context.measureText(text);
  if (width <= roomPx) return text;
  const letters = [...text];
  return `${letters.slice(0, Math.max(1, Math.floor((letters.length * roomPx) / width) - 1)).join("")}…`;
}
