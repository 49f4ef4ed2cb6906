import type { Range } from "../../data/segment.ts";
import type { GapRecord, GapSpan } from "../../data/store/gap-log.ts";
import type { GapMarks as GapMarksView } from "../../render/lazy-render.ts";
import { make } from "../../ui/dom.ts";
import { type GapMark, markAt, marksOf } from "./gap-spans.ts";
import { gapTexts } from "./gap-text.ts";

/** What is closer than this, in CSS pixels, is one mark; gaps.css makes none narrower. */
export const APART_PX = 8;
const HOLD_PX = 48;
const EDGE_PX = 4;
/** From the top of the plot to the tip. */
const BELOW_TOP_PX = 10;

/** Marks of gaps behind the lines of one panel. The active mark, by pointer or key, has a tip that describes it. */
export class GapMarks implements GapMarksView {
  readonly #under: HTMLElement;
  readonly #tip = make("div", "gap-tip");
  readonly #bands: HTMLElement[] = [];
  #marks: GapMark[] = [];
  #range: Range = { min: 0, max: 1 };
  #time = false;
  /** Part of the active mark: marks are new objects after each drawing. */
  #activeSpan: GapSpan | undefined;
  #shownTexts = "";

  /** @param under lies behind the plot's lines, and is as large as the part they are drawn in */
  constructor(host: HTMLElement, under: HTMLElement) {
    this.#under = under;
    this.#tip.role = "status";
    host.append(this.#tip);
  }

  /** Activates the mark at `x`, if there is one within `reachPx`. */
  hover(x: number | undefined, reachPx: number): void {
    if (x === undefined) return this.describe(undefined);
    const pixel = (this.#range.max - this.#range.min) / Math.max(1, this.#under.clientWidth);
    const active = this.#marks.find((mark) => this.#isActive(mark));
    this.describe(markAt(this.#marks, x, reachPx * pixel, active, HOLD_PX * pixel)?.members[0]?.span);
  }

  /** @param widthPx of the part of the plot with the lines, in CSS pixels */
  show(gaps: readonly GapRecord[], range: Range, time: boolean, widthPx: number): void {
    if (gaps.length === 0 && this.#marks.length === 0) return;
    this.#range = range;
    this.#time = time;
    const span = range.max - range.min;
    this.#marks = marksOf(gaps, range, (APART_PX * span) / widthPx);
    while (this.#bands.length < this.#marks.length) {
      const band = make("div", "gap");
      this.#under.append(band);
      this.#bands.push(band);
    }
    for (const [i, band] of this.#bands.entries()) {
      const mark = this.#marks[i];
      band.hidden = mark === undefined;
      if (mark === undefined) continue;
      band.style.left = `${(100 * (mark.fromX - range.min)) / span}%`;
      band.style.width = `${(100 * (mark.toX - mark.fromX)) / span}%`;
    }
    this.#showTip();
  }

  /** Activates the mark that this span is part of, once that is in view. */
  describe(span: GapSpan | undefined): void {
    this.#activeSpan = span;
    this.#showTip();
  }

  /** Compared by its end: a gap that is fetched again is another object. */
  #isActive({ members }: GapMark): boolean {
    return members.some(({ span }) => span.toX === this.#activeSpan?.toX);
  }

  #showTip(): void {
    const at = this.#activeSpan === undefined ? -1 : this.#marks.findIndex((mark) => this.#isActive(mark));
    for (const [i, band] of this.#bands.entries()) band.classList.toggle("meant", i === at);
    const mark = this.#marks[at];
    const texts = mark === undefined ? [] : gapTexts(mark.members, this.#time);
    const key = JSON.stringify(texts);
    if (key !== this.#shownTexts) {
      this.#shownTexts = key;
      this.#tip.replaceChildren(
        ...texts.flatMap(({ title, where, why }) => [make("b", "", title), make("p", "", where), make("p", "", why)]),
      );
    }
    if (mark === undefined) return;
    const { min, max } = this.#range;
    const middle = ((mark.fromX + mark.toX) / 2 - min) / (max - min);
    const plot = this.#under.getBoundingClientRect();
    const { offsetWidth: width, offsetHeight: height } = this.#tip;
    const within = (at: number, most: number): string =>
      `${Math.round(Math.max(EDGE_PX, Math.min(at, most - EDGE_PX)))}px`;
    // A panel may be lower than what is said of it: it stands in the window.
    this.#tip.style.left = within(plot.left + middle * plot.width - width / 2, innerWidth - width);
    this.#tip.style.top = within(plot.top + BELOW_TOP_PX, innerHeight - height);
  }
}
