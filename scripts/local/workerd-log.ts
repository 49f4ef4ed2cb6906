import { replaceControl } from "../../protocol/characters.ts";

/** Of workerd's output, what its user needs to know. Parts of it are what strangers sent. */

/** How many lines of a minute are shown: whoever can make the Worker complain cannot fill a disk with that. */
export const MAX_LINES_A_MINUTE = 20;
const MAX_LINE_LENGTH = 2000;
const MINUTE_MS = 60_000;
/** What workerd says of itself beside a crash: addresses without names, and why they have none. */
const NOISE = /^stack:|LLVM_SYMBOLIZER|took recursive isolate lock/;

/**
 * The text of a line, if it is a warning, an error or a crash. Lines are JSON (`structuredLogging`); only what workerd
 * says while it crashes is not.
 */
export function troubleIn(line: string): string | undefined {
  let entry: unknown;
  try {
    entry = JSON.parse(line);
  } catch {
    return line.trim() === "" || NOISE.test(line) ? undefined : shown(line);
  }
  if (typeof entry !== "object" || entry === null || !("level" in entry) || !("message" in entry)) return undefined;
  if (entry.level !== "error" && entry.level !== "warn") return undefined;
  return shown(String(entry.message));
}

/** Strangers' characters must not steer a terminal. Of several lines each is one. */
function shown(text: string): string {
  const lines = text.slice(0, MAX_LINE_LENGTH).split("\n");
  return lines.map((line) => replaceControl(line, () => "\ufffd")).join("\n");
}

/** Passes on so many lines a minute, and then how many more there were. */
export class LineLimit {
  readonly #write: (line: string) => void;
  readonly #nowMs: () => number;
  #sinceMs = Number.NEGATIVE_INFINITY;
  #lines = 0;

  constructor(write: (line: string) => void, nowMs = () => performance.now()) {
    this.#write = write;
    this.#nowMs = nowMs;
  }

  add(line: string): void {
    if (this.#nowMs() - this.#sinceMs >= MINUTE_MS) {
      if (this.#lines > MAX_LINES_A_MINUTE) {
        this.#write(`The Worker said ${this.#lines - MAX_LINES_A_MINUTE} more lines in that minute.`);
      }
      this.#sinceMs = this.#nowMs();
      this.#lines = 0;
    }
    this.#lines++;
    if (this.#lines <= MAX_LINES_A_MINUTE) this.#write(line);
  }
}
