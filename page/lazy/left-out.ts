import { isTime, type Series } from "../data/store/series.ts";
import type { LeftOut } from "../render/lazy-render.ts";
import { button, make, setText } from "../ui/dom.ts";
import { labelOf } from "./appearance.ts";
import { removeDerived } from "./derive/dialog.ts";
import { notCalculated } from "./derive/not-calculated.ts";
import { openDialog } from "./dialogs/dialog.ts";
import { showMoreBelow } from "./more-below.ts";
import { showNothingShown } from "./nothing-shown.ts";
import { rangeOf } from "./off-notes.ts";
import { offText } from "./off-text.ts";
import { adoptStyles } from "./styles.ts";

let strip: HTMLButtonElement | undefined;
/** What the strip speaks of, as it is now. */
let now: LeftOut | undefined;

/** Below all panels, a button that says how many series have no panel, and opens the list of them. */
export function showLeftOut(leftOut: LeftOut): void {
  now = leftOut;
  showNothingShown(leftOut);
  showMoreBelow(leftOut.foot);
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
function stripText({ absent, arrangement, source }: LeftOut): string {
  const shown = new Set(arrangement.shown.flatMap(({ names }) => names));
  const hidden = arrangement.hidden.filter((name) => !shown.has(name)).length;
  const gone = absent.filter(({ name }) => !arrangement.isHidden(name)).length;
  const lost = notCalculated(arrangement, source).length;
  const parts = [
    ...(hidden > 0 ? [`${hidden} hidden`] : []),
    ...(gone > 0 ? [`${gone} with nothing in view`] : []),
    ...(lost > 0 ? [`${lost} that cannot be calculated`] : []),
  ];
  return parts.length === 0 ? "" : `Not shown: ${parts.join(", ")}`;
}

/** The series that are not shown, with why, and what can be done about each. */
export function openLeftOut(opener?: HTMLElement): void {
  if (now === undefined) return;
  const list = make("ul", "lazy-list");
  const all = make("div", "left-out-all");
  const dialog = openDialog("Series not shown", opener, make("div", "lazy-body", all, list));
  const render = (): void => {
    if (now === undefined) return;
    const { arrangement, absent, source, nowX, viewModel, go, layoutChanged } = now;
    const act = (text: string, run: () => void): HTMLElement =>
      button(text, () => {
        run();
        layoutChanged();
        render();
      });
    const actOn = (name: string, text: string, run: () => void): HTMLElement => {
      const element = act(text, run);
      element.ariaLabel = `${text} ${labelOf(arrangement.styles, name)}`;
      return element;
    };
    const remove = (names: readonly string[]): void => {
      arrangement.hidden = arrangement.hidden.filter((name) => !names.includes(name));
      arrangement.removed = [...arrangement.removed, ...names];
    };
    const removing = (name: string) => actOn(name, "Remove", () => remove([name]));
    const goTo = (series: readonly Series[]): void => {
      const span = viewModel.x.max - viewModel.x.min;
      const ranges = series.map((one) => rangeOf(one, span));
      dialog.close();
      go({ min: Math.min(...ranges.map(({ min }) => min)), max: Math.max(...ranges.map(({ max }) => max)) });
    };
    const row = (name: string, why: string, ...buttons: HTMLElement[]): HTMLElement =>
      make(
        "li",
        "left-out-row",
        make("span", "", make("b", "", labelOf(arrangement.styles, name)), ` ${why}`),
        ...buttons,
      );
    const { hidden, removed } = arrangement;
    const gone = absent.filter(({ name }) => !arrangement.isHidden(name));
    const lost = notCalculated(arrangement, source);
    const rows = [
      ...lost.map(({ name, why }) =>
        row(
          name,
          why,
          actOn(name, "Remove", () => removeDerived({ arrangement, layoutChanged }, name)),
        ),
      ),
      ...hidden.map((name) =>
        row(
          name,
          "is hidden",
          actOn(name, "Show", () => arrangement.toggle(name)),
          removing(name),
        ),
      ),
      ...gone.map((series) => {
        const { name } = series;
        const why = offText(series, nowX, true, Date.now() / 1000) ?? "has nothing in view";
        return row(
          name,
          why,
          actOn(name, "Show", () => goTo([series])),
          removing(name),
        );
      }),
      ...removed.map((name) =>
        row(
          name,
          "is removed",
          actOn(name, "Bring back", () => {
            arrangement.removed = arrangement.removed.filter((other) => other !== name);
          }),
        ),
      ),
    ];
    const showAll = act("Show all", () => {
      arrangement.hidden = [];
      // Times, and x that are none, are in no view together.
      const alike = gone.filter(({ headX }) => isTime(headX) === viewModel.time);
      if (alike.length > 0) goTo(alike);
    });
    const removeAll = act("Remove all", () => {
      remove([...hidden, ...gone.map(({ name }) => name)]);
      // Nothing can come of these: they are no series that could be brought back.
      arrangement.derived = arrangement.derived.filter((one) => !lost.some(({ name }) => name === one.name));
    });
    const bringBack = act("Bring back all", () => {
      arrangement.removed = [];
    });
    all.replaceChildren(
      ...(hidden.length + gone.length > 1 ? [showAll] : []),
      ...(lost.length + hidden.length + gone.length > 1 ? [removeAll] : []),
      ...(removed.length > 1 ? [bringBack] : []),
    );
    all.hidden = all.childElementCount === 0;
    if (rows.length === 0) return dialog.close();
    list.replaceChildren(...rows);
    // The pressed button went with its row.
    if (!dialog.contains(document.activeElement)) dialog.querySelector<HTMLElement>(".lazy-body button")?.focus();
  };
  render();
}
