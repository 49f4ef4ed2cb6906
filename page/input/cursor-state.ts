import type { Range } from "../data/segment.ts";

/** A click closer to the mark than this part of the width removes it. */
const NEAR = 0.006;
const STEP = 1 / 200;

/** The cursor, which stays where it is on the screen, and the mark, which moves with the points. */
export class CursorState {
  /** Part of the width, from 0 to 1; undefined: nowhere. */
  position: number | undefined;
  /** It was placed by a finger or a key, and stays when the mouse leaves. */
  isPinned = false;
  /** An x that the cursor is measured from. */
  mark: number | undefined;
  /** The selection in progress: from an x to a part of the width. */
  selection: { fromX: number; to: number } | undefined;

  /** The x under the cursor. */
  xIn(seen: Range): number | undefined {
    return this.position === undefined ? undefined : seen.min + this.position * (seen.max - seen.min);
  }

  /** The selection as parts of the width, from left to right. */
  selectionPart(seen: Range): [number, number] | undefined {
    if (this.selection === undefined) return undefined;
    const from = (this.selection.fromX - seen.min) / (seen.max - seen.min);
    return [Math.max(0, Math.min(from, this.selection.to)), Math.min(1, Math.max(from, this.selection.to))];
  }

  moveTo(position: number | undefined, isPinned: boolean): void {
    if (position === undefined && this.isPinned) return;
    this.position = position;
    this.isPinned = position !== undefined && isPinned;
  }

  /** Moves the cursor by so many small steps; it begins in the middle. */
  step(steps: number): void {
    this.position = Math.min(1, Math.max(0, (this.position ?? 0.5) + steps * STEP));
    this.isPinned = true;
  }

  /** Puts the mark where the cursor is; takes it away if it is there already. */
  toggleMark(seen: Range, part = this.position): void {
    if (part === undefined) return;
    const x = seen.min + part * (seen.max - seen.min);
    const isThere = this.mark !== undefined && Math.abs(this.mark - x) < NEAR * (seen.max - seen.min);
    this.mark = isThere ? undefined : x;
  }

  /** Takes the cursor away, and with it what is measured from the mark. */
  clear(): void {
    this.position = this.mark = undefined;
    this.isPinned = false;
  }

  /** Takes the last thing away. @returns whether there was anything */
  dismiss(): boolean {
    if (this.selection !== undefined) this.selection = undefined;
    else if (this.mark !== undefined) this.mark = undefined;
    else if (this.position !== undefined) {
      this.position = undefined;
      this.isPinned = false;
    } else return false;
    return true;
  }
}
