import { CONTROLS_SERIES, NOTES_SERIES } from "../../protocol/room/channel-itself.ts";
import { nameOf, nameText } from "../layout/address.ts";
import { type Arrangement, MAX_NAMES } from "../layout/arrangement.ts";
import { LINE_COLOURS } from "../layout/colours.ts";
import type { SeriesStyles } from "../layout/panels.ts";
import { unitOf } from "../layout/unit.ts";
import { callSeries } from "./shown-name.ts";

/** How a person wants a series to look; what is undefined is as the page has it by itself. */
export interface Appearance {
  /** In place of its name. */
  readonly label?: string;
  /** The number of one of the page's own colours, which are for light and dark, or `#rrggbb`. */
  readonly colour?: number | string;
  /** How thick its line is, in CSS pixels. */
  readonly widthPx?: number;
  /** `too`: each point is marked on the line; `only`: there is no line. */
  readonly points?: "too" | "only";
}

const NONE: Appearance = {};
/** What a channel writes itself is called by a word. */
const OWN_LABELS: ReadonlyMap<string, string> = new Map([
  [CONTROLS_SERIES, "Controls"],
  [NOTES_SERIES, "Notes"],
]);
const MIN_WIDTH_PX = 0.5;
const MAX_WIDTH_PX = 12;

const read = new WeakMap<SeriesStyles, Map<string, Appearance>>();

/** That of a series. */
export function appearanceOf(styles: SeriesStyles, name: string): Appearance {
  const text = styles.get(name);
  if (text === undefined) return NONE;
  const known = read.get(styles) ?? new Map<string, Appearance>();
  read.set(styles, known);
  const appearance = known.get(name) ?? readAppearance(text);
  known.set(name, appearance);
  return appearance;
}

/** What a series is called: with the unit of its name, unless the label has one of its own. */
export function labelOf(styles: SeriesStyles, name: string): string {
  const { label } = appearanceOf(styles, name);
  if (label === undefined) return OWN_LABELS.get(name) ?? name;
  const { unit } = unitOf(name);
  return unit === "" || unitOf(label).unit !== "" ? label : `${label} [${unit}]`;
}

/** The same, and behind it the name that was published, where that is another. */
export function bothNames(styles: SeriesStyles, name: string): string {
  const label = labelOf(styles, name);
  return label === name ? name : `${label} (${name})`;
}

/** Reads what an address says of a series, as far as it makes sense: `label=Engine;colour=3;width=3;points=only`. */
export function readAppearance(text: string): Appearance {
  const options = new Map<string, string>();
  for (const option of text.split(";")) {
    const [key = "", value = ""] = option.split("=");
    options.set(key, value);
  }
  const label = nameOf(options.get("label") ?? "")?.trim() || undefined;
  const colour = colourIn(options.get("colour") ?? "");
  const widthPx = Number(options.get("width") ?? Number.NaN);
  const points = options.get("points");
  return {
    ...(label === undefined ? {} : { label }),
    ...(colour === undefined ? {} : { colour }),
    ...(widthPx >= MIN_WIDTH_PX && widthPx <= MAX_WIDTH_PX ? { widthPx } : {}),
    ...(points === "too" || points === "only" ? { points } : {}),
  };
}

/** The same as text; "" where a series is as the page has it by itself. */
export function appearanceText({ label, colour, widthPx, points }: Appearance): string {
  const options = [
    ...(label === undefined ? [] : [`label=${nameText(label)}`]),
    ...(colour === undefined ? [] : [`colour=${String(colour).replace("#", "")}`]),
    ...(widthPx === undefined ? [] : [`width=${widthPx}`]),
    ...(points === undefined ? [] : [`points=${points}`]),
  ];
  return options.join(";");
}

function colourIn(text: string): number | string | undefined {
  if (/^[0-9a-f]{6}$/i.test(text)) return `#${text.toLowerCase()}`;
  return /^\d$/.test(text) && Number(text) < LINE_COLOURS ? Number(text) : undefined;
}

/** How a person wants a series to look; undefined: as everybody sees it. */
export function setAppearance(arrangement: Arrangement, name: string, appearance: Appearance | undefined): void {
  const own = new Map(arrangement.ownStyles);
  own.delete(name);
  const text = appearance && appearanceText(appearance);
  // To be as the page has it is a wish, too, where the owner wants it otherwise.
  if (text !== undefined && text !== (arrangement.sharedStyles?.get(name) ?? "")) own.set(name, text);
  arrangement.ownStyles = new Map([...own].slice(-MAX_NAMES));
}

/** These styles are on the screen now. */
export function showStyles(styles: SeriesStyles): void {
  callSeries((name) => labelOf(styles, name));
}
