import type { Capability } from "../../../protocol/access/capability.ts";
import type { ControlState, Note, Person } from "../../../protocol/room/room-contents.ts";
import type { RoomServerMessage } from "../../../protocol/room/room-message.ts";

/** What a room says of itself, as this page heard it last. */
export class RoomState {
  /** This page's person, the same in each window of the browser. */
  person = "";
  /** The name that the person has in the room; "" has none. */
  name = "";
  count = 0;
  controls = new Map<string, ControlState>();
  notes = new Map<string, Note>();
  /** Those with a name, where that may be known. */
  people = new Map<string, Person>();
  /** Where others look, by person. */
  looks = new Map<string, number>();
  #may = new Set<Capability>();

  /** Whether this page has a right. Whoever has `admin` has each. */
  may(what: Capability): boolean {
    return this.#may.has(what) || this.#may.has("admin");
  }

  take(message: RoomServerMessage): void {
    switch (message.type) {
      case "welcome": {
        const { may, person, name, controls, notes, people, count } = message;
        this.#may = new Set(may);
        [this.person, this.name, this.count] = [person, name, count];
        this.controls = new Map(controls.map((control) => [control.name, control]));
        this.notes = new Map(notes.map((note) => [note.id, note]));
        this.people = new Map(people.map((each) => [each.id, each]));
        this.looks.clear();
        return;
      }
      case "controls":
        for (const control of message.controls) this.controls.set(control.name, control);
        for (const name of message.gone) this.controls.delete(name);
        return;
      case "note":
        this.notes.set(message.note.id, message.note);
        return;
      case "people": {
        const { count, joined, left, isWhole } = message;
        this.count = count;
        if (isWhole) this.people.clear();
        for (const id of left) {
          this.people.delete(id);
          this.looks.delete(id);
        }
        for (const each of joined) {
          this.people.set(each.id, each);
          if (each.id === this.person) this.name = each.name;
        }
        return;
      }
      case "look":
        if (message.x === null) this.looks.delete(message.person);
        else this.looks.set(message.person, message.x);
        return;
      case "named":
        this.name = message.name;
        return;
      case "command":
      case "deliver":
      case "event":
      case "ack":
      case "emitted":
      case "announcement":
      case "refused":
        return;
      default:
        message satisfies never;
    }
  }
}
