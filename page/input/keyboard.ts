import { type Command, SHORTCUTS } from "./shortcuts.ts";

/** Where this browser remembers that single keys are switched off. */
const STORED = "plotcast-single-keys";

/** Listens for keys, unless somebody types or a dialog is open. */
export class Keyboard {
  #enabled = true;

  constructor(run: (command: Command, event: KeyboardEvent) => void) {
    try {
      this.#enabled = localStorage.getItem(STORED) !== "off";
    } catch {
      // A browser may refuse to remember anything.
    }
    /** What was pressed by mouse or finger, and not gone to by key since. */
    const clicked = new WeakSet<EventTarget>();
    document.addEventListener("pointerdown", (event) => {
      for (const pressed of event.composedPath()) clicked.add(pressed);
    });
    /** Space is down, and was not for what has the focus. */
    let isSpace = false;
    document.addEventListener("keydown", (event) => {
      if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented || isTaken(event, clicked)) return;
      // With caps lock a letter is another key.
      const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
      const shortcut = SHORTCUTS.find(({ keys }) => keys.includes(key));
      if (shortcut === undefined || (!this.#enabled && key.length === 1)) return;
      event.preventDefault();
      isSpace = key === " ";
      // What a key switches is not switched on and off while it is held down.
      if (!event.repeat || shortcut.repeats === true) run(shortcut.command, event);
    });
    document.addEventListener("keyup", (event) => {
      // By now it is where Tab went to.
      if (event.key === "Tab") clicked.delete(event.target ?? document);
      // Firefox presses a button when Space is released, whatever became of its keydown.
      if (event.key === " " && isSpace) event.preventDefault();
      isSpace = false;
    });
  }

  /** Single keys can be switched off, for this browser: speech input says many (WCAG 2.2, 2.1.4). */
  get enabled(): boolean {
    return this.#enabled;
  }

  set enabled(enabled: boolean) {
    this.#enabled = enabled;
    try {
      if (enabled) localStorage.removeItem(STORED);
      else localStorage.setItem(STORED, "off");
    } catch {
      // Then it holds until the page is left.
    }
  }
}

/** What has the focus uses this key itself, or a dialog lies over everything. @param clicked what was pressed by mouse or finger */
export function isTaken({ target, key }: KeyboardEvent, clicked: WeakSet<EventTarget>): boolean {
  if (document.querySelector("dialog[open]") !== null) return true;
  if (!(target instanceof Element)) return false;
  if (target.closest("input, select, textarea") !== null) return true;
  // Arrows scroll the table.
  if (key.startsWith("Arrow") && target.closest("#table") !== null) return true;
  const button = key === " " || key === "Enter" ? target.closest("button, a, summary") : null;
  // Who clicked a button and then presses Space means to pause.
  return button !== null && !(key === " " && clicked.has(button));
}
