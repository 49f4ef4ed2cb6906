import type { Range } from "../data/segment.ts";

/** Closer to the mark than this part of the width, a press takes it away again. */
const NEAR = 0.006;
const STEP = 1 / 200;

/** Where somebody points: a cursor that stays where it is on the screen, and a mark that goes with the points. */
export class Pointing {
  /** Part of the width, from 0 to 1; undefined: nowhere. */
  cursor: number | undefined;
  /** It was placed by a finger or a key, and stays when the mouse has gone. */
  stays = false;
  /** An x that the cursor is measured from. */
  mark: number | undefined;
  /** What is being chosen: from an x on, to a part of the width. */
  chosen: { fromX: number; to: number } | undefined;

  /** The x under the cursor. */
  at(seen: Range): number | undefined {
    return this.cursor === undefined ? undefined : seen.min + this.cursor * (seen.max - seen.min);
  }

  /** What is being chosen, as parts of the width from left to right. */
  chosenPart(seen: Range): [number, number] | undefined {
    if (this.chosen === undefined) return undefined;
    const from = (this.chosen.fromX - seen.min) / (seen.max - seen.min);
    return [Math.max(0, Math.min(from, this.chosen.to)), Math.min(1, Math.max(from, this.chosen.to))];
  }

  point(cursor: number | undefined, stays: boolean): void {
    if (cursor === undefined && this.stays) return;
    this.cursor = cursor;
    this.stays = cursor !== undefined && stays;
  }

  /** Moves the cursor by so many small steps; it begins in the middle. */
  step(steps: number): void {
    this.cursor = Math.min(1, Math.max(0, (this.cursor ?? 0.5) + steps * STEP));
    this.stays = true;
  }

  /** Puts the mark where the cursor is; takes it away if it is there already. */
  toggleMark(seen: Range, part = this.cursor): void {
    if (part === undefined) return;
    const x = seen.min + part * (seen.max - seen.min);
    const isThere = this.mark !== undefined && Math.abs(this.mark - x) < NEAR * (seen.max - seen.min);
    this.mark = isThere ? undefined : x;
  }

  /** Takes the cursor away, and with it what is measured from the mark. */
  clear(): void {
    this.cursor = this.mark = undefined;
    this.stays = false;
  }

  /** Takes the last thing away. @returns whether there was anything */
  dismiss(): boolean {
    if (this.chosen !== undefined) this.chosen = undefined;
    else if (this.mark !== undefined) this.mark = undefined;
    else if (this.cursor !== undefined) {
      this.cursor = undefined;
      this.stays = false;
    } else return false;
    return true;
  }
}
