import { button, make } from "../../ui/dom.ts";
import { adoptStyles } from "../styles.ts";

/** Between a button and what opens at it, and beside that. */
const ANCHOR_GAP_PX = 4;
const EDGE_PX = 12;

let dialogs = 0;

/**
 * Opens a dialog over the page; Esc, its button and a click beside it close and remove it, and focus goes back.
 * @param opener gets the focus back: Safari does not focus a button that is clicked
 */
export function openDialog(title: string, opener: HTMLElement | undefined, ...content: Node[]): HTMLDialogElement {
  adoptStyles();
  const before = document.activeElement;
  const heading = make("h2", "", title);
  heading.id = `lazy-title-${++dialogs}`;
  const close = button("✕", () => dialog.close());
  close.setAttribute("aria-label", "Close");
  const dialog = make("dialog", "lazy", make("div", "lazy-head", heading, close), ...content);
  dialog.setAttribute("aria-labelledby", heading.id);
  const letGo = (): void => {
    dialog.style.removeProperty("margin-block");
    delete dialog.dataset.pressed;
  };
  let pressedBeside = false;
  dialog.addEventListener("pointerdown", (event) => {
    pressedBeside = isBeside(dialog, event);
    holdStill(dialog);
  });
  dialog.addEventListener("click", (event) => {
    // Text that is selected out of the dialog ends with a click beside it, too.
    if (pressedBeside && isBeside(dialog, event)) dialog.close();
    letGo();
  });
  dialog.addEventListener("pointercancel", letGo);
  // Keys typed here are no shortcuts of the plot.
  dialog.addEventListener("keydown", (event) => event.stopPropagation());
  dialog.addEventListener("close", () => {
    dialog.remove();
    const back = opener ?? before;
    if (back instanceof HTMLElement && back.isConnected) back.focus();
  });
  document.body.append(dialog);
  dialog.showModal();
  return dialog;
}

/** Opens a dialog at a button, as menus do; in the middle, where that button cannot be seen. */
export function openAt(
  anchor: Element | null,
  title: string,
  opener: HTMLElement | undefined,
  content: readonly Node[],
): HTMLDialogElement {
  const dialog = openDialog(title, opener, ...content);
  const place = (): void => {
    const { left = 0, right = 0, bottom = 0, width = 0 } = anchor?.getBoundingClientRect() ?? {};
    dialog.classList.toggle("lazy-at", width > 0);
    const room = innerWidth - EDGE_PX - dialog.offsetWidth;
    // Their right edges are one; where there is no room to the left, their left ones.
    const fromRight = Math.min(right - dialog.offsetWidth, room);
    const x = fromRight < EDGE_PX ? Math.max(EDGE_PX, Math.min(left, room)) : fromRight;
    dialog.style.setProperty("--top", `${bottom + ANCHOR_GAP_PX}px`);
    dialog.style.setProperty("--left", `${x}px`);
  };
  place();
  const closing = new AbortController();
  // A phone is turned, or a window is made narrower.
  addEventListener("resize", place, { signal: closing.signal });
  dialog.addEventListener("close", () => closing.abort());
  return dialog;
}

/** Does what makes a dialog's content anew: while something in it is pressed, once that was clicked. */
export function afterPress(within: Element, run: () => void): void {
  const dialog = within.closest("dialog");
  if (dialog?.dataset.pressed === undefined) return run();
  const waiting = new AbortController();
  const runOnce = (): void => {
    if (waiting.signal.aborted) return;
    waiting.abort();
    run();
  };
  // A label clicks its field after it was clicked itself.
  dialog.addEventListener("click", () => setTimeout(runOnce), { signal: waiting.signal, once: true });
  dialog.addEventListener("close", runOnce, { signal: waiting.signal });
}

/**
 * Keeps a dialog of the middle where it is. What is typed in a field is taken when a press elsewhere leaves it: with another
 * height the dialog would be in the middle anew, and the release beside the button that was pressed.
 */
function holdStill(dialog: HTMLDialogElement): void {
  dialog.dataset.pressed = "";
  if (!dialog.classList.contains("lazy-at")) dialog.style.marginBlock = `${dialog.getBoundingClientRect().top}px auto`;
}

/** The backdrop is the dialog's own, so what is pressed there is the dialog; keys press at 0, 0. */
function isBeside(dialog: HTMLDialogElement, { target, clientX, clientY }: MouseEvent): boolean {
  const { left, right, top, bottom } = dialog.getBoundingClientRect();
  return target === dialog && (clientX < left || clientX > right || clientY < top || clientY > bottom);
}
