import type { LeftOut } from "../render/lazy-render.ts";
import { button, make, setText } from "../ui/dom.ts";
import { labelOf } from "./appearance.ts";
import { openDialog } from "./dialogs/dialog.ts";
import { rangeOf } from "./off-notes.ts";
import { offText } from "./off-text.ts";
import { adoptStyles } from "./styles.ts";

let strip: HTMLButtonElement | undefined;
/** What the strip speaks of, as it is now. */
let now: LeftOut | undefined;

/** Below all panels, a button that says how many series have no panel, and opens the list of them. */
export function showLeftOut(leftOut: LeftOut): void {
  now = leftOut;
  const text = stripText(leftOut);
  if (strip === undefined) {
    if (text === "") return;
    adoptStyles();
    strip = button("", () => openLeftOut(strip));
    strip.className = "left-out";
  }
  if (strip.nextElementSibling !== leftOut.foot) leftOut.foot.before(strip);
  strip.hidden = text === "";
  setText(strip, text);
}

/** `Not shown: 2 hidden, 11 with nothing in view`; "" where everything has its panel. */
function stripText({ absent, arrangement }: LeftOut): string {
  const shown = new Set(arrangement.shown.flatMap(({ names }) => names));
  const hidden = arrangement.hidden.filter((name) => !shown.has(name)).length;
  const gone = absent.filter(({ name }) => !arrangement.isHidden(name)).length;
  const parts = [...(hidden > 0 ? [`${hidden} hidden`] : []), ...(gone > 0 ? [`${gone} with nothing in view`] : [])];
  return parts.length === 0 ? "" : `Not shown: ${parts.join(", ")}`;
}

/** The series that are not shown, with why, and what can be done about each. */
export function openLeftOut(opener?: HTMLElement): void {
  if (now === undefined) return;
  const list = make("ul", "lazy-list");
  const dialog = openDialog("Series not shown", opener, make("div", "lazy-body", list));
  const render = (): void => {
    if (now === undefined) return;
    const { arrangement, absent, nowX, viewModel, go, layoutChanged } = now;
    const act = (text: string, name: string, run: () => void): HTMLElement => {
      const element = button(text, () => {
        run();
        layoutChanged();
        render();
      });
      element.ariaLabel = `${text} ${labelOf(arrangement.styles, name)}`;
      return element;
    };
    const remove = (name: string) =>
      act("Remove", name, () => {
        if (arrangement.hidden.includes(name)) arrangement.toggle(name);
        arrangement.removed = [...arrangement.removed, name];
      });
    const row = (name: string, why: string, ...buttons: HTMLElement[]): HTMLElement =>
      make(
        "li",
        "left-out-row",
        make("span", "", make("b", "", labelOf(arrangement.styles, name)), ` ${why}`),
        ...buttons,
      );
    const { hidden, removed } = arrangement;
    const gone = absent.filter(({ name }) => !arrangement.isHidden(name));
    const rows = [
      ...hidden.map((name) =>
        row(
          name,
          "is hidden",
          act("Show", name, () => arrangement.toggle(name)),
          remove(name),
        ),
      ),
      ...gone.map((series) => {
        const { name } = series;
        const show = act("Show", name, () => {
          dialog.close();
          go(rangeOf(series, viewModel.x.max - viewModel.x.min));
        });
        const why = offText(series, nowX, true, Date.now() / 1000) ?? "has nothing in view";
        return row(name, why, show, remove(name));
      }),
      ...removed.map((name) =>
        row(
          name,
          "is removed",
          act("Bring back", name, () => {
            arrangement.removed = arrangement.removed.filter((other) => other !== name);
          }),
        ),
      ),
    ];
    if (rows.length === 0) return dialog.close();
    list.replaceChildren(...rows);
    // The pressed button went with its row.
    if (!dialog.contains(document.activeElement)) list.querySelector("button")?.focus();
  };
  render();
}
