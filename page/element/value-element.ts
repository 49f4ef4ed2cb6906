import { isSeriesPattern, SeriesFilter } from "../../protocol/series-filter.ts";
import type { Series } from "../data/store/series.ts";
import { unitOf } from "../layout/unit.ts";
import { valueStyle } from "../lazy/quantity.ts";
import { setText } from "../ui/dom.ts";
import { formatValue, type ValueStyle, valueText } from "../ui/format.ts";
import type { PlotCastValueElement } from "./api.ts";
import { readDigits, readSeries } from "./attributes.ts";
import { ChannelElement, makePart, reflect } from "./channel-element.ts";
import { SeriesSilence } from "./series-silence.ts";
import { valueStyles } from "./styles.ts";
import type { ElementStatus } from "./words.ts";

const ATTRIBUTES = ["src", "series", "unit", "digits"];
/** Numbers that people read change no faster than this. */
const EVERY_MS = 150;
/** By so many of its last points a value is written. */
const POINTS = 100;

/** `<plot-cast-value>` */
export class PlotCastValue extends ChannelElement implements PlotCastValueElement {
  static readonly observedAttributes = ATTRIBUTES;
  declare unit: string;
  declare digits: string;
  readonly #value = makePart("span", "value");
  readonly #unit = makePart("span", "unit");
  #silence = new SeriesSilence();
  #style: ValueStyle | undefined;
  #styledFor = "";
  #timer: ReturnType<typeof setTimeout> | undefined;

  protected override get notes(): string[] {
    const store = this.feed?.held;
    const wanted = readSeries(this.getAttribute("series"))[0];
    const isAbsent =
      this.feed?.isLive === true && store !== undefined && store.size > 0 && this.#series() === undefined;
    return [
      readDigits(this.getAttribute("digits")).fault ?? "",
      isAbsent && wanted !== undefined ? `No series “${wanted}” so far.` : "",
    ];
  }

  protected override settle(): void {
    const { shadowRoot } = this;
    if (shadowRoot === null) return;
    if (this.line.parentNode === null) {
      shadowRoot.adoptedStyleSheets = [valueStyles()];
      // What changes many times a second is not announced: it is read when somebody goes there. The word of the state is.
      shadowRoot.append(this.#value, this.#unit, this.line);
    }
    this.#show();
  }

  protected override close(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#silence = new SeriesSilence();
  }

  override pointsCame(): void {
    const series = this.#series();
    if (series !== undefined) this.#silence.note(series, Date.now());
    if (!this.isSeen || document.hidden) return;
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      this.statusMayHaveChanged();
    }, EVERY_MS);
  }

  override statusMayHaveChanged(): void {
    super.statusMayHaveChanged();
    if (this.isSeen && !document.hidden) this.#show();
  }

  /** Others of the channel may go on when this one does not. */
  protected override statusAt(nowMs: number): ElementStatus {
    const status = super.statusAt(nowMs);
    const series = this.#series();
    if (status.kind !== "live" || series === undefined) return status;
    const sinceMs = this.#silence.sinceMs(series, nowMs);
    return sinceMs === undefined ? status : { kind: "stale", sinceMs };
  }

  /** The first that fits. */
  #series(): Series | undefined {
    const store = this.feed?.held;
    const [wanted] = readSeries(this.getAttribute("series"));
    if (store === undefined) return undefined;
    if (wanted !== undefined && !isSeriesPattern(wanted)) return store.find(wanted);
    const filter = new SeriesFilter(wanted === undefined ? [] : [wanted]);
    return [...store.series].find(({ name }) => filter.has(name));
  }

  #show(): void {
    const series = this.#series();
    const name = series?.name ?? readSeries(this.getAttribute("series"))[0] ?? "";
    const own = unitOf(name);
    this.internals.ariaLabel = own.label;
    const unit = this.getAttribute("unit") ?? own.unit;
    if (series === undefined) {
      setText(this.#value, "–");
      setText(this.#unit, "");
      return;
    }
    const { lastY, valueNames } = series;
    const text = valueNames?.textOf(lastY);
    const digits = readDigits(this.getAttribute("digits")).value;
    if (text !== undefined) {
      setText(this.#value, text);
      setText(this.#unit, "");
    } else if (digits !== undefined) {
      setText(this.#value, formatValue(lastY, { kind: "places", places: digits }));
      setText(this.#unit, unit);
    } else {
      const style = this.#styleOf(series, unit);
      setText(this.#value, valueText(lastY, style));
      setText(this.#unit, style.unit);
    }
  }

  /** As in a legend: with the places that the last points need, and the prefix of the unit. */
  #styleOf({ name, ring, integers }: Series, unit: string): ValueStyle {
    const last = ring.y.slice(-POINTS).filter((y) => !Number.isNaN(y));
    const key = `${name} ${unit}`;
    const previous = key === this.#styledFor ? this.#style : undefined;
    this.#styledFor = key;
    this.#style = valueStyle(Math.min(...last), Math.max(...last), integers, unit, previous);
    return this.#style;
  }
}

reflect(PlotCastValue, ATTRIBUTES);
