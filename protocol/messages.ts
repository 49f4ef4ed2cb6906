/**
 * The control messages between the Channel and a viewer that speaks `plotcast.v1`: JSON text, told apart
 * by `type`. What is received is `unknown` until one of the parsers has looked at every field.
 */
import { ANONYMOUS, isPublisherId } from "./frame/header.ts";
import { isProblemCode, type ProblemCode } from "./problem-code.ts";

/** Where a viewer stands: it has every point up to number `seq` of numbering `epoch`. */
export interface Cursor {
  epoch: number;
  seq: number;
}

/** Why points are missing from what a viewer receives, told by the Channel. */
export type GapReason =
  /** Older than what the channel keeps. */
  | "trimmed"
  /** Told as lost in frames that were trimmed: what a viewer that is told `trimmed` would have learnt from these. */
  | "gaps-trimmed"
  /** The numbering began anew: nothing connects it to where the viewer was. */
  | "epoch";

/** How things stood when a message was sent. */
export interface Moment {
  /** The Channel's clock, in milliseconds since 1970: whoever compares it learns how far its own is off. */
  nowMs: number;
  /**
   * How long ago the last of the publishers that announce themselves said that it is gone; null while at least one is
   * here, or if none ever did.
   */
  goneForMs: number | null;
  /** How long ago, by the Channel's clock, it took the newest frame that it holds; null if it holds none. */
  takenForMs: number | null;
}

export type ServerMessage =
  /** The first message. Then comes a gap, if there is one, and frames from the store; then `live`. */
  | ({
      type: "hello";
      version: 1;
      /** This connection's id, for logs. */
      viewer: string;
      channel: string;
      /** What the channel has taken so far. */
      epoch: number;
      seq: number;
      series: string[];
      viewers: number;
      /** Should the connection end, come back at a random time within this: so a herd comes back spread out. */
      retryWithinMs: number;
      /** The usual pause between takings of late, as `usualPauseMs` has it; null while it cannot be known. */
      takenEveryMs: number | null;
    } & Moment)
  /**
   * `points` are missing (null: nobody can know) before the frame that comes next; go on from `epoch`, `seq`. Several
   * may come together: they count once what follows them is there, so that a connection that ends between them has told
   * nothing yet.
   */
  | ({ type: "gap"; reason: GapReason; points: number | null } & Cursor)
  /** The viewer has everything up to here, and now gets each frame as it comes. */
  | ({ type: "live" } & Cursor)
  /** Frames after `seq` wait in the store: send `continue` when all before this is read. */
  | ({ type: "behind" } & Cursor)
  /** How many watch, and how many of them are behind because they do not read as fast as points come. */
  | ({ type: "status"; viewers: number; behind: number; retryWithinMs: number } & Moment);

export type ViewerMessage =
  /** The viewer has read everything up to `seq` and asks for what comes after. */
  { type: "continue" } & Cursor;

/** What a publisher says of itself. */
export interface Announcement {
  /** Its id, as in its frames: 16 hexadecimal digits, not the anonymous one. */
  publisher: string;
  here: boolean;
}

/** What a publish answers. */
export interface PublishAnswer {
  /** The number of the last point taken. */
  seq: number;
  /** How many points the body had. */
  points: number;
  viewers: number;
  /** How many of these points were not taken again, because their frames are repeats. */
  duplicates: number;
  /** Of these frames, if there are any. */
  repeats?: Repeats;
}

/** What a publisher is told of its repeats, so that it can tell its own from those of another with its id. */
export interface Repeats {
  /** The publisher's last number before this body, as the channel knows it. */
  last: number;
  /**
   * What the store holds under the number of each of these frames, a letter each: `s` the same frame, or that with more
   * rows; `d` another, or nothing though it has an older one of this publisher; `-` nothing.
   */
  frames: string;
}

/** A publish answer as a publisher gets it: `duplicates` is undefined where an older Worker does not say it. */
export type ReceivedPublishAnswer = Omit<PublishAnswer, "duplicates"> & { duplicates: number | undefined };

/** A refusal of ours: what an RFC 9457 problem says. */
export interface ReceivedProblem {
  status: number;
  code: ProblemCode;
  /** A sentence for people. It is received text: escape it before it is shown. */
  detail: string;
}

/** A message from the Channel; undefined if it is none that this version knows. */
export function parseServerMessage(text: string): ServerMessage | undefined {
  const message = parseObject(text);
  if (message === undefined) return undefined;
  const { type, version, viewer, channel, epoch, seq, series, viewers, behind, retryWithinMs, reason, points } =
    message;
  const { nowMs, goneForMs, takenForMs, takenEveryMs } = message;
  switch (type) {
    case "hello":
      return version === 1 &&
        typeof viewer === "string" &&
        typeof channel === "string" &&
        isCount(epoch) &&
        isCount(seq) &&
        isCount(viewers) &&
        isCount(retryWithinMs) &&
        isStrings(series) &&
        isCount(nowMs) &&
        isCountOrNull(goneForMs) &&
        isCountOrNull(takenForMs) &&
        isCountOrNull(takenEveryMs)
        ? {
            type,
            version,
            viewer,
            channel,
            epoch,
            seq,
            series,
            viewers,
            retryWithinMs,
            takenEveryMs,
            nowMs,
            goneForMs,
            takenForMs,
          }
        : undefined;
    case "gap":
      return isGapReason(reason) && isCountOrNull(points) && isCount(epoch) && isCount(seq)
        ? { type, reason, points, epoch, seq }
        : undefined;
    case "live":
    case "behind":
      return isCount(epoch) && isCount(seq) ? { type, epoch, seq } : undefined;
    case "status":
      return isCount(viewers) &&
        isCount(behind) &&
        isCount(retryWithinMs) &&
        isCount(nowMs) &&
        isCountOrNull(goneForMs) &&
        isCountOrNull(takenForMs)
        ? { type, viewers, behind, retryWithinMs, nowMs, goneForMs, takenForMs }
        : undefined;
    default:
      return undefined;
  }
}

/** A message from a viewer; undefined if it is none that this version knows. */
export function parseViewerMessage(text: string): ViewerMessage | undefined {
  const { type, epoch, seq } = parseObject(text) ?? {};
  return type === "continue" && isCount(epoch) && isCount(seq) ? { type, epoch, seq } : undefined;
}

/** An announcement: these two fields and no other; undefined if it is none. */
export function parseAnnouncement(text: string): Announcement | undefined {
  const { publisher, here, ...others } = parseObject(text) ?? {};
  const isNamed = typeof publisher === "string" && isPublisherId(publisher) && publisher !== ANONYMOUS;
  return isNamed && typeof here === "boolean" && Object.keys(others).length === 0 ? { publisher, here } : undefined;
}

/** The answer to a publish; undefined if it is none, as where another server than a Worker of Plotcast answers. */
export function parsePublishAnswer(text: string): ReceivedPublishAnswer | undefined {
  const { seq, points, viewers, duplicates, repeats } = parseObject(text) ?? {};
  if (!isCount(seq) || !isCount(points) || !isCount(viewers)) return undefined;
  if (duplicates === undefined) return { seq, points, viewers, duplicates };
  if (!isCount(duplicates) || duplicates > points) return undefined;
  if (repeats === undefined) return { seq, points, viewers, duplicates };
  const { last, frames } = fieldsOf(repeats) ?? {};
  return isCount(last) && typeof frames === "string" && /^[sd-]+$/.test(frames)
    ? { seq, points, viewers, duplicates, repeats: { last, frames } }
    : undefined;
}

/** A refusal with one of our codes; undefined if it is none, as where another server answers. */
export function parseProblem(text: string): ReceivedProblem | undefined {
  const { type, title, status, detail, code } = parseObject(text) ?? {};
  const isOurs = type === "about:blank" && typeof title === "string" && isCount(status) && isProblemCode(code);
  return isOurs && typeof detail === "string" ? { status, code, detail } : undefined;
}

function parseObject(text: string): Partial<Record<string, unknown>> | undefined {
  try {
    return fieldsOf(JSON.parse(text));
  } catch {
    return undefined;
  }
}

function fieldsOf(value: unknown): Partial<Record<string, unknown>> | undefined {
  return typeof value === "object" && value !== null ? { ...value } : undefined;
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && Number(value) >= 0;
}

function isCountOrNull(value: unknown): value is number | null {
  return value === null || isCount(value);
}

function isStrings(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((item) => typeof item === "string");
}

function isGapReason(value: unknown): value is GapReason {
  return value === "trimmed" || value === "gaps-trimmed" || value === "epoch";
}
