import { make } from "../../ui/dom.ts";
import { openDialog } from "./dialog.ts";

export interface HelpItem {
  /** Ways to do it: `["+", "Ctrl+Wheel", "Pinch"]`. A plus inside joins keys that are pressed together. */
  keys: readonly string[];
  what: string;
}

export interface HelpGroup {
  heading: string;
  items: readonly HelpItem[];
}

/** Opens the list of keys and gestures. */
export function openHelp(groups: readonly HelpGroup[], opener?: HTMLElement): HTMLDialogElement {
  const sections = groups.map(({ heading, items }) =>
    make(
      "section",
      "",
      make("h3", "", heading),
      make(
        "dl",
        "lazy-keys",
        ...items.flatMap(({ keys, what }) => [make("dt", "", ...waysOf(keys)), make("dd", "", what)]),
      ),
    ),
  );
  return openDialog("Keys and gestures", opener, make("div", "lazy-body lazy-help", ...sections));
}

function waysOf(keys: readonly string[]): (Node | string)[] {
  return keys.flatMap((way, i) => [
    ...(i === 0 ? [] : [make("span", "lazy-or", " or ")]),
    make(
      "span",
      "lazy-way",
      ...way.split(/(?<=.)\+(?=.)/).flatMap((key, k) => [k === 0 ? "" : "+", make("kbd", "", key)]),
    ),
  ]);
}
