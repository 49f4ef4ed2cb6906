import { randomBytes } from "node:crypto";
import { type BridgeGap, gapOf, isBridgeGap } from "../gaps.ts";
import type { LastNumber } from "../sequence/sequence.ts";

/** Who the frames are of, and how they are numbered. */
export interface Identity {
  /** 16 hexadecimal digits. */
  publisher: string;
  /** A frame's number for the Channel is its `seq` less this. */
  base: number;
}

export function newPublisherId(): string {
  return randomBytes(8).toString("hex");
}

/**
 * A frame that nobody has confirmed. However often it is sent, its bytes stay the same, and its publisher and number as
 * long as they are this bridge's.
 */
export interface HeldFrame {
  readonly seq: number;
  readonly points: number;
  /** Of its bytes, without the gaps of {@link losses}. */
  readonly size: number;
  /** When its first point came, as `Date.now()`. */
  readonly sinceMs: number;
  /** Frames that were lost between the one before and this one. They are settled when it is first sent. */
  losses: readonly BridgeGap[];
  /** Undefined while only the spool has them. */
  bytes: Uint8Array | undefined;
  /** The spool has it as it is, but for its losses. */
  inSpool: boolean;
  /** The spool has an earlier state of it, under its number. */
  wasDraft?: boolean;
}

/** What a spool holds when it is opened. */
export interface SpoolState extends Identity {
  /** Above every number ever used. */
  nextSeq: number;
  /** Frames up to here may have been sent. */
  sentSeq: number;
  frames: HeldFrame[];
  /** To be told before the next point. */
  gaps: BridgeGap[];
  numbers: LastNumber[];
}

/** What changed since the last write. */
export interface SpoolChanges {
  identity: Identity;
  /** New or changed frames, the draft of the open one among them. */
  frames: readonly HeldFrame[];
  /** Frames whose losses alone changed. */
  losses: readonly HeldFrame[];
  gone: Iterable<number>;
  goneUpTo: number;
  sentSeq: number;
  nextSeq: number;
  /** Undefined: as before. */
  unreported: readonly BridgeGap[] | undefined;
  numbers: Iterable<LastNumber>;
  /** Null: all that were written before. */
  numbersGone: Iterable<string> | null;
}

/** What is sure of a spool that lacks what was last done: any of its frames may have been sent, any loss told. */
export function unsure(state: SpoolState): SpoolState {
  return {
    ...state,
    sentSeq: Math.max(state.sentSeq, state.frames.at(-1)?.seq ?? 0),
    gaps: [...state.gaps.filter(({ points }) => points === null), gapOf("bridge-restarted", null)],
    numbers: state.numbers.map((last) => ({ ...last, crc: null })),
  };
}

/** https://www.sqlite.org/rescode.html */
export const SqliteCode = { busy: 5, locked: 6, corrupt: 11, notADatabase: 26 } as const;

/** SQLite's primary result code; undefined if the error is not of SQLite. */
export function sqliteCode(error: unknown): number | undefined {
  return error instanceof Error && "errcode" in error && typeof error.errcode === "number"
    ? error.errcode & 0xff
    : undefined;
}

/** Whether an error says that a file is damaged, or is no database at all. */
export function isDamage(error: unknown): boolean {
  const code = sqliteCode(error);
  return code === SqliteCode.corrupt || code === SqliteCode.notADatabase;
}

/** What SQLite would say of a file whose content cannot be ours. */
export function damaged(message: string): Error {
  return Object.assign(new Error(message), { errcode: SqliteCode.corrupt });
}

/** A whole number, 0 or more, as it stands in a file; undefined if it is none. */
export function count(value: unknown): number | undefined {
  return typeof value === "number" && Number.isSafeInteger(value) && value >= 0 ? value : undefined;
}

export function lossesFrom(json: unknown): BridgeGap[] {
  if (typeof json !== "string") return [];
  try {
    const losses: unknown = JSON.parse(json);
    // Written by write(); the check is for a file that somebody else changed.
    return Array.isArray(losses)
      ? losses.filter((loss) => typeof loss === "object" && loss !== null && isBridgeGap(loss))
      : [];
  } catch {
    throw damaged("its losses cannot be read");
  }
}
