import { make, setText } from "../../ui/dom.ts";
import type { Context } from "../module.ts";
import type { PageRoom } from "./page-room.ts";
import { colourOfPerson } from "./people-list.ts";

/** Others are told no oftener where this page looks. */
const TELL_EVERY_MS = 100;

/** Where others look, as a thin line with the name; and, once that is switched on, where this page does. */
export class SharedCursor {
  readonly #context: Context;
  readonly #room: PageRoom;
  readonly #lines = new Map<string, HTMLElement>();
  #timer: ReturnType<typeof setInterval> | undefined;
  #told: number | null = null;
  #isDrawing = false;

  constructor(context: Context, room: PageRoom) {
    this.#context = context;
    this.#room = room;
    room.heard.add((message) => {
      if (message?.type === "welcome") this.#told = null;
      if (message?.type === "look" || message?.type === "people" || message?.type === "welcome") this.#draw();
    });
  }

  set isTold(isTold: boolean) {
    clearInterval(this.#timer);
    this.#timer = isTold ? setInterval(() => this.#tell(this.#x), TELL_EVERY_MS) : undefined;
    if (!isTold) this.#tell(null);
  }

  /** Of this page's cursor. */
  get #x(): number | null {
    const seen = this.#context.viewModel();
    return (seen && this.#context.cursor.state.xIn(seen.x)) ?? null;
  }

  #tell(x: number | null): void {
    if (x !== this.#told && this.#room.say({ type: "look", x })) this.#told = x;
  }

  /** Once in each frame, as long as anybody looks anywhere: the points move under the lines. */
  #draw(): void {
    if (this.#isDrawing) return;
    this.#isDrawing = true;
    const step = (): void => {
      const { looks } = this.#room.state;
      this.#place();
      this.#isDrawing = looks.size > 0;
      if (this.#isDrawing) requestAnimationFrame(step);
    };
    requestAnimationFrame(step);
  }

  #place(): void {
    const seen = this.#context.viewModel();
    const { looks, people } = this.#room.state;
    const shown = new Set<string>();
    for (const [panel, { over }] of this.#context.board.onScreen.entries()) {
      for (const [person, x] of looks) {
        const part = seen && (x - seen.x.min) / (seen.x.max - seen.x.min);
        if (part === undefined || part < 0 || part > 1) continue;
        const key = `${person} ${over.parentElement?.ariaLabel}`;
        shown.add(key);
        const line = this.#lines.get(key) ?? lineOf(person);
        this.#lines.set(key, line);
        if (line.parentElement !== over) over.append(line);
        line.style.left = `${100 * part}%`;
        // One name is enough.
        setText(line, panel === 0 ? (people.get(person)?.name ?? "") : "");
      }
    }
    for (const [key, line] of this.#lines) {
      if (shown.has(key)) continue;
      line.remove();
      this.#lines.delete(key);
    }
  }
}

function lineOf(person: string): HTMLElement {
  const line = make("div", "room-look");
  line.style.setProperty("--person", colourOfPerson(person));
  return line;
}
