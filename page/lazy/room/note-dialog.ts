import type { Note } from "../../../protocol/room/room-contents.ts";
import { button, make, setText } from "../../ui/dom.ts";
import { openDialog } from "../dialogs/dialog.ts";
import { textField } from "../dialogs/fields.ts";
import type { Context } from "../module.ts";
import { cursorText } from "../pointing/cursor-text.ts";
import type { OwnNotes } from "./own-notes.ts";

/** A note takes so many bytes; whoever types more is cut there. */
const MAX_LETTERS = 256;
const NOT_CONNECTED = "There is no connection now. Try again in a moment.";

/** Asks for the text of a note at the cursor line or, without one, now. */
export function leaveNote(context: Context, notes: OwnNotes): void {
  const seen = context.viewModel();
  const at = seen && context.cursor.state.xIn(seen.x);
  // Where x is no time, the newest is now.
  const x = at ?? (seen?.time === false ? seen.x.max : undefined);
  const title = at === undefined ? "Note, now" : `Note at ${placeText(context, at)}`;
  open(title, "", (text) => text === "" || notes.leave(text, x));
}

/** Asks for another text of a note, or whether it is to go. */
export function editNote(context: Context, notes: OwnNotes, note: Note): void {
  const title = `Note at ${placeText(context, note.x)}`;
  open(title, note.text, (text) => text === note.text || notes.edit(note, text), "Delete");
}

/** An x, as the cursor says it. */
export function placeText(context: Context, x: number): string {
  const seen = context.viewModel();
  return seen === undefined ? String(x) : cursorText(x, undefined, seen.x, seen.time);
}

/** @param done @returns whether that was done */
function open(title: string, text: string, done: (text: string) => boolean, remove?: string): void {
  const { label, input } = textField("note", "Text", text);
  input.maxLength = MAX_LETTERS;
  input.autocomplete = "off";
  const fault = make("p", "lazy-bad");
  fault.setAttribute("role", "alert");
  const finish = (text: string): void => {
    if (done(text)) dialog.close();
    else setText(fault, NOT_CONNECTED);
  };
  const form = make("form", "lazy-body room-note", label, fault);
  const save = make("button", "", "Save");
  save.type = "submit";
  const buttons = make("div", "lazy-line", save);
  if (remove !== undefined) buttons.append(button(remove, () => finish("")));
  form.append(buttons);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const typed = input.value.trim();
    // An empty field is no wish to delete.
    finish(typed === "" ? text : typed);
  });
  const dialog = openDialog(title, undefined, form);
  input.focus();
}
