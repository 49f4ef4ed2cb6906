import type { Range } from "../data/segment.ts";
import { beganUntimed, isSetBack, type Series } from "../data/store/series.ts";

/** A clock that is further off is another epoch's, or was never set. */
const WRONG_S = 172_800;

/** Whether something is to be said of a series beside its curve: it is a path, or a live view does not show all its newest points. */
export function needsNote(series: Series, { min, max }: Range, isLive: boolean): boolean {
  const { headX, lateX, ring } = series;
  if (ring.isPath) return true;
  return (
    isLive && (headX < min || headX > max || Math.abs(lateX) > WRONG_S || isSetBack(series) || beganUntimed(series))
  );
}
