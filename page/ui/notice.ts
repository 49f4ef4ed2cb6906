import { button, element } from "./dom.ts";

/** What can be done about a notice. */
export interface NoticeAction {
  label: string;
  run(): void;
}

/** One line over the panels that says what is otherwise not seen; of several, one that something can be done about. */
export class Notice {
  readonly #line = element("notice");
  readonly #notices = new Map<string, { text: string; action: NoticeAction | undefined }>();
  #shown = "";

  /** Says something until it is taken back, or dismissed. @param what names it, so that it is said once */
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
