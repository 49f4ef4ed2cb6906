import { parseRights, type Rights } from "../access/rights.ts";
import { isObject } from "../json/json.ts";
import { isCount, isCountOrNull, isString, isStrings } from "./guards.ts";
import { type Parsed, parseFields } from "./parsed.ts";

/** What is asked and answered about named tokens (AC6, AC11). A time is in milliseconds since 1970. */

/** How long a share link may count. */
export const MIN_SHARE_MS = 60_000;
export const MAX_SHARE_MS = 31 * 86_400_000;
/** What the names of share links begin with. */
export const SHARE_PREFIX = "share-";
/** Of the text that says for whom a share link is: with its prefix and eight digits it is a token's name. */
export const MAX_SHARE_FOR_LENGTH = 40;

/** `POST /tokens`. */
export interface TokenRequest {
  name: string;
  rights: Rights;
  /** null: it does not expire. */
  expiresAtMs: number | null;
}

/** What it answers: the only time that anybody is told the token. */
export interface TokenAnswer {
  name: string;
  token: string;
  rights: Rights;
  expiresAtMs: number | null;
}

/** What `GET /tokens` says of one. */
export interface ListedToken {
  name: string;
  rights: Rights;
  createdAtMs: number;
  expiresAtMs: number | null;
  /** Who made it, as logs call them: `admin-token`, `named-token:lab`. */
  madeBy: string;
  /** In which channels it was used, the first by their names; and in how many. */
  channels: string[];
  channelCount: number;
}

export interface TokenListAnswer {
  tokens: ListedToken[];
}

/** A share link is asked for. */
export interface ShareRequest {
  forMs: number;
  /** For whom: a part of its name. */
  for?: string;
}

/** A share link is to count no more. */
export interface ShareRevocation {
  /** Its name. */
  revoke: string;
}

/** What that answers. */
export interface ShareAnswer {
  token: string;
  name: string;
  expiresAtMs: number;
}

/**
 * 1 to 64 of `[A-Za-z0-9._-]`. A path drops the segments `.` and `..`, so no request could name such a token; and what begins as a token does
 * is one in the wrong place, which no list should have.
 */
export function isTokenName(value: unknown): value is string {
  return isString(value) && /^(?!\.{1,2}$|pct_)[A-Za-z0-9._-]{1,64}$/.test(value);
}

/** 1 to 40 of `[A-Za-z0-9._-]`. */
export function isShareFor(value: unknown): value is string {
  return isString(value) && value.length <= MAX_SHARE_FOR_LENGTH && /^[A-Za-z0-9._-]+$/.test(value);
}

export function parseTokenAnswer(text: string): Parsed<TokenAnswer> {
  return parseFields<TokenAnswer>(text, {
    name: isString,
    token: isString,
    rights: isRights,
    expiresAtMs: isCountOrNull,
  });
}

export function parseTokenList(text: string): Parsed<TokenListAnswer> {
  return parseFields<TokenListAnswer>(text, { tokens: isListedTokens });
}

export function parseShareAnswer(text: string): Parsed<ShareAnswer> {
  return parseFields<ShareAnswer>(text, { token: isString, name: isString, expiresAtMs: isCount });
}

function isListedTokens(value: unknown): value is ListedToken[] {
  return Array.isArray(value) && value.every(isListedToken);
}

function isListedToken(value: unknown): value is ListedToken {
  return (
    isObject(value) &&
    isString(value.name) &&
    isRights(value.rights) &&
    isCount(value.createdAtMs) &&
    isCountOrNull(value.expiresAtMs) &&
    isString(value.madeBy) &&
    isStrings(value.channels) &&
    isCount(value.channelCount)
  );
}

function isRights(value: unknown): value is Rights {
  return "rights" in parseRights(value);
}
