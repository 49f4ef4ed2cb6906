import { ANONYMOUS, isPublisherId } from "../frame/header.ts";
import { isObject } from "../json/json.ts";
import type { PartFault } from "../json/part-fault.ts";
import { isProblemCode, type ProblemCode } from "../problem.ts";
import { isBoolean, isCount, isString, parseObject } from "./guards.ts";
import { type FieldGuards, type Parsed, parseFields } from "./parsed.ts";

/** What a publisher says of itself, beside its points. */
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
  /** How much of a body of JSON was not taken, though the rest was: counts by reason. */
  leftOut?: Partial<Record<PartFault, number>>;
}

/** What a publisher learns of its repeats, so that it can distinguish its own from those of another with its id. */
export interface Repeats {
  /** The publisher's last number before this body, as the channel knows it. */
  last: number;
  /**
   * What the store holds under the number of each of these frames, a letter each: `s` the same frame, or that with more
   * rows; `d` another, or nothing though it has an older one of this publisher; `-` nothing.
   */
  frames: string;
}

/** A publish answer as a publisher gets it: an older Worker does not say `duplicates`. */
export type ReceivedPublishAnswer = Omit<PublishAnswer, "duplicates" | "leftOut"> & { duplicates?: number };

/** A refusal of ours, as it goes over the wire: a problem of RFC 9457. */
export interface ProblemMessage extends ReceivedProblem {
  type: "about:blank";
  title: string;
}

/** What a client does with one of ours. */
export interface ReceivedProblem {
  status: number;
  code: ProblemCode;
  /** A sentence for people. It is received text: escape it before it is shown. */
  detail: string;
}

const ANNOUNCEMENT: FieldGuards<Announcement> = { publisher: isKnownPublisher, here: isBoolean };

/** An announcement: these two fields and no other. */
export function parseAnnouncement(text: string): Parsed<Announcement> {
  const other = Object.keys(parseObject(text) ?? {}).find((field) => !Object.hasOwn(ANNOUNCEMENT, field));
  return other === undefined ? parseFields(text, ANNOUNCEMENT) : { kind: "malformed", field: other };
}

/** The answer to a publish. Another server than a Worker of Plotcast may have answered: then it is none. */
export function parsePublishAnswer(text: string): Parsed<ReceivedPublishAnswer> {
  const parsed = parseFields<ReceivedPublishAnswer>(text, {
    seq: isCount,
    points: isCount,
    viewers: isCount,
    duplicates: isCountOrMissing,
    repeats: isRepeatsOrMissing,
  });
  if (parsed.kind === "malformed") return parsed;
  const { points, duplicates = 0 } = parsed.message;
  return duplicates > points ? { kind: "malformed", field: "duplicates" } : parsed;
}

/** The same where it is a field of a message, of a Worker that says all of it. */
export function isPublishAnswer(value: unknown): value is PublishAnswer {
  if (!isObject(value)) return false;
  const { seq, points, viewers, duplicates, repeats } = value;
  return [seq, points, viewers].every(isCount) && isCount(duplicates) && isRepeatsOrMissing(repeats);
}

/** A refusal with one of our codes. What another server answers is none. */
export function parseProblem(text: string): Parsed<ReceivedProblem> {
  const parsed = parseFields<ProblemMessage>(text, {
    type: isBlank,
    title: isString,
    status: isCount,
    detail: isString,
    code: isProblemCode,
  });
  if (parsed.kind === "malformed") return parsed;
  const { status, code, detail } = parsed.message;
  return { kind: "message", message: { status, code, detail } };
}

export function isKnownPublisher(value: unknown): value is string {
  return isString(value) && isPublisherId(value) && value !== ANONYMOUS;
}

function isCountOrMissing(value: unknown): value is number | undefined {
  return value === undefined || isCount(value);
}

function isRepeatsOrMissing(value: unknown): value is Repeats | undefined {
  if (value === undefined) return true;
  return isObject(value) && isCount(value.last) && isString(value.frames) && /^[sd-]+$/.test(value.frames);
}

function isBlank(value: unknown): value is "about:blank" {
  return value === "about:blank";
}
