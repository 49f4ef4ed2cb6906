import type { Person } from "../../../protocol/room/room-contents.ts";
import { colourOf } from "../../layout/colours.ts";
import { make, setText } from "../../ui/dom.ts";
import { lineColour } from "../../ui/theme.ts";
import { textField } from "../dialogs/fields.ts";
import { ownName } from "./browser-memory.ts";
import type { PanelPart } from "./control-panel.ts";
import type { PageRoom } from "./page-room.ts";

const MAX_NAME_LETTERS = 40;

/** Who is there, and under which name this page is. */
export class PeopleList implements PanelPart {
  readonly element: HTMLElement;
  readonly #room: PageRoom;
  readonly #list = make("ul", "room-people");
  readonly #count = make("p", "room-quiet");
  readonly #name = textField("name", "Your name", ownName());
  readonly #looks: HTMLElement;
  /** A person is changing the name, or the room has not answered yet. */
  #isTyped = false;
  #isAsked = false;

  /** @param setLooks whether others are shown where this page looks */
  constructor(room: PageRoom, setLooks: (isOn: boolean) => void) {
    this.#room = room;
    const { label, input } = this.#name;
    label.classList.add("room-name");
    input.className = "room-field";
    input.maxLength = MAX_NAME_LETTERS;
    input.autocomplete = "off";
    input.addEventListener("input", () => {
      this.#isTyped = true;
    });
    input.addEventListener("change", () => {
      this.#isAsked = true;
      room.name(input.value.trim());
    });
    // What was typed and typed back again is no change to a browser.
    input.addEventListener("blur", () => {
      this.#isTyped = this.#isAsked;
    });
    room.heard.add((message) => {
      if (!this.#isAsked || message === undefined) return;
      if (["named", "refused", "welcome"].includes(message.type)) this.#isTyped = this.#isAsked = false;
    });
    const box = make("input");
    box.type = "checkbox";
    box.addEventListener("change", () => setLooks(box.checked));
    this.#looks = make("label", "room-check", box, "Show others where I look");
    this.element = make("section", "", make("h3", "", "People"), this.#count, this.#list, label, this.#looks);
  }

  show(): boolean {
    const { state } = this.#room;
    const hasPresence = state.may("presence");
    const mayBeNamed = hasPresence || state.may("note") || state.may("control");
    this.element.hidden = !mayBeNamed;
    this.#looks.hidden = !hasPresence;
    setText(this.#count, `${state.count} in the room`);
    const { input } = this.#name;
    // A name that is taken gets a number. Whoever has taken it with Enter still has the focus there.
    if (!this.#isTyped && state.name !== "" && input.value !== state.name) input.value = state.name;
    const people = [...state.people.values()];
    this.#list.hidden = people.length === 0;
    this.#list.replaceChildren(...people.map((person) => this.#item(person)));
    return hasPresence;
  }

  #item(person: Person): HTMLElement {
    const swatch = make("span", "room-swatch");
    swatch.style.background = colourOfPerson(person.id);
    return make("li", "", swatch, person.name, person.id === this.#room.state.person ? " (you)" : "");
  }
}

/** That of a person's line and name. */
export function colourOfPerson(id: string): string {
  return `var(${lineColour(colourOf(id))})`;
}
