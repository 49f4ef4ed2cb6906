import { make } from "../../ui/dom.ts";

/** The part of a panel that is being drawn over, with some of its y. */
export class ChosenBox {
  readonly #box = make("div", "chosen-box");

  get isShown(): boolean {
    return this.#box.isConnected;
  }

  /** @param part of the layer: from its left, and from its top */
  show(over: HTMLElement, part: { left: number; right: number; top: number; bottom: number }): void {
    const { style } = this.#box;
    style.left = `${100 * part.left}%`;
    style.right = `${100 - 100 * part.right}%`;
    style.top = `${100 * part.top}%`;
    style.bottom = `${100 - 100 * part.bottom}%`;
    if (this.#box.parentElement !== over) over.append(this.#box);
  }

  hide(): void {
    this.#box.remove();
  }
}
