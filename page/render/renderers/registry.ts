import type { Style } from "../../../protocol/frame/labels.ts";
import type { Series } from "../../data/store/series.ts";
import { eventReader } from "./event-reader.ts";
import { lineRenderer } from "./line.ts";
import type { PanelRenderer } from "./panel-renderer.ts";
import { stepRenderer } from "./step.ts";

/** The kinds of series: those that a frame names, and lines for all others. */
export type SeriesKind = Style | "line";

/** Every kind's renderer, as far as every page has it. */
const RENDERERS: Readonly<Record<string, PanelRenderer>> & Record<SeriesKind, PanelRenderer> = {
  line: lineRenderer,
  step: stepRenderer,
  event: eventReader,
};

/** Renderers that few pages need, in place of those above: `lazy-registry.ts` has them. */
export type LazyRenderers = Partial<Record<SeriesKind, PanelRenderer>>;

/** The renderer of a series. @param lazy what was loaded so far; to read values nothing need be */
export function rendererOf({ valueNames }: Pick<Series, "valueNames">, lazy: LazyRenderers = {}): PanelRenderer {
  const kind = valueNames?.style ?? "line";
  return lazy[kind] ?? RENDERERS[kind];
}

/** Whether all series of a kind share one panel. */
export function sharesOnePanel(kind: string): boolean {
  return RENDERERS[kind]?.sharesOnePanel === true;
}
