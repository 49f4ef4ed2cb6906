import type { Status } from "./status.ts";
import { statusText } from "./status.ts";
import { WINDOWS, type Window } from "./view.ts";

/** What the header can be told by the one who looks at it. */
export interface HeaderActions {
  pause(): void;
  retry(): void;
  choose(window: Window): void;
}

/** The element with this id, which page.html has. */
export function element(id: string): HTMLElement {
  const found = document.getElementById(id);
  if (found === null) throw new Error(`page.html has no element "${id}"`);
  return found;
}

/** The line at the top: channel, state, figures, and what can be chosen. */
export class Header {
  readonly #state = element("state");
  readonly #word = element("state-word");
  readonly #rest = element("state-rest");
  readonly #retry = element("retry");
  readonly #figures = element("figures");
  readonly #pause = element("pause");
  readonly #windows = new Map<Window, HTMLButtonElement>();

  constructor(channel: string, actions: HeaderActions) {
    document.title = channel;
    const name = element("channel");
    name.textContent = channel;
    name.title = channel;
    this.#pause.addEventListener("click", actions.pause);
    this.#retry.addEventListener("click", actions.retry);
    for (const window of WINDOWS) {
      const button = document.createElement("button");
      button.type = "button";
      button.textContent = window;
      button.dataset.label = window;
      button.addEventListener("click", () => actions.choose(window));
      element("windows").append(button);
      this.#windows.set(window, button);
    }
  }

  showStatus(status: Status, nowMs: number): void {
    const [word, rest] = statusText(status, nowMs);
    this.#state.dataset.state = status.kind;
    setText(this.#word, word);
    setText(this.#rest, rest);
    // It stays through each attempt: to come and go would move what is under it.
    if (status.kind !== "connecting") this.#retry.hidden = status.kind !== "reconnecting" && status.kind !== "offline";
  }

  showFigures(text: string): void {
    setText(this.#figures, text);
  }

  showChoices(window: Window, paused: boolean): void {
    for (const [name, button] of this.#windows) button.ariaPressed = String(name === window);
    this.#pause.ariaPressed = String(paused);
    setText(this.#pause, paused ? "Resume" : "Pause");
  }
}

/** Text that stays the same is left alone: the browser need not lay out the page again. */
function setText(target: HTMLElement, text: string): void {
  if (target.textContent !== text) target.textContent = text;
}
