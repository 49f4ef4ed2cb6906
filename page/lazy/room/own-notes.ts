import type { Note } from "../../../protocol/room/room-contents.ts";
import type { RoomServerMessage } from "../../../protocol/room/room-message.ts";
import { remember, remembered } from "./browser-memory.ts";
import type { PageRoom } from "./page-room.ts";

/** Those of a channel that a browser remembers as its own; the room decides who may change which. */
const MAX_OWN = 200;
/** The room may make a text shorter, or take characters out. */
const SAME_LETTERS = 40;

/** Notes that were left from this browser, and what is done with them. */
export class OwnNotes {
  readonly #room: PageRoom;
  readonly #key: string;
  readonly #ids: Set<string>;
  /** The beginnings of texts that were sent and are not told yet. */
  readonly #sent: string[] = [];

  constructor(room: PageRoom, channel: string) {
    this.#room = room;
    this.#key = `plotcast:${channel} notes`;
    this.#ids = new Set(remembered(this.#key).split(",").filter(Boolean));
    room.heard.add((message) => this.#hear(message));
  }

  /** Whether this page may change it. */
  mayEdit({ id, text }: Note): boolean {
    return text !== "" && this.#room.isConnected && (this.#ids.has(id) || this.#room.state.may("admin"));
  }

  /** @param x undefined: now @returns false: there is no connection */
  leave(text: string, x: number | undefined): boolean {
    const isSaid = this.#room.say({ type: "note", id: crypto.randomUUID(), text, ...(x !== undefined && { x }) });
    if (isSaid) this.#sent.push(beginning(text));
    return isSaid;
  }

  /** @param text "" deletes it @returns false: there is no connection */
  edit(note: Note, text: string): boolean {
    return this.#room.say({ type: "edit-note", id: crypto.randomUUID(), note: note.id, text });
  }

  #hear(message: RoomServerMessage | undefined): void {
    if (message?.type === "refused") this.#sent.length = 0;
    if (message?.type !== "note" || message.note.editedAtMs !== null) return;
    const at = this.#sent.indexOf(beginning(message.note.text));
    if (at < 0) return;
    this.#sent.splice(at, 1);
    this.#ids.add(message.note.id);
    remember(this.#key, [...this.#ids].slice(-MAX_OWN).join());
  }
}

function beginning(text: string): string {
  return text.trim().replace(/\s+/g, " ").slice(0, SAME_LETTERS);
}
