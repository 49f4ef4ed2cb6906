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

/** Whether values of a series may need the prefix of their unit. */
export function needsPrefix({ name }: Series, minY: number, maxY: number): boolean {
  const size = Math.max(-minY, maxY);
  return size > 0 && (size < 1e-2 || size >= 1e5) && /[\])]$/.test(name);
}
