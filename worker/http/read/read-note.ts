import { isDateAt } from "../../../protocol/json/time.ts";
import type { RangeOfX } from "../../channel/log/slice.ts";
import { noSuchSeries } from "../../hub/series-note.ts";
import type { ReadQuery } from "./read-query.ts";

/** What is known of a read that found nothing. */
export interface NothingFound {
  /** 0: nothing was ever published. */
  epoch: number;
  /** The number of the channel's last point. */
  newest: number;
  /** The channel never had any of the series: the names that are most like the first of them. */
  nearNames: readonly string[] | undefined;
  /** From the smallest to the largest x of all that was looked at; undefined: of nothing. */
  x: RangeOfX | undefined;
}

/**
 * Why a read has nothing to give: one sentence of printable ASCII, in which other characters of names are percent-encoded.
 * @param nowMs when it was asked: near it, x are dates
 * @returns undefined if it asked for nothing
 */
export function noteOf(
  { epoch, newest, nearNames, x }: NothingFound,
  { fromX, toX, after, through, points, series }: ReadQuery,
  nowMs: number,
): string | undefined {
  if (points === 0) return undefined;
  if (epoch === 0) return "Nothing was ever published in this channel.";
  if (newest === 0) return "This channel has no points now.";
  if (nearNames !== undefined) return noSuchSeries(series.wanted, nearNames);
  if (after >= newest) return `No point has a number above ${after} yet: the newest has ${newest}.`;
  if (fromX === Number.NEGATIVE_INFINITY && toX === Number.POSITIVE_INFINITY) {
    return "Nothing that is stored now fits this query.";
  }
  // Of a part of the channel it would say what holds for that part alone.
  const isAll = after === 0 && through >= newest && x !== undefined;
  if (!isAll) return "Nothing that is stored now is in this range.";
  return `Nothing that is stored now is in this range. The channel has x from ${xText(x.fromX, nowMs)} to ${xText(x.toX, nowMs)}.`;
}

function xText(x: number, nowMs: number): string {
  return isDateAt(x, nowMs / 1000) ? `${x} (${new Date(x * 1000).toISOString()})` : String(x);
}
