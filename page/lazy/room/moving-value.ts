import type { ControlValue } from "../../../protocol/room/control.ts";

/** Unanswered, the next value is sent after this. */
export const EVERY_MS = 50;
/** A room takes 25 commands a second (BW9d): faster, a long drag would end in a refusal of the value that it comes to rest at. */
export const LEAST_MS = 40;

export interface MovingValueParts {
  send(value: ControlValue, isPassing: boolean): void;
  /** The last that was sent is answered. */
  isAnswered(): boolean;
  nowMs(): number;
  /** @returns calls it off */
  after(ms: number, run: () => void): () => void;
}

/** The values of a slider while it is moved: the newest is sent when the last one is answered, or after a while; the last one always. */
export class MovingValue {
  readonly #parts: MovingValueParts;
  #sentMs = -Infinity;
  #waiting: ControlValue | undefined;
  #cancel: (() => void) | undefined;

  constructor(parts: MovingValueParts) {
    this.#parts = parts;
  }

  /** It is at this value now, and goes on. */
  move(value: ControlValue): void {
    this.#waiting = value;
    this.#sendWhenDue();
  }

  /** It came to rest here. */
  rest(value: ControlValue): void {
    this.#cancel?.();
    this.#cancel = this.#waiting = undefined;
    this.#parts.send(value, false);
  }

  /** An answer came. */
  answered(): void {
    if (this.#waiting !== undefined) this.#sendWhenDue();
  }

  #sendWhenDue(): void {
    this.#cancel?.();
    this.#cancel = undefined;
    if (this.#waiting === undefined) return;
    const { nowMs, isAnswered, after, send } = this.#parts;
    const waitMs = this.#sentMs + (isAnswered() ? LEAST_MS : EVERY_MS) - nowMs();
    if (waitMs > 0) {
      this.#cancel = after(waitMs, () => this.#sendWhenDue());
      return;
    }
    const value = this.#waiting;
    this.#waiting = undefined;
    this.#sentMs = nowMs();
    send(value, true);
  }
}
