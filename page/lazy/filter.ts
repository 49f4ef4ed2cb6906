import { button, make, setText } from "../ui/dom.ts";
import { shownName } from "./appearance.ts";
import { adoptStyles } from "./styles.ts";

/** Shows only the series in the legends, and the panels, that have a text in their names. */
export class SeriesFilter {
  readonly #bar: HTMLElement;
  readonly #input = make("input");
  readonly #count = make("output");
  readonly #sheet = new CSSStyleSheet();
  readonly #names: () => readonly string[];

  /** @param names of all series that there are */
  constructor(board: HTMLElement, names: () => readonly string[]) {
    adoptStyles();
    this.#names = names;
    document.adoptedStyleSheets.push(this.#sheet);
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
      this.#firstMatch(board)?.focus();
    });
    // Above everything that it filters: within, it would stand beside the table.
    board.parentElement?.before(this.#bar);
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
    const text = this.#input.value.trim();
    this.#sheet.replaceSync(text === "" ? "" : rulesFor(text));
    const names = this.#names();
    const fitting = names.filter((name) =>
      [name, shownName(name)].some((either) => lowered(either).includes(lowered(text))),
    );
    setText(this.#count, `${fitting.length} of ${names.length} series`);
  }

  #firstMatch(board: HTMLElement): HTMLElement | undefined {
    const entries = [...board.querySelectorAll<HTMLElement>(".legend button")];
    return entries.find((entry) => entry.checkVisibility());
  }
}

/** By rules and not by hand, so that they hold for what comes later, too. CSS knows capitals of ASCII only. */
function rulesFor(text: string): string {
  // As CSS writes a string: whatever is typed, it is one.
  const fits = (attribute: string): string => `:not([${attribute}*="${CSS.escape(text)}" i])`;
  return `:is(.legend button, .lazy-table tr)[data-series]${fits("data-series")}${fits("data-label")}, .panel${fits("aria-label")} { display: none }`;
}

function lowered(text: string): string {
  return text.replace(/[A-Z]/g, (letter) => letter.toLowerCase());
}
