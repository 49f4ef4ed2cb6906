import { finite } from "../../protocol/json/points.ts";
import { MAX_MESSAGE_POINTS, tooManyPoints } from "../decode/size.ts";
import type { Slot } from "./plan.ts";
import { notFinite } from "./series.ts";
import type { TimeUnit } from "./when.ts";

export type Leaf = number | boolean | string;

/** The values of a message at one x; NaN breaks a line. */
export interface Reading {
  x: number;
  arrival: boolean;
  slots: Slot[];
  /** Numbers are scaled. */
  values: Leaf[];
}

/** What was read of one message. */
export class Readings {
  readonly all: Reading[] = [];
  #points = 0;

  /** @throws DecodeError message-too-large */
  push(reading: Reading): void {
    this.#points += reading.slots.length;
    if (this.#points > MAX_MESSAGE_POINTS) throw tooManyPoints();
    this.all.push(reading);
  }
}

export interface ReadOptions {
  slotOf: (path: string) => Slot | undefined;
  /** Whether only chosen fields are taken: then what has none of them may stand beside what has. */
  isChoosing: boolean;
  /** Whether any series takes text. */
  takesText: boolean;
  time: string | undefined;
  timeUnit: TimeUnit | undefined;
}

/** @throws PointError not-finite */
export function scaled(value: number, { isScaled, scale, offset }: Slot): number {
  finite(value);
  if (!isScaled) return value;
  const result = value * scale + offset;
  if (!Number.isFinite(result)) throw notFinite();
  return result;
}
