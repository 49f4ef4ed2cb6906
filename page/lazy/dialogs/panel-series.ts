import type { Axis, ShownPanel } from "../../layout/arrangement.ts";
import { layoutOf, type PanelSeries } from "../../render/renderers/panel-renderer.ts";
import { button, make, setText } from "../../ui/dom.ts";
import { cssColour } from "../../ui/theme.ts";
import { bothNames, labelOf } from "../appearance.ts";
import type { Context } from "../module.ts";
import { moveSeries, type Target } from "../move-series.ts";
import { shownName } from "../shown-name.ts";
import { afterPress } from "./dialog.ts";
import type { TextField } from "./fields.ts";
import { styleFields } from "./series-style.ts";

/** From so many series on there is a filter. */
const MANY_SERIES = 8;

/** The series of a panel: which are shown, where each stands, and how it looks. */
export function seriesFields(
  context: Context,
  plan: ShownPanel,
  filter: TextField,
  styled: Set<string>,
  again: () => void,
): HTMLElement {
  const panels = context.arrangement.shown;
  const rows = plan.names.map((name) => {
    const select = make("select");
    select.dataset.key = `move ${name}`;
    const label = labelOf(context.arrangement.styles, name);
    select.setAttribute("aria-label", `Where ${label} stands`);
    const add = (text: string, target: Target, axis: Axis, isHere = false): void => {
      const option = make("option", "", text);
      option.selected = isHere;
      options.push({ target, axis });
      select.append(option);
    };
    const options: { target: Target; axis: Axis }[] = [];
    const onRight = plan.right.has(name);
    add("This panel, left axis", { kind: "into", id: plan.id }, "left", !onRight);
    add("This panel, right axis", { kind: "into", id: plan.id }, "right", onRight);
    for (const other of panels) {
      if (other.id !== plan.id)
        add(`With ${other.title ?? shortened(other.names)}`, { kind: "into", id: other.id }, "left");
    }
    if (plan.names.length > 1) {
      add("New panel above", { kind: "before", id: plan.id }, "left");
      add("New panel below", { kind: "after", id: plan.id }, "left");
    }
    onChosen(select, () => {
      const chosen = options[select.selectedIndex];
      if (chosen !== undefined) moveSeries(context.arrangement, name, chosen.target, chosen.axis);
      context.layoutChanged();
      again();
    });
    const shown = make("input");
    shown.type = "checkbox";
    shown.checked = !context.source.isHidden(name);
    shown.dataset.key = `show ${name}`;
    shown.addEventListener("change", () => {
      context.arrangement.toggle(name);
      context.layoutChanged();
      again();
    });
    const [swatch, called] = [make("span", "lazy-swatch"), make("span")];
    const drawn = (): PanelSeries | undefined =>
      context.board.panels.flatMap((panel) => panel.series).find(({ series }) => series.name === name);
    const show = (): void => {
      setText(called, bothNames(context.arrangement.styles, name));
      // It is drawn before that.
      requestAnimationFrame(() => {
        const one = drawn();
        if (one !== undefined) swatch.style.background = cssColour(one);
      });
    };
    show();
    const one = drawn();
    const isOpen = styled.has(name);
    const toggle = button("Style", () => {
      if (!styled.delete(name)) styled.add(name);
      again();
    });
    toggle.ariaLabel = `Style of ${label}`;
    toggle.ariaExpanded = String(isOpen);
    toggle.dataset.key = `style ${name}`;
    const slot = plan.slots[plan.names.indexOf(name)] ?? 0;
    const isRow = one !== undefined && layoutOf(one) === "row";
    const fields = isOpen ? [styleFields(context, { name, slot, isRow }, show)] : [];
    return make("li", "lazy-series", make("label", "", shown, swatch, called), select, toggle, ...fields);
  });
  const fit = (): void => {
    const text = filter.input.value.trim().toLowerCase();
    for (const [i, row] of rows.entries()) {
      const name = plan.names[i] ?? "";
      const either = [name, labelOf(context.arrangement.styles, name)];
      row.hidden = !either.some((one) => one.toLowerCase().includes(text));
    }
  };
  filter.input.oninput = fit;
  fit();
  const heading = make("h3", "", "Series");
  const list = make("ul", "lazy-list", ...rows);
  // A few are found without; what was typed before others left stays in sight.
  const isOffered = rows.length >= MANY_SERIES || filter.input.value !== "";
  return isOffered ? make("div", "", heading, filter.label, list) : make("div", "", heading, list);
}

/** Arrow keys go through the options of a list that is closed: what is gone through is not chosen until the list is left, or Enter. */
function onChosen(select: HTMLSelectElement, chosen: () => void): void {
  let isByKey = false;
  let isWaiting = false;
  const settle = (): void => {
    if (isWaiting) chosen();
    isWaiting = false;
  };
  select.addEventListener("keydown", ({ key }) => {
    isByKey = key !== "Enter";
    if (key === "Enter") settle();
  });
  select.addEventListener("pointerdown", () => {
    isByKey = false;
  });
  select.addEventListener("change", () => {
    isWaiting = true;
    if (!isByKey) settle();
  });
  select.addEventListener("blur", () => afterPress(select, settle));
}

function shortened(names: readonly string[]): string {
  const [first = "", ...more] = names.map(shownName);
  return more.length === 0 ? first : `${first} and ${more.length} more`;
}
