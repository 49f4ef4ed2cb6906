import { MAX_NOTES } from "../../protocol/limits.ts";
import type { Note } from "../../protocol/room/room-contents.ts";
import { fittingLabel } from "./channel-frames.ts";
import type { NoteRows, StoredNote } from "./note-rows.ts";

/** Why a note cannot be changed. */
export type NoteRefusal = { code: "note-unknown" | "not-permitted"; detail: string };

/** The notes of a channel: texts that viewers and publishers left at an x. A deleted one stays, without its text, so that everybody learns of it. */
export class Notes {
  readonly #rows: NoteRows;
  readonly #notes = new Map<string, StoredNote>();

  constructor(rows: NoteRows) {
    this.#rows = rows;
    for (const stored of rows.read()) this.#notes.set(stored.note.id, stored);
  }

  get all(): Note[] {
    return [...this.#notes.values()].map(({ note }) => note);
  }

  /** @param note its point in the log is stored */
  add(note: Note, author: string): void {
    this.#keep({ note, author });
    if (this.#notes.size <= MAX_NOTES) return;
    const [oldest] = this.#notes.keys();
    if (oldest === undefined) return;
    this.#notes.delete(oldest);
    this.#rows.delete(oldest);
  }

  /** @param isOwner may change the notes of others, too */
  edit(id: string, text: string, author: string, isOwner: boolean, atMs: number): Note | NoteRefusal {
    const stored = this.#notes.get(id);
    if (stored === undefined || stored.note.text === "")
      return { code: "note-unknown", detail: "There is no such note any more." };
    if (stored.author !== author && !isOwner)
      return { code: "not-permitted", detail: "Only whoever wrote a note changes it, or whoever has admin here." };
    const note = { ...stored.note, text: fittingLabel(text).trim(), editedAtMs: atMs };
    this.#keep({ ...stored, note });
    return note;
  }

  /** Its points are gone: so are they. */
  clear(): void {
    if (this.#notes.size === 0) return;
    this.#notes.clear();
    this.#rows.clear();
  }

  #keep(stored: StoredNote): void {
    this.#rows.write(stored);
    this.#notes.set(stored.note.id, stored);
  }
}
