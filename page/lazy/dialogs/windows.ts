import { button, make, setText } from "../../ui/dom.ts";
import { WINDOWS, type WindowName } from "../../viewport/windows.ts";
import { openAt } from "./dialog.ts";
import { typedWindow } from "./typed-window.ts";

const NO_LENGTH = "Type a length of time up to a year, such as 90 s, 45 min or 2 h.";

/** Opens the list of windows, with a field for any other length. */
export function openWindows(
  current: WindowName | undefined,
  choose: (window: WindowName) => void,
  opener?: HTMLElement,
): void {
  const chosen = (window: WindowName): void => {
    dialog.close();
    choose(window);
  };
  const items = WINDOWS.map((window) => {
    const item = button(window, () => chosen(window));
    item.ariaPressed = String(window === current);
    return make("li", "", item);
  });
  const input = make("input");
  input.placeholder = "90 s, 2 h";
  input.autocomplete = "off";
  input.spellcheck = false;
  if (current !== undefined && !WINDOWS.includes(current)) input.value = current;
  const message = make("p", "lazy-said lazy-bad");
  message.setAttribute("role", "alert");
  const show = button("Show", () => {});
  show.type = "submit";
  const label = make("label", "", make("span", "", "Another length"), input);
  const form = make("form", "", make("div", "lazy-field", label, show), message);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const window = typedWindow(input.value);
    if (window === undefined) setText(message, NO_LENGTH);
    else chosen(window);
  });
  const list = make("ul", "lazy-menu lazy-windows", ...items);
  const dialog = openAt(document.getElementById("lengths"), "Window", opener, [make("div", "lazy-body", list, form)]);
  input.focus();
}
