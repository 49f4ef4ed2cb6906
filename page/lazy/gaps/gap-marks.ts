import type { Range } from "../../data/segment.ts";
import type { GapRecord, GapSpan } from "../../data/store/gap-log.ts";
import type { GapMarks as GapMarksView } from "../../render/lazy-render.ts";
import { make } from "../../ui/dom.ts";
import { adoptStyles } from "../styles.ts";
import { type Mark, markAt, marksOf } from "./gap-spans.ts";
import { gapTexts } from "./gap-text.ts";

/** What is closer than this, in CSS pixels, is one mark; gaps.css makes none narrower. */
export const APART_PX = 8;
const HOLD_PX = 48;
const EDGE_PX = 4;

/** What is missing, marked behind the lines; pointing at a mark, by hand or by key, says what it is. */
export class GapMarks implements GapMarksView {
  readonly #host: HTMLElement;
  readonly #under: HTMLElement;
  readonly #tip = make("div", "gap-tip");
  readonly #bands: HTMLElement[] = [];
  #marks: Mark[] = [];
  #range: Range = { min: 0, max: 1 };
  #time = false;
  /** Part of the mark that is spoken of: marks are made anew with each drawing. */
  #meant: GapSpan | undefined;
  #said = "";

  /** @param under lies behind the plot's lines, and is as large as the part they are drawn in */
  constructor(host: HTMLElement, under: HTMLElement) {
    adoptStyles();
    this.#host = host;
    this.#under = under;
    this.#tip.role = "status";
    host.append(this.#tip);
  }

  /** Speaks of the mark at `x`, if there is one within `reachPx`. */
  hover(x: number | undefined, reachPx: number): void {
    if (x === undefined) return this.describe(undefined);
    const pixel = (this.#range.max - this.#range.min) / Math.max(1, this.#under.clientWidth);
    const meant = this.#marks.find((mark) => this.#isMeant(mark));
    this.describe(markAt(this.#marks, x, reachPx * pixel, meant, HOLD_PX * pixel)?.spans[0]?.place);
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
    this.#say();
  }

  /** Speaks of the mark that this place is part of, once that is in view. */
  describe(place: GapSpan | undefined): void {
    this.#meant = place;
    this.#say();
  }

  /** By where it ends: fetched anew, it is another object. */
  #isMeant({ spans }: Mark): boolean {
    return spans.some(({ place }) => place.toX === this.#meant?.toX);
  }

  #say(): void {
    const at = this.#meant === undefined ? -1 : this.#marks.findIndex((mark) => this.#isMeant(mark));
    for (const [i, band] of this.#bands.entries()) band.classList.toggle("meant", i === at);
    const mark = this.#marks[at];
    const texts = mark === undefined ? [] : gapTexts(mark.spans, this.#time);
    const said = JSON.stringify(texts);
    if (said !== this.#said) {
      this.#said = said;
      this.#tip.replaceChildren(
        ...texts.flatMap(({ title, where, why }) => [make("b", "", title), make("p", "", where), make("p", "", why)]),
      );
    }
    if (mark === undefined) return;
    const { min, max } = this.#range;
    const middle = ((mark.fromX + mark.toX) / 2 - min) / (max - min);
    const centred = this.#under.offsetLeft + middle * this.#under.offsetWidth - this.#tip.offsetWidth / 2;
    const furthest = this.#host.clientWidth - this.#tip.offsetWidth - EDGE_PX;
    this.#tip.style.left = `${Math.max(EDGE_PX, Math.min(centred, furthest))}px`;
  }
}
