import { MAX_SERIES_NAME_BYTES } from "../../../protocol/limits.ts";
import { isSeriesName } from "../../../protocol/names.ts";
import { MAX_DERIVED, MAX_EXPRESSION } from "../../data/derivation.ts";
import { button, make, setText } from "../../ui/dom.ts";
import { openDialog } from "../dialogs/dialog.ts";
import type { Context } from "../module.ts";
import { suggesting } from "./combobox.ts";
import { type Fault, isFault, written } from "./expression.ts";
import { resolved } from "./resolve.ts";

const ALIGNED =
  "The result has a point at each x of the series that is named first. Of the others, the last value at or before that x is used. " +
  "Where one of them has a gap, it has no point.";

function grammarText(time: boolean): string {
  const [rate, width] = time ? [" per second", " s"] : ["", " of x"];
  return (
    "Series by name, in quotes unless it is a simple word, its unit only where it takes that to tell them apart; " +
    "numbers; + - * / ^ ( ). " +
    `d(a) is how fast a changes${rate}, avg(a, 2) its mean over the last 2${width}. ` +
    "Also abs(a), sqrt(a), log10(a), min(a, b), max(a, b)."
  );
}

/** Asks for the name and the expression of another derived series. */
export function openDerive(context: Context, opener?: HTMLElement): void {
  const { arrangement, source } = context;
  const name = field("Name", MAX_SERIES_NAME_BYTES, "power.total [W]");
  const expression = field("Expression", MAX_EXPRESSION, 'u * i, or "temp.motor [°C]" * 1.8 + 32');
  const message = make("p", "lazy-said lazy-bad");
  message.setAttribute("role", "alert");
  const isDerived = (one: string): boolean => arrangement.derived.some((known) => known.name === one);
  const stored = [...source.stored.names()];
  /** The expression with full names, or why it cannot be. */
  const checked = (): string | Fault => {
    const own = name.input.value.trim();
    if (arrangement.derived.length >= MAX_DERIVED) {
      return { fault: `There are ${MAX_DERIVED} already: remove one in the menu.` };
    }
    if (own === "") return { fault: "It needs a name." };
    if (!isSeriesName(own)) return { fault: "This name is too long." };
    if (stored.includes(own)) return { fault: `There is a series “${own}” already.` };
    if (isDerived(own)) return { fault: `There is a derived series “${own}” already: remove it in the menu first.` };
    const found = resolved(expression.input.value, stored, isDerived);
    return isFault(found) ? found : found.text;
  };
  const form = make(
    "form",
    "lazy-body",
    name.element,
    suggesting(expression.element, expression.input, stored),
    inserting(stored, expression.input),
    ...[grammarText(context.viewModel()?.time === true), ALIGNED].map((text) => make("p", "lazy-quiet", text)),
    message,
  );
  const add = button("Add", () => {});
  add.type = "submit";
  form.append(make("div", "lazy-buttons", add));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const full = checked();
    if (typeof full !== "string") return setText(message, full.fault);
    const derivation = { name: name.input.value.trim(), expression: full };
    arrangement.derived = [...arrangement.derived, derivation];
    context.layoutChanged();
    dialog.close();
  });
  const dialog = openDialog("Derived series", opener, form);
  name.input.focus();
}

/** Takes a derived series away. */
export function removeDerived(
  { arrangement, layoutChanged }: Pick<Context, "arrangement" | "layoutChanged">,
  name: string,
): void {
  arrangement.derived = arrangement.derived.filter((one) => one.name !== name);
  if (arrangement.isHidden(name)) arrangement.toggle(name);
  layoutChanged();
}

function field(
  text: string,
  maxLength: number,
  placeholder: string,
): { element: HTMLElement; input: HTMLInputElement } {
  const input = make("input");
  input.maxLength = maxLength;
  input.placeholder = placeholder;
  input.autocomplete = "off";
  input.spellcheck = false;
  return { element: make("div", "lazy-field", make("label", "", make("span", "", text), input)), input };
}

/** Inserts the chosen name at the text cursor: names with units are hard to type. */
function inserting(names: readonly string[], into: HTMLInputElement): HTMLElement {
  const select = make("select", "", make("option", "", "Insert a series …"));
  select.setAttribute("aria-label", "Insert a series into the expression");
  select.append(...names.map((name) => make("option", "", name)));
  select.addEventListener("change", () => {
    const name = names[select.selectedIndex - 1];
    select.selectedIndex = 0;
    if (name === undefined) return;
    into.setRangeText(written(name), into.selectionStart ?? 0, into.selectionEnd ?? 0, "end");
    into.focus();
  });
  return select;
}
