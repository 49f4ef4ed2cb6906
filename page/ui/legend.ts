import { LINE_COLOURS } from "../layout/colours.ts";
import { unitOf } from "../layout/unit.ts";
import { make, setText } from "./dom.ts";
import { numberStyle, type ValueStyle, valueText } from "./format.ts";
import { axisOf, expectedRange, type LegendAxes, type LegendItem, wholeNumbersIn } from "./legend-item.ts";
import { cssColour } from "./theme.ts";

/** What is read of a series: its last value, the one at the cursor, or how far that is from the mark. */
export interface Reading {
  kind: "last" | "cursor" | "difference";
  value: number;
  /** What the value is called; undefined for one that is just a number. */
  text: string | undefined;
}

export interface LegendActions {
  toggle(name: string): void;
  /** Shows only this one of its panel; all of them, if it is. */
  showOnly(name: string): void;
  /** A series is pointed at, or none. */
  highlight(name: string | undefined): void;
}

interface Entry {
  item: HTMLElement;
  button: HTMLButtonElement;
  swatch: HTMLElement;
  name: HTMLElement;
  value: HTMLElement;
  /** What it is called now. */
  label: string;
  unit: string;
  /** With the prefix that the value has. */
  shownUnit: HTMLElement;
  /** How its values are written. */
  style: ValueStyle | undefined;
  /** The longest value in this style, in characters: the entry does not become narrower, so that nothing jumps. */
  width: number;
}

/** The style for values of a unit that lie between `low` and `high`. @param previous is kept while it is nearly right @param ofAxis as {@link LegendAxis} has it */
export type ValueStyleOf = (
  low: number,
  high: number,
  integers: boolean,
  unit: string,
  previous?: ValueStyle,
  ofAxis?: number,
) => ValueStyle;

/** Without the prefixes of units, which few pages need. */
const plainStyle: ValueStyleOf = (low, high, integers, unit, previous) => ({
  unit,
  number: numberStyle(low, high, integers, previous?.number),
});

/** What is dragged from a legend: the name of a series. */
export const DRAGGED_TYPE = "text/x-series";
/** No number is longer; a text may be. */
const WIDEST = 20;

/** Above a panel's lines: each series with its colour, name, value and unit. */
export class Legend {
  /** Loaded where values need the prefixes of their units. */
  valueStyle: ValueStyleOf | undefined;
  readonly #list: HTMLElement;
  readonly #entries = new Map<string, Entry>();
  /** The last style of each series, or of all that have the range of their axis. */
  readonly #styles = new Map<string, ValueStyle>();
  readonly #actions: LegendActions;

  constructor(list: HTMLElement, actions: LegendActions) {
    this.#list = list;
    this.#actions = actions;
    list.ariaLabel = "Series";
  }

  /** It goes on, or a name in it does, where that is not seen. */
  get isCut(): boolean {
    const { scrollHeight, clientHeight } = this.#list;
    const parts = [this.#list, ...this.#list.querySelectorAll(".name")];
    return scrollHeight > clientHeight || parts.some((part) => part.scrollWidth > part.clientWidth);
  }

  /** How the values of a series are written; undefined before it was shown. */
  styleOf(name: string): ValueStyle | undefined {
    return this.#entries.get(name)?.style;
  }

  /** Brings the list up to date with the series of the panel, in their order. */
  show<T extends LegendItem>(shown: readonly T[], axes: LegendAxes, read: (item: T) => Reading): void {
    const isWhole = wholeNumbersIn(shown);
    for (const [i, one] of shown.entries()) {
      const { name } = one.series;
      const entry = this.#entries.get(name) ?? this.#add(name);
      if (this.#list.children[i] !== entry.item) this.#list.insertBefore(entry.item, this.#list.children[i] ?? null);
      showSwatch(entry.swatch, one);
      showName(entry, one.label ?? name);
      this.#showValue(entry, one, read(one), axes, isWhole(one));
      entry.button.ariaPressed = String(!one.isHidden);
    }
    if (this.#entries.size === shown.length) return;
    const names = new Set(shown.map(({ series }) => series.name));
    for (const [name, { item }] of this.#entries) {
      if (names.has(name)) continue;
      item.remove();
      this.#entries.delete(name);
    }
  }

  #showValue(
    entry: Entry,
    one: LegendItem,
    { kind, value, text: name }: Reading,
    axes: LegendAxes,
    isWhole: boolean,
  ): void {
    const { series, renderer, onRight } = one;
    const { range, exponent } = axisOf(one, axes);
    const [low, high] = expectedRange(one, axes, isWhole);
    const whose = low === range.min && high === range.max ? onRight : series.name;
    const key = `${whose} ${entry.unit} ${isWhole}`;
    const styleOf = this.valueStyle ?? plainStyle;
    const style = styleOf(low, high, isWhole, entry.unit, this.#styles.get(key), exponent);
    this.#styles.set(key, style);
    // Few values lie close together, and have many places: their width is no measure for those that follow.
    if (JSON.stringify(style) !== JSON.stringify(entry.style)) entry.width = 0;
    entry.style = style;
    const number = kind === "difference" ? differenceText(value, style) : valueText(value, style);
    const text = name ?? number;
    setText(entry.value, text);
    setText(entry.shownUnit, style.unit);
    entry.value.dataset.kind = kind;
    entry.value.title = series.kind && text;
    // As wide as the ends of its axis at once: what comes between them moves nothing.
    const ends = name === undefined ? [low, high].map((end) => valueText(end, style).length) : [];
    const width = Math.min(WIDEST, Math.max(text.length, ...ends));
    if (width <= entry.width || renderer.hasLongTexts) return;
    entry.width = width;
    entry.value.style.minWidth = `${width}ch`;
  }

  #add(name: string): Entry {
    const actions = this.#actions;
    const [swatch, value, shownUnit] = [make("span", "swatch"), make("span", "value"), make("span", "unit")];
    // It is cut off at its beginning, where names of one kind are the same: what it ends with tells it apart.
    const shownName = make("bdi");
    const button = make("button", "", swatch, make("span", "name", shownName), value, shownUnit);
    button.type = "button";
    button.title = name;
    button.draggable = true;
    button.dataset.series = name;
    button.addEventListener("click", ({ shiftKey }) => (shiftKey ? actions.showOnly(name) : actions.toggle(name)));
    button.addEventListener("dragstart", ({ dataTransfer }) => dataTransfer?.setData(DRAGGED_TYPE, name));
    button.addEventListener("pointerenter", () => actions.highlight(name));
    button.addEventListener("pointerleave", () => actions.highlight(undefined));
    button.addEventListener("focus", () => {
      if (button.matches(":focus-visible")) actions.highlight(name);
    });
    button.addEventListener("blur", () => actions.highlight(undefined));
    const item = make("li", "", button);
    const entry = {
      item,
      button,
      swatch,
      name: shownName,
      value,
      label: "",
      unit: "",
      shownUnit,
      style: undefined,
      width: 0,
    };
    this.#entries.set(name, entry);
    return entry;
  }
}

function showSwatch(swatch: HTMLElement, one: LegendItem): void {
  const { slot, onRight } = one;
  const colour = cssColour(one);
  const dashes = String(Math.floor(slot / LINE_COLOURS) % 4);
  const key = `${slot} ${onRight} ${colour}`;
  if (swatch.dataset.key === key) return;
  swatch.dataset.key = key;
  swatch.dataset.dashes = dashes;
  swatch.style.color = colour;
  swatch.dataset.axis = onRight ? "right" : "left";
}

function showName(entry: Entry, name: string): void {
  if (entry.label === name) return;
  entry.label = name;
  const { label, unit } = unitOf(name);
  setText(entry.name, label);
  entry.unit = unit;
}

function differenceText(value: number, style: ValueStyle): string {
  const text = valueText(value, style);
  return value > 0 ? `Δ+${text}` : `Δ${text}`;
}
