import type { Context } from "./module.ts";

/** Where these happen elsewhere, the hand has left. */
const ELSEWHERE = ["pointermove", "click", "focusin"] as const;

/**
 * A panel of which all is hidden goes, and the next one comes to be under the hand: a second press would hide that, too. So it
 * stays until the pointer, the next tap or the focus is elsewhere. Of the last one there is no next.
 * @param name of the series that was hidden or shown, by its entry in a legend
 */
export function stayPut(
  { arrangement, layoutChanged }: Pick<Context, "arrangement" | "layoutChanged">,
  name: string,
): void {
  const leave = (event?: Event): void => {
    // A finger comes and goes: its next tap counts.
    const isFinger = event instanceof PointerEvent && event.type === "pointermove" && event.pointerType !== "mouse";
    if (event !== undefined && (isFinger || entryAt(event)?.dataset.series === name)) return;
    for (const type of ELSEWHERE) document.removeEventListener(type, leave, true);
    // Another was pressed since.
    if (arrangement.staying !== name) return;
    arrangement.staying = undefined;
    arrangement.hidden = [...arrangement.hidden];
    layoutChanged();
  };
  // This may be loaded when the hand is gone already.
  const entry = document.querySelector(`.legend [data-series=${CSS.escape(name)}]`);
  const isGone = matchMedia("(hover: hover)").matches && entry?.matches(":hover, :focus-visible") !== true;
  if (isGone || arrangement.shown.length < 2) return leave();
  for (const type of ELSEWHERE) document.addEventListener(type, leave, true);
}

/** The entry of a legend that an event is of. */
export function entryAt({ target }: Event): HTMLElement | null {
  return target instanceof Element ? target.closest<HTMLElement>(".legend [data-series]") : null;
}
