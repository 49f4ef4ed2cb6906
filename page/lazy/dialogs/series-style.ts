import { LINE_COLOURS } from "../../layout/colours.ts";
import { button, make, setText } from "../../ui/dom.ts";
import { lineColour } from "../../ui/theme.ts";
import { type Appearance, appearanceOf, labelOf, setAppearance } from "../appearance.ts";
import type { Context } from "../module.ts";
import { hasContrast } from "./contrast.ts";
import { selectField, textField } from "./fields.ts";
import { tidyText } from "./typed-text.ts";

const WIDTHS_PX = [1, 1.5, 2, 3, 4, 6];
/** As lines are by themselves. */
const NORMAL_PX = 1.5;
const MAX_LABEL = 256;
const SAME_NAME = "Another series has this name.";
/** As in light.css. */
const GROUNDS = [
  ["#ffffff", "light"],
  ["#0d1117", "dark"],
] as const;

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
  { arrangement, board, layoutChanged }: Context,
  { name, slot, isRow }: StyledSeries,
  changed: () => void,
): HTMLElement {
  const now = (): Appearance => appearanceOf(arrangement.styles, name);
  const message = make("p", "lazy-quiet");
  message.setAttribute("role", "alert");
  const set = (next: Appearance | undefined): void => {
    setAppearance(arrangement, name, next);
    layoutChanged();
    show();
    changed();
  };
  const title = textField(`label ${name}`, "Name", now().label);
  title.input.placeholder = name;
  title.input.maxLength = MAX_LABEL;
  // At each letter: a name that is taken over when its field is left would move what is about to be pressed.
  title.input.addEventListener("input", () => {
    const { label: _, ...others } = now();
    const label = tidyText(title.input.value);
    set(label === "" || label === name ? others : { ...others, label });
  });
  const colours = colourFields(name, (colour) => set({ ...now(), colour }));
  const { widthPx: chosenPx = NORMAL_PX } = now();
  const widths = [...new Set([...WIDTHS_PX, chosenPx])].sort((a, b) => a - b);
  const width = selectField(
    `width ${name}`,
    "Thickness",
    widths.map((px) => [px, `${px} px${px === NORMAL_PX ? " (normal)" : ""}`] as const),
    (px) => {
      const { widthPx: _, ...others } = now();
      set(px === NORMAL_PX ? others : { ...others, widthPx: px });
    },
  );
  const points = selectField(`points ${name}`, "Drawn as", POINTS, (value) => {
    const { points: _, ...others } = now();
    set(value === undefined ? others : { ...others, points: value });
  });
  const reset = button("Reset", () => {
    set(undefined);
    title.input.value = now().label ?? "";
    title.input.focus();
  });
  reset.ariaLabel = `Reset how ${name} looks`;
  const fields = make(
    "div",
    "lazy-style",
    title.label,
    colours.element,
    ...(isRow ? [] : [width.label, points.label]),
    reset,
    message,
  );
  const show = (): void => {
    const { colour = slot % LINE_COLOURS, widthPx = NORMAL_PX, points: drawn } = now();
    colours.show(colour);
    width.choose(widthPx);
    points.choose(drawn);
    // It keeps its place, so that nothing moves.
    reset.style.visibility = arrangement.ownStyles.has(name) ? "" : "hidden";
    const label = labelOf(arrangement.styles, name);
    const all = board.panels.flatMap(({ plan }) => plan.names);
    const isTwice = all.some((other) => other !== name && labelOf(arrangement.styles, other) === label);
    setText(message, [...(isTwice ? [SAME_NAME] : []), ...faintTexts(colour)].join(" "));
  };
  show();
  return fields;
}

/** On which grounds a colour is hard to see: who opens a link may have the other. */
function faintTexts(colour: number | string): string[] {
  if (typeof colour === "number") return [];
  const faint = GROUNDS.filter(([ground]) => !hasContrast(colour, ground)).map(([, what]) => what);
  return faint.length === 0 ? [] : [`This colour is hard to see on a ${faint.join(" and a ")} background.`];
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
