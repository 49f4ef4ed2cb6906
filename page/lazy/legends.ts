import { openPanelSettings } from "./dialogs/panel-settings.ts";
import { dragSeries } from "./drag.ts";
import { fitLegend } from "./legend-fit.ts";
import type { Context } from "./module.ts";
import { entryAt } from "./stay-put.ts";
import { adoptStyles } from "./styles.ts";
import { showAllValues } from "./tools.ts";

/** Entries of legends can be dragged to other panels, and a right click, or its key, opens their settings. What has no room is shortened. */
export function attachLegends(context: Context): void {
  adoptStyles();
  const { board, arrangement, layoutChanged } = context;
  // A frame of another page has no settings.
  const isEmbedded = document.body.dataset.embed !== undefined;
  const fit = (): void => {
    for (const list of board.host.querySelectorAll<HTMLElement>(".legend"))
      fitLegend(list, isEmbedded ? undefined : (opener) => showAllValues(context, opener));
  };
  new MutationObserver(fit).observe(board.host, { childList: true });
  fit();
  dragSeries(board, arrangement, layoutChanged);
  board.host.addEventListener("contextmenu", (event) => {
    const entry = entryAt(event);
    const panel = board.panels.find(({ root }) => entry !== null && root.contains(entry));
    // A long press of a finger selects, or drags.
    const isFinger = event instanceof PointerEvent && event.pointerType === "touch";
    if (isEmbedded || entry === null || panel === undefined || isFinger) return;
    event.preventDefault();
    openPanelSettings(context, panel.plan.id, entry, entry.dataset.series);
  });
}
