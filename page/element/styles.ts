import events from "../lazy/styles/events.css";
import gaps from "../lazy/styles/gaps.css";
import swatches from "../lazy/styles/swatches.css";
import controls from "../styles/controls.css";
import dark from "../styles/dark.css";
import legend from "../styles/legend.css";
import light from "../styles/light.css";
import panels from "../styles/panels.css";
import plot from "./plot.css";
import value from "./value.css";

let ofPlots: CSSStyleSheet | undefined;
let ofValues: CSSStyleSheet | undefined;

/**
 * The page's own styles, and its colours where the element is, made once for all. A constructed sheet needs no 'unsafe-inline' in the
 * policy of the page around it.
 */
export function plotStyles(): CSSStyleSheet {
  ofPlots ??= sheetOf(colours(), controls, panels, legend, swatches, gaps, events, plot);
  return ofPlots;
}

export function valueStyles(): CSSStyleSheet {
  ofValues ??= sheetOf(value);
  return ofValues;
}

function sheetOf(...styles: string[]): CSSStyleSheet {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(styles.join(""));
  return sheet;
}

/** Those of the system, or of the theme that was chosen. Forced colours are the system's, whatever was chosen. */
function colours(): string {
  const at = (styles: string, host: string): string => styles.replace(":root", host);
  return `${at(light, ":host")}
@media (prefers-color-scheme: dark) {${at(dark, ":host")}}
@media (forced-colors: none) {${at(light, ':host([theme="light"])')}${at(dark, ':host([theme="dark"])')}}`;
}
