import { MAX_LABELS } from "../limits.ts";
import { isSeriesName } from "../names.ts";
import type { BlockReader } from "./block.ts";
import { padTo8 } from "./columns.ts";
import { FrameError } from "./header.ts";

/** How a series is drawn, by its number in a frame: `step` holds each value until the next, `event` is a mark at each. */
export const SERIES_KINDS = ["line", "step", "event"] as const;
export type SeriesKind = (typeof SERIES_KINDS)[number];

/** How a series is drawn that is no line. */
export type Style = Exclude<SeriesKind, "line">;

/** The styles by their number in a frame. */
export const STYLES: readonly (Style | undefined)[] = SERIES_KINDS.map((kind) => (kind === "line" ? undefined : kind));

/** How a series of one frame is drawn, and what its values in this frame are called; in another they may be called otherwise. */
export interface Labels {
  style: Style;
  texts: ReadonlyMap<number, string>;
}

/** Where the values of a label block begin; their texts' lengths, the name and the texts follow. */
export const LABELS_HEAD_BYTES = 16;

/** @throws FrameError */
export function readLabels(block: BlockReader): Labels & { series: string } {
  const { view } = block;
  const nameBytes = view.getUint16(2, true);
  const style = STYLES[view.getUint16(8, true)];
  const pairs = view.getUint16(10, true);
  if (pairs > MAX_LABELS) throw new FrameError("frame-count", `A series has ${MAX_LABELS} labels at most in a frame.`);
  const lengthsAt = LABELS_HEAD_BYTES + 8 * pairs;
  let at = lengthsAt + 2 * pairs;
  if (at > block.length) throw new FrameError("frame-length", "A series' labels do not fit their block.");
  const series = block.text(at, nameBytes);
  at += nameBytes;
  const texts = new Map<number, string>();
  for (let i = 0; i < pairs; i++) {
    const value = view.getFloat64(LABELS_HEAD_BYTES + 8 * i, true);
    const length = view.getUint16(lengthsAt + 2 * i, true);
    const text = block.text(at, length);
    at += length;
    if (Number.isFinite(value) && (length === 0 || isSeriesName(text))) texts.set(value, text);
  }
  if (padTo8(at) !== block.length) throw new FrameError("frame-length", "A series' labels do not fill their block.");
  // A value that is not finite, or stands there twice, and a text that is none, are missing here.
  if (!isSeriesName(series) || style === undefined || texts.size < pairs || view.getUint32(12, true) !== 0) {
    throw new FrameError("frame-column", "Labels have a series' name, a known style, and one text for each value.");
  }
  return { series, style, texts };
}
