import { isNumber, isString } from "./guards.ts";
import { type Parsed, parseFields } from "./parsed.ts";

/**
 * A point as JSON text: a line of a read, and the only message to a viewer without a subprotocol. `pointText` of
 * `protocol/json` writes it, because `JSON.stringify` has no −0.
 */
export interface PointMessage {
  /** Left out where it is `y`. */
  series?: string;
  x: number;
  y: number;
  /** What its value is called, where it has a name. */
  text?: string;
}

/** The last line of a read that was cut off. */
export interface ReadCutMessage {
  code: "read-cut";
  reason: CutReason;
  /** A sentence for people. */
  detail: string;
}

/** Why a read cannot go on. */
export type CutReason =
  /** The channel was emptied: what comes now has other numbers. */
  | "emptied"
  /** Points that it had not come to were trimmed meanwhile. */
  | "trimmed"
  /** Nothing was taken of it for too long, or it lasts too long. */
  | "too-slow"
  /** It looked for points for too long and found none. */
  | "too-long"
  /** The token that let it in has expired or was revoked. */
  | "access-ended"
  /** The Channel cannot be reached, or failed. */
  | "unavailable";

const CUT_REASONS = {
  emptied: true,
  trimmed: true,
  "too-slow": true,
  "too-long": true,
  "access-ended": true,
  unavailable: true,
} satisfies Record<CutReason, true>;

/** A point of a read, or of a viewer without a subprotocol. */
export function parsePointMessage(text: string): Parsed<PointMessage> {
  return parseFields<PointMessage>(text, {
    series: isStringOrMissing,
    x: isNumber,
    y: isNumber,
    text: isStringOrMissing,
  });
}

/** The end of a read in lines of JSON, where it is no point. */
export function parseReadCut(text: string): Parsed<ReadCutMessage> {
  return parseFields(text, { code: isReadCut, reason: isCutReason, detail: isString });
}

function isStringOrMissing(value: unknown): value is string | undefined {
  return value === undefined || isString(value);
}

function isReadCut(value: unknown): value is "read-cut" {
  return value === "read-cut";
}

function isCutReason(value: unknown): value is CutReason {
  return isString(value) && Object.hasOwn(CUT_REASONS, value);
}
