import { MAX_NOTES } from "../../protocol/limits.ts";
import type { ControlState, Note, Person } from "../../protocol/room/room-contents.ts";
import type { RoomServerMessage } from "../../protocol/room/room-message.ts";
import type { Welcome } from "./room-connection.ts";

/** Controls that are new or another than before, and the names of those that are there no more. */
export interface ControlsChange {
  changed: readonly ControlState[];
  gone: readonly string[];
}

/** Who came or has another name, and who left. */
export interface PeopleChange {
  joined: readonly Person[];
  left: readonly Person[];
  /** How many are in the room, those without a name and publishers too. */
  count: number;
}

/** What is known of a room: kept as the room tells it, and compared with what it says after a reconnect. */
export class Known {
  readonly controls = new Map<string, ControlState>();
  /** Those that were not deleted, by id. */
  readonly notes = new Map<string, Note>();
  readonly people = new Map<string, Person>();
  count = 0;

  /** @returns what is another than before */
  welcomed(welcome: Welcome): { controls: ControlsChange; notes: Note[]; people: PeopleChange } {
    const named = new Set(welcome.controls.map(({ name }) => name));
    const gone = [...this.controls.keys()].filter((name) => !named.has(name));
    const kept = new Set(welcome.notes.map(({ id }) => id));
    const lost = [...this.notes.values()].filter(({ id }) => !kept.has(id)).map((note) => ({ ...note, text: "" }));
    const notes = [...welcome.notes, ...lost].filter((note) => this.#isNews(note));
    for (const note of notes) this.noted(note);
    const { people, count } = welcome;
    return {
      controls: this.changed({ controls: welcome.controls, gone }),
      notes,
      people: this.met({ joined: people, left: [], count, isWhole: true }),
    };
  }

  changed({
    controls,
    gone,
  }: Pick<Extract<RoomServerMessage, { type: "controls" }>, "controls" | "gone">): ControlsChange {
    for (const name of gone) this.controls.delete(name);
    for (const control of controls) this.controls.set(control.name, control);
    return { changed: controls, gone };
  }

  /** A note is new, another than before, or, without a text, deleted. */
  noted(note: Note): void {
    if (note.text === "") this.notes.delete(note.id);
    else this.notes.set(note.id, note);
    const [oldest] = this.notes.keys();
    if (this.notes.size > MAX_NOTES && oldest !== undefined) this.notes.delete(oldest);
  }

  met({ joined, left, count, isWhole }: Omit<Extract<RoomServerMessage, { type: "people" }>, "type">): PeopleChange {
    const here = new Set(joined.map(({ id }) => id));
    const gone = isWhole ? [...this.people.keys()].filter((id) => !here.has(id)) : left;
    const went = gone.flatMap((id) => this.people.get(id) ?? []);
    const came = joined.filter(({ id, name }) => this.people.get(id)?.name !== name);
    for (const id of gone) this.people.delete(id);
    for (const person of joined) this.people.set(person.id, person);
    this.count = count;
    return { joined: came, left: went, count };
  }

  #isNews({ id, text, editedAtMs }: Note): boolean {
    const known = this.notes.get(id);
    return known === undefined ? text !== "" : known.text !== text || known.editedAtMs !== editedAtMs;
  }
}
