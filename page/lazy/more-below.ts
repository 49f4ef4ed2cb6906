import { button, setText } from "../ui/dom.ts";
import { counted } from "../ui/format.ts";
import { adoptStyles } from "./styles.ts";

/** Between it and what is below it. */
const APART_PX = 4;

/** In less it would hide too much of what is seen. */
const LEAST_PX = 300;

const hints = new WeakMap<HTMLElement, () => void>();

/** Says how many panels are below what is seen, and goes there. @param foot stands below all panels, where they scroll */
export function showMoreBelow(foot: HTMLElement): void {
  const host = foot.parentElement;
  if (host === null) return;
  const known = hints.get(host);
  if (known !== undefined) return known();
  adoptStyles();
  const hint = button("", () => host.scrollBy({ top: host.clientHeight - 2 * foot.clientHeight }));
  hint.className = "more-below";
  foot.append(hint);
  const show = (): void => {
    const bottom = foot.getBoundingClientRect().top;
    // One that is seen in part is below if most of it is.
    const below = [...host.querySelectorAll(".panel")].filter((panel) => {
      const box = panel.getBoundingClientRect();
      return box.top + box.height / 2 > bottom;
    });
    hint.hidden = below.length === 0 || host.clientHeight < LEAST_PX;
    setText(hint, `↓ ${counted(below.length, "more panel")}`);
    // Over no legend: above the lowest that is seen, where that is so low.
    const { offsetHeight } = hint;
    const tops = [...host.querySelectorAll(".panel-head")]
      .map((head) => head.getBoundingClientRect())
      .filter((head) => head.top < bottom && head.bottom > bottom - offsetHeight - APART_PX)
      .map(({ top }) => top);
    hint.style.bottom = `calc(100% + ${bottom - Math.min(bottom, ...tops) + APART_PX}px)`;
  };
  hints.set(host, show);
  host.addEventListener("scroll", show);
  show();
}
