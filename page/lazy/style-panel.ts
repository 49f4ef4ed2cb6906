import { NOTES_SERIES } from "../../protocol/room/channel-itself.ts";
import { LINE_COLOURS } from "../layout/colours.ts";
import type { SeriesStyles } from "../layout/panels.ts";
import type { StyledPanel } from "../render/lazy-render.ts";
import type { PanelSeries } from "../render/renderers/panel-renderer.ts";
import { withPoints } from "../render/renderers/points.ts";
import { make, setText } from "../ui/dom.ts";
import { appearanceOf, bothNames, labelOf, showStyles } from "./appearance.ts";
import { correctNotes, knownNotes } from "./room/note-texts.ts";
import { adoptStyles } from "./styles.ts";

/** Gives a panel its title, and its series the names, colours, lines and points that a person chose. */
export function stylePanel(panel: StyledPanel, styles: SeriesStyles): void {
  showStyles(styles);
  const { title, names } = panel.plan;
  for (const one of panel.series) {
    const { name } = one.series;
    const label = labelOf(styles, name);
    if (label !== name) one.label = label;
    if (name === NOTES_SERIES) correctNotes(one, knownNotes());
    if (styles.has(name)) style(one, styles);
  }
  showTitle(panel.root, title ?? "");
  // Both names, so that who reads or filters finds it by either.
  const what = names.map((name) => bothNames(styles, name));
  const described = (title === undefined ? "" : `${title}: `) + what.join(", ");
  // This is done at each drawing: what stays is left alone.
  if (panel.root.ariaLabel !== described) panel.describe(described);
}

function style(one: PanelSeries, styles: SeriesStyles): void {
  const { name } = one.series;
  const { colour, widthPx, points } = appearanceOf(styles, name);
  // A colour that was chosen needs no dashes.
  if (colour !== undefined) one.slot = typeof colour === "number" ? colour : one.slot % LINE_COLOURS;
  if (typeof colour === "string") one.colour = colour;
  if (widthPx !== undefined) one.widthPx = widthPx;
  if (points !== undefined && one.renderer.namedLayout !== "row") one.renderer = withPoints(one.renderer, points);
}

function showTitle(root: HTMLElement, title: string): void {
  const head = root.querySelector(".panel-head");
  let shown = root.querySelector<HTMLElement>(".panel-title");
  if (shown === null) {
    if (title === "" || head === null) return;
    adoptStyles();
    shown = make("h2", "panel-title");
    head.prepend(shown);
  }
  shown.hidden = title === "";
  setText(shown, title);
  if (shown.title !== title) shown.title = title;
}
