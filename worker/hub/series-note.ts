import { MAX_SERIES_LISTED } from "../../protocol/limits.ts";
import { isSeriesPattern } from "../../protocol/series-filter.ts";
import { suggestion } from "../../protocol/suggestion.ts";
import type { FrameLog } from "./frame-log.ts";
import { chosenBy, type View } from "./text-view.ts";

/** The header in which an answer that has nothing to give says why (RD7, TR5e). Bodies stay what they are. */
export const NOTE_HEADER = "Plotcast-Note";

/** More of a name nobody needs to know it by. */
const MAX_SHOWN = 64;
/** Names that are compared with one that may be misspelt. */
const MAX_NEAR = 100;

/** What a viewer is told whose series the channel does not have; undefined: it has one, or may have. */
export function noteOnView(view: View | undefined, { position, series }: FrameLog): string | undefined {
  if (view === undefined || view.series.length === 0 || position.epoch === 0) return undefined;
  if (series.length >= MAX_SERIES_LISTED || series.some(chosenBy(view))) return undefined;
  const [first = ""] = view.series;
  const near = series.filter((name) => Math.abs(name.length - first.length) <= Math.max(1, name.length / 3));
  return `${noSuchSeries(view.series, near.slice(0, MAX_NEAR))} It comes once it is published.`;
}

/** One sentence of printable ASCII, in which other characters of names are percent-encoded. */
export function noSuchSeries(wanted: readonly string[], nearNames: readonly string[]): string {
  const [name = ""] = wanted;
  const near = isSeriesPattern(name) ? "" : suggestion(name, nearNames);
  const end = near === "" ? "." : shown(near);
  if (wanted.length > 1) {
    return `This channel never had any of these ${wanted.length} series, such as ${shortened(name)}${end}`;
  }
  return `This channel never had a series ${isSeriesPattern(name) ? "that fits" : "called"} ${shortened(name)}${end}`;
}

function shortened(name: string): string {
  const characters = [...name];
  const isLong = characters.length > MAX_SHOWN;
  return shown(isLong ? `${characters.slice(0, MAX_SHOWN).join("")}...` : name);
}

function shown(text: string): string {
  return text.replace(/[^ -~]|%/gu, (character) => encodeURIComponent(character.toWellFormed()));
}
