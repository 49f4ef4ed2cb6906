import type { Note } from "../../../protocol/room/room-contents.ts";
import type { PanelSeries } from "../../render/renderers/panel-renderer.ts";

let known: () => Iterable<Note> = () => [];

/** From now on these are the notes, as the room tells them. */
export function shareNotes(notes: () => Iterable<Note>): void {
  known = notes;
}

/** All notes that the room knows, with the texts that they have now. */
export function knownNotes(): Iterable<Note> {
  return known();
}

/**
 * Gives points of notes the texts that they have now: a frame that came before has the text of then. What was deleted is no
 * point any more: its y is taken away where it is kept, and so from legend, table and files, too.
 */
export function correctNotes(
  { series, segments }: Pick<PanelSeries, "series" | "segments">,
  notes: Iterable<Note>,
): void {
  const { valueNames } = series;
  if (valueNames === undefined) return;
  const textsAt = new Map<number, string[]>();
  for (const { x, text } of notes) {
    const texts = textsAt.get(x) ?? [];
    textsAt.set(x, texts);
    if (text !== "") texts.push(text);
  }
  let isChanged = false;
  /** How many points of one x there were. */
  const used = new Map<number, number>();
  for (const { x, y } of segments) {
    for (const [i, before] of y.entries()) {
      if (Number.isNaN(before)) continue;
      const at = x[i] ?? 0;
      const nth = used.get(at) ?? 0;
      used.set(at, nth + 1);
      const shown = valueNames.textOf(before);
      const texts = textsAt.get(at);
      const text = texts === undefined ? shown : texts[nth];
      if (text === shown && text !== "") continue;
      y[i] = text === undefined || text === "" ? Number.NaN : codeOf(valueNames, text);
      isChanged = true;
    }
  }
  if (isChanged) series.lastY = series.ring.y.findLast((value) => !Number.isNaN(value)) ?? Number.NaN;
}

/** The code of a text, as if it had come in a frame. */
function codeOf(valueNames: NonNullable<PanelSeries["series"]["valueNames"]>, text: string): number {
  const y = Float64Array.of(0);
  valueNames.translate({ style: "event", texts: new Map([[0, text]]) }, y);
  return y[0] ?? Number.NaN;
}
