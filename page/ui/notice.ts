import { button, element } from "./dom.ts";

/** A button in a notice. */
export interface NoticeAction {
  label: string;
  run(): void;
}

/** One line over the panels, for what is not visible otherwise. Of several notices it shows one with an action. */
export class Notice {
  readonly #line = element("notice");
  readonly #notices = new Map<string, { text: string; action: NoticeAction | undefined }>();
  #shown = "";

  /** Shows a notice until it is hidden or dismissed. @param what its key: the same key replaces it */
  show(what: string, text: string, action?: NoticeAction): void {
    this.#notices.set(what, { text, action });
    this.#render();
  }

  hide(what: string): void {
    if (this.#notices.delete(what)) this.#render();
  }

  #render(): void {
    const all = [...this.#notices];
    const first = all.find(([, { action }]) => action !== undefined) ?? all[0];
    this.#line.hidden = first === undefined;
    if (first === undefined || this.#shown === JSON.stringify(first)) return;
    this.#shown = JSON.stringify(first);
    const [what, { text, action }] = first;
    this.#line.replaceChildren(text);
    if (action !== undefined) this.#line.append(button(action.label, action.run));
    const close = button("✕", () => this.hide(what));
    close.ariaLabel = "Dismiss";
    this.#line.append(close);
  }
}
