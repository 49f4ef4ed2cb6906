import type { LeftOut } from "../render/lazy-render.ts";
import { button, make } from "../ui/dom.ts";
import { shownFilter } from "./filter.ts";
import { adoptStyles } from "./styles.ts";

let said: { element: HTMLElement; text: string } | undefined;

/** In place of the panels, where none is left: that this is so, and how to have them again. */
export function showNothingShown({ arrangement, foot, layoutChanged }: LeftOut): void {
  const isNothing = arrangement.shown.length === 0;
  if (said === undefined) {
    if (!isNothing) return;
    adoptStyles();
    said = { element: make("div", "nothing-shown"), text: "" };
  }
  const { element } = said;
  element.hidden = !isNothing;
  if (!isNothing) return;
  if (!element.isConnected) foot.parentElement?.prepend(element);
  const filter = shownFilter();
  const act = (text: string, run: () => void): HTMLElement =>
    button(text, () => {
      run();
      layoutChanged();
    });
  const buttons = [
    ...(filter === undefined ? [] : [act("Clear filter", () => filter.close())]),
    ...(arrangement.hidden.length === 0
      ? []
      : [
          act("Show all", () => {
            arrangement.hidden = [];
          }),
        ]),
    ...(arrangement.removed.length === 0
      ? []
      : [
          act("Bring back removed series", () => {
            arrangement.removed = [];
          }),
        ]),
  ];
  const text = buttons.map((one) => one.textContent).join();
  // It is drawn anew while a button is pressed.
  if (text === said.text) return;
  said.text = text;
  element.replaceChildren(make("p", "", "No series is shown."), make("div", "", ...buttons));
}
