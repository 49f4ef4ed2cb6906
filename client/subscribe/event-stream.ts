/** One event of a stream (https://html.spec.whatwg.org/multipage/server-sent-events.html). */
export interface StreamEvent {
  name: string;
  data: string;
  id: string;
}

/** The longest event is a message of frames, in base64: 131,072 bytes are 174,764 characters. */
const MAX_EVENT_CHARACTERS = 1024 * 1024;

/** Takes a stream of events apart, of which the pieces are cut anywhere. */
export class EventStream {
  #rest = "";
  readonly #text = new TextDecoder();

  /** The events that this piece completes. @throws RangeError if one has no end */
  take(piece: Uint8Array): StreamEvent[] {
    const parts = (this.#rest + this.#text.decode(piece, { stream: true })).split("\n\n");
    this.#rest = parts.pop() ?? "";
    if (this.#rest.length > MAX_EVENT_CHARACTERS) throw new RangeError("This is no stream of a channel's events.");
    return parts.map(eventOf);
  }
}

function eventOf(part: string): StreamEvent {
  const event = { name: "message", data: "", id: "" };
  for (const line of part.split("\n")) {
    const colon = line.indexOf(":");
    const value = line.slice(line[colon + 1] === " " ? colon + 2 : colon + 1);
    switch (line.slice(0, Math.max(0, colon))) {
      case "event":
        event.name = value;
        break;
      case "data":
        event.data += value;
        break;
      case "id":
        event.id = value;
    }
  }
  return event;
}
