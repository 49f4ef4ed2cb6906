import type { Cursor } from "../../protocol/cursor.ts";
import { cursorText, parseCursor } from "../../protocol/cursor.ts";
import { NOTES_SERIES } from "../../protocol/room/channel-itself.ts";
import { eventFrame } from "../room/channel-frames.ts";
import { Controls } from "../room/controls.ts";
import { Notes } from "../room/notes.ts";
import type { RoomParts } from "../room/room.ts";
import { hasRoomRows, SqlControlRows, SqlNoteRows } from "./room-rows.ts";

/** What is kept of a room. */
interface Stored {
  controls: Controls;
  notes: Notes;
}

/** What the channel does for its room. */
interface LogParts {
  /** Whether anything is stored of the channel. */
  isThere(): boolean;
  /** Makes what is stored, if it is not there. */
  begin(): void;
  /** Stores a frame of the channel's own and shows it. @returns its number */
  append(frame: Uint8Array, series: string): Cursor;
  /** The publisher's number of the newest frame of the channel's own. */
  lastNumber(): number;
  /** Puts another in the place of one of these. */
  rewrite(seq: number, frameOf: (publisherSeq: number) => Uint8Array): void;
}

/** A room's part of a channel's storage: its own tables, and its events in the log. */
export class StoredRoom implements RoomParts {
  readonly isPrivate: boolean;
  readonly #storage: DurableObjectStorage;
  readonly #parts: LogParts;
  #stored: Stored | undefined;
  /** Undefined: not looked at yet. */
  #hasRows: boolean | undefined;

  /** @param isPrivate whether nobody may watch without a token */
  constructor(storage: DurableObjectStorage, parts: LogParts, isPrivate: boolean) {
    this.isPrivate = isPrivate;
    this.#storage = storage;
    this.#parts = parts;
  }

  stored(): Stored | undefined {
    if (this.#stored !== undefined) return this.#stored;
    // Most channels have nothing of a room: looked at once, and nothing is made for it.
    this.#hasRows ??= this.#parts.isThere() && hasRoomRows(this.#storage.sql);
    return this.#hasRows ? this.storedNow() : undefined;
  }

  storedNow(): Stored {
    this.#parts.begin();
    const { sql } = this.#storage;
    this.#stored ??= {
      controls: new Controls(new SqlControlRows(sql)),
      notes: new Notes(new SqlNoteRows(sql)),
    };
    return this.#stored;
  }

  log(series: string, x: number, text: string): string {
    const number = this.#parts.lastNumber() + 1;
    // So many events may share a frame's worth of a page's table, each with its own text.
    return cursorText(this.#parts.append(eventFrame(series, x, text, number, number), series));
  }

  rewrite(id: string, x: number, text: string): void {
    const cursor = parseCursor(id);
    if (cursor === undefined) return;
    this.#parts.rewrite(cursor.seq, (number) => eventFrame(NOTES_SERIES, x, text, number, number));
  }

  wallMs(): number {
    return Date.now();
  }

  /** What is stored was deleted. */
  forget(): void {
    this.#stored = undefined;
    this.#hasRows = false;
  }
}
