import type { Gap } from "../../../protocol/frame/frame.ts";
import type { RingBuffer } from "./ring-buffer.ts";

const MAX_GAPS = 1000;
/** Series with unrelated x miss the same points at spans of their own. */
const MAX_SPANS = 8;

/** A part of the x axis: from the last point before to the first one after, the same x where there is none before. */
export interface GapSpan {
  fromX: number;
  toX: number;
}

/** Points that did not arrive. */
export interface GapRecord {
  /** What the Channel, a bridge or a publisher says, or `hole`. */
  reason: string;
  /** How many; null: nobody knows. */
  points: number | null;
  /** The series concerned; "" is all, of the channel or of one publisher. */
  series: string;
  /** The series of one publisher that were there when it came; empty: it concerns all, or nobody knows. */
  broke: readonly string[];
  /** Where they are missing; empty until a point comes after them. */
  spans: GapSpan[];
}

/** A series that points are missing of. */
export interface BrokenSeries {
  name: string;
  headX: number;
}

/** A series, as far as its gaps are concerned. */
export interface GapSeries {
  name: string;
  /** How many gaps there were when its last point came. */
  gapsSeen: number;
  /** Its points so far. */
  ring: RingBuffer;
}

interface Entry extends GapRecord {
  publisher: string | undefined;
  /** Up to this x nothing was missing of what it concerns. */
  knownToX: number;
  /** Its span is known from itself, or was on an axis that began again: later points do not change it. */
  isLocated: boolean;
}

const NOTHING_LOST = { points: 0, unknown: false };

/** The newest losses, and where on the x axis each of them is. */
export class GapLog {
  #gaps: Entry[] = [];
  #count = 0;
  #lost = NOTHING_LOST;

  /** Oldest first. */
  get gaps(): readonly GapRecord[] {
    return this.#gaps;
  }

  /** How many there were in all. */
  get count(): number {
    return this.#count;
  }

  get lost(): Readonly<{ points: number; unknown: boolean }> {
    return this.#lost;
  }

  copy(): GapLog {
    const copy = new GapLog();
    copy.#gaps = structuredClone(this.#gaps);
    copy.#count = this.#count;
    copy.#lost = this.#lost;
    return copy;
  }

  /**
   * @param broken the series that it concerns, of those that there are
   * @param publisher whose series it concerns; undefined is everybody's
   */
  add(
    { reason, points }: Pick<Gap, "reason" | "points">,
    broken: readonly BrokenSeries[],
    gap?: Gap,
    publisher?: string,
  ): void {
    const { series = "", fromX = null, toX = null } = gap ?? {};
    // A counter that is reset ends below its start.
    const spans = fromX !== null && toX !== null && fromX <= toX ? [{ fromX, toX }] : [];
    this.#gaps.push({
      reason,
      points,
      series,
      broke: publisher === undefined ? [] : broken.map(({ name }) => name),
      spans,
      publisher,
      knownToX: fromX ?? Math.max(...broken.map(({ headX }) => headX)),
      isLocated: spans.length > 0,
    });
    this.#count++;
    // What was missing of a channel that was emptied is nothing of what it is now.
    const { points: lost, unknown } = reason === "epoch" ? NOTHING_LOST : this.#lost;
    this.#lost = { points: lost + (points ?? 0), unknown: unknown || points === null };
    if (this.#gaps.length > MAX_GAPS) this.#gaps.shift();
  }

  /** Up to which x a series is known, since a gap came after its last point; Infinity if none did. */
  knownTo({ name, gapsSeen }: Pick<GapSeries, "name" | "gapsSeen">, publisher: string): number {
    const unseen = this.#count - gapsSeen;
    const gaps = unseen === 0 ? [] : this.#gaps.slice(-unseen);
    // Of those that are not remembered it may have been any.
    if (unseen > gaps.length) return -Infinity;
    return Math.min(...gaps.flatMap((gap) => (concerns(gap, name, publisher) ? gap.knownToX : [])));
  }

  /** A series has a new point: gaps since its last point end before this one. */
  resume(series: GapSeries, publisher: string, firstX: number): void {
    const unseen = this.#count - series.gapsSeen;
    if (unseen === 0) return;
    series.gapsSeen = this.#count;
    const before = series.ring.before(firstX);
    for (const gap of this.#gaps.slice(-unseen)) {
      if (gap.isLocated || !concerns(gap, series.name, publisher)) continue;
      addSpan(gap.spans, before, firstX);
    }
  }

  /** The x of a series begin again: spans beyond are no part of its axis any more. */
  restart(name: string, publisher: string, firstX: number): void {
    for (const gap of this.#gaps) {
      if (!concerns(gap, name, publisher)) continue;
      const spans = gap.spans.filter(({ toX }) => toX <= firstX);
      gap.isLocated ||= spans.length < gap.spans.length;
      gap.spans = spans;
    }
  }
}

function concerns(gap: Entry, name: string, publisher: string): boolean {
  return gap.series === name || (gap.series === "" && (gap.publisher ?? publisher) === publisher);
}

/** Where the breaks of several series overlap, the span is what all of them miss: a slow series' break is longer. */
function addSpan(spans: GapSpan[], before: number, firstX: number): void {
  const [first] = spans;
  if (before === -Infinity) {
    if (first === undefined) spans.push({ fromX: firstX, toX: firstX });
    return;
  }
  if (first?.fromX === first?.toX) spans.length = 0;
  const met = spans.find(({ fromX, toX }) => before < toX && fromX < firstX);
  if (met !== undefined) {
    met.fromX = Math.max(met.fromX, before);
    met.toX = Math.min(met.toX, firstX);
  } else if (spans.length < MAX_SPANS) {
    spans.push({ fromX: before, toX: firstX });
  }
}
