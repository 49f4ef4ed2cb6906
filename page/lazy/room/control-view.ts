import type { ControlState } from "../../../protocol/room/room-contents.ts";
import { make, setText } from "../../ui/dom.ts";
import { type ControlInput, inputOf } from "./control-inputs.ts";
import { labelOfControl, shownOf } from "./control-text.ts";
import { MovingValue } from "./moving-value.ts";
import type { SentCommands } from "./sent-commands.ts";

let views = 0;

/** One control of the panel: its name, what it is worked with, and how it stands. */
export class ControlView {
  readonly element: HTMLElement;
  /** What it was made for: of another kind, or with other bounds, it is made anew. */
  readonly shape: string;
  readonly #sent: SentCommands;
  readonly #input: ControlInput;
  readonly #status = make("p", "room-status");
  readonly #moving: MovingValue;
  #control: ControlState;
  #isReadOnly = true;
  /** What is wrong with what was typed. */
  #fault: string | undefined;

  constructor(control: ControlState, sent: SentCommands, changed: () => void) {
    const { name, description } = control;
    this.#control = control;
    this.#sent = sent;
    this.shape = shapeOf(control);
    this.#moving = new MovingValue({
      send(value, isPassing) {
        sent.set(name, value, isPassing);
        changed();
      },
      isAnswered: () => sent.of(name)?.command !== undefined,
      nowMs: () => performance.now(),
      after(ms, run) {
        const timer = setTimeout(run, ms);
        return () => clearTimeout(timer);
      },
    });
    this.#status.id = `room-status-${++views}`;
    const actions = {
      move: (value: number | string | boolean) => this.#moving.move(value),
      set: (value: number | string | boolean) => {
        this.#fault = undefined;
        this.#moving.rest(value);
      },
      call() {
        sent.call(name);
        changed();
      },
      fault: (text: string | undefined) => {
        this.#fault = text && `${labelOfControl(control)} ${text}`;
        changed();
      },
    };
    this.#input = inputOf(control, actions, this.#status.id);
    // A button says itself what it is.
    const label = make("span", "room-label", control.kind === "button" ? "" : labelOfControl(control));
    this.element = make("div", "room-control", label, this.#input.element);
    if (description !== undefined) this.element.append(make("p", "room-quiet", description));
    this.element.append(this.#status);
    this.element.dataset.control = name;
  }

  show(control: ControlState, isReadOnly: boolean): void {
    this.#control = control;
    this.#isReadOnly = isReadOnly;
    this.element.toggleAttribute("data-away", !control.isHere);
    this.render();
  }

  /** An answer came to what this page sent. */
  answered(): void {
    this.#moving.answered();
  }

  render(): void {
    const { value, status, tone } = shownOf(this.#control, this.#sent.of(this.#control.name));
    this.#input.show(value, this.#isReadOnly);
    setText(this.#status, this.#fault ?? status);
    this.#status.dataset.tone = this.#fault === undefined ? tone : "bad";
  }
}

/** All that its inputs are made from. */
export function shapeOf({ value: _, revision, isHere, desired, ...declared }: ControlState): string {
  return JSON.stringify(declared);
}
