import type { Point } from "../../../protocol/frame/frame.ts";
import { counted, escaped } from "../../observability/printable.ts";
import { spanText, valueText } from "../figures.ts";
import { tableLines } from "../inspect/text-table.ts";
import { sparkline } from "./sparkline.ts";

export const MAX_SERIES = 1_000;
/** A terminal shows no more. */
const MAX_BARS = 40;
const MIN_BARS = 4;
const GAP = 2;
/** A bar of a sparkline stands for so long, where points come faster. */
const BAR_MS = 250;
const MAX_TEXT_LENGTH = 60;
/** x is taken for a unix time from here on: September 2001. */
const FIRST_DATE = 1e9;

interface ShownSeries {
  last: Point;
  /** When the last point came; undefined: it was stored before. */
  cameAtMs: number | undefined;
  bars: number[];
  barAtMs: number;
}

/** The last values of each series, as lines of a terminal. */
export class SeriesBoard {
  readonly #series = new Map<string, ShownSeries>();
  /** Points of series beyond {@link MAX_SERIES}. */
  #unshown = 0;

  /** @param isStored it did not come now @param nowMs by any clock that goes on */
  add(point: Point, isStored: boolean, nowMs: number): void {
    const known = this.#series.get(point.series);
    const cameAtMs = isStored ? undefined : nowMs;
    // What was stored came at no time that is known here: its bar is its own.
    const barAtMs = isStored ? Number.NEGATIVE_INFINITY : nowMs;
    if (known === undefined) {
      if (this.#series.size >= MAX_SERIES) this.#unshown++;
      else this.#series.set(point.series, { last: point, cameAtMs, bars: [point.y], barAtMs });
      return;
    }
    known.last = point;
    known.cameAtMs = cameAtMs;
    if (!isStored && nowMs - known.barAtMs < BAR_MS) {
      known.bars[known.bars.length - 1] = point.y;
      return;
    }
    known.barAtMs = barAtMs;
    known.bars.push(point.y);
    if (known.bars.length > MAX_BARS) known.bars.shift();
  }

  /**
   * @param nowMs by the clock of {@link add}
   * @param unixSeconds the time of day
   */
  lines(width: number, nowMs: number, unixSeconds: number): string[] {
    if (this.#series.size === 0) return ["  No points yet."];
    const columns = [
      { title: "SERIES", dispensable: 0 },
      { title: "VALUE", align: "right" as const, dispensable: 0 },
      { title: "AGE", align: "right" as const, dispensable: 1 },
    ];
    const rows = [...this.#series].map(([name, series]) => [
      escaped(name, MAX_TEXT_LENGTH),
      shownValue(series.last),
      ageText(series, nowMs, unixSeconds),
    ]);
    // The last column is to the right, so all lines are as long. The newest values are shown as far as there is room.
    const [head = "", ...lines] = tableLines(columns, rows, width);
    const room = Math.min(MAX_BARS, width - [...head].length - GAP);
    const bars = [...this.#series.values()].map(({ bars }) => (room < MIN_BARS ? "" : sparkline(bars, room)));
    const more =
      this.#unshown === 0 ? [] : [`  and ${counted(this.#unshown, "point")} of more series (--series picks)`];
    return [head, ...lines.map((line, i) => `${line}${" ".repeat(GAP)}${bars[i]}`.trimEnd()), ...more];
  }
}

function shownValue({ y, text }: Point): string {
  return text === undefined ? valueText(y) : `${escaped(text, MAX_TEXT_LENGTH)} (${valueText(y)})`;
}

function ageText({ last, cameAtMs }: ShownSeries, nowMs: number, unixSeconds: number): string {
  if (cameAtMs !== undefined) return spanText(Math.max(0, nowMs - cameAtMs) / 1000);
  // Of what was stored before, x may say it.
  return last.x >= FIRST_DATE && last.x <= unixSeconds ? spanText(unixSeconds - last.x) : "–";
}
