import { replaceControl } from "../characters.ts";
import { MAX_FRAME_BYTES, MAX_LABEL_BYTES, MAX_LABELS } from "../limits.ts";
import { BlockKind } from "./block.ts";
import { padTo8 } from "./columns.ts";
import { viewOf } from "./header.ts";
import { LABELS_HEAD_BYTES, STYLES, type Style } from "./labels.ts";

/** The row's value of `series` belongs to a series drawn so, and is called `text`. */
export interface RowMark {
  series: string;
  style: Style;
  /** Finite. */
  value: number;
  text?: string;
}

/** What the labels of one row may take: with the widest row, they still fit a frame. */
const MAX_ROW_LABELS_BYTES = MAX_FRAME_BYTES / 4;
/** What a label takes beside its text, in bytes: its value, and the length of the text. */
const PAIR_BYTES = 10;
/** No text is longer in UTF-8 than three bytes a code unit, nor is it padded by more than 7. */
const MAX_UTF8 = 3;
const MAX_PADDING = 7;
const ELLIPSIS_BYTES = 3;

const encoder = new TextEncoder();
const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

interface Label {
  /** As it was given, unless it is too long. */
  text: string;
  bytes: Uint8Array;
}

interface SeriesLabels {
  style: Style;
  nameBytes: Uint8Array;
  labels: Map<number, Label>;
}

/** The labels of one frame while it is collected: each once. */
export class LabelBuilder {
  readonly #series = new Map<string, SeriesLabels>();

  /**
   * How many bytes more these take at most; infinite where one cannot stand in this frame: beside another text of the same
   * value, in another style, or one too many.
   */
  growth(marks: readonly RowMark[]): number {
    let bytes = 0;
    for (const { series, style, value, text } of fitting(marks)) {
      const known = this.#series.get(series);
      if (known === undefined) bytes += headBytes(series);
      else if (known.style !== style) return Number.POSITIVE_INFINITY;
      if (text === undefined) continue;
      const label = known?.labels.get(value);
      if (label === undefined) {
        if (known?.labels.size === MAX_LABELS) return Number.POSITIVE_INFINITY;
        bytes += pairBytes(text);
      } else if (label.text !== brief(text)) {
        return Number.POSITIVE_INFINITY;
      }
    }
    return bytes;
  }

  /** Adds what {@link growth} was asked for. */
  add(marks: readonly RowMark[]): void {
    for (const { series, style, value, text } of fitting(marks)) {
      let known = this.#series.get(series);
      if (known === undefined) {
        known = { style, nameBytes: encoder.encode(series), labels: new Map() };
        this.#series.set(series, known);
      }
      if (text === undefined || !Number.isFinite(value) || known.labels.has(value)) continue;
      if (known.labels.size === MAX_LABELS) continue;
      known.labels.set(value, { text: brief(text), bytes: labelText(text) });
    }
  }

  /** Writes a block for each series at `offset`. @returns the offset behind them */
  write(bytes: Uint8Array, offset: number): number {
    let at = offset;
    for (const series of this.#series.values()) at += writeBlock(bytes.subarray(at), series);
    return at;
  }
}

/** The bytes of a text as a label has it: without control characters, and cut where it is too long. */
export function labelText(text: string): Uint8Array {
  const bytes = encoder.encode(replaceControl(text.slice(0, MAX_LABEL_BYTES + 1), () => " "));
  if (bytes.length <= MAX_LABEL_BYTES) return bytes;
  let end = MAX_LABEL_BYTES - ELLIPSIS_BYTES;
  // Not in the middle of a character: what goes on in one begins with the bits 10.
  while (((bytes[end] ?? 0) & 0xc0) === 0x80) end--;
  const cut = new Uint8Array(end + ELLIPSIS_BYTES);
  cut.set(bytes.subarray(0, end));
  cut.set(encoder.encode("…"), end);
  return cut;
}

/** A part of a string keeps all of it in memory: what is cut is made anew. */
function brief(text: string): string {
  return text.length <= MAX_LABEL_BYTES ? text : decoder.decode(labelText(text));
}

/** What the labels of a row take at most, in a frame that has none of them. */
export function labelsBytes(marks: readonly RowMark[]): number {
  return new LabelBuilder().growth(marks);
}

function headBytes(series: string): number {
  return padTo8(LABELS_HEAD_BYTES + encoder.encode(series).length);
}

function pairBytes(text: string): number {
  return padTo8(PAIR_BYTES + labelText(text).length);
}

/** Those that there is room for in any frame: the others are values without a name. */
function fitting(marks: readonly RowMark[]): readonly RowMark[] {
  if (marks.reduce((sum, mark) => sum + mostBytes(mark), 0) <= MAX_ROW_LABELS_BYTES) return marks;
  let left = MAX_ROW_LABELS_BYTES;
  return marks.filter(({ series, text }) => {
    left -= headBytes(series) + (text === undefined ? 0 : pairBytes(text));
    return left >= 0;
  });
}

/** What a mark takes at most, as far as its lengths say. */
function mostBytes({ series, text = "" }: RowMark): number {
  return (
    LABELS_HEAD_BYTES +
    PAIR_BYTES +
    2 * MAX_PADDING +
    MAX_UTF8 * (series.length + Math.min(text.length, MAX_LABEL_BYTES))
  );
}

function writeBlock(block: Uint8Array, { style, nameBytes, labels }: SeriesLabels): number {
  const view = viewOf(block);
  const lengthsAt = LABELS_HEAD_BYTES + 8 * labels.size;
  block.set(nameBytes, lengthsAt + 2 * labels.size);
  let textAt = lengthsAt + 2 * labels.size + nameBytes.length;
  let i = 0;
  for (const [value, { bytes }] of labels) {
    view.setFloat64(LABELS_HEAD_BYTES + 8 * i, value, true);
    view.setUint16(lengthsAt + 2 * i, bytes.length, true);
    block.set(bytes, textAt);
    textAt += bytes.length;
    i++;
  }
  const length = padTo8(textAt);
  view.setUint16(0, BlockKind.labels, true);
  view.setUint16(2, nameBytes.length, true);
  view.setUint32(4, length, true);
  view.setUint16(8, STYLES.indexOf(style), true);
  view.setUint16(10, labels.size, true);
  return length;
}
