import type { ControlState } from "../../../protocol/room/room-contents.ts";
import { make } from "../../ui/dom.ts";
import { ControlView, shapeOf } from "./control-view.ts";
import type { SentCommands } from "./sent-commands.ts";

/** All controls in the order in which they were declared: first those without a group, then each group under its heading. */
export class ControlList {
  readonly element = make("div", "room-controls");
  readonly #views = new Map<string, ControlView>();
  readonly #sent: SentCommands;
  #order = "";

  constructor(sent: SentCommands) {
    this.#sent = sent;
  }

  viewOf(name: string): ControlView | undefined {
    return this.#views.get(name);
  }

  show(controls: ReadonlyMap<string, ControlState>, isReadOnly: boolean): void {
    for (const name of this.#views.keys()) if (!controls.has(name)) this.#views.delete(name);
    for (const [name, control] of controls) {
      const known = this.#views.get(name);
      const fits = known?.shape === shapeOf(control);
      const view = fits ? known : new ControlView(control, this.#sent, () => this.#views.get(name)?.render());
      if (!fits) this.#views.set(name, view);
      view.show(control, isReadOnly);
    }
    this.#arrange([...controls.values()]);
  }

  /** What stays in its place is left alone: it may have the focus. */
  #arrange(controls: readonly ControlState[]): void {
    const order = JSON.stringify(controls.map((control) => shapeOf(control)));
    if (order === this.#order) return;
    this.#order = order;
    const focused = document.activeElement;
    // Under a heading, what has no group would look like a part of the group before it.
    const groups = new Map<string, HTMLElement[]>([["", []]]);
    for (const { name, group = "" } of controls) {
      const view = this.#views.get(name);
      if (view !== undefined) groups.set(group, [...(groups.get(group) ?? []), view.element]);
    }
    const sets = [...groups].map(([group, elements]) =>
      group === ""
        ? make("div", "room-group", ...elements)
        : make("fieldset", "room-group", make("legend", "", group), ...elements),
    );
    this.element.replaceChildren(...sets.filter(({ childElementCount }) => childElementCount > 0));
    if (focused instanceof HTMLElement && this.element.contains(focused)) focused.focus();
  }
}
