import { button, make } from "../../ui/dom.ts";
import { adoptStyles } from "../styles.ts";

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
  let pressedBeside = false;
  dialog.addEventListener("pointerdown", (event) => {
    pressedBeside = isBeside(dialog, event);
  });
  dialog.addEventListener("click", (event) => {
    // Text that is selected out of the dialog ends with a click beside it, too.
    if (pressedBeside && isBeside(dialog, event)) dialog.close();
  });
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

/** The backdrop is the dialog's own, so what is pressed there is the dialog; keys press at 0, 0. */
function isBeside(dialog: HTMLDialogElement, { target, clientX, clientY }: MouseEvent): boolean {
  const { left, right, top, bottom } = dialog.getBoundingClientRect();
  return target === dialog && (clientX < left || clientX > right || clientY < top || clientY > bottom);
}
