import type { Cursor } from "../cursor.ts";
import { isCount, isCountOrNull, isNumber, isString, isStrings } from "./guards.ts";
import { type GuardsByType, type ParsedByType, parseByType } from "./parsed.ts";

/** What the Channel says to a viewer that speaks `plotcast.v1`, as JSON text beside the binary frames. */
export type ServerMessage =
  /** The first message. Then comes a gap, if there is one, and frames from the store; then `live`. */
  | ({
      type: "hello";
      version: 1;
      /** This connection's id, for logs. */
      viewer: string;
      channel: string;
      /**
       * Which page the Worker serves now: the name of its script below /assets/. A page of another name is outdated. "" if
       * that is not known; a Channel of before this field does not say it.
       */
      build?: string;
      /** What the channel has taken so far. */
      epoch: number;
      seq: number;
      series: string[];
      /** Of each of these its scale, as `layout` has it; null while the Channel has not decided. */
      scales?: (number | null)[];
      /** As `layout` has it. */
      arrangement?: string;
      viewers: number;
      /** Should the connection end, come back at a random time within this: so a herd comes back spread out. */
      retryWithinMs: number;
      /** The usual pause between takings of late, as `usualPauseMs` has it; null while it cannot be known. */
      takenEveryMs: number | null;
    } & Moment)
  /**
   * `points` are missing (null: nobody can know) before the frame that comes next; go on from `epoch`, `seq`. Several may
   * come together. They count once a frame, `live` or `behind` has followed: a connection that ends before has reported
   * nothing.
   */
  | ({ type: "gap"; reason: ChannelGapReason; points: number | null } & Cursor)
  /** Of the tail, the points numbered above `after`, up to `seq`, are not sent: a viewer that wants them reads them. */
  | ({ type: "earlier"; after: number } & Cursor)
  /** To a viewer that picks series: what a publisher lost of them, or of all, in frames that have no points of them. */
  | ({ type: "lost"; reason: string; points: number | null; series: string } & Cursor)
  /** Something that the viewer should know of what it asked for, in a sentence: the channel never had any of its series. */
  | { type: "note"; detail: string }
  /** The viewer has everything up to here, and now gets each frame as it comes. */
  | ({ type: "live" } & Cursor)
  /** Frames after `seq` wait in the store: send `continue` when all before this is read. */
  | ({ type: "behind" } & Cursor)
  /** How many watch, and how many of them are behind because they do not read as fast as points come. */
  | ({ type: "status"; viewers: number; behind: number; retryWithinMs: number } & Moment)
  /**
   * What everybody's panels are made from: of these series, of which the Channel has just decided it, how large they are
   * (0: all their first values are 0, or have names); and the arrangement that the channel's owner stored, "" if there is none.
   */
  | { type: "layout"; series: string[]; scales: (number | null)[]; arrangement: string }
  /** The token expires in so long, and the connection ends with it unless the viewer renews it. */
  | { type: "expiring"; inMs: number }
  /** The token that the viewer sent counts from now on, for so long; null: it does not expire. */
  | { type: "renewed"; expiresInMs: number | null };

/** Why points are missing from what a viewer receives, as the Channel says. */
export type ChannelGapReason =
  /** Older than what the channel keeps. */
  | "trimmed"
  /** Reported as lost by frames that were trimmed, so that a viewer that gets `trimmed` learns of these losses, too. */
  | "gaps-trimmed"
  /** A new numbering began: nothing connects it to where the viewer was. */
  | "epoch";

/** The state of the channel when a message was sent. */
export interface Moment {
  /** The Channel's clock, in milliseconds since 1970: a viewer that compares it learns how far its own clock is off. */
  nowMs: number;
  /**
   * How long ago the last of the publishers that announce themselves said that it is gone; null while at least one is
   * here, or if none ever did.
   */
  goneForMs: number | null;
  /** How long ago, by the Channel's clock, it took the newest frame that it holds; null if it holds none. */
  takenForMs: number | null;
}

const CURSOR = { epoch: isCount, seq: isCount };
const MOMENT = { nowMs: isCount, goneForMs: isCountOrNull, takenForMs: isCountOrNull };

export const SERVER_MESSAGES: GuardsByType<ServerMessage> = {
  hello: {
    version: (value) => value === 1,
    viewer: isString,
    channel: isString,
    build: (value): value is string => value === undefined || isString(value),
    ...CURSOR,
    series: isStrings,
    scales: (value): value is (number | null)[] | undefined => value === undefined || isScales(value),
    arrangement: (value): value is string | undefined => value === undefined || isString(value),
    viewers: isCount,
    retryWithinMs: isCount,
    takenEveryMs: isCountOrNull,
    ...MOMENT,
  },
  gap: {
    reason: (value) => value === "trimmed" || value === "gaps-trimmed" || value === "epoch",
    points: isCountOrNull,
    ...CURSOR,
  },
  earlier: { after: isCount, ...CURSOR },
  lost: { reason: isString, points: isCountOrNull, series: isString, ...CURSOR },
  note: { detail: isString },
  live: CURSOR,
  behind: CURSOR,
  layout: {
    series: isStrings,
    scales: isScales,
    arrangement: isString,
  },
  status: { viewers: isCount, behind: isCount, retryWithinMs: isCount, ...MOMENT },
  expiring: { inMs: isCount },
  renewed: { expiresInMs: isCountOrNull },
};

/** A message from the Channel. One of an unknown type comes from a newer Channel: a viewer passes it over. */
export function parseServerMessage(text: string): ParsedByType<ServerMessage> {
  return parseByType(text, SERVER_MESSAGES);
}

function isScales(value: unknown): value is (number | null)[] {
  return Array.isArray(value) && value.every((scale) => scale === null || (isNumber(scale) && scale >= 0));
}
