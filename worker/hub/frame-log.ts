import type { Cursor } from "../../protocol/messages.ts";

/** Where viewers' frames come from: whoever numbers and stores them. */
export interface Source {
  /** What has been taken so far. */
  readonly position: Cursor;
  readonly series: string[];
  /** Every point after this number can still be had. */
  readonly keptAfter: number;
  /** How many points were told as lost in frames after a number that cannot be had any more; null: nobody can know. */
  toldInTrimmed(seq: number): number | null;
  /** When the newest frame was taken; null if there is none. */
  readonly takenAtMs: number | null;
  /** The usual pause between the last takings; null while it cannot be known. */
  takenEveryMs(): number | null;
  after(seq: number, maxBytes: number, maxValues?: number): { frames: Uint8Array; seq: number };
  tailStart(points: number, seconds: number): number;
}
