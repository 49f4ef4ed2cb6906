import { LINE_COLOURS } from "../../layout/colours.ts";
import { button, make, setText } from "../../ui/dom.ts";
import { lineColour } from "../../ui/theme.ts";
import { type Appearance, appearanceOf, appearanceText } from "../appearance.ts";
import type { Context } from "../module.ts";
import { hasContrast } from "./contrast.ts";
import { selectField, textField } from "./fields.ts";

const WIDTHS_PX = [1, 1.5, 2, 3, 4, 6];
/** As lines are by themselves. */
const NORMAL_PX = 1.5;
const MAX_LABEL = 256;
const FAINT = "This colour is hard to see on this background.";

const POINTS: readonly (readonly [Appearance["points"], string])[] = [
  [undefined, "Line"],
  ["too", "Line and points"],
  ["only", "Points"],
];

/** How a series looks, as it can be changed. */
export interface StyledSeries {
  name: string;
  /** The number of its own colour. */
  slot: number;
  /** It is drawn as a row of texts: there is no line. */
  isRow: boolean;
}

/** Fields for a series' name, colour, line and points. @param changed called after each change */
export function styleFields(
  { arrangement, layoutChanged }: Context,
  { name, slot, isRow }: StyledSeries,
  changed: () => void,
): HTMLElement {
  const now = (): Appearance => appearanceOf(arrangement.styles, name);
  const message = make("p", "lazy-quiet");
  message.setAttribute("role", "alert");
  const set = (next: Appearance): void => {
    arrangement.setStyle(name, appearanceText(next));
    layoutChanged();
    show();
    changed();
  };
  const { label: _, ...rest } = now();
  const title = textField(`label ${name}`, "Name", now().label);
  title.input.placeholder = name;
  title.input.maxLength = MAX_LABEL;
  // At each letter: a name that is taken over when its field is left would move what is about to be pressed.
  title.input.addEventListener("input", () => {
    const { label: _, ...others } = now();
    const label = title.input.value.trim();
    set(label === "" || label === name ? others : { ...others, label });
  });
  const colours = colourFields(name, (colour) => set({ ...now(), colour }));
  const { widthPx: chosenPx = NORMAL_PX } = rest;
  const widths = [...new Set([...WIDTHS_PX, chosenPx])].sort((a, b) => a - b);
  const width = selectField(
    `width ${name}`,
    "Thickness",
    widths.map((px) => [px, `${px} px${px === NORMAL_PX ? " (normal)" : ""}`] as const),
    (px) => px === chosenPx,
    (px) => {
      const { widthPx: _, ...others } = now();
      set(px === NORMAL_PX ? others : { ...others, widthPx: px });
    },
  );
  const points = selectField(
    `points ${name}`,
    "Drawn as",
    POINTS,
    (value) => value === rest.points,
    (value) => {
      const { points: _, ...others } = now();
      set(value === undefined ? others : { ...others, points: value });
    },
  );
  const reset = button("Reset", () => {
    set({});
    title.input.value = "";
    for (const select of fields.querySelectorAll("select"))
      select.selectedIndex = select === points.querySelector("select") ? 0 : widths.indexOf(NORMAL_PX);
    title.input.focus();
  });
  reset.ariaLabel = `Reset how ${name} looks`;
  const fields = make(
    "div",
    "lazy-style",
    title.label,
    colours.element,
    ...(isRow ? [] : [width, points]),
    reset,
    message,
  );
  const show = (): void => {
    const { colour = slot % LINE_COLOURS } = now();
    colours.show(colour);
    // It keeps its place, so that nothing moves.
    reset.style.visibility = arrangement.state.styles?.has(name) ? "" : "hidden";
    setText(message, typeof colour === "number" || hasContrast(colour, hexOf("--ground")) ? "" : FAINT);
  };
  show();
  return fields;
}

/** A colour of the page, as `#rrggbb`. @param property its custom property */
function hexOf(property: string): string {
  return getComputedStyle(document.documentElement).getPropertyValue(property).trim();
}

/** The page's own colours, and any other. */
function colourFields(
  name: string,
  chosen: (colour: number | string) => void,
): { element: HTMLElement; show(colour: number | string): void } {
  const radios = Array.from({ length: LINE_COLOURS }, (_, i) => {
    const radio = make("input", "lazy-colour");
    radio.type = "radio";
    radio.name = `lazy-colour ${name}`;
    radio.ariaLabel = `Colour ${i + 1} of ${LINE_COLOURS}`;
    radio.dataset.key = `colour ${i} ${name}`;
    radio.style.color = `var(${lineColour(i)})`;
    radio.addEventListener("change", () => chosen(i));
    return radio;
  });
  const any = make("input", "lazy-any-colour");
  any.type = "color";
  any.title = any.ariaLabel = "Any other colour";
  any.dataset.key = `colour ${name}`;
  any.addEventListener("input", () => chosen(any.value));
  const group = make("span", "lazy-colours", ...radios, any);
  group.setAttribute("role", "radiogroup");
  group.ariaLabel = `Colour of ${name}`;
  return {
    element: make("div", "lazy-colour-field", make("span", "lazy-quiet", "Colour"), group),
    show(colour) {
      for (const [i, radio] of radios.entries()) radio.checked = i === colour;
      any.classList.toggle("chosen", typeof colour === "string");
      any.value = typeof colour === "string" ? colour : hexOf(lineColour(colour));
    },
  };
}
