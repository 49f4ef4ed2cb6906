import { isObject } from "../../protocol/json/json.ts";
import { isCount, isCountOrNull, isNumber, isString } from "../../protocol/messages/guards.ts";
import type { Note } from "../../protocol/room/room-contents.ts";

/** A note and whose it is. */
export interface StoredNote {
  note: Note;
  /** As {@link ParticipantRecord.sender}: who may change it. */
  author: string;
}

/** Where notes are kept. */
export interface NoteRows {
  /** The oldest first. */
  read(): StoredNote[];
  write(stored: StoredNote): void;
  delete(id: string): void;
  clear(): void;
}

/** A note that was stored; undefined if it cannot be read. */
export function parseStoredNote(value: unknown): StoredNote | undefined {
  if (!isObject(value) || !isObject(value.note) || !isString(value.author)) return undefined;
  const { id, x, text, by, atMs, editedAtMs } = value.note;
  if (!isString(id) || !isNumber(x) || !isString(text) || !isString(by)) return undefined;
  if (!isCount(atMs) || !isCountOrNull(editedAtMs)) return undefined;
  return { note: { id, x, text, by, atMs, editedAtMs }, author: value.author };
}
