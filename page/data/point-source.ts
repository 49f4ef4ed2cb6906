import { CHANNEL_ITSELF } from "../../protocol/room/channel-itself.ts";
import type { DerivationInput } from "./derivation.ts";
import type { Range, Segment } from "./segment.ts";
import type { GapRecord } from "./store/gap-log.ts";
import { isTime } from "./store/series.ts";
import type { Series, SeriesStore } from "./store/series-store.ts";

/** The points that are shown. */
export interface PointSource {
  readonly store: SeriesStore;
  /** What is known to be missing, of the points that were fetched too. */
  readonly gaps: readonly GapRecord[];
  /** The largest x of what is visible, also where that is not the newest. */
  readonly lastX: number;
  /** The smallest x that is known of; Infinity before the first. */
  readonly oldestX: number;
  /** A visible series is a path, and the x that all share is no time. */
  readonly isPath: boolean;
  readonly series: Iterable<Series>;
  seriesOf(name: string): Series | undefined;
  /** Views of a series' points in a range of x, and of one point more at either side. */
  segments(series: Series, range: Range): readonly Segment[];
  isHidden(name: string): boolean;
  /** When something last came, by the channel's clock, in x: now, while points come; NaN where that is not known. */
  nowX(): number;
}

/** The same, where series can be derived. */
export interface ChannelSource extends PointSource {
  /** The series that are not derived. */
  readonly stored: DerivationInput;
}

/** So far behind or ahead when something last came, a clock is wrong, or its series has ended: the picture follows others. */
const BEHIND_X = 300;
const AHEAD_X = 10;

/**
 * The x that the picture follows: the newest of the visible series; of all, if none is visible. Where some are of now, others
 * that are ahead do not count: their clock is wrong.
 * @param edgeOf the x that is followed of one of them
 */
export function newestX(
  { store, isHidden, nowX }: Pick<PointSource, "store" | "isHidden" | "nowX">,
  edgeOf = ({ headX }: Series): number => headX,
): number {
  const now = nowX();
  const newestOf = (withHidden: boolean): number => {
    let newest = -Infinity;
    let ofNow = -Infinity;
    for (const series of store.series) {
      // What a channel writes itself has times, whatever the x of its points.
      if (!withHidden && (isHidden(series.name) || series.publisher === CHANNEL_ITSELF)) continue;
      const x = edgeOf(series);
      newest = Math.max(newest, x);
      if (x > now - BEHIND_X && x < now + AHEAD_X) ofNow = Math.max(ofNow, x);
    }
    return ofNow > -Infinity ? ofNow : newest;
  };
  const seen = newestOf(false);
  return seen > -Infinity ? seen : newestOf(true);
}

/** Whether a series' newest points are far behind an x, and are no part of what is newest. */
export function isFarBehind(headX: number, x: number): boolean {
  return isTime(x) && headX < x - BEHIND_X && headX > -Infinity;
}
