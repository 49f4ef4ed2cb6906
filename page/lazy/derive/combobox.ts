import { make } from "../../ui/dom.ts";
import { accepted, type Suggestions, suggestionsFor } from "./suggest.ts";

/**
 * Suggests names while one is typed into a field: a list below it, chosen from by arrows and Enter, or by a press.
 * @param field stands around the input
 * @returns the field with its list
 */
export function suggesting(field: HTMLElement, input: HTMLInputElement, series: readonly string[]): HTMLElement {
  const list = make("ul", "lazy-suggested");
  list.id = "lazy-suggested";
  list.role = "listbox";
  list.ariaLabel = "Series that fit";
  list.hidden = true;
  input.role = "combobox";
  input.setAttribute("aria-autocomplete", "list");
  input.setAttribute("aria-controls", list.id);
  let shown: Suggestions = { from: 0, to: 0, names: [] };
  let active = -1;

  const show = (next: Suggestions): void => {
    shown = next;
    active = -1;
    list.replaceChildren(
      ...next.names.map((name, i) => {
        const option = make("li", "", name);
        option.role = "option";
        option.id = `lazy-suggested-${i}`;
        option.addEventListener("click", () => accept(name));
        return option;
      }),
    );
    mark();
  };
  const mark = (): void => {
    list.hidden = shown.names.length === 0;
    input.ariaExpanded = String(!list.hidden);
    for (const [i, option] of [...list.children].entries()) option.ariaSelected = String(i === active);
    const chosen = list.children[active];
    if (chosen === undefined) input.removeAttribute("aria-activedescendant");
    else input.setAttribute("aria-activedescendant", chosen.id);
    chosen?.scrollIntoView({ block: "nearest" });
  };
  const accept = (name: string): void => {
    const { text, cursor } = accepted(input.value, shown, name);
    input.value = text;
    input.setSelectionRange(cursor, cursor);
    show({ ...shown, names: [] });
    input.focus();
  };
  // A press in the list leaves the focus, and so the cursor, where it is.
  list.addEventListener("pointerdown", (event) => event.preventDefault());
  input.addEventListener("input", () => show(suggestionsFor(input.value, input.selectionStart ?? 0, series)));
  input.addEventListener("blur", () => show({ ...shown, names: [] }));
  input.addEventListener("keydown", (event) => {
    const { names } = shown;
    const name = names[active];
    if (names.length === 0) return;
    if (event.key === "ArrowDown") active = (active + 1) % names.length;
    else if (event.key === "ArrowUp") active = (Math.max(active, 0) + names.length - 1) % names.length;
    else if (event.key === "Escape") shown = { ...shown, names: [] };
    else if (event.key === "Enter" && name !== undefined) accept(name);
    else return;
    event.preventDefault();
    mark();
  });
  mark();
  return make("div", "lazy-combobox", field, list);
}
