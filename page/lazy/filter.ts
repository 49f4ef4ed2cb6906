import { button, make, setText } from "../ui/dom.ts";
import { labelOf } from "./appearance.ts";
import type { Context } from "./module.ts";
import { adoptStyles } from "./styles.ts";

let filter: SeriesFilter | undefined;

/** Shows the field of the filter. */
export function openFilter(context: Context): void {
  filter ??= new SeriesFilter(context);
  filter.open();
}

/** The filter, while it leaves series out. */
export function shownFilter(): SeriesFilter | undefined {
  return filter?.isEmpty === false ? filter : undefined;
}

/** Shows only the series, and their panels, that have a text in their names, or in the title of their panel. */
export class SeriesFilter {
  readonly #context: Context;
  readonly #bar: HTMLElement;
  readonly #input = make("input");
  readonly #count = make("output");

  constructor(context: Context) {
    adoptStyles();
    this.#context = context;
    this.#input.type = "search";
    this.#input.placeholder = "Part of a name";
    this.#input.autocomplete = "off";
    this.#input.spellcheck = false;
    const close = button("✕", () => this.close());
    close.ariaLabel = "Show all series";
    const label = make("label", "", make("span", "", "Filter"), this.#input);
    this.#bar = make("search", "lazy-filter", label, this.#count, close);
    this.#input.addEventListener("input", () => this.#show());
    this.#bar.addEventListener("keydown", (event) => {
      // Keys typed here are no shortcuts of the plot.
      event.stopPropagation();
      if (event.key === "Escape") this.close();
      if (event.key !== "Enter" || event.target !== this.#input) return;
      event.preventDefault();
      context.board.host.querySelector<HTMLElement>(".legend button")?.focus();
    });
    // A dialog keeps its keys to itself.
    document.addEventListener("keydown", ({ key }) => {
      if (key === "Escape" && !this.#bar.hidden) this.close();
    });
    // Above everything that it filters: within, it would stand beside the table.
    context.board.host.parentElement?.before(this.#bar);
  }

  get isEmpty(): boolean {
    return this.#input.value.trim() === "";
  }

  /** Shows the field, and puts the text cursor there. */
  open(): void {
    this.#bar.hidden = false;
    this.#show();
    this.#input.select();
    this.#input.focus();
  }

  /** Takes the field away, and shows everything. */
  close(): void {
    this.#input.value = "";
    this.#show();
    this.#bar.hidden = true;
  }

  #show(): void {
    const { arrangement, source, layoutChanged } = this.#context;
    const text = this.#input.value.trim().toLowerCase();
    const fits = (name: string): boolean => {
      const title = arrangement.plans.find(({ names }) => names.includes(name))?.title ?? "";
      return [name, labelOf(arrangement.styles, name), title].some((one) => one.toLowerCase().includes(text));
    };
    arrangement.filter = (name) => text !== "" && !fits(name);
    const names = [...source.series].map(({ name }) => name);
    setText(this.#count, `${names.filter(fits).length} of ${names.length} series`);
    layoutChanged();
  }
}
