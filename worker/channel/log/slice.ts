import type { CutReason } from "../../../protocol/messages/read-message.ts";

/** What a read of the store and the Channel say to each other. A read is many slices, so that none of them takes long. */

/** Both ends are included. */
export interface RangeOfX {
  fromX: number;
  toX: number;
}

export const ANY_X: RangeOfX = { fromX: Number.NEGATIVE_INFINITY, toX: Number.POSITIVE_INFINITY };

/** What one slice of the store may have. A frame of 152 bytes can hold 8,000 points, so bytes alone bound nothing. */
export interface SliceBounds {
  bytes: number;
  points: number;
  /** Values to decode, those of x and missing ones counted too. */
  values: number;
  /** Frames that are looked at. */
  rows: number;
}

/** Stored frames, whole, one after the other: all in range and of the series asked for that hold the points numbered above `from` up to `to`. */
export interface Slice {
  frames: Uint8Array;
  from: number;
  to: number;
  /** There are no more in the direction of the read. */
  isLast: boolean;
  /** From the smallest to the largest x of all that was looked at, in range or not; undefined: of nothing. */
  x?: RangeOfX | undefined;
}

/** There is nothing between these numbers. */
export function noFrames(from: number, to: number): Slice {
  return { frames: new Uint8Array(), from, to, isLast: true };
}

/** From the oldest on, or from the newest back. */
export type Direction = "forward" | "backward";

export interface ReadRequest {
  /** The read's own id, by which the Channel knows how many there are at once. */
  readId: string;
  /** Who reads. */
  address: string;
  range: RangeOfX;
  /** Frames that have points of one of these, in which `*` is any characters; of any, if there are none. */
  series: readonly string[];
  direction: Direction;
  /** Points numbered above `after`, up to `through`. */
  after: number;
  through: number;
  /** Of these only the last so many; undefined for all. */
  points: number | undefined;
}

/** A read that was let in goes up to `seq`; here is the first of it. */
export interface Opened {
  kind: "opened";
  epoch: number;
  seq: number;
  first: Slice;
  /** The number of the channel's last point, which may be beyond `seq`. */
  newest?: number;
  /** How many series the channel has, as far as they are listed. */
  seriesCount?: number;
  /** The channel never had any of the series: some names that may have been meant. */
  nearNames?: readonly string[] | undefined;
}
export type ReadOpened = (Opened & Pace) | { kind: "too-many-reads" };

/** With each slice the Channel says how long the read waits before it asks for the next. */
export interface Pace {
  pauseMs: number;
}

export interface SliceRequest extends Pick<ReadRequest, "readId" | "address" | "range" | "series" | "direction"> {
  /** Which numbering the numbers belong to. */
  epoch: number;
  /** Points numbered above this, up to `through`. */
  after: number;
  through: number;
  /** Nothing was handed out yet: what is not stored any more was never part of it. */
  mayBeginLater: boolean;
}

export type Cut = { kind: "cut"; reason: CutReason };
export type SliceAnswer = ({ kind: "slice" } & Slice & Pace) | Cut;

/** The part of a Channel that reads use. */
export interface ReadChannel {
  openRead(request: ReadRequest): Promise<ReadOpened>;
  slice(request: SliceRequest): Promise<SliceAnswer>;
  closeRead(readId: string): Promise<void>;
}

/** Whether the first slice is all that there is to look at. */
export function isWhole(direction: Direction, first: Slice, seq: number): boolean {
  return direction === "forward" ? isDone(direction, first, seq) : first.isLast;
}

/** Whether this slice was the last of a read up to `seq`. One that goes backward is followed by one that goes forward. */
export function isDone(direction: Direction, slice: Slice, seq: number): boolean {
  return direction === "forward" && slice.to >= seq;
}
