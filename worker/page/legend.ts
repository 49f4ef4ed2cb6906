import { formatValue, type NumberStyle, numberStyle } from "./format.ts";
import type { Series } from "./store.ts";
import { lineColour } from "./theme.ts";

interface Entry {
  button: HTMLButtonElement;
  value: HTMLElement;
  style: NumberStyle | undefined;
  /** The longest value in this style, in characters: the entry does not become narrower, so that nothing jumps. */
  width: number;
}

/** Above the plot: each series with its colour, name and last value. A press hides or shows its line. */
export class Legend {
  readonly #list: HTMLElement;
  readonly #entries = new Map<string, Entry>();
  readonly #toggled: (name: string) => void;

  constructor(list: HTMLElement, toggled: (name: string) => void) {
    this.#list = list;
    this.#toggled = toggled;
  }

  /** @param ranges the range of y in view, by the index of the series */
  show(
    all: Iterable<Series>,
    ranges: readonly ({ minY: number; maxY: number } | undefined)[],
    isHidden: (name: string) => boolean,
  ): void {
    for (const series of all) {
      const entry = this.#entries.get(series.name) ?? this.#add(series);
      const { minY = Number.NaN, maxY = Number.NaN } = ranges[series.index] ?? {};
      const low = Math.min(minY, series.lastY);
      const high = Math.max(maxY, series.lastY);
      const style = numberStyle(low, high, series.integers, entry.style);
      // Few values lie close together, and have many places: their width is no measure for those that follow.
      if (JSON.stringify(style) !== JSON.stringify(entry.style)) entry.width = 0;
      entry.style = style;
      const text = formatValue(series.lastY, style);
      if (entry.value.textContent !== text) entry.value.textContent = text;
      if (text.length > entry.width) {
        entry.width = text.length;
        entry.value.style.minWidth = `${text.length}ch`;
      }
      entry.button.ariaPressed = String(!isHidden(series.name));
    }
    this.#list.hidden = this.#entries.size === 0;
  }

  #add({ name, index }: Series): Entry {
    const swatch = span("swatch");
    swatch.style.background = `var(${lineColour(index)})`;
    const value = span("value");
    const button = document.createElement("button");
    button.type = "button";
    button.title = name;
    button.append(swatch, span("name", name), value);
    button.addEventListener("click", () => this.#toggled(name));
    const item = document.createElement("li");
    item.append(button);
    this.#list.append(item);
    const entry = { button, value, style: undefined, width: 0 };
    this.#entries.set(name, entry);
    return entry;
  }
}

function span(className: string, text = ""): HTMLElement {
  const element = document.createElement("span");
  element.className = className;
  element.textContent = text;
  return element;
}
