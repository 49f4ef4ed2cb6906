import { WINDOWS, type WindowName } from "../viewport/windows.ts";
import { button, element, setText } from "./dom.ts";
import { formatCount } from "./format.ts";
import type { Status } from "./status.ts";
import { statusText } from "./status.ts";

/** What a person can do in the header. */
export interface HeaderActions {
  pause(): void;
  live(): void;
  retry(): void;
  selectWindow(window: WindowName): void;
  open(tool: "lengths" | "share" | "menu", opener: HTMLElement): void;
}

/** The line at the top: channel, state, figures, and what can be chosen; and the pill that leads back to it. */
export class Header {
  #channel = "";
  readonly #state = element("state");
  readonly #word = element("state-word");
  readonly #rest = element("state-rest");
  readonly #retry = element("retry");
  readonly #figures = element("figures");
  readonly #pause = element("pause");
  readonly #pauseWord = this.#pause.querySelector("span") ?? this.#pause;
  readonly #pill = element("go-live");
  readonly #windows = new Map<WindowName, HTMLButtonElement>();
  readonly #lengths = element("lengths");

  constructor(channel: string, actions: HeaderActions) {
    this.showChannel(channel);
    this.#pause.addEventListener("click", actions.pause);
    this.#retry.addEventListener("click", actions.retry);
    this.#pill.addEventListener("click", actions.live);
    for (const tool of ["lengths", "share", "menu"] as const) {
      const button = element(tool);
      button.addEventListener("click", () => actions.open(tool, button));
    }
    for (const window of WINDOWS) {
      const choice = button(window, () => actions.selectWindow(window));
      choice.dataset.label = window;
      this.#lengths.before(choice);
      this.#windows.set(window, choice);
    }
  }

  showChannel(channel: string): void {
    this.#channel = channel;
    const name = element("channel");
    name.textContent = channel;
    name.title = channel;
  }

  showStatus(status: Status, nowMs: number): void {
    const [word, rest] = statusText(status, nowMs);
    this.#state.dataset.state = status.kind;
    const title = `${this.#channel} – ${word}`;
    if (document.title !== title) document.title = title;
    setText(this.#word, word);
    setText(this.#rest, rest);
    // It stays through each attempt: to come and go would move what is under it.
    if (status.kind !== "connecting") this.#retry.hidden = status.kind !== "reconnecting" && status.kind !== "offline";
  }

  showFigures(text: string): void {
    setText(this.#figures, text);
  }

  /**
   * @param window undefined while a range of x is shown that is no window
   * @param isFile nothing comes that could be paused: the button leads back to the channel
   */
  showChoices(window: WindowName | undefined, isPaused: boolean, pointsSince: number, isFile: boolean): void {
    for (const [name, button] of this.#windows) button.ariaPressed = String(name === window);
    const other = window === undefined || this.#windows.has(window) ? "" : `${window} `;
    this.#lengths.ariaPressed = String(other !== "");
    this.#lengths.ariaLabel = `${other}Other window`;
    setText(this.#lengths, `${other}▾`);
    this.#pause.ariaPressed = isFile ? null : String(isPaused);
    setText(this.#pauseWord, isFile ? "Back to live" : isPaused ? "Resume" : "Pause");
    this.#pill.hidden = !isPaused || isFile;
    setText(this.#pill, pointsSince === 0 ? "Go live" : `Go live · +${formatCount(pointsSince)}`);
  }
}
