import { replaceControl } from "../../protocol/characters.ts";
import { MAX_TEXT_BYTES } from "./bounds.ts";

const encoder = new TextEncoder();
/** Beyond, texts of a step have the number of `other`. */
const MAX_TEXTS_OF_SERIES = 256;
const OTHER = "other";
const MAX_PASSING = 65_536;
const ELLIPSIS = "…";
const HALF_A_CHARACTER_AT_END = /[\ud800-\udbff]$/;

export interface NumberedText {
  value: number;
  text: string;
}

/** What all tables of a source may remember together. */
export interface TextBudget {
  left: number;
}

/** Numbers the texts of one series, in the order in which they are first seen. */
export class TextTable {
  readonly #numbers = new Map<string, number>();
  readonly #budget: TextBudget;
  #passing = 0;

  constructor(budget: TextBudget) {
    this.#budget = budget;
  }

  /** The number of a state, and what it is called: `other` once there are too many. */
  state(of: string | boolean): NumberedText {
    const text = this.#fitted(of);
    const value = this.#numberOf(text);
    return value === undefined ? { value: MAX_TEXTS_OF_SERIES, text: OTHER } : { value, text };
  }

  /** The same of an event, which keeps its text: where there are too many, each has a number of its own for a while. */
  event(of: string | boolean): NumberedText {
    const text = this.#fitted(of);
    return { value: this.#numberOf(text) ?? this.#nextPassing(), text };
  }

  #fitted(of: string | boolean): string {
    if (typeof of === "string") return fittingText(of);
    // 0 and 1, whichever comes first; a series that begins with other words numbers these as they come.
    if (this.#numbers.size === 0) {
      this.#numberOf("false");
      this.#numberOf("true");
    }
    return String(of);
  }

  /** A frame calls one value by one text: a number that all shared would need a frame for each. */
  #nextPassing(): number {
    return MAX_TEXTS_OF_SERIES + 1 + (this.#passing++ % MAX_PASSING);
  }

  #numberOf(text: string): number | undefined {
    const known = this.#numbers.get(text);
    if (known !== undefined) return known;
    if (this.#numbers.size >= MAX_TEXTS_OF_SERIES || this.#budget.left <= 0) return undefined;
    this.#budget.left--;
    this.#numbers.set(text, this.#numbers.size);
    return this.#numbers.size - 1;
  }
}

/** Text in one line, cut between two characters to what a mark may have. */
export function fittingText(text: string): string {
  // No character is less than one byte, so nothing beyond is looked at.
  const part = text
    .slice(0, MAX_TEXT_BYTES)
    .replace(text.length > MAX_TEXT_BYTES ? HALF_A_CHARACTER_AT_END : "", "")
    .toWellFormed();
  const start = replaceControl(part, () => " ");
  if (start.length * 3 <= MAX_TEXT_BYTES) return start;
  const bytes = encoder.encode(start);
  if (bytes.length <= MAX_TEXT_BYTES && start.length === text.length) return start;
  let end = Math.min(bytes.length, MAX_TEXT_BYTES - encoder.encode(ELLIPSIS).length);
  // Not in the middle of a character: what goes on in one begins with the bits 10.
  while (((bytes[end] ?? 0) & 0xc0) === 0x80) end--;
  return `${Buffer.from(bytes.subarray(0, end)).toString()}${ELLIPSIS}`;
}
