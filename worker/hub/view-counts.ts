import { stretchMs } from "./rate/stretches.ts";
import { type View, viewKey } from "./text-view.ts";

/** Each is made of every frame that is taken, so whoever may choose decides what a publish costs. */
export const MAX_FILTERED_VIEWS = 32;

/** Of these, one token or address may bring so many: one alone does not take them from the others. */
export const MAX_FILTERED_VIEWS_OF_ONE = 8;

/** How many viewers there are of each view that picks series or points, and who brought it. */
export class ViewCounts {
  readonly #counts = new Map<string, { viewers: number; who: string; lengthMs: number | undefined }>();

  /** Whether one more viewer may have this view. @param who it is counted by */
  hasRoom(view: View | undefined, who: string): boolean {
    if (!isFiltered(view) || this.#counts.has(viewKey(view))) return true;
    let own = 0;
    for (const count of this.#counts.values()) if (count.who === who) own++;
    return this.#counts.size < MAX_FILTERED_VIEWS && own < MAX_FILTERED_VIEWS_OF_ONE;
  }

  /** How long the stretches are of those with `max_rate`, each once. */
  get stretchesMs(): ReadonlySet<number> {
    return new Set([...this.#counts.values()].flatMap(({ lengthMs }) => (lengthMs === undefined ? [] : [lengthMs])));
  }

  add(view: View | undefined, who: string): void {
    if (!isFiltered(view)) return;
    const key = viewKey(view);
    const count = this.#counts.get(key);
    if (count === undefined)
      this.#counts.set(key, { viewers: 1, who, lengthMs: view.maxRate && stretchMs(view.maxRate) });
    else count.viewers++;
  }

  remove(view: View | undefined): void {
    if (!isFiltered(view)) return;
    const key = viewKey(view);
    const count = this.#counts.get(key);
    if (count !== undefined && --count.viewers === 0) this.#counts.delete(key);
  }
}

function isFiltered(view: View | undefined): view is View {
  return view !== undefined && (view.series.length > 0 || view.maxRate !== undefined);
}
