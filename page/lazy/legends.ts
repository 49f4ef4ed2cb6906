import { openPanelSettings } from "./dialogs/panel-settings.ts";
import { dragSeries } from "./drag.ts";
import type { Context } from "./module.ts";
import { adoptStyles } from "./styles.ts";

/** Entries of legends can be dragged to other panels, and a right click, or its key, opens their settings. */
export function attachLegends(context: Context): void {
  adoptStyles();
  const { board, arrangement, layoutChanged } = context;
  dragSeries(board, arrangement, layoutChanged);
  board.host.addEventListener("contextmenu", (event) => {
    const entry = event.target instanceof Element ? event.target.closest<HTMLElement>(".legend [data-series]") : null;
    const panel = board.panels.find(({ root }) => entry !== null && root.contains(entry));
    // A long press of a finger selects, or drags.
    const isFinger = event instanceof PointerEvent && event.pointerType === "touch";
    // A frame of another page has no settings.
    const isEmbedded = document.body.dataset.embed !== undefined;
    if (isEmbedded || entry === null || panel === undefined || isFinger) return;
    event.preventDefault();
    openPanelSettings(context, panel.plan.id, entry, entry.dataset.series);
  });
}
