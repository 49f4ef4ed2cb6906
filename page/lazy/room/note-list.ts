import type { Note } from "../../../protocol/room/room-contents.ts";
import { button, make } from "../../ui/dom.ts";
import type { Context } from "../module.ts";
import type { PanelPart } from "./control-panel.ts";
import { editNote, leaveNote, placeText } from "./note-dialog.ts";
import type { OwnNotes } from "./own-notes.ts";
import type { PageRoom } from "./page-room.ts";

/** The newest of them are listed. */
const MAX_LISTED = 100;

/** The notes of the channel, the newest first. */
export class NoteList implements PanelPart {
  readonly element: HTMLElement;
  readonly #context: Context;
  readonly #room: PageRoom;
  readonly #notes: OwnNotes;
  readonly #list = make("ul", "room-list");
  readonly #add: HTMLButtonElement;
  #shown = "";

  constructor(context: Context, room: PageRoom, notes: OwnNotes) {
    this.#context = context;
    this.#room = room;
    this.#notes = notes;
    this.#add = button("Leave a note", () => leaveNote(context, notes));
    this.element = make("section", "", make("h3", "", "Notes"), this.#add, this.#list);
  }

  show(): boolean {
    const { state } = this.#room;
    const notes = [...state.notes.values()]
      .filter(({ text }) => text !== "")
      .sort((a, b) => b.x - a.x)
      .slice(0, MAX_LISTED);
    const mayNote = state.may("note");
    this.#add.hidden = !mayNote;
    this.#list.hidden = notes.length === 0;
    this.element.hidden = notes.length === 0 && !mayNote;
    const shown = JSON.stringify(notes.map((note) => [note, this.#notes.mayEdit(note)]));
    if (shown !== this.#shown) this.#list.replaceChildren(...notes.map((note) => this.#item(note)));
    this.#shown = shown;
    return !this.element.hidden;
  }

  #item(note: Note): HTMLElement {
    const go = button(placeText(this.#context, note.x), () => this.#goTo(note.x));
    go.ariaLabel = `Go to ${go.textContent}: ${note.text}`;
    const item = make("li", "", go, make("span", "", note.text, make("span", "room-quiet", ` · ${note.by}`)));
    if (this.#notes.mayEdit(note)) {
      const edit = button("Edit", () => editNote(this.#context, this.#notes, note));
      edit.ariaLabel = `Edit: ${note.text}`;
      item.append(edit);
    }
    return item;
  }

  /** With as much to its sides as is seen now. */
  #goTo(x: number): void {
    const { viewport, viewChanged, viewModel } = this.#context;
    const seen = viewModel();
    if (seen === undefined) return;
    const half = (seen.x.max - seen.x.min) / 2;
    viewport.showRange({ min: x - half, max: x + half });
    viewChanged();
  }
}
