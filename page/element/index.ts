/** Defines `<plot-cast>` and `<plot-cast-value>`: the file that the Worker serves as /plot-cast.js, and `plotcast-client/element`. */
import { PlotCast } from "./plot-element.ts";
import { PlotCastValue } from "./value-element.ts";

if ("customElements" in globalThis) {
  // It may be loaded twice: by a script, and in a bundle.
  if (customElements.get("plot-cast") === undefined) customElements.define("plot-cast", PlotCast);
  if (customElements.get("plot-cast-value") === undefined) customElements.define("plot-cast-value", PlotCastValue);
}
